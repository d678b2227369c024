"""The cookie of a sign-in: one that is whole, or none.

Streamlit cuts claims of more than 4,096 bytes into several signed cookies which nothing binds together, so
that somebody could put the pieces of two sign-ins together. Here only what is needed is kept, in one cookie,
and whatever else calls itself a piece of a sign-in is taken from a request before Streamlit sees it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import Message, Scope, Send

from dashboard.access import kept_claims
from dashboard.access.policy import Policy
from dashboard.server import paths, rules, streamlit_private

MAX_BYTES: Final = 4096
"""What a browser takes of one cookie: name, value and attributes."""
MAX_TRIED: Final = 4
"""So many cookies of one name are looked at."""
TOO_MANY: Final = "sign_in=too_many_groups"
"""The query of the first page after a sign-in that does not fit."""
DELETABLE = re.compile(r"_streamlit_user(_tokens)?(_\d{1,3})?")
GONE: Final = "max-age=0"


def install() -> None:
    """Have every sign-in written here."""
    streamlit_private.write_sign_ins_with(write)


async def write(response: Response, claims: Mapping[str, Any]) -> None:
    """Put the cookie on the last answer of a sign-in; what does not fit leads to the page that says so."""
    kept = kept_claims.keep(claims, rules.policy(), _fits)
    if kept is None:
        response.headers["location"] = paths.home(TOO_MANY)
        response.delete_cookie(streamlit_private.USER_COOKIE, path=paths.base() or "/")
    else:
        response.headers.append("set-cookie", _cookie(kept))


def one_sign_in(scope: Scope, found: Policy) -> tuple[Scope, list[str]]:
    """Return a request with one sign-in that is whole or with none, and the names of what was left out.

    Where another application of this host has a cookie of the same name, both are sent: the first that is
    ours counts.
    """
    chosen = _Chosen(tries=MAX_TRIED if found.sign_in and not found.faults else 0)
    headers: list[tuple[bytes, bytes]] = []
    for header, value in scope["headers"]:
        if header != b"cookie":
            headers.append((header, value))
        elif kept := list(filter(chosen.keeps, value.decode("latin-1").split(";"))):
            headers.append((header, ";".join(kept).encode("latin-1")))
    return ({**scope, "headers": headers} if chosen.left_out else scope), chosen.left_out


class _Chosen:
    """The one sign-in of a request, once it is found; and the names of the cookies that are left out."""

    def __init__(self, tries: int) -> None:
        self._tries = tries
        self.left_out: list[str] = []

    def keeps(self, piece: str) -> bool:
        """Return whether a piece of a Cookie header stays: the first whole sign-in, and all that is none."""
        name, content = next(iter(cookie_parser(piece).items()), ("", ""))
        if not name.startswith(streamlit_private.USER_COOKIE):
            return True
        if name == streamlit_private.USER_COOKIE and self._tries:
            self._tries -= 1
            if streamlit_private.unsigned(content):
                self._tries = 0
                return True
        self.left_out.append(name)
        return False


def forgetting(names: list[str], send: Send) -> Send:
    """Return a `send` that has the browser forget pieces of sign-ins that earlier versions have left."""
    gone = sorted({name for name in names if DELETABLE.fullmatch(name)} - {streamlit_private.USER_COOKIE})

    async def send_changed(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer = Response()
            for name in gone:
                answer.delete_cookie(name, path=paths.base() or "/")
            cookies = [pair for pair in answer.raw_headers if pair[0] == b"set-cookie"]
            message = {**message, "headers": [*message.get("headers", ()), *cookies]}
        await send(message)

    return send_changed if gone else send


def signs_in(set_cookie: str) -> bool:
    """Return whether a Set-Cookie header is that of somebody who is signed in now."""
    return set_cookie.startswith(f"{streamlit_private.USER_COOKIE}=") and GONE not in set_cookie.lower()


def _fits(kept: Mapping[str, Any]) -> bool:
    return len(_cookie(kept)) <= MAX_BYTES


def _cookie(kept: Mapping[str, Any]) -> str:
    """Return the Set-Cookie header of a sign-in."""
    answer = Response()
    answer.set_cookie(
        streamlit_private.USER_COOKIE,
        streamlit_private.signed(json.dumps(kept, separators=(",", ":"))),
        max_age=streamlit_private.USER_COOKIE_SECONDS,
        path=paths.base() or "/",
        secure=rules.origin().startswith("https:"),
        httponly=True,
        samesite="lax",
    )
    return answer.headers["set-cookie"]
