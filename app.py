"""The ASGI application: Streamlit over dashboard/main.py, plus /healthz. `streamlit run app.py` starts it."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from dashboard.serving import Bundles, healthz, warm

app = st.App(
    Path(__file__).parent / "dashboard" / "main.py",
    routes=[Route("/healthz", healthz)],
    middleware=[Middleware(Bundles)],
    lifespan=warm,
)
