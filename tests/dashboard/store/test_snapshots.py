"""Snapshots: whole, immutable, each distinct configuration once, and each given back as it came."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.store.canonical import canonical, digest_of
from dashboard.store.database import Database
from dashboard.store.errors import DatabaseDamagedError, UnknownRecordError, UnstorableError
from dashboard.store.histories import history_of
from dashboard.store.retention import prune
from dashboard.store.series import TABLE
from dashboard.store.snapshots import (
    configurations_of,
    differing,
    latest,
    list_snapshots,
    previous,
    put_snapshot,
    snapshot_at,
    snapshot_with,
)
from dashboard.store.verification import verify
from tests.dashboard.store.builders import configurations, day, put

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=6,
)
ROW = st.dictionaries(st.sampled_from(["config_name", "user_command", "parameter", "x"]), JSON, max_size=4)


def _by_text(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(canonical(row) for row in rows)


def test_a_snapshot_is_given_back_by_name_with_what_is_known_of_it(database: Database) -> None:
    rows = configurations(30)[::-1]
    snapshot, stored = put_snapshot(database, "production", "custom", day(0), rows, details=7)
    assert stored
    assert (snapshot.connection, snapshot.config_type) == ("production", "custom")
    assert (snapshot.taken_at, snapshot.confirmed_at) == (day(0), day(0))
    assert (snapshot.count, snapshot.details) == (30, 7)
    assert snapshot.digest == digest_of(map(canonical, rows))
    assert list_snapshots(database) == (snapshot,)
    assert snapshot_with(database, snapshot.id) == snapshot
    assert configurations_of(database, snapshot) == sorted(rows, key=lambda row: row["config_name"])


def test_what_has_not_changed_is_confirmed_and_not_stored_again(database: Database) -> None:
    first = put(database, 0, configurations(5))
    again, stored = put_snapshot(database, "production", "custom", day(1), configurations(5)[::-1])
    assert not stored
    assert (again.id, again.taken_at, again.confirmed_at) == (first.id, day(0), day(1))
    assert list_snapshots(database) == (again,)


def test_connections_and_types_are_series_of_their_own(database: Database) -> None:
    for connection, config_type in (("a", "custom"), ("a", "sample"), ("b", "custom")):
        assert put_snapshot(database, connection, config_type, day(0), configurations(2))[1]
    assert [one.config_type for one in list_snapshots(database, "a")] == ["custom", "sample"]
    assert [one.connection for one in list_snapshots(database, config_type="custom")] == ["a", "b"]
    assert latest(database, "b", "sample") is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
@given(st.lists(st.lists(ROW, max_size=4), min_size=1, max_size=4))
def test_configurations_of_any_kind_come_back_as_they_were(
    database: Database, series: list[list[dict[str, Any]]]
) -> None:
    """Names that are missing, twice, or no text; lone surrogates, NUL, huge numbers."""
    connection = f"connection {len(list_snapshots(database))}"
    for number, rows in enumerate(series):
        snapshot, _ = put_snapshot(database, connection, "custom", day(number), rows)
        assert _by_text(configurations_of(database, snapshot)) == _by_text(rows)
    assert verify(database) == ()


def test_what_json_has_not_but_python_reads_comes_back(database: Database) -> None:
    snapshot = put(database, 0, [{"config_name": "x", "nan": math.nan, "inf": -math.inf, "one": 1.0}])
    (row,) = configurations_of(database, snapshot)
    assert math.isnan(row["nan"])
    assert row["inf"] == -math.inf
    assert isinstance(row["one"], float)
    assert not put_snapshot(database, "production", "custom", day(1), [row])[1]


def test_the_same_configuration_twice_stays_twice(database: Database) -> None:
    one = {"config_name": "twin"}
    snapshots = [put(database, number, [one] * times) for number, times in enumerate((2, 3, 1))]
    assert [len(configurations_of(database, snapshot)) for snapshot in snapshots] == [2, 3, 1]
    assert verify(database) == ()


def test_an_empty_inventory_is_a_snapshot(database: Database) -> None:
    snapshot = put(database, 0, [])
    assert configurations_of(database, snapshot) == []
    assert not put_snapshot(database, "production", "custom", day(1), [])[1]


def test_read_only_mappings_are_stored_like_dictionaries(database: Database) -> None:
    inner = MappingProxyType({"b": 1})
    put_snapshot(
        database, "production", "custom", day(0), [MappingProxyType({"config_name": "x", "a": inner})]
    )
    assert not put_snapshot(database, "production", "custom", day(1), [{"config_name": "x", "a": {"b": 1}}])[
        1
    ]


@pytest.mark.parametrize("value", [object(), {1, 2}, b"x", datetime(2026, 1, 1)])  # noqa: DTZ001
def test_what_is_not_jsons_is_refused_and_nothing_is_stored(database: Database, value: object) -> None:
    with pytest.raises(UnstorableError):
        put_snapshot(database, "production", "custom", day(0), [{"config_name": "a"}, {"config_name": value}])
    assert list_snapshots(database) == ()


def test_a_value_within_itself_is_refused(database: Database) -> None:
    row: dict[str, Any] = {}
    row["self"] = row
    with pytest.raises(UnstorableError):
        put_snapshot(database, "production", "custom", day(0), [row])


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="zone"):
        put_snapshot(database, "production", "custom", datetime(2026, 1, 1), [])  # noqa: DTZ001


def test_times_of_any_zone_are_one_time(database: Database) -> None:
    put(database, 0, [])
    beijing = timezone(timedelta(hours=8))
    assert snapshot_at(database, "production", "custom", day(0).astimezone(beijing)) is not None
    snapshot, stored = put_snapshot(database, "production", "custom", day(1).astimezone(beijing), [{}])
    assert stored
    assert snapshot.taken_at.utcoffset() == timedelta(0)


def test_which_snapshot_held_at_a_time(database: Database) -> None:
    first, second, third = (put(database, at, configurations(at + 1)) for at in (0, 2, 4))
    found = [snapshot_at(database, "production", "custom", day(at)) for at in (-0.1, 0, 1.9, 2, 3, 4, 9)]
    assert found == [None, first, first, second, second, third, third]
    assert latest(database, "production", "custom") == third
    assert [previous(database, one) for one in (third, second, first)] == [second, first, None]


def test_a_snapshot_that_comes_late_takes_its_place_in_time(database: Database) -> None:
    """A replica whose load began first may end last."""
    last = put(database, 5, configurations(3))
    late = put(database, 1, configurations(2))
    assert list_snapshots(database) == (late, last)
    assert latest(database, "production", "custom") == last
    assert previous(database, last) == late
    assert configurations_of(database, late) == configurations(2)
    assert verify(database) == ()


def test_what_the_next_snapshot_holds_already_is_not_stored_before_it(database: Database) -> None:
    put(database, 0, configurations(2))
    next_one = put(database, 5, configurations(3))
    assert put_snapshot(database, "production", "custom", day(4), configurations(3)) == (next_one, False)
    assert len(list_snapshots(database)) == 2


def test_what_only_one_of_two_snapshots_holds(database: Database) -> None:
    before = put(database, 0, configurations(6))
    after = put(database, 1, [*configurations(6, c2="python other.py", c4="-"), {"config_name": "d"}])
    old, new = differing(database, before, after)
    assert [row["config_name"] for row in old] == ["c2", "c4"]
    assert [row["config_name"] for row in new] == ["c2", "d"]
    assert new[0]["user_command"] == "python other.py"
    assert differing(database, after, before) == (new, old)
    assert differing(database, after, after) == ([], [])


def test_two_connections_can_be_compared(database: Database) -> None:
    one = put(database, 0, configurations(3))
    other = put(database, 0, configurations(4), connection="test")
    assert differing(database, one, other) == ([], [configurations(4)[3]])


def test_a_snapshot_that_has_been_pruned_is_unknown(database: Database) -> None:
    old = put(database, 0, configurations(2))
    new = put(database, 1, configurations(3))
    prune(database, day(9))
    for read in (
        lambda: snapshot_with(database, old.id),
        lambda: configurations_of(database, old),
        lambda: differing(database, old, new),
    ):
        with pytest.raises(UnknownRecordError, match=str(old.id)):
            read()


# Histories.


def _told(database: Database, name: str) -> list[tuple[str, float, float, float | None]]:
    def days(time: datetime) -> float:
        return (time - day(0)) / timedelta(days=1)

    return [
        (
            version.configuration["user_command"],
            days(version.first_seen),
            days(version.last_seen),
            None if version.gone_at is None else days(version.gone_at),
        )
        for version in history_of(database, "production", "custom", name).versions
    ]


def test_a_history_tells_every_state_with_its_times(database: Database) -> None:
    put(database, 0, configurations(3, c1="-"))
    put(database, 1, configurations(3, c1="a"))
    put(database, 2, configurations(4, c1="a"))
    put_snapshot(database, "production", "custom", day(2.5), configurations(4, c1="a"))
    put(database, 3, configurations(4, c1="b"))
    put(database, 4, configurations(4, c1="a"))
    put(database, 5, configurations(4, c1="-"))
    put(database, 6, configurations(5, c1="-"))
    assert _told(database, "c1") == [("a", 1, 2.5, 3), ("b", 3, 3, 4), ("a", 4, 4, 5)]
    assert _told(database, "c0") == [("python train.py", 0, 6, None)]
    history = history_of(database, "production", "custom", "c1")
    assert (history.first_seen, history.last_seen) == (day(1), day(4))


def test_a_history_is_in_the_order_of_time_and_not_of_storing(database: Database) -> None:
    put(database, 3, configurations(2, c1="b"))
    put(database, 1, configurations(2, c1="a"))
    put(database, 2, configurations(3, c1="a"))
    assert _told(database, "c1") == [("a", 1, 2, 3), ("b", 3, 3, None)]


def test_a_name_that_is_twice_has_versions_that_overlap(database: Database) -> None:
    twins = [{"config_name": "twin", "user_command": command} for command in "abb"]
    put(database, 0, twins)
    put(database, 1, twins[1:])
    assert _told(database, "twin") == [("a", 0, 0, 1), ("b", 0, 1, None)]


def test_a_name_within_another_field_is_not_the_name(database: Database) -> None:
    put(database, 0, [{"config_name": "x", "user_command": "1", "inner": {"config_name": "y"}}])
    assert _told(database, "y") == []
    history = history_of(database, "production", "custom", "y")
    assert (history.first_seen, history.last_seen) == (None, None)


@pytest.mark.parametrize("name", ["", "\ud800\0", 'quo"te\\', "名字"])
def test_a_history_is_found_by_a_name_of_any_characters(database: Database, name: str) -> None:
    put(database, 0, [{"config_name": name, "user_command": "1"}, {"config_name": "other"}])
    assert _told(database, name) == [("1", 0, 0, None)]


# Verification.


def test_what_has_been_changed_behind_our_back_is_told(database: Database) -> None:
    first = put(database, 0, configurations(3))
    second = put(database, 1, configurations(4))
    other = put(database, 0, configurations(2), connection="test")
    with database.writing("test") as writing:
        writing.execute(TABLE.update().where(TABLE.c.id == second.id).values(digest=first.digest))
        writing.execute(TABLE.update().where(TABLE.c.id == other.id).values(count=7))
    assert sorted(verify(database)) == [
        f"snapshot {second.id}: what it holds is not what was stored",
        f"snapshot {other.id}: it holds 2 configurations instead of 7",
    ]
    with pytest.raises(DatabaseDamagedError, match="holds 2 of 7"):
        configurations_of(database, snapshot_with(database, other.id))


def test_contents_that_cannot_be_read_are_told_and_raise(database: Database) -> None:
    first, second = put(database, 0, configurations(3)), put(database, 1, configurations(4))
    with database.writing("test") as writing:
        writing.execute(TABLE.update().where(TABLE.c.id == second.id).values(contents=b"nonsense"))
    (fault,) = verify(database)
    assert f"snapshot {second.id} cannot be read" in fault
    assert configurations_of(database, first) == configurations(3)
    with pytest.raises(DatabaseDamagedError, match="is damaged") as caught:
        configurations_of(database, second)
    assert "backup" in caught.value.remedy


def test_a_snapshot_that_is_missing_in_the_chain_is_told(database: Database) -> None:
    first = put(database, 0, configurations(30))
    put(database, 1, configurations(31, c3="x"))
    with database.writing("test") as writing:
        writing.execute(TABLE.delete().where(TABLE.c.id == first.id))
    assert len(verify(database)) == 1
