"""What the store remembers, read as states, differences and steps of time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dashboard.data.record import Record
from dashboard.history.difference import Difference, difference
from dashboard.history.edits import NOTHING_IGNORED, Ignored
from dashboard.history.timeline import SnapshotStep

if TYPE_CHECKING:
    from dashboard.store.database import Database
    from dashboard.store.series import Snapshot
    from dashboard.store.series_steps import SeriesStep


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


def step_of(found: SeriesStep) -> SnapshotStep:
    """Return what has gone and come at a snapshot as records."""
    return SnapshotStep(found.snapshot.taken_at, read(found.gone), read(found.come))


def read(lines: Sequence[str]) -> list[Record]:
    """Return the records of lines of JSON. All at once: that takes half the time of line by line."""
    records: list[Record] = json.loads(f"[{','.join(lines)}]")
    return records
