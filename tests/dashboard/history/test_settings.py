"""`[history]` of secrets.toml, and points in time as people write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from dashboard.history.noise import MAX_LENGTH, ignore_exactly, ignored_fields
from dashboard.history.points import UnknownPointError, held_days_ago, snapshot_of_point
from dashboard.history.settings import HistorySettings, read_history_settings
from dashboard.store.database import Database
from dashboard.store.series import Snapshot
from tests.dashboard.store.builders import day


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ({"keep_days": 0}, "keep_days is not a whole number from 1"),
        ({"keep_last": "5"}, "keep_last is not a whole number from 1"),
        ({"keep_last": True}, "keep_last is not a whole number from 1"),
        ({"enabled": "no"}, "enabled is neither true nor false"),
        ({"keep_dayz": 3}, "keep_dayz"),
        ("x", "history is not a table"),
    ],
)
def test_what_is_wrong_is_named_and_at_its_default(table: Any, fault: str) -> None:
    found = read_history_settings({"history": table})
    assert len(found.faults) == 1
    assert fault in found.faults[0]
    assert (found.keep_days, found.keep_last, found.enabled) == (90, 30, True)


def test_what_is_right_counts() -> None:
    table = {"enabled": False, "keep_days": 7, "keep_last": 2}
    assert read_history_settings({"history": table}) == HistorySettings(
        enabled=False, keep_days=7, keep_last=2
    )
    assert read_history_settings({}) == HistorySettings()


THREE = [
    Snapshot(number, "production", "custom", day(number - 1), day(number - 1), number, 0, "")
    for number in (1, 2, 3)
]
"""Taken on three days at noon; each holds as many configurations as its number says."""


@pytest.mark.parametrize(
    ("point", "count"),
    [
        ("latest", 3),
        ("previous", 2),
        ("1", 1),
        ("2026-03-02T12:00:00Z", 2),
        ("2026-03-02T11:59:59+00:00", 1),
        ("2026-03-02T13:00:00+01:00", 2),
        ("2026-03-03", 2),
        ("2999-01-01", 3),
    ],
)
def test_a_point_names_the_snapshot_that_held_then(point: str, count: int) -> None:
    assert snapshot_of_point(THREE, point).count == count


@pytest.mark.parametrize("point", ["4", "2026-02-28", "yesterday", "", "9" * 30, "²", "-1"])
def test_a_point_that_names_none_says_why(point: str) -> None:
    with pytest.raises(UnknownPointError, match=r"\.$"):
        snapshot_of_point(THREE, point)


def test_days_ago_reach_back_to_the_first_snapshot_at_most() -> None:
    assert [held_days_ago(THREE, days, day(2.5)).count for days in (0, 1, 2, 99)] == [3, 2, 1, 1]
    with pytest.raises(UnknownPointError):
        held_days_ago([], 1, day(1))


def test_noise_is_remembered_for_a_connection_alone_and_can_be_taken_back(database: Database) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    ignore_exactly(database, "production", ["config_desc", " ", "x" * (MAX_LENGTH + 1)], "ann", now)
    ignore_exactly(database, "production", ["config_desc", "user_command[--seed]"], "ann", now)
    assert ignored_fields(database, "production").paths == {"config_desc", "user_command[--seed]"}
    assert ignored_fields(database, "other").paths == frozenset()
    ignore_exactly(database, "production", [], "ben", now)
    assert ignored_fields(database, "production").paths == frozenset()
