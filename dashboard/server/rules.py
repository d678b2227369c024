"""The rules in force. They are read anew each time, so that a change of secrets.toml works at once."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path

import streamlit as st
from starlette.requests import HTTPConnection
from starlette.types import Scope
from streamlit import config
from streamlit.auth_util import get_origin_from_redirect_uri
from streamlit.errors import StreamlitSecretNotFoundError
from streamlit.runtime.secrets import secrets_singleton

from dashboard.access.policy import TRUSTED_VARIABLE, Policy, Verdict, read_policy, shut
from dashboard.server import paths, streamlit_private

NO_FILE = "no-secrets-found"
"""Streamlit's id of the one failure that means that there is no secrets.toml."""
UNREADABLE = "secrets.toml cannot be read"
_at_start = {"sign_in": False}


class _Latest:
    """What the file said last, read: it is looked at several times a run, and long lists take a while."""

    def __init__(self) -> None:
        self._read: tuple[Mapping[str, object], str, str, Policy] | None = None

    def read(self, secrets: Mapping[str, object], trust: str, base: str) -> Policy:
        """The rules of these tables and this word of trust, for a dashboard under this path."""
        latest = self._read
        if latest is None or latest[:3] != (secrets, trust, base):
            latest = (deepcopy(secrets), trust, base, read_policy(secrets, {TRUSTED_VARIABLE: trust}, base))
            self._read = latest
        return latest[3]


class _Watch:
    """Has Streamlit read a changed file again: its own watch ends at the first mistake in one."""

    def __init__(self) -> None:
        self._seen: list[tuple[int, int, int] | None] | None = None

    def look(self) -> None:
        """Compare the files with how they were at the last look."""
        now = [_stamp(path) for path in config.get_option("secrets.files")]
        if self._seen is not None and now != self._seen:
            secrets_singleton._reset()
        self._seen = now


_latest, _watch = _Latest(), _Watch()


def policy() -> Policy:
    """All rules as they are configured now.

    A secrets.toml that cannot be read is a fault: Streamlit would take it for none. So is one that has lost
    its `[auth]` while the server runs, for a moment or for good.
    """
    _watch.look()
    try:
        secrets: Mapping[str, object] = st.secrets.to_dict()
    except StreamlitSecretNotFoundError as error:
        if error.error_id != NO_FILE:
            return shut(f"{UNREADABLE}: it is not valid TOML{_place(error)}")
        secrets = {}
    except (OSError, UnicodeDecodeError):
        return shut(f"{UNREADABLE}: it is no text file that this user may read")
    found = _latest.read(secrets, os.environ.get(TRUSTED_VARIABLE, ""), paths.base())
    if _at_start["sign_in"] and not found.sign_in:
        return shut("[auth] has gone from secrets.toml since the start: put it back, or restart without it")
    return found


def remember_start() -> Policy:
    """The rules at the start of the server. What began with a sign-in stays closed without one."""
    _at_start["sign_in"] = False
    found = policy()
    _at_start["sign_in"] = found.sign_in
    return found


def origin() -> str:
    """Where the dashboard is to be opened: scheme and host of redirect_uri; "" without one."""
    return get_origin_from_redirect_uri() or ""


def claims_of(scope: Scope, found: Policy) -> Mapping[str, object]:
    """What the sign-in cookie of a request says of the viewer.

    Nothing if it is missing, forged, expired or in pieces. Read and verified by the code with which Streamlit
    reads it for `st.user`.
    """
    return _claims(scope, found, origin)


def session_claims(scope: Scope, found: Policy) -> Mapping[str, object]:
    """What `st.user` says in the session of a WebSocket: the cookie counts for a page of ours alone.

    As in Streamlit, the browser must name where the page is from and repeat the token that only a page of
    this site can read: a page of another site may make it send the cookie.
    """
    request = HTTPConnection(scope)
    kept = request.cookies.get(streamlit_private.XSRF_COOKIE)
    came_from = request.headers.get("origin")
    is_ours = bool(came_from) and streamlit_private.repeats_token(request.headers, kept)
    return _claims(scope, found, lambda: came_from or "") if is_ours else {}


def _claims(scope: Scope, found: Policy, expected: Callable[[], str]) -> Mapping[str, object]:
    """The claims of a request's cookie, if it was made for the expected origin; a wrong file names none."""
    if found.faults or not found.sign_in:
        return {}
    cookie = HTTPConnection(scope).cookies.get(streamlit_private.USER_COOKIE)
    said = streamlit_private.unsigned(cookie) if cookie else None
    return streamlit_private.claims_in(said, expected()) if said else {}


def verdict(found: Policy, claims: Mapping[str, object]) -> Verdict:
    """What somebody with these claims may do now."""
    return found.verdict(claims, time.time())


def _stamp(path: str) -> tuple[int, int, int] | None:
    """What changes with a file; None when there is none."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _place(error: Exception) -> str:
    """Where a TOML file is wrong. The rest of the message names a path on the server."""
    place = re.search(r"\(at (line \d+, column \d+)\)", str(error))
    return f" ({place[1]})" if place else ""
