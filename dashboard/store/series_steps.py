"""A series of snapshots as steps in the order of time: what went and what came from one to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from dashboard.store import tables
from dashboard.store.database import Database
from dashboard.store.series import TABLE, Snapshot, described, replay, snapshot_of

Numbers = frozenset[int]


@dataclass(frozen=True)
class SeriesStep:
    """A snapshot, configurations of the one before that it does not hold, and those that only it holds.

    Configurations are canonical JSON: what is the same text is the same content.
    """

    snapshot: Snapshot
    gone: list[str]
    come: list[str]


def series_steps(database: Database, connection: str, config_type: str) -> tuple[SeriesStep, ...]:
    """Return the steps of a series, the oldest first; the first one's configurations have all come.

    The series is replayed once. Raises DatabaseDamagedError.
    """
    query = described().where(TABLE.c.series == tables.key_of(connection, config_type))
    with database.reading() as reading:
        rows = reading.execute(query.order_by(TABLE.c.taken_at, TABLE.c.id))
        snapshots = [snapshot_of(row) for row in rows]
        return tuple(_steps(reading, database, snapshots))


def _steps(reading: Connection, database: Database, snapshots: list[Snapshot]) -> Iterator[SeriesStep]:
    """Yield steps by time, as snapshots are stored, unless a replica's load that began first ended last."""
    if not snapshots:
        return
    in_order = [snapshot.id for snapshot in snapshots] == sorted(snapshot.id for snapshot in snapshots)
    held: dict[int, Numbers] = {}
    before: Numbers = frozenset()
    lines: list[str] = []
    by_number = {snapshot.id: snapshot for snapshot in snapshots}
    for number, chain in replay(reading, database.location, snapshots[0].series):
        lines, now = chain.lines, frozenset(chain.held)
        if in_order:
            yield _step(by_number[number], before, now, lines)
            before = now
        else:
            held[number] = now
    for snapshot in () if in_order else snapshots:
        yield _step(snapshot, before, held[snapshot.id], lines)
        before = held[snapshot.id]


def _step(snapshot: Snapshot, before: Numbers, now: Numbers, lines: list[str]) -> SeriesStep:
    gone, come = ([lines[number] for number in sorted(numbers)] for numbers in (before - now, now - before))
    return SeriesStep(snapshot, gone, come)
