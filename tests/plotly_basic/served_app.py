"""The page of app_page.py behind the strict content security policy that it must bear."""

import streamlit as st
from starlette.middleware import Middleware

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self' data:; worker-src 'self' blob:; frame-ancestors 'none'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'"
)


class ContentSecurityPolicy:
    """ASGI middleware that adds the policy to every HTTP response."""

    def __init__(self, app):
        self._app = app

    async def __call__(self, scope, receive, send):
        async def send_with_policy(message):
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"content-security-policy", POLICY.encode())]
            await send(message)

        await self._app(scope, receive, send_with_policy)


app = st.App("app_page.py", middleware=[Middleware(ContentSecurityPolicy)])
