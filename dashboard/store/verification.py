"""Whether everything that is stored is what was stored."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.engine import Connection

from dashboard.store.canonical import digest_of
from dashboard.store.database import Database
from dashboard.store.errors import DatabaseDamagedError
from dashboard.store.series import TABLE, described, replay, snapshot_of


def verify(database: Database) -> tuple[str, ...]:
    """Look through everything; return what is wrong, in words, and nothing if all is well.

    Each snapshot is read and its count and digest worked out anew; SQLite's own check of the file comes
    first. Raises a StoreError where the database cannot even be read.
    """
    with database.reading() as reading:
        faults = list(_faults_of_file(reading)) if database.is_sqlite else []
        for (series,) in reading.execute(select(TABLE.c.series).distinct().order_by(TABLE.c.series)).all():
            faults += _faults_of_series(reading, database, series)
    return tuple(faults)


def _faults_of_file(connection: Connection) -> Iterator[str]:
    for (found,) in connection.exec_driver_sql("PRAGMA integrity_check").fetchall():
        if found != "ok":
            yield f"the file: {found}"


def _faults_of_series(connection: Connection, database: Database, series: str) -> Iterator[str]:
    query = described().where(TABLE.c.series == series)
    snapshots = {row.id: snapshot_of(row) for row in connection.execute(query)}
    try:
        for number, chain in replay(connection, database.location, series):
            snapshot, lines = snapshots[number], chain.held_lines()
            if snapshot.series != series:
                yield f"snapshot {number}: its connection and type are not those of its series"
            if len(lines) != snapshot.count:
                held = f"{len(lines):,} configurations instead of {snapshot.count:,}"
                yield f"snapshot {number}: it holds {held}"
            elif digest_of(lines) != snapshot.digest:
                yield f"snapshot {number}: what it holds is not what was stored"
    except DatabaseDamagedError as error:
        yield error.problem
