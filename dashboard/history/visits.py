"""When somebody looked at a connection's changes last, where there is a sign-in.

Nobody's name is kept: a person is a keyed digest of what the sign-in calls them.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dashboard.store.database import Database

KIND: Final = "visit"
CLAIMS: Final = ("sub", "email")


def person_of(claims: Mapping[str, object], key: bytes) -> str:
    """Return what a person is known by here, of 32 hexadecimal digits; "" where the sign-in tells nothing."""
    told = [claims.get("iss"), *(claims.get(claim) for claim in CLAIMS)]
    if not any(isinstance(one, str) and one for one in told[1:]):
        return ""
    return hmac.new(key, repr(told).encode(), "sha256").hexdigest()[:32]


def visited(database: Database, connection: str, person: str, at: datetime) -> datetime | None:
    """Note a visit of a person, and return when the last one before it was, None for none.

    `at` is aware. Raises StoreError.
    """
    from dashboard.store.decisions import (  # noqa: PLC0415 - SQLAlchemy
        NewDecision,
        current_decisions,
        set_decisions,
    )

    last = current_decisions(database, connection, KIND).get((KIND, person))
    new = NewDecision(KIND, person, at.isoformat(timespec="seconds"), connection)
    set_decisions(database, [new], "", at)
    if last is None or last.connection != connection:
        return None
    return datetime.fromisoformat(str(last.value))
