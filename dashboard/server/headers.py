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

from dashboard.server import paths
from dashboard.server.error_pages import Refusal

DIRECTIVES = {
    "default-src": "'none'",  # workers, frames, media, plug-ins, manifests
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
}
"""Each word is needed by something on a screen; docs/decisions/0008-who-may-look.md says by what."""
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
    """Let only what comes from here run and show. Streamlit's page has a script of one line: its hash."""
    page = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    inline = "".join(f" 'sha256-{digest}'" for digest in hashes)
    return "; ".join(
        f"{name} {sources}{inline if name == 'script-src' else ''}" for name, sources in DIRECTIVES.items()
    )


@cache
def security_headers() -> tuple[tuple[str, str], ...]:
    """Return the headers that every response carries."""
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
        """Pass on, and add the headers to the start of the answer."""
        await self._app(scope, receive, send if scope["type"] == "lifespan" else _Secured(scope, send).send)


class _Secured:
    """The answer to one request with the headers on it: to that of a WebSocket that is not opened, too."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._opened = scope["type"] == "http" or "websocket.http.response" not in scope.get("extensions", {})

    async def send(self, message: Message) -> None:
        if message["type"] == "websocket.accept":
            self._opened = True
        if message["type"] == "websocket.close" and not self._opened:
            # A server turns this into an answer of its own, which nothing could be added to.
            await self.send({"type": "websocket.http.response.start", "status": 403, "headers": []})
            await self._send({"type": "websocket.http.response.body", "body": b""})
            return
        if message["type"] in {"http.response.start", "websocket.http.response.start"}:
            headers = MutableHeaders(raw=list(message.get("headers", [])))
            headers.update(dict(security_headers()))
            if self._scope["path"].removeprefix(paths.base()).startswith(PRIVATE):
                headers["Cache-Control"] = "private, no-store"
            message = {**message, "headers": headers.raw}
        await self._send(message)


async def failed(request: Request, _error: Exception) -> Response:
    """Return the answer when something of ours raises: Starlette gives it outside of every middleware."""
    response = FAILED.response(request.scope)
    response.headers.update(dict(security_headers()))
    return response
