"""What the store remembers, read as states, differences and steps of time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dashboard.history.difference import Difference, difference
from dashboard.history.edits import NOTHING_IGNORED, Ignored
from dashboard.history.timeline import Step

if TYPE_CHECKING:
    from dashboard.store.database import Database
    from dashboard.store.series import Snapshot


def snapshot_difference(
    database: Database, before: Snapshot, after: Snapshot, ignored: Ignored = NOTHING_IGNORED
) -> Difference:
    """Return what differs between two snapshots; of most configurations only that they are equal is read.

    Raises StoreError.
    """
    from dashboard.store.snapshots import differing  # noqa: PLC0415 - SQLAlchemy

    if before.digest == after.digest:  # of a large project even the texts alone are much
        return replace(difference((), (), ignored), equal=before.count)
    old, new = differing(database, before, after)
    found = difference(old, new, ignored)
    return replace(found, equal=found.equal + before.count - len(old))


def steps_of(database: Database, connection: str, config_type: str) -> tuple[Step, ...]:
    """Return a series of snapshots as steps, the oldest first. Raises StoreError."""
    from dashboard.store.series_steps import series_steps  # noqa: PLC0415 - SQLAlchemy

    found = series_steps(database, connection, config_type)
    return tuple(Step(one.snapshot.taken_at, one.gone, one.come) for one in found)
