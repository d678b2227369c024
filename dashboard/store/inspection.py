"""Whose database it is, found out without changing a byte of it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from dashboard.store.errors import (
    DatabaseReadOnlyError,
    DatabaseUnreachableError,
    ForeignDatabaseError,
    NewerDatabaseError,
    NotADatabaseError,
    StoreError,
)
from dashboard.store.failures import WORDS, damaged, failure_of
from dashboard.store.location import Location
from dashboard.store.migrations import HEAD, REVISIONS, VERSION_TABLE

Query = Callable[[str], Sequence[Sequence[Any]]]

MAGIC: Final = b"SQLite format 3\0"
APPLICATION_ID: Final = 0x4D41_4442
"""Written into SQLite's header ("MADB"); see https://www.sqlite.org/pragma.html#pragma_application_id."""
HEADER_BYTES: Final = 100
PAGE_SIZE_AT: Final = 16
APPLICATION_ID_AT: Final = 68
MAX_CHECKED_BYTES: Final = 64 * 2**20
"""Up to here a file is looked through as it is opened (a few milliseconds a megabyte); see `quick_check`."""

TABLES: Final = {
    "sqlite": (
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_'"
    ),
    # What an extension brought along (PostGIS, pg_stat_statements) is nobody's data.
    "postgresql": (
        "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
        " AND relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT EXISTS (SELECT FROM pg_depend"
        " WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')"
    ),
}


def revision_in(query: Query, dialect: str, location: Location) -> str | None:
    """Return the revision of a database of ours, None for an empty one.

    Raises ForeignDatabaseError, NewerDatabaseError or DatabaseDamagedError.
    """
    tables = {name for (name,) in query(TABLES[dialect])}
    if not tables:
        return None
    if VERSION_TABLE not in tables:
        raise foreign(location)
    found = [revision for (revision,) in query(f"SELECT version_num FROM {VERSION_TABLE}")]  # noqa: S608 - a constant
    if len(found) != 1:
        raise damaged(location, f"{VERSION_TABLE} holds {len(found)} revisions instead of one")
    if found[0] not in REVISIONS:
        raise NewerDatabaseError(
            f"{location.words} was written by a newer version of the dashboard: it has revision {found[0]!a},"
            f" and {HEAD} is the last that is known here.",
            "Update this dashboard, or name another database.",
        )
    return str(found[0])


def foreign(location: Location) -> ForeignDatabaseError:
    """Return the error for another program's database."""
    return ForeignDatabaseError(
        f"{location.words} holds tables of another program.",
        "Name a database or a schema of its own for the dashboard; this one is left as it is.",
    )


def revision_of_file(file: Path, location: Location) -> str | None:
    """Return the revision of an SQLite file of ours, None for a file that is not there yet or empty.

    Raises a StoreError for what is no database, foreign, newer, damaged or not to be written. Another
    program's file is not even opened by SQLite, which would leave two files beside it.
    """
    try:
        _demand_a_writable_place(file, location)
        header = _header(file)
    except OSError as error:
        raise failure_of(error, location) from error
    if not header:
        return None
    if not header.startswith(MAGIC) or len(header) < HEADER_BYTES:
        raise NotADatabaseError(f"{location.words} is no SQLite database.", WORDS[NotADatabaseError][1])
    if not _is_ours(header) and not _has_a_log(file):
        if file.stat().st_size <= _page_size(header):  # no page for a table
            return None
        raise foreign(location)
    return _revision_read_only(file, location)


def _revision_read_only(file: Path, location: Location) -> str | None:
    """Read it in the mode in which SQLite writes neither to the file nor to its log."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=15)) as connection:
            revision = revision_in(lambda sql: connection.execute(sql).fetchall(), "sqlite", location)
            if file.stat().st_size <= MAX_CHECKED_BYTES:
                ((found, *_), *_) = connection.execute("PRAGMA quick_check(1)").fetchall()
                if found != "ok":
                    raise damaged(location, str(found))
    except (sqlite3.Error, OSError) as error:
        raise failure_of(error, location) from error
    return revision


def _demand_a_writable_place(file: Path, location: Location) -> None:
    """Demand the folder, too, which SQLite needs: its log stands beside the file."""
    folder = file.parent
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir() or file.is_dir():
        wrong = f"{folder} is no folder" if not folder.is_dir() else "it is a folder"
        raise DatabaseUnreachableError(
            f"{location.words} cannot be opened: {wrong}.", "Name a file in a folder."
        )
    for place in (folder, file):
        if place.exists() and not os.access(place, os.W_OK):
            raise _read_only(place, location)


def _read_only(place: Path, location: Location) -> StoreError:
    said, remedy = WORDS[DatabaseReadOnlyError]
    return DatabaseReadOnlyError(f"{location.words} {said}: {place} is read-only for this user.", remedy)


def _header(file: Path) -> bytes:
    if not file.exists():
        return b""
    with file.open("rb") as opened:
        return opened.read(HEADER_BYTES)


def _is_ours(header: bytes) -> bool:
    return int.from_bytes(header[APPLICATION_ID_AT : APPLICATION_ID_AT + 4]) == APPLICATION_ID


def _page_size(header: bytes) -> int:
    size = int.from_bytes(header[PAGE_SIZE_AT : PAGE_SIZE_AT + 2])
    return 65_536 if size == 1 else size


def _has_a_log(file: Path) -> bool:
    """Tell of the write-ahead log: what was written last, our application id too, may be there alone."""
    log = file.with_name(f"{file.name}-wal")
    return log.exists() and log.stat().st_size > 0
