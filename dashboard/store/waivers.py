"""Waivers: who has accepted which finding, why, until when. What was revoked stays as history.

Of a connection, a check and a configuration at most one waiver is active. Whoever comes second is told who
was first (WaiverConflictError), whether they look at the same time or an hour later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import Row, insert, select, update
from sqlalchemy.engine import Connection

from dashboard.store import tables
from dashboard.store.database import Database
from dashboard.store.errors import UnknownRecordError, WaiverConflictError
from dashboard.store.waiver import NewWaiver, Waiver, key_fields

TOPIC: Final = "waivers"
MAX_VALUES: Final = 500
"""In one IN (…): databases bound how many values a statement may hold."""
TABLE: Final = tables.waivers

Value = TypeVar("Value")


def list_waivers(
    database: Database, connection: str | None = None, *, include_revoked: bool = False
) -> tuple[Waiver, ...]:
    """Return the waivers of a connection, or of all, the oldest first. Lapsed ones are among them."""
    query = select(TABLE).order_by(TABLE.c.id)
    if connection is not None:
        query = query.where(TABLE.c.connection == connection)
    if not include_revoked:
        query = query.where(TABLE.c.revoked_at.is_(None))
    with database.reading() as reading:
        return tuple(_waiver(row) for row in reading.execute(query))


def add_waivers(
    database: Database, waivers: Iterable[NewWaiver], by: str, at: datetime
) -> tuple[Waiver, ...]:
    """Add all of them, in their order, or none.

    `by` and `at` (aware) are kept where a waiver does not say itself who created it and when. Raises
    WaiverConflictError with what exists already, and ValueError if one of them is there twice.
    """
    added = list(waivers)
    keys = _keys(added)
    with database.writing(TOPIC) as writing:
        if existing := _active(writing, keys):
            raise WaiverConflictError(existing)
        return _insert(writing, added, by, at)


def replace_waivers(
    database: Database, replacements: Iterable[tuple[int, NewWaiver]], by: str, at: datetime
) -> tuple[Waiver, ...]:
    """Revoke the waivers with these numbers and add the others in their place, all or none.

    Raises WaiverConflictError if one of them has been revoked or replaced in the meantime, or if the place
    of a new one is taken; UnknownRecordError, and ValueError as `add_waivers`.
    """
    pairs = list(replacements)
    keys = _keys([new for _, new in pairs])
    with database.writing(TOPIC) as writing:
        old = _by_id(writing, [number for number, _ in pairs])
        if gone := [waiver for waiver in old if waiver.revoked_at is not None]:
            now = _active(writing, [tables.key_of(*key_fields(waiver)) for waiver in gone])
            raise WaiverConflictError(now or gone)
        _revoke(writing, old, by, at)
        if existing := _active(writing, keys):
            raise WaiverConflictError(existing)
        return _insert(writing, [new for _, new in pairs], by, at)


def revoke_waivers(database: Database, ids: Iterable[int], by: str, at: datetime) -> tuple[Waiver, ...]:
    """Revoke the waivers with these numbers, all or none; return them as they are then.

    One that has been revoked already keeps who did it, and when. Raises UnknownRecordError.
    """
    numbers = list(ids)
    with database.writing(TOPIC) as writing:
        _revoke(writing, _by_id(writing, numbers), by, at)
        return _by_id(writing, numbers)


def _keys(waivers: Sequence[NewWaiver]) -> list[str]:
    keys = [tables.key_of(*key_fields(waiver)) for waiver in waivers]
    if len(set(keys)) < len(keys):
        raise ValueError("two of the waivers are of the same connection, check and configuration")
    return keys


def _active(connection: Connection, keys: Iterable[str]) -> tuple[Waiver, ...]:
    query = select(TABLE).where(TABLE.c.revoked_at.is_(None))
    rows = [row for some in _chunks(keys) for row in connection.execute(query.where(TABLE.c.key.in_(some)))]
    return tuple(sorted(map(_waiver, rows), key=lambda waiver: waiver.id))


def _by_id(connection: Connection, numbers: Sequence[int]) -> tuple[Waiver, ...]:
    rows = [
        row
        for some in _chunks(numbers)
        for row in connection.execute(select(TABLE).where(TABLE.c.id.in_(some)))
    ]
    found = {row.id: _waiver(row) for row in rows}
    if missing := [number for number in numbers if number not in found]:
        raise UnknownRecordError(f"There is no waiver with the number {missing[0]}.", "Load the page again.")
    return tuple(found[number] for number in numbers)


def _insert(
    connection: Connection, waivers: Sequence[NewWaiver], by: str, at: datetime
) -> tuple[Waiver, ...]:
    if not waivers:
        return ()
    values = []
    for waiver in waivers:
        row = asdict(waiver) | {
            "key": tables.key_of(*key_fields(waiver)),
            "expires": waiver.expires.isoformat(),
        }
        row["created_by"] = by if waiver.created_by is None else waiver.created_by
        row["created_at"] = waiver.created_at or at
        values.append(row)
    connection.execute(insert(TABLE), values)
    added = {tables.key_of(*key_fields(waiver)): waiver for waiver in _active(connection, _keys(waivers))}
    return tuple(added[row["key"]] for row in values)


def _revoke(connection: Connection, waivers: Iterable[Waiver], by: str, at: datetime) -> None:
    active = [waiver.id for waiver in waivers if waiver.revoked_at is None]
    for some in _chunks(active):
        connection.execute(update(TABLE).where(TABLE.c.id.in_(some)).values(revoked_by=by, revoked_at=at))


def _waiver(row: Row[Any]) -> Waiver:
    values = {field.name: getattr(row, field.name) for field in fields(Waiver)}
    text = values["expires"]
    return Waiver(
        **values | {"expires": datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)}
    )


def _chunks(values: Iterable[Value]) -> Iterator[list[Value]]:
    rest = iter(values)
    while some := list(islice(rest, MAX_VALUES)):
        yield some
