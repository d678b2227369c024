"""Noise: fields whose changes a team has decided not to be told of. Remembered with everything it decides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from dashboard.history.edits import Ignored

if TYPE_CHECKING:
    from dashboard.store.database import Database

KIND: Final = "ignored-field"
MAX_PATHS: Final = 200
MAX_LENGTH: Final = 300


def ignored_fields(database: Database, connection: str) -> Ignored:
    """Return what is ignored of a connection. Raises StoreError."""
    from dashboard.store.decisions import current_decisions  # noqa: PLC0415 - SQLAlchemy

    return Ignored.of(path for _, path in current_decisions(database, connection, KIND))


def ignore_exactly(database: Database, connection: str, paths: Iterable[str], by: str, at: datetime) -> None:
    """Ignore these fields of a connection from now on, and no others; `at` is aware.

    Blank paths, overlong ones and those beyond MAX_PATHS are left out. Raises StoreError.
    """
    from dashboard.store.decisions import (  # noqa: PLC0415 - SQLAlchemy
        NewDecision,
        clear_decisions,
        set_decisions,
    )

    wanted = frozenset(
        sorted(Ignored.of(path for path in paths if len(path) <= MAX_LENGTH).paths)[:MAX_PATHS]
    )
    held = ignored_fields(database, connection).paths
    new = [NewDecision(KIND, path, value=True, connection=connection) for path in sorted(wanted - held)]
    set_decisions(database, new, by, at)
    clear_decisions(database, KIND, sorted(held - wanted), by, at, connection=connection)
