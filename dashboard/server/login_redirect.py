"""A link outlives the sign-in: Streamlit always lands on its first page, without the query.

The address that a viewer signs in from is kept in a cookie for as long as that takes, and the last step of
the sign-in leads there. Only a path on this host is ever kept or followed.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from dashboard.server import rules

COOKIE = "dashboard_return"
SECONDS = 15 * 60
MOST = 2000
LOGIN, LOGOUT, CALLBACK = "/auth/login", "/auth/logout", "/oauth2callback"
FAILED = "sign_in=failed"
"""The query of the first page after a sign-in that did not work."""


class DeepLinks:
    """ASGI middleware: keeps the address at the sign-in's first step, and leads to it at its last."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; the answers to two paths are changed on their way back."""
        path = scope["path"] if scope["type"] == "http" else ""

        async def send_changed(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 302:
                headers = MutableHeaders(raw=message["headers"])
                keep(scope, headers) if path.endswith(LOGIN) else lead_back(scope, headers)
            elif path.endswith(LOGIN):
                message = no_provider(scope, message)
            await send(message)

        await self._app(scope, receive, send_changed if path.endswith((LOGIN, CALLBACK)) else send)


def no_provider(scope: Scope, message: Message) -> Message:
    """Part of the answer where a sign-in cannot begin: the way to the sign-in screen, which says so."""
    if message["type"] != "http.response.start":
        return {**message, "body": b""}
    headers = MutableHeaders(
        {"location": f"{scope['path'].removesuffix(LOGIN)}/?{FAILED}", "content-length": "0"}
    )
    keep(scope, headers)
    return {"type": "http.response.start", "status": 302, "headers": headers.raw}


def keep(scope: Scope, headers: MutableHeaders) -> None:
    """Note the address that the viewer comes from; not the bare first page, which may be a second try."""
    request = HTTPConnection(scope)
    came_from = urlsplit(request.headers.get("referer", ""))
    target = safe_target(f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path)
    if target and target != "/" and FAILED not in target and came_from.netloc == request.headers.get("host"):
        headers.append("set-cookie", _cookie(urlsafe_b64encode(target.encode()).decode(), SECONDS))


def lead_back(scope: Scope, headers: MutableHeaders) -> None:
    """Lead to the noted address if the viewer is signed in now, and say so if not."""
    request = HTTPConnection(scope)
    if not any(_signs_in(cookie) for cookie in headers.getlist("set-cookie")):
        tried = parse_qs(request.url.query).keys() & {"code", "error"}
        if tried:  # the provider also leads here after a sign-out
            headers["location"] = f"{headers['location']}?{FAILED}"
        return
    try:
        kept = urlsafe_b64decode(request.cookies.get(COOKIE, "").encode()).decode("ascii")
    except (binascii.Error, UnicodeError):
        return
    if target := safe_target(kept):
        headers["location"] = target
        headers.append("set-cookie", _cookie("", 0))


def safe_target(target: str) -> str:
    """The path and query if they lead to a page on this host, and nowhere else; "" otherwise."""
    is_short = 0 < len(target) <= MOST
    is_plain = all("!" <= letter <= "~" and letter not in "\\\"'<>" for letter in target)
    leads_here = target.startswith("/") and not target.startswith("//")
    path = target.partition("?")[0]
    is_page = not path.endswith((LOGIN, LOGOUT, CALLBACK))
    return target if is_short and is_plain and leads_here and is_page else ""


def _signs_in(cookie: str) -> bool:
    return cookie.startswith(f"{USER_COOKIE_NAME}=") and "max-age=0" not in cookie.lower()


def _cookie(value: str, seconds: int) -> str:
    cookie: SimpleCookie = SimpleCookie({COOKIE: value})
    morsel = cookie[COOKIE]
    morsel["path"], morsel["samesite"], morsel["max-age"] = "/", "Lax", str(seconds)
    morsel["httponly"], morsel["secure"] = True, rules.origin().startswith("https:")
    return cookie.output(header="").strip()
