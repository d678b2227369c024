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

from dashboard.server import paths, rules, sign_in_cookie
from dashboard.server.paths import CALLBACK, LOGIN, LOGOUT

COOKIE = "dashboard_return"
SECONDS = 15 * 60
MAX_TARGET = 2000
FAILED = "sign_in=failed"
"""The query of the first page after a sign-in that did not work."""


class DeepLinks:
    """ASGI middleware: keeps the address at the sign-in's first step, and leads to it at its last.

    Only at exactly these two paths. Where an answer leads is made of the settings, or a page of ours.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; the answers to two paths are changed on their way back."""
        is_read = scope["type"] == "http" and scope["method"] == "GET"
        if is_read and paths.is_at(scope, LOGIN):
            await self._app(scope, receive, _FirstStep(scope, send).send)
        elif is_read and paths.is_at(scope, CALLBACK):
            await self._app(scope, receive, _LastStep(scope, send).send)
        else:
            await self._app(scope, receive, send)


class _FirstStep:
    """The answer to who begins to sign in: to the provider, or back when that is not to be had."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self._failed = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._failed = message["status"] != 302
            headers = MutableHeaders(raw=message["headers"])
            if self._failed:
                headers = MutableHeaders({"location": paths.home(FAILED), "content-length": "0"})
            keep(self._scope, headers)
            message = {**message, "status": 302, "headers": headers.raw}
        elif self._failed:
            message = {**message, "body": b""}
        await self._send(message)


class _LastStep:
    """The answer to who comes back from the provider."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 302:
            lead_back(self._scope, MutableHeaders(raw=message["headers"]))
        await self._send(message)


def keep(scope: Scope, headers: MutableHeaders) -> None:
    """Note the address that the viewer comes from; not the bare first page, which may be a second try."""
    request = HTTPConnection(scope)
    try:
        came_from = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return
    target = safe_target(f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path)
    is_deep = target not in {"", paths.base(), paths.home()} and FAILED not in target
    if is_deep and came_from.netloc == request.headers.get("host"):
        headers.append("set-cookie", _cookie(urlsafe_b64encode(target.encode()).decode(), SECONDS))


def lead_back(scope: Scope, headers: MutableHeaders) -> None:
    """Lead to the noted address if the viewer is signed in now, and say so if not."""
    request = HTTPConnection(scope)
    if not any(map(sign_in_cookie.signs_in, headers.getlist("set-cookie"))):
        tried = parse_qs(request.url.query).keys() & {"code", "error"}
        if tried and sign_in_cookie.TOO_MANY not in headers["location"]:
            headers["location"] = paths.home(FAILED)  # the provider also leads here after a sign-out
        return
    try:
        kept = urlsafe_b64decode(request.cookies.get(COOKIE, "").encode()).decode("ascii")
    except (binascii.Error, UnicodeError):
        return
    if target := safe_target(kept):
        headers["location"] = target
        headers.append("set-cookie", _cookie("", 0))


def safe_target(target: str) -> str:
    """Return the path and query if they lead to a page of the dashboard, and nowhere else; "" otherwise."""
    is_short = 0 < len(target) <= MAX_TARGET
    is_plain = all("!" <= letter <= "~" and letter not in "\\\"'<>" for letter in target)
    path = target.partition("?")[0]
    leads_here = path.startswith(paths.home()) or path == paths.base() != ""
    below = path.removeprefix(paths.base())
    is_page = not below.startswith("//") and not below.endswith((LOGIN, LOGOUT, CALLBACK))
    return target if is_short and is_plain and leads_here and is_page else ""


def _cookie(value: str, seconds: int) -> str:
    cookie: SimpleCookie = SimpleCookie({COOKIE: value})
    morsel = cookie[COOKIE]
    morsel["path"], morsel["samesite"], morsel["max-age"] = paths.base() or "/", "Lax", str(seconds)
    morsel["httponly"], morsel["secure"] = True, rules.origin().startswith("https:")
    return cookie.output(header="").strip()
