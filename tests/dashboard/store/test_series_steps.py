"""A series told as steps, and a snapshot that is confirmed without being put again."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.store.canonical import canonical
from dashboard.store.database import Database
from dashboard.store.retention import prune
from dashboard.store.series_steps import series_steps
from dashboard.store.snapshots import (
    configurations_of,
    confirm_snapshot,
    latest,
    list_snapshots,
    put_snapshot,
)
from tests.dashboard.store.builders import configurations, day, put


def test_the_first_step_has_come_as_a_whole_and_the_others_are_what_changed(database: Database) -> None:
    put(database, 0, configurations(3))
    put(database, 1, configurations(4, c1="x"))
    put(database, 2, configurations(4, c1="x", c2="-"))
    steps = series_steps(database, "production", "custom")
    first, second, third = ([list(map(json.loads, lines)) for lines in (one.gone, one.come)] for one in steps)
    assert (first[0], [one["config_name"] for one in first[1]]) == ([], ["c0", "c1", "c2"])
    assert [one["user_command"] for one in second[0]] == ["python train.py"]
    assert sorted((one["config_name"], one["user_command"]) for one in second[1]) == [
        ("c1", "x"),
        ("c3", "python train.py"),
    ]
    assert ([one["config_name"] for one in third[0]], third[1]) == (["c2"], [])
    assert [step.snapshot for step in steps] == list(list_snapshots(database))


def test_nothing_has_no_steps(database: Database) -> None:
    put(database, 0, configurations(1))
    assert series_steps(database, "production", "sample") == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.sets(st.integers(0, 5), max_size=6)),
        min_size=1,
        max_size=6,
        unique_by=lambda pair: pair[0],
    )
)
def test_steps_lead_from_snapshot_to_snapshot_in_the_order_of_time(
    database: Database, series: list[tuple[int, set[int]]]
) -> None:
    """Whichever was stored first, and after some have been pruned."""
    connection = f"connection {len(list_snapshots(database))}"
    for at, names in series:
        rows = [{"config_name": f"c{name}"} for name in sorted(names)]
        put_snapshot(database, connection, "custom", day(at), rows)
    for keep in (10, 3):
        prune(database, day(20), keep_last=keep, connection=connection)
        held: set[str] = set()
        for step in series_steps(database, connection, "custom"):
            gone, come = (set(lines) for lines in (step.gone, step.come))
            assert gone <= held
            assert not come & held
            held = (held - gone) | come
            assert held == set(map(canonical, configurations_of(database, step.snapshot)))


def test_the_last_snapshot_can_be_confirmed(database: Database) -> None:
    snapshot = put(database, 0, configurations(2))
    assert confirm_snapshot(database, snapshot, day(1))
    assert confirm_snapshot(database, snapshot, day(0.5))
    last = latest(database, "production", "custom")
    assert last is not None
    assert (last.id, last.taken_at, last.confirmed_at) == (snapshot.id, day(0), day(1))


def test_a_snapshot_that_is_not_the_last_any_more_is_not_confirmed(
    database: Database, replica: Database
) -> None:
    first = put(database, 0, configurations(2))
    second = put(replica, 1, configurations(3))
    assert not confirm_snapshot(database, first, day(2))
    assert [one.confirmed_at for one in list_snapshots(database)] == [day(0), day(1)]
    prune(replica, day(2), keep_last=1)
    assert not confirm_snapshot(database, first, day(2))
    assert confirm_snapshot(database, second, day(2))
