"""The ASGI application: Streamlit behind our gate, /healthz, /metrics and files. `streamlit run app.py`."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from dashboard.server import (
    exports,
    health,
    migration_files,
    page_files,
    sign_in_cookie,
    start,
    streamlit_private,
)
from dashboard.server.bundles import Bundles
from dashboard.server.first_view import FirstView
from dashboard.server.gate import Gate
from dashboard.server.headers import SecurityHeaders, failed
from dashboard.server.login_redirect import DeepLinks

start.check()
sign_in_cookie.install()
streamlit_private.accept_long_header_lines()
streamlit_private.shorten_logs()
streamlit_private.answer_at_once()
app = st.App(
    Path(__file__).parent / "dashboard" / "main.py",
    routes=[*health.routes(), *exports.routes(), *migration_files.routes(), *page_files.routes()],
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(Gate),
        Middleware(DeepLinks),
        Middleware(Bundles),
        Middleware(FirstView),
    ],
    exception_handlers={Exception: failed},
    lifespan=start.warm,
)
