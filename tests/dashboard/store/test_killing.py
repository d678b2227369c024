"""A writer that is killed at any moment leaves whole snapshots and everything that it had acknowledged."""

from __future__ import annotations

from dashboard.store.database import open_database
from dashboard.store.snapshots import list_snapshots
from tests.dashboard.store.killing import kill_often

TIMES = 5


def test_after_a_kill_at_a_random_moment_everything_is_whole(ready_url: str) -> None:
    """A hundred times by `python -m tests.dashboard.store.killing --times 100`."""
    outcome = kill_often(ready_url, TIMES)
    assert outcome.faults == []
    assert outcome.killed_in.total() == TIMES
    with open_database(ready_url) as database:
        assert len(list_snapshots(database)) >= 1
