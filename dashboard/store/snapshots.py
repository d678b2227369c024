"""Snapshots: all configurations of a connection and type at one time, stored whole or not at all.

What comes here has been masked: in the place of each secret stands a keyed fingerprint of it, so that a
changed secret is a change and none can be read here. Nothing here masks, and nothing here may be given what
has not been.

Times are aware. Snapshots are in the order of `taken_at`, whichever was stored first.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, update
from sqlalchemy.engine import Connection

from dashboard.store import tables
from dashboard.store.canonical import canonical, digest_of
from dashboard.store.columns import in_utc
from dashboard.store.database import Database
from dashboard.store.errors import UnknownRecordError
from dashboard.store.failures import damaged
from dashboard.store.series import (
    TABLE,
    TOPIC,
    Snapshot,
    append,
    chain_at,
    described,
    replay,
    snapshot_of,
)

Configuration = Mapping[str, Any]
LINES_A_PIECE: Final = 1_000
NAME: Final = "config_name"
"""The API's field that holds a configuration's name."""


def put_snapshot(
    database: Database,
    connection: str,
    config_type: str,
    taken_at: datetime,
    configurations: Iterable[Configuration],
    *,
    details: int = 0,
) -> tuple[Snapshot, bool]:
    """Store what a connection holds, masked and complete; return the snapshot, and whether it is a new one.

    Where the snapshot before `taken_at` holds the same, it is returned, its `confirmed_at` moved on; where
    the one after it does (another replica was quicker), that one. `details` says how many of the
    configurations hold theirs. Raises UnstorableError for what JSON does not have.
    """
    lines = [line for _, line in sorted((_name(one), canonical(one)) for one in configurations)]
    at, series = in_utc(taken_at), tables.key_of(connection, config_type)
    new: dict[str, Any] = {"connection": connection, "config_type": config_type, "taken_at": at}
    new |= {"confirmed_at": at, "count": len(lines), "details": details, "digest": digest_of(lines)}
    with database.writing(TOPIC) as writing:
        if same := _same_before_or_after(writing, series, at, new["digest"]):
            return same, False
        number = append(writing, chain_at(writing, database.location, series), new, lines)
    return Snapshot(number, **new), True


def confirm_snapshot(database: Database, snapshot: Snapshot, at: datetime) -> bool:
    """Note that the service was seen to hold what a snapshot holds; False if there is a later one by now.

    For whoever knows that nothing has changed, and would have to put all of it otherwise.
    """
    with database.writing(TOPIC) as writing:
        last = _last(writing, TABLE.c.series == snapshot.series)
        if last is None or last.id != snapshot.id:
            return False
        _confirm(writing, last, in_utc(at))
    return True


def list_snapshots(
    database: Database, connection: str | None = None, config_type: str | None = None
) -> tuple[Snapshot, ...]:
    """Return the snapshots of a connection, or of all, and of a type, or of all, the oldest first."""
    query = described().order_by(TABLE.c.taken_at, TABLE.c.id)
    if connection is not None:
        query = query.where(TABLE.c.connection == connection)
    if config_type is not None:
        query = query.where(TABLE.c.config_type == config_type)
    with database.reading() as reading:
        return tuple(map(snapshot_of, reading.execute(query)))


def snapshot_with(database: Database, number: int) -> Snapshot:
    """Return the snapshot with a number. Raises UnknownRecordError where there is none (any more)."""
    with database.reading() as reading:
        row = reading.execute(described().where(TABLE.c.id == number)).one_or_none()
    if row is None:
        raise _unknown(number)
    return snapshot_of(row)


def latest(database: Database, connection: str, config_type: str) -> Snapshot | None:
    """Return the last snapshot, None where there is none."""
    with database.reading() as reading:
        return _last(reading, TABLE.c.series == tables.key_of(connection, config_type))


def snapshot_at(database: Database, connection: str, config_type: str, time: datetime) -> Snapshot | None:
    """Return the snapshot that held at a time: the last one taken until then. None if all are later."""
    with database.reading() as reading:
        series = tables.key_of(connection, config_type)
        return _last(reading, TABLE.c.series == series, TABLE.c.taken_at <= in_utc(time))


def previous(database: Database, snapshot: Snapshot) -> Snapshot | None:
    """Return the snapshot before another of the same connection and type, None before the first."""
    earlier = or_(
        TABLE.c.taken_at < snapshot.taken_at,
        and_(TABLE.c.taken_at == snapshot.taken_at, TABLE.c.id < snapshot.id),
    )
    with database.reading() as reading:
        return _last(reading, TABLE.c.series == snapshot.series, earlier)


def configurations_of(database: Database, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return what a snapshot holds, by name. Raises UnknownRecordError if it has been pruned meanwhile."""
    with database.reading() as reading:
        lines = _lines_of(reading, database, snapshot)
    return _read(lines)


def differing(
    database: Database, before: Snapshot, after: Snapshot
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the configurations that only `before` holds, and those that only `after` holds, each by name.

    An edited one is in both, as it was and as it is. What is the same in both is not even read as JSON, which
    is most of the time that `configurations_of` takes.
    """
    with database.reading() as reading:
        if before.series == after.series:
            old, new = _changed_lines(reading, database, before, after)
        else:
            held, others = (Counter(_lines_of(reading, database, snapshot)) for snapshot in (before, after))
            old, new = [*(held - others).elements()], [*(others - held).elements()]
    return _read(old), _read(new)


def _same_before_or_after(
    connection: Connection, series: str, taken_at: datetime, digest: str
) -> Snapshot | None:
    this = TABLE.c.series == series
    before = _last(connection, this, TABLE.c.taken_at <= taken_at)
    if before is not None and before.digest == digest:
        return _confirm(connection, before, taken_at)
    following = described().where(this, TABLE.c.taken_at > taken_at).order_by(TABLE.c.taken_at, TABLE.c.id)
    row = connection.execute(following.limit(1)).one_or_none()
    after = None if row is None else snapshot_of(row)
    return after if after is not None and after.digest == digest else None


def _confirm(connection: Connection, snapshot: Snapshot, at: datetime) -> Snapshot:
    confirmed_at = max(snapshot.confirmed_at, at)
    connection.execute(update(TABLE).where(TABLE.c.id == snapshot.id).values(confirmed_at=confirmed_at))
    return Snapshot(**vars(snapshot) | {"confirmed_at": confirmed_at})


def _last(connection: Connection, *conditions: ColumnElement[bool]) -> Snapshot | None:
    query = described().where(*conditions).order_by(TABLE.c.taken_at.desc(), TABLE.c.id.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else snapshot_of(row)


def _changed_lines(
    connection: Connection, database: Database, before: Snapshot, after: Snapshot
) -> tuple[list[str], list[str]]:
    """Compare two of one series: it is replayed once, and what both hold is compared by number alone."""
    for snapshot in (before, after):
        _demand(connection, snapshot)
    held: dict[int, frozenset[int]] = {}
    lines: list[str] = []
    for number, chain in replay(connection, database.location, before.series, max(before.id, after.id)):
        lines = chain.lines
        if number in {before.id, after.id}:
            held[number] = frozenset(chain.held)
    old, new = held[before.id], held[after.id]
    return [lines[number] for number in sorted(old - new)], [lines[number] for number in sorted(new - old)]


def _demand(connection: Connection, snapshot: Snapshot) -> None:
    if connection.execute(described().where(TABLE.c.id == snapshot.id)).one_or_none() is None:
        raise _unknown(snapshot.id)


def _lines_of(connection: Connection, database: Database, snapshot: Snapshot) -> list[str]:
    _demand(connection, snapshot)
    lines = chain_at(connection, database.location, snapshot.series, snapshot.id).held_lines()
    if len(lines) != snapshot.count:
        raise damaged(database.location, f"snapshot {snapshot.id} holds {len(lines):,} of {snapshot.count:,}")
    return lines


def _read(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Read many at once, which takes half the time of line by line; all at once would hold up everybody."""
    given, found = iter(lines), list[dict[str, Any]]()
    while piece := ",".join(islice(given, LINES_A_PIECE)):
        found += json.loads(f"[{piece}]")
    return sorted(found, key=_name)


def _name(configuration: Configuration) -> str:
    name = configuration.get(NAME)
    return name if isinstance(name, str) else ""


def _unknown(number: int) -> UnknownRecordError:
    return UnknownRecordError(f"There is no snapshot with the number {number}.", "It may have been pruned.")
