"""Views that somebody has saved: a name for what stands in the address bar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, delete, insert, select, update

from dashboard.store import tables
from dashboard.store.database import Database

TOPIC: Final = "saved views"
TABLE: Final = tables.saved_views


@dataclass(frozen=True)
class SavedView:
    """A view under a name: `query` is the address' part behind the question mark."""

    id: int
    owner: str
    name: str
    query: str
    saved_at: datetime


def save_view(database: Database, owner: str, name: str, query: str, at: datetime) -> SavedView:
    """Save a view (`at` is aware), in the place of the owner's view of the same name if there is one."""
    if at.tzinfo is None:
        raise ValueError(f"a time needs its zone: {at.isoformat()} has none")
    this = TABLE.c.key == tables.key_of(owner, name)
    with database.writing(TOPIC) as writing:
        if writing.execute(update(TABLE).where(this).values(query=query, saved_at=at)).rowcount == 0:
            key = tables.key_of(owner, name)
            writing.execute(insert(TABLE).values(key=key, owner=owner, name=name, query=query, saved_at=at))
        return _view(writing.execute(select(TABLE).where(this)).one())


def list_views(database: Database, owner: str | None = None) -> tuple[SavedView, ...]:
    """Return the views of an owner, or of all, in the order of their names."""
    query = select(TABLE) if owner is None else select(TABLE).where(TABLE.c.owner == owner)
    with database.reading() as reading:
        views = [_view(row) for row in reading.execute(query)]
    return tuple(sorted(views, key=lambda view: (view.name.casefold(), view.name, view.owner)))


def delete_view(database: Database, owner: str, name: str) -> bool:
    """Delete a view; return whether there was one."""
    with database.writing(TOPIC) as writing:
        done = writing.execute(delete(TABLE).where(TABLE.c.key == tables.key_of(owner, name)))
        return done.rowcount > 0


def _view(row: Row[Any]) -> SavedView:
    return SavedView(row.id, row.owner, row.name, row.query, row.saved_at)
