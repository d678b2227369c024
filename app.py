"""The ASGI application: Streamlit behind our gate, /healthz, /metrics. `streamlit run app.py` starts it."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from dashboard.server import start
from dashboard.server.bundles import Bundles
from dashboard.server.gate import Gate
from dashboard.server.headers import SecurityHeaders, failed
from dashboard.server.health import healthz, metrics
from dashboard.server.login_redirect import DeepLinks

start.check()
app = st.App(
    Path(__file__).parent / "dashboard" / "main.py",
    routes=[Route("/healthz", healthz), Route("/metrics", metrics)],
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(Gate),
        Middleware(DeepLinks),
        Middleware(Bundles),
    ],
    exception_handlers={Exception: failed},
    lifespan=start.warm,
)
