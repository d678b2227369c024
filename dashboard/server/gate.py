"""The gate: every request passes it before anything is loaded.

What is open is counted up here; every other route, ours or Streamlit's, whoever adds it, needs a viewer who
is signed in and may look. So a new route needs nothing to be guarded. /metrics is for machines, too: it opens
to the bearer token of `[metrics]`.
"""

from __future__ import annotations

import hmac
from typing import Any

from starlette.requests import HTTPConnection
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config

from dashboard.access.policy import Policy, Verdict
from dashboard.server import (
    origins,
    page_files,
    paths,
    rules,
    sign_in_cookie,
    streamlit_private,
    websocket_filter,
)
from dashboard.server.error_pages import Refusal
from dashboard.server.local_only import ADVICE, arrived_here, is_needed
from dashboard.server.sessions import address_of, is_stranger, sessions

HEALTH = ("/healthz", "/_stcore/health")
OPEN = "/_stcore/host-config"
"""What Streamlit's page needs for the sign-in screen, beside the stream. It asks for this before it opens a
session, shows the words of a refusal, and tries again."""
OPEN_PREFIX = "/_stcore/bidi-components/"
STATIC = "static-assets"
"""The name of the route with Streamlit's bundles and its page, which is the same for every address."""
SIGN_IN = (paths.LOGIN, paths.LOGOUT, paths.CALLBACK)
FOR_MACHINES = ("/metrics", "/_stcore/metrics")
UPLOADS = "/_stcore/upload_file/"

NOT_HERE = Refusal(403, "This dashboard answers on its own machine only", f"Nobody has to sign in. {ADVICE}")
STRANGE_PAGE = Refusal(
    403,
    "This page may not open a session",
    "It is not one of the dashboard's. A proxy in between has to hand on the Host that the browser sent, port"
    " included (docs/sharing.md), or browser.serverAddress has to name the host.",
)
TOO_LONG = Refusal(
    431,
    "Too many cookies",
    "The browser sends more cookies for this address than the dashboard takes. Delete this site's cookies.",
)
NO_UPLOADS = Refusal(404, "There is nothing here", "The dashboard takes no files.")
NO_STREAM = Refusal(404, "There is nothing here", "The dashboard has one WebSocket, and not at this address.")
NO_SIGN_IN = Refusal(404, "There is nothing here", "Nobody has to sign in to this dashboard.", "/")
SHUT = Refusal(
    503, "The dashboard is shut", "Who may look is not set up correctly; its first page says why.", "/"
)
SIGNED_OUT = Refusal(403, "Sign in first", "This is for those who are signed in and may look.", "/")
NO_TOKEN = Refusal(
    401,
    "A token is needed",
    "Send the token of [metrics] in secrets.toml as Authorization: Bearer …, or sign in to the dashboard.",
    headers={"WWW-Authenticate": 'Bearer realm="metrics"'},
)


class Gate:
    """ASGI middleware: turns away whoever may not have what they ask for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse. What a browser says over its WebSocket is looked at message by message."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        policy = rules.policy()
        scope, left_out = sign_in_cookie.one_sign_in(scope, policy)
        refusal = _refusal(scope, policy) or _full(scope, policy)
        if left_out and paths.is_at(scope, *SIGN_IN):
            send = sign_in_cookie.forgetting(left_out, send)
        if refusal:
            await refusal(scope, receive, send)
        elif scope["type"] == "websocket":
            await websocket_filter.serve(self._app, scope, receive, send, policy)
        else:
            await self._app(scope, receive, send)


def _refusal(scope: Scope, policy: Policy) -> Refusal | None:
    """Return why this request is turned away; None when it is not."""
    path = _path(scope)
    if path in HEALTH and scope["type"] == "http":
        return None
    if is_needed(policy) and not arrived_here(scope):
        return NOT_HERE
    if any(len(value) > streamlit_private.MAX_HEADER_LINE for _, value in scope["headers"]):
        return TOO_LONG
    if scope["type"] == "websocket":
        return _refused_stream(scope)
    return _refused_path(scope, policy, path)


def _refused_path(scope: Scope, policy: Policy, path: str) -> Refusal | None:
    """Return why a path is not for whoever asks; None when it is."""
    if path.startswith(UPLOADS):
        return NO_UPLOADS
    if path in FOR_MACHINES:
        return None if _may_measure(scope, policy, path) else NO_TOKEN
    return _refused_viewer(scope, policy, path) if policy.sign_in else _refused_sign_in(scope)


def _refused_stream(scope: Scope) -> Refusal | None:
    """Return why a WebSocket is not opened: the script behind it has a gate of its own."""
    if not origins.is_known(scope):
        return STRANGE_PAGE
    return None if paths.is_at(scope, paths.STREAM) else NO_STREAM


def _refused_sign_in(scope: Scope) -> Refusal | None:
    return NO_SIGN_IN if paths.is_at(scope, *SIGN_IN) else None


def _refused_viewer(scope: Scope, policy: Policy, path: str) -> Refusal | None:
    """Return why whoever asks may not have what only viewers get, or sign in; None when they may."""
    if _is_open(scope, path):
        return None
    if policy.faults:
        return SHUT
    if (
        paths.is_at(scope, *SIGN_IN)
        or rules.verdict(policy, rules.claims_of(scope, policy)) is Verdict.ADMITTED
    ):
        return None
    return SIGNED_OUT


def _full(scope: Scope, policy: Policy) -> Refusal | None:
    """Return why there is no room for another session; None if there is, or if nobody asks for one."""
    if scope["type"] != "websocket" and _path(scope) != OPEN:
        return None
    return sessions.refusal(address_of(scope), stranger=is_stranger(scope, policy))


def _path(scope: Scope) -> str:
    """Return the path without what a proxy or server.baseUrlPath puts in front of it."""
    path: str = scope["path"]
    for prefix in (scope.get("root_path", ""), config.get_option("server.baseUrlPath") or ""):
        base = prefix.strip("/")
        if base and path.startswith(f"/{base}/"):
            path = path.removeprefix(f"/{base}")
    return path


def _is_open(scope: Scope, path: str) -> bool:
    is_open = path in {OPEN, *page_files.PATHS} or path.startswith(OPEN_PREFIX)
    return is_open or is_static(scope)


def is_static(scope: Scope) -> bool:
    """Return whether the first route that takes this request is the one of Streamlit's bundles and page."""
    for route in scope["app"].routes:
        match, _ = route.matches(scope)
        if match != Match.NONE:
            return getattr(route, "name", None) == STATIC
    return False


def _may_measure(scope: Scope, policy: Policy, path: str) -> bool:
    """Return whether somebody may read measurements: with the token, or signed in.

    They name every connection, so they are for viewers who may see all of them. Where there is neither a
    token nor a sign-in, ours are open like everything else; Streamlit's are not.
    """
    if policy.metrics_token and hmac.compare_digest(_bearer(scope), policy.metrics_token.encode()):
        return True
    if policy.sign_in:
        claims = rules.claims_of(scope, policy)
        admitted = rules.verdict(policy, claims) is Verdict.ADMITTED
        return admitted and all(policy.may_see(name, claims) for name in policy.connections)
    return not policy.metrics_token and path == FOR_MACHINES[0]


def _bearer(scope: Any) -> bytes:
    kind, _, token = HTTPConnection(scope).headers.get("authorization", "").partition(" ")
    return token.strip().encode() if kind.lower() == "bearer" else b""
