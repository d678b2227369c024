"""The ASGI application: Streamlit behind our gate, /healthz, /metrics. `streamlit run app.py` starts it."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from dashboard.automatic_runs import AutomaticRuns
from dashboard.guard import start
from dashboard.guard.deep_links import DeepLinks
from dashboard.guard.gate import Gate
from dashboard.guard.headers import SecurityHeaders, failed
from dashboard.serving import Bundles, healthz, metrics, warm

start.check()
app = st.App(
    Path(__file__).parent / "dashboard" / "main.py",
    routes=[Route("/healthz", healthz), Route("/metrics", metrics)],
    middleware=[
        Middleware(AutomaticRuns),
        Middleware(SecurityHeaders),
        Middleware(Gate),
        Middleware(DeepLinks),
        Middleware(Bundles),
    ],
    exception_handlers={Exception: failed},
    lifespan=warm,
)
