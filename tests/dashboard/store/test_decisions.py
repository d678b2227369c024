"""What a team has decided: the latest holds, a connection's own before that for all, and history stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from dashboard.store.database import Database
from dashboard.store.decisions import (
    NewDecision,
    clear_decisions,
    current_decisions,
    decision_history,
    set_decisions,
)
from dashboard.store.errors import UnstorableError
from tests.dashboard.store.builders import day

HOSTILE = "\0\ud800\\u0000\u202e" + "x" * 10_000


def _values(database: Database, connection: str = "production", kind: str | None = None) -> dict[Any, Any]:
    return {key: kept.value for key, kept in current_decisions(database, connection, kind).items()}


def test_the_latest_holds_and_the_earlier_stay(database: Database) -> None:
    set_decisions(database, [NewDecision("engine", "TF-1.8", "TF-2.1")], "anna", day(0))
    set_decisions(database, [NewDecision("engine", "TF-1.8", None)], "berta", day(1))
    (kept,) = current_decisions(database, "production").values()
    assert (kept.value, kept.decided_by, kept.decided_at, kept.cleared) == (None, "berta", day(1), False)
    assert [(was.value, was.decided_by) for was in decision_history(database)] == [
        (None, "berta"),
        ("TF-2.1", "anna"),
    ]


def test_a_connections_own_holds_before_that_for_all(database: Database) -> None:
    own = NewDecision("flavour", "p100", "own", connection="production")
    set_decisions(database, [own], "anna", day(0))
    set_decisions(database, [NewDecision("flavour", "p100", "all")], "anna", day(1))
    assert _values(database) == {("flavour", "p100"): "own"}
    assert _values(database, "test") == {("flavour", "p100"): "all"}
    assert _values(database, "") == {("flavour", "p100"): "all"}


def test_what_is_cleared_does_not_hold_and_can_be_decided_again(database: Database) -> None:
    set_decisions(database, [NewDecision("noise", field, True) for field in "abc"], "anna", day(0))
    clear_decisions(database, "noise", ["a", "c"], "berta", day(1))
    assert _values(database) == {("noise", "b"): True}
    (cleared, decided) = decision_history(database, "noise", "a")
    assert (cleared.cleared, cleared.value, cleared.decided_by, decided.value) == (True, None, "berta", True)
    set_decisions(database, [NewDecision("noise", "a", False)], "anna", day(2))
    assert _values(database) == {("noise", "a"): False, ("noise", "b"): True}


def test_clearing_a_connections_own_brings_that_for_all_back(database: Database) -> None:
    both = [NewDecision("flavour", "x", 1), NewDecision("flavour", "x", 2, connection="production")]
    set_decisions(database, both, "anna", day(0))
    clear_decisions(database, "flavour", ["x"], "anna", day(1), connection="production")
    assert _values(database) == {("flavour", "x"): 1}


def test_kinds_and_subjects_do_not_meet(database: Database) -> None:
    set_decisions(database, [NewDecision("a", "bc", 1), NewDecision("ab", "c", 2)], "anna", day(0))
    assert _values(database) == {("a", "bc"): 1, ("ab", "c"): 2}
    assert _values(database, kind="ab") == {("ab", "c"): 2}


def test_many_are_set_all_or_none(database: Database) -> None:
    many = [NewDecision("engine", str(number), number) for number in range(1_000)]
    with pytest.raises(UnstorableError):
        set_decisions(database, [*many, NewDecision("engine", "x", object())], "anna", day(0))
    assert decision_history(database) == ()
    set_decisions(database, many, "anna", day(0))
    assert len(_values(database)) == 1_000


def test_values_and_texts_of_any_kind_come_back_as_they_were(database: Database) -> None:
    value = {"list": [1, 1.5, None, True, HOSTILE], HOSTILE: {}}
    set_decisions(database, [NewDecision(HOSTILE, HOSTILE, value, HOSTILE)], HOSTILE, day(0))
    ((kind, subject),) = current_decisions(database, HOSTILE)
    assert (kind, subject) == (HOSTILE, HOSTILE)
    assert _values(database, HOSTILE) == {(HOSTILE, HOSTILE): value}
    assert decision_history(database, HOSTILE, HOSTILE, HOSTILE)[0].decided_by == HOSTILE


def test_decisions_of_two_replicas_are_shared(database: Database, replica: Database) -> None:
    set_decisions(database, [NewDecision("engine", "a", 1)], "anna", day(0))
    set_decisions(replica, [NewDecision("engine", "b", 2)], "berta", day(0))
    assert _values(database) == _values(replica) == {("engine", "a"): 1, ("engine", "b"): 2}


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="zone"):
        set_decisions(database, [NewDecision("a", "b", 1)], "anna", datetime(2026, 1, 1))  # noqa: DTZ001
