"""How many sessions there may be at once: in all, from one address, and of those who have not signed in."""

from __future__ import annotations

import ipaddress
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from dashboard.access.policy import Policy, Verdict
from dashboard.server import descriptors, rules
from dashboard.server.error_pages import Refusal

MAX_SESSIONS: Final = 500
"""An open tab is a session of about 0.2 MB."""
VARIABLE: Final = "DASHBOARD_MAX_SESSIONS"
STRANGERS_SHARE, ADDRESS_SHARE = 5, 2
"""Those who have not signed in get a fifth of all, and one address half of what its kind gets."""


@dataclass(frozen=True)
class ToldByPage(Refusal):
    """A refusal that Streamlit's page shows in words: the answer to its first question it reads as JSON."""

    def response(self, scope: Scope) -> Response:  # noqa: ARG002 - it is the same for every request
        """Return the words as JSON."""
        return JSONResponse(
            f"{self.title}\n{self.text}", self.status, {"Cache-Control": "no-store", **self.headers}
        )


FULL = ToldByPage(
    503,
    "The dashboard takes no more viewers at the moment",
    "So many have it open that another one would slow everybody down. Close tabs that nobody needs, or wait:"
    " this page tries again by itself.",
    headers={"Retry-After": "15"},
)


class Sessions:
    """The sessions of this process, counted."""

    def __init__(self) -> None:
        self._by_kind: Counter[bool] = Counter()
        self._by_address: Counter[tuple[bool, str]] = Counter()

    @property
    def count(self) -> int:
        """Return how many there are."""
        return self._by_kind.total()

    def refusal(self, address: str, *, stranger: bool) -> Refusal | None:
        """Return why there is no room for another session from an address; None if there is."""
        most = max_sessions()
        of_kind = max(1, most // STRANGERS_SHARE) if stranger else most
        of_address = max(1, of_kind // ADDRESS_SHARE)
        is_full = (
            self.count >= most
            or self._by_kind[stranger] >= of_kind
            or (address != "" and self._by_address[stranger, address] >= of_address)
            or descriptors.are_short()
        )
        return FULL if is_full else None

    @contextmanager
    def opened(self, address: str, *, stranger: bool) -> Iterator[None]:
        """Count a session for as long as the block lasts."""
        self._by_kind[stranger] += 1
        self._by_address[stranger, address] += 1
        try:
            yield
        finally:
            self._by_kind[stranger] -= 1
            self._by_address[stranger, address] -= 1
            if not self._by_address[stranger, address]:
                del self._by_address[stranger, address]


def max_sessions() -> int:
    """Return how many sessions this process takes: as configured, if it may open so many files."""
    return min(configured(), descriptors.max_viewers())


def configured() -> int:
    """Return what DASHBOARD_MAX_SESSIONS says; ValueError, in words, if that is no positive number."""
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        return MAX_SESSIONS
    if not text.isascii() or not text.isdigit() or int(text[:9]) == 0:
        raise ValueError(f"{VARIABLE} must be a whole number of at least 1")
    return int(text[:9])


def address_of(scope: Scope) -> str:
    """Return whose address a request is counted for: an IPv6 network of 64 bits is one; "" if it has none.

    Where a proxy is believed (FORWARDED_ALLOW_IPS), the server has put in what that says of its client.
    """
    host = (scope.get("client") or ("",))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))


def is_stranger(scope: Scope, policy: Policy) -> bool:
    """Return whether a request is of somebody who would have to sign in first."""
    if not policy.sign_in:
        return False
    claims_of = rules.session_claims if scope["type"] == "websocket" else rules.claims_of
    return rules.verdict(policy, claims_of(scope, policy)) is not Verdict.ADMITTED


sessions = Sessions()
