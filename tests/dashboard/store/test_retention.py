"""Which snapshots are kept, by age and by number, and that the others leave nothing behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dashboard.store.database import Database, open_database
from dashboard.store.histories import history_of
from dashboard.store.retention import prune
from dashboard.store.snapshots import configurations_of, list_snapshots, put_snapshot
from dashboard.store.verification import verify
from tests.dashboard.store.builders import configurations, day, put


def _ages(database: Database) -> list[float]:
    """When the snapshots that are there were taken, in days."""
    return [(snapshot.taken_at - day(0)).days for snapshot in list_snapshots(database)]


@pytest.mark.parametrize(
    ("keep_days", "keep_last", "kept"),
    [
        (None, 1, [9]),
        (None, 3, [7, 8, 9]),
        (None, 99, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
        (2.5, 1, [7, 8, 9]),
        (3, 1, [7, 8, 9]),
        (3.5, 1, [6, 7, 8, 9]),
        (2.5, 5, [5, 6, 7, 8, 9]),
        (0, 1, [9]),
        (1e9, 1, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
    ],
)
def test_a_snapshot_stays_if_either_rule_keeps_it(
    database: Database, keep_days: float | None, keep_last: int, kept: list[int]
) -> None:
    """Ten days, and ten in the evening of the last: the one that held when the days began stays, too."""
    for at in range(10):
        put(database, at, configurations(3, c1=str(at)))
    deleted = prune(database, day(10), keep_days=keep_days, keep_last=keep_last)
    assert _ages(database) == kept
    assert [(snapshot.taken_at - day(0)).days for snapshot in deleted] == [
        at for at in range(10) if at not in kept
    ]
    assert verify(database) == ()
    for snapshot, at in zip(list_snapshots(database), kept, strict=True):
        assert configurations_of(database, snapshot) == configurations(3, c1=str(at))


def test_every_connection_keeps_its_last_however_old(database: Database) -> None:
    old = put(database, 0, configurations(2), connection="idle")
    for at in range(3):
        put(database, at, configurations(3, c1=str(at)))
    prune(database, day(900), keep_days=1)
    assert old in list_snapshots(database)
    assert len(list_snapshots(database)) == 2


def test_only_the_connection_that_is_named_is_pruned(database: Database) -> None:
    for connection in ("a", "b"):
        for at in range(3):
            put(database, at, configurations(at), connection=connection)
    assert {snapshot.connection for snapshot in prune(database, day(9), connection="a")} == {"a"}
    assert len(list_snapshots(database, "b")) == 3


def test_after_pruning_histories_and_new_snapshots_go_on(database: Database) -> None:
    for at in range(6):
        put(database, at, configurations(4, c1=str(at % 3)))
    prune(database, day(6), keep_last=2)
    put(database, 6, configurations(4, c1="0"))
    commands = [
        version.configuration["user_command"]
        for version in history_of(database, "production", "custom", "c1").versions
    ]
    assert commands == ["1", "2", "0"]
    assert verify(database) == ()


def test_snapshots_that_came_late_are_kept_by_their_time(database: Database) -> None:
    for at in (5, 1, 4, 2):
        put(database, at, configurations(3, c1=str(at)))
    prune(database, day(6), keep_last=2)
    assert _ages(database) == [4, 5]
    assert verify(database) == ()


def test_a_pruned_number_is_never_given_again(database: Database) -> None:
    put(database, 5, configurations(1))
    late = put(database, 1, configurations(2))
    prune(database, day(9))
    assert put(database, 2, configurations(3)).id > late.id


def test_rules_that_keep_nothing_are_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="at least"):
        prune(database, day(0), keep_last=0)
    with pytest.raises(ValueError, match="at least"):
        prune(database, day(0), keep_days=-1)


def test_nothing_to_delete_changes_nothing(database: Database) -> None:
    put(database, 0, configurations(2))
    assert prune(database, day(9)) == ()
    assert _ages(database) == [0]


def test_sqlite_gives_the_space_back(tmp_path: Path) -> None:
    file = tmp_path / "dashboard.db"
    with open_database(f"sqlite:///{file}") as database:
        for at in range(4):
            rows = [{"config_name": f"c{number}", "x": os.urandom(500).hex()} for number in range(400)]
            put_snapshot(database, "production", "custom", day(at), rows)
    before = file.stat().st_size
    with open_database(f"sqlite:///{file}") as database:
        prune(database, day(9))
        assert verify(database) == ()
    assert file.stat().st_size < before / 3
