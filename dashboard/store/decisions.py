"""What a team has decided, for one connection or all: which engine succeeds another, which noise to ignore.

A decision is any JSON value about a subject of some kind. The latest holds; the earlier ones, and that one
was cleared, stay as history.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, func, insert, select

from dashboard.store import tables
from dashboard.store.canonical import canonical
from dashboard.store.database import Database

TOPIC: Final = "decisions"
ALL_CONNECTIONS: Final = ""
CLEARED: Final = None
TABLE: Final = tables.decisions


@dataclass(frozen=True)
class NewDecision:
    """A decision before it is stored: `value` is any JSON value. `connection` is "" for all of them."""

    kind: str
    subject: str
    value: Any
    connection: str = ALL_CONNECTIONS


@dataclass(frozen=True)
class Decision:
    """What was decided, by whom and when; `cleared` says that from then on nothing was decided any more."""

    id: int
    connection: str
    kind: str
    subject: str
    value: Any
    decided_by: str
    decided_at: datetime
    cleared: bool


def set_decisions(database: Database, decisions: Iterable[NewDecision], by: str, at: datetime) -> None:
    """Keep all of them, in their order, or none. Raises UnstorableError for a value that is not JSON's."""
    rows = [
        _values((new.connection, new.kind, new.subject), canonical(new.value), by, at) for new in decisions
    ]
    _insert(database, rows)


def clear_decisions(
    database: Database, kind: str, subjects: Iterable[str], by: str, at: datetime, *, connection: str = ""
) -> None:
    """Keep that nothing is decided any more about these subjects, all or none. `at` is aware."""
    _insert(database, [_values((connection, kind, subject), CLEARED, by, at) for subject in subjects])


def current_decisions(
    database: Database, connection: str, kind: str | None = None
) -> dict[tuple[str, str], Decision]:
    """Return what holds for a connection, by kind and subject: its own decisions, else those for all."""
    latest = select(func.max(TABLE.c.id)).group_by(TABLE.c.key)
    query = select(TABLE).where(TABLE.c.id.in_(latest), TABLE.c.decision.is_not(CLEARED))
    query = query.where(TABLE.c.connection.in_({ALL_CONNECTIONS, connection}))
    if kind is not None:
        query = query.where(TABLE.c.kind == kind)
    with database.reading() as reading:
        found = sorted(map(_decision, reading.execute(query)), key=lambda one: (one.connection != "", one.id))
    return {(decision.kind, decision.subject): decision for decision in found}


def decision_history(
    database: Database, kind: str | None = None, subject: str | None = None, connection: str | None = None
) -> tuple[Decision, ...]:
    """Return all that was ever decided and cleared, the latest first; narrowed by what is not None."""
    query = select(TABLE).order_by(TABLE.c.id.desc())
    wanted = {TABLE.c.kind: kind, TABLE.c.subject: subject, TABLE.c.connection: connection}
    for column, value in wanted.items():
        if value is not None:
            query = query.where(column == value)
    with database.reading() as reading:
        return tuple(map(_decision, reading.execute(query)))


def _values(about: tuple[str, str, str], decision: str | None, by: str, at: datetime) -> dict[str, Any]:
    """Return the row of a decision about a connection, a kind and a subject."""
    connection, kind, subject = about
    if at.tzinfo is None:
        raise ValueError(f"a time needs its zone: {at.isoformat()} has none")
    return {
        "key": tables.key_of(*about),
        "connection": connection,
        "kind": kind,
        "subject": subject,
        "decision": decision,
        "decided_by": by,
        "decided_at": at,
    }


def _insert(database: Database, rows: list[dict[str, Any]]) -> None:
    if rows:
        with database.writing(TOPIC) as writing:
            writing.execute(insert(TABLE), rows)


def _decision(row: Row[Any]) -> Decision:
    cleared = row.decision is CLEARED
    value = None if cleared else json.loads(row.decision)
    return Decision(
        row.id, row.connection, row.kind, row.subject, value, row.decided_by, row.decided_at, cleared
    )
