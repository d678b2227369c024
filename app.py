"""The ASGI application: Streamlit, plus /healthz and /metrics. `streamlit run app.py` starts it."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from dashboard.automatic_runs import AutomaticRuns
from dashboard.serving import Bundles, healthz, metrics, warm

app = st.App(
    Path(__file__).parent / "dashboard" / "main.py",
    routes=[Route("/healthz", healthz), Route("/metrics", metrics)],
    middleware=[Middleware(AutomaticRuns), Middleware(Bundles)],
    lifespan=warm,
)
