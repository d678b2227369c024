"""Security headers on every response, whoever answers: pages, bundles, downloads, refusals, failures."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util

from dashboard.guard.refusals import Refusal

DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
UNUSED = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
"""What a browser can do and the dashboard never asks for. Copying to the clipboard and full screen stay."""
PRIVATE = "/media/"
"""Where downloads are: nobody on the way may keep one."""
FAILED = Refusal(500, "The dashboard failed", "Try again; if it stays, the server's log says more.", "/")


@cache
def content_security_policy() -> str:
    """Only what comes from here runs and shows. Streamlit's page has a script of one line in it: its hash."""
    page = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    inline = "".join(f" 'sha256-{digest}'" for digest in hashes)
    return "; ".join(
        f"{name} {sources}{inline if name == 'script-src' else ''}" for name, sources in DIRECTIVES.items()
    )


@cache
def security_headers() -> tuple[tuple[str, str], ...]:
    """The headers that every response carries."""
    return (
        ("Content-Security-Policy", content_security_policy()),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Permissions-Policy", ", ".join(f"{feature}=()" for feature in UNUSED)),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    )


class SecurityHeaders:
    """ASGI middleware: sets the security headers on whatever answers from further in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and add the headers to the start of the answer: of a refused WebSocket's, too."""

        async def send_secured(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                headers = MutableHeaders(raw=list(message.get("headers", [])))
                headers.update(dict(security_headers()))
                if scope["path"].startswith(PRIVATE):
                    headers["Cache-Control"] = "private, no-store"
                message = {**message, "headers": headers.raw}
            await send(message)

        await self._app(scope, receive, send if scope["type"] == "lifespan" else send_secured)


async def failed(request: Request, _error: Exception) -> Response:
    """The answer when something of ours raises: Starlette gives it outside of every middleware."""
    response = FAILED.response(request.scope)
    response.headers.update(dict(security_headers()))
    return response
