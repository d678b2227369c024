"""What is asked of the history again and again, kept for as long as it cannot change. Safe between threads.

A snapshot never changes, so neither does a difference of two. Kept are the results that were used last.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from dashboard.history.difference import Difference
from dashboard.history.edits import Ignored
from dashboard.history.reading import snapshot_difference

if TYPE_CHECKING:
    from dashboard.store.database import Database
    from dashboard.store.series import Snapshot

MAX_DIFFERENCES: Final = 32
MAX_STATES: Final = 4


def changes_between(database: Database, before: Snapshot, after: Snapshot, ignored: Ignored) -> Difference:
    """Return what differs between two snapshots. Raises StoreError."""
    return _changes(database, timeless(before), timeless(after), ignored)


def state_at(database: Database, snapshot: Snapshot) -> tuple[dict[str, Any], ...]:
    """Return what a snapshot holds, by name; read only. Raises StoreError."""
    return _state(database, timeless(snapshot))


def forget() -> None:
    """Forget everything that is kept."""
    for kept in (_changes, _state):
        kept.cache_clear()


def timeless(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot without what moves on: when it was confirmed."""
    return replace(snapshot, confirmed_at=snapshot.taken_at)


@lru_cache(MAX_DIFFERENCES)
def _changes(database: Database, before: Snapshot, after: Snapshot, ignored: Ignored) -> Difference:
    return snapshot_difference(database, before, after, ignored)


@lru_cache(MAX_STATES)
def _state(database: Database, snapshot: Snapshot) -> tuple[dict[str, Any], ...]:
    from dashboard.store.snapshots import configurations_of  # noqa: PLC0415 - SQLAlchemy

    return tuple(configurations_of(database, snapshot))
