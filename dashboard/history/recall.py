"""What is asked of the history again and again, kept for as long as it cannot change. Safe between threads.

A snapshot never changes, so neither does a difference of two. Kept are the results that were used last; all
who ask for one that is being worked out wait for that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from dashboard.history.difference import Difference
from dashboard.history.edits import Ignored
from dashboard.history.reading import snapshot_difference

if TYPE_CHECKING:
    from dashboard.store.database import Database
    from dashboard.store.series import Snapshot

MAX_DIFFERENCES: Final = 32
MAX_STATES: Final = 4
T = TypeVar("T")


class _Shared(Generic[T]):
    """A result that is worked out once, by the first of all who ask for it; after a failure by the next."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work: Callable[[], T] | None = work
        self._lock = threading.Lock()

    def result(self) -> T:
        """Return the result. Raises what the work raises."""
        with self._lock:
            if self._work is not None:
                self._result = self._work()
                self._work = None
        return self._result


def changes_between(database: Database, before: Snapshot, after: Snapshot, ignored: Ignored) -> Difference:
    """Return what differs between two snapshots. Raises StoreError."""
    return _changes(database, timeless(before), timeless(after), ignored).result()


def state_at(database: Database, snapshot: Snapshot) -> tuple[dict[str, Any], ...]:
    """Return what a snapshot holds, by name; read only. Raises StoreError."""
    return _state(database, timeless(snapshot)).result()


def forget() -> None:
    """Forget everything that is kept."""
    for kept in (_changes, _state):
        kept.cache_clear()


def timeless(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot without what moves on: when it was confirmed."""
    return replace(snapshot, confirmed_at=snapshot.taken_at)


@lru_cache(MAX_DIFFERENCES)
def _changes(database: Database, before: Snapshot, after: Snapshot, ignored: Ignored) -> _Shared[Difference]:
    return _Shared(partial(snapshot_difference, database, before, after, ignored))


@lru_cache(MAX_STATES)
def _state(database: Database, snapshot: Snapshot) -> _Shared[tuple[dict[str, Any], ...]]:
    from dashboard.store.snapshots import configurations_of  # noqa: PLC0415 - SQLAlchemy

    return _Shared(lambda: tuple(configurations_of(database, snapshot)))
