"""The rules in force. They are read anew each time, so that a change of secrets.toml works at once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping

from starlette.requests import HTTPConnection
from starlette.types import Scope
from streamlit import config
from streamlit.auth_util import get_origin_from_redirect_uri
from streamlit.runtime.secrets import secrets_singleton

from dashboard.access.policy import TRUSTED_VARIABLE, Policy, Verdict, read_policy, shut
from dashboard.secrets_file import UNREADABLE, Secrets, read_secrets, use_files
from dashboard.server import paths, streamlit_private

_at_start = {"sign_in": False}


class _Latest:
    """What the file said last, read: it is looked at often, and long lists take a while."""

    def __init__(self) -> None:
        self._read: tuple[Secrets, tuple[str, str], Policy] | None = None

    def read(self, secrets: Secrets, trust: str, base: str) -> Policy:
        """Return the rules of these tables and this word of trust, for a dashboard under this path."""
        latest = self._read
        if latest is None or latest[0] is not secrets or latest[1] != (trust, base):
            if latest is not None and latest[0] is not secrets:
                secrets_singleton._reset()  # Streamlit's own watch ends at the first mistake in a file
            latest = (secrets, (trust, base), _policy_of(secrets, trust, base))
            self._read = latest
        return latest[2]


_latest = _Latest()


def policy() -> Policy:
    """Return all rules as they are configured now.

    A secrets.toml that cannot be read is a fault: Streamlit would take it for none. So is one that has lost
    its `[auth]` while the server runs, for a moment or for good.
    """
    use_files(config.get_option("secrets.files"))
    found = _latest.read(read_secrets(), os.environ.get(TRUSTED_VARIABLE, ""), paths.base())
    if _at_start["sign_in"] and not found.sign_in:
        return shut("[auth] has gone from secrets.toml since the start: put it back, or restart without it")
    return found


def remember_start() -> Policy:
    """Return the rules at the start of the server. What began with a sign-in stays closed without one."""
    _at_start["sign_in"] = False
    found = policy()
    _at_start["sign_in"] = found.sign_in
    return found


def origin() -> str:
    """Return where the dashboard is to be opened: scheme and host of redirect_uri; "" without one."""
    return get_origin_from_redirect_uri() or ""


def claims_of(scope: Scope, found: Policy) -> Mapping[str, object]:
    """Return what the sign-in cookie of a request says of the viewer.

    Nothing if it is missing, forged, expired or in pieces. Read and verified by the code with which Streamlit
    reads it for `st.user`.
    """
    return _claims(scope, found, origin)


def session_claims(scope: Scope, found: Policy) -> Mapping[str, object]:
    """Return what `st.user` says in the session of a WebSocket: the cookie counts for a page of ours alone.

    As in Streamlit, the browser must name where the page is from and repeat the token that only a page of
    this site can read: a page of another site may make it send the cookie.
    """
    request = HTTPConnection(scope)
    kept = request.cookies.get(streamlit_private.XSRF_COOKIE)
    came_from = request.headers.get("origin")
    is_ours = bool(came_from) and streamlit_private.repeats_token(request.headers, kept)
    return _claims(scope, found, lambda: came_from or "") if is_ours else {}


def _claims(scope: Scope, found: Policy, expected: Callable[[], str]) -> Mapping[str, object]:
    """Return the claims of a request's cookie, if it was made for the expected origin.

    A wrong file names none.
    """
    if found.faults or not found.sign_in:
        return {}
    cookie = HTTPConnection(scope).cookies.get(streamlit_private.USER_COOKIE)
    said = streamlit_private.unsigned(cookie) if cookie else None
    return streamlit_private.claims_in(said, expected()) if said else {}


def verdict(found: Policy, claims: Mapping[str, object]) -> Verdict:
    """Return what somebody with these claims may do now."""
    return found.verdict(claims, time.time())


def _policy_of(secrets: Secrets, trust: str, base: str) -> Policy:
    if secrets.fault:
        return shut(f"{UNREADABLE}: {secrets.fault}")
    return read_policy(secrets.tables, {TRUSTED_VARIABLE: trust}, base)
