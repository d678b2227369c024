"""From a driver's error to one of ours: what was wrong, what to do, and no password."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Final

from dashboard.store.errors import (
    DatabaseBusyError,
    DatabaseDamagedError,
    DatabaseFullError,
    DatabaseReadOnlyError,
    DatabaseUnreachableError,
    NotADatabaseError,
    StoreError,
)
from dashboard.store.location import Location

Kind = type[StoreError]

SQLITE: Final[Mapping[int, Kind]] = {
    sqlite3.SQLITE_FULL: DatabaseFullError,
    sqlite3.SQLITE_BUSY: DatabaseBusyError,
    sqlite3.SQLITE_LOCKED: DatabaseBusyError,
    sqlite3.SQLITE_READONLY: DatabaseReadOnlyError,
    sqlite3.SQLITE_PERM: DatabaseReadOnlyError,
    sqlite3.SQLITE_CANTOPEN: DatabaseUnreachableError,
    sqlite3.SQLITE_CORRUPT: DatabaseDamagedError,
    sqlite3.SQLITE_NOTADB: NotADatabaseError,
}
"""By SQLite's primary result code (https://www.sqlite.org/rescode.html)."""

POSTGRESQL: Final[Mapping[str, Kind]] = {
    "53100": DatabaseFullError,
    "55P03": DatabaseBusyError,
    "57014": DatabaseBusyError,
    "40001": DatabaseBusyError,
    "40P01": DatabaseBusyError,
    "25006": DatabaseReadOnlyError,
    "42501": DatabaseReadOnlyError,
    "XX001": DatabaseDamagedError,
    "XX002": DatabaseDamagedError,
    "08": DatabaseUnreachableError,
    "28": DatabaseUnreachableError,
    "3D": DatabaseUnreachableError,
    "53": DatabaseUnreachableError,
    "57": DatabaseUnreachableError,
}
"""By PostgreSQL's SQLSTATE, else by its class (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""

WORDS: Final[Mapping[Kind, tuple[str, str]]] = {
    DatabaseFullError: ("has no room left", "Free space where it is; nothing of the change was stored."),
    DatabaseBusyError: ("was held by somebody else for too long", "Try again; nothing was stored."),
    DatabaseReadOnlyError: (
        "may not be written",
        "Let this user write to it (SQLite: the file and its folder; PostgreSQL: CREATE on the schema), or"
        " name another database.",
    ),
    DatabaseUnreachableError: (
        "cannot be opened",
        "Check that the place exists and that the server runs, and its address, user and password.",
    ),
    DatabaseDamagedError: (
        "is damaged",
        "Stop every dashboard that uses it, keep a copy of the file, and restore a backup, or move the file"
        " away to begin anew.",
    ),
    NotADatabaseError: ("is a file of another kind", "Name another file, or move this one away."),
    StoreError: ("cannot be used", "Look at the disk or the server; nothing of the change was stored."),
}


def failure_of(error: BaseException, location: Location) -> StoreError:
    """Return the error of ours for one of SQLAlchemy's, sqlite3's or psycopg's."""
    original: BaseException = getattr(error, "orig", None) or error
    kind = _kind(original)
    said, remedy = WORDS[kind]
    told = scrubbed(_told(original), location)
    return kind(f"{location.words} {said}: {told}.", remedy)


def damaged(location: Location, what: str) -> DatabaseDamagedError:
    """Return the error for content that is not what was written."""
    said, remedy = WORDS[DatabaseDamagedError]
    return DatabaseDamagedError(f"{location.words} {said}: {what}.", remedy)


def scrubbed(text: str, location: Location) -> str:
    """Return a driver's words in one line, without the password that the URL holds."""
    for secret in location.secrets:
        text = text.replace(secret, "•••")
    return " ".join(text.split()).rstrip(".")


def _kind(original: BaseException) -> Kind:
    if isinstance(original, sqlite3.Error):
        code: int = getattr(original, "sqlite_errorcode", None) or 0
        return SQLITE.get(code & 0xFF, StoreError)
    if isinstance(original, OSError):
        return DatabaseUnreachableError
    if type(original).__module__.startswith("psycopg"):
        state: str | None = getattr(original, "sqlstate", None)
        if state is None:  # libpq itself: it got no connection, or lost it
            return DatabaseUnreachableError
        return POSTGRESQL.get(state, POSTGRESQL.get(state[:2], StoreError))
    # What is left is SQLAlchemy's own: no free connection in the pool.
    return DatabaseBusyError if type(original).__name__ == "TimeoutError" else StoreError


def _told(original: BaseException) -> str:
    """Return the server's own first line, which has no statement in it, else what the driver says."""
    diagnosis = getattr(original, "diag", None)
    primary: str | None = getattr(diagnosis, "message_primary", None)
    return primary or str(original) or type(original).__name__
