"""Single calls in the background: shared while they run and for a while after, and in no viewer's way."""

from __future__ import annotations

import logging
import threading

import pytest

from dashboard.data import calls
from dashboard.data.calls import MAX_CALLS, Call, Calls
from modelarts_api import ServiceError

SECONDS = 30.0


def finished(call: Call[str]) -> Call[str]:
    assert call.wait(SECONDS)
    return call


def test_who_asks_is_not_held_up_and_shares_the_call_that_runs() -> None:
    shared, release, asked = Calls(), threading.Event(), []

    def ask() -> str:
        asked.append(threading.current_thread())
        assert release.wait(SECONDS)
        return "answer"

    first = shared.get("key", ask, 60)
    assert not first.wait(0)
    assert first.outcome is None
    assert all(shared.get("key", ask, 0) is first for _ in range(5))
    release.set()
    assert finished(first).outcome == "answer"
    assert len(asked) == 1
    assert asked[0] is not threading.current_thread()


def test_an_outcome_is_kept_for_as_long_as_it_is_wanted() -> None:
    shared = Calls()
    first = finished(shared.get("key", lambda: "a", 60))
    assert shared.get("key", lambda: "b", 60) is first
    assert finished(shared.get("key", lambda: "b", 0)).outcome == "b"
    assert finished(shared.get("other", lambda: "c", 60)).outcome == "c"


def test_a_failure_is_an_outcome_and_kept_for_less(monkeypatch: pytest.MonkeyPatch) -> None:
    shared, error = Calls(), ServiceError(503)

    def fail() -> str:
        raise error

    first = finished(shared.get("key", fail, 3600))
    assert first.outcome is error
    assert shared.get("key", lambda: "b", 3600) is first
    monkeypatch.setattr(calls, "KEPT_FAILURE_SECONDS", 0.0)
    assert finished(shared.get("key", lambda: "b", 3600)).outcome == "b"


def test_only_a_failure_can_be_forgotten_on_its_own() -> None:
    shared = Calls()

    def fail() -> str:
        raise ValueError("cannot be sent")

    good, bad = finished(shared.get("good", lambda: "a", 60)), finished(shared.get("bad", fail, 60))
    assert isinstance(bad.outcome, ValueError)
    for key in ("good", "bad", "never asked"):
        shared.forget_failure(key)
    assert shared.get("good", lambda: "b", 60) is good
    assert finished(shared.get("bad", lambda: "b", 60)).outcome == "b"
    shared.forget_all()
    assert finished(shared.get("good", lambda: "b", 60)).outcome == "b"


def test_a_fault_of_ours_is_an_outcome_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> str:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR, logger="dashboard.data.calls"):
        call = finished(Calls().get("key", fail, 60))
    assert isinstance(call.outcome, ZeroDivisionError)
    assert "failed unexpectedly" in caplog.text


def test_the_longest_unused_go_first() -> None:
    shared = Calls()
    first, second = shared.get(-1, lambda: "a", 60), shared.get(-2, lambda: "b", 60)
    for number in range(MAX_CALLS - 2):
        finished(shared.get(number, lambda: "c", 60))
    assert shared.get(-1, lambda: "d", 60) is first
    shared.get(MAX_CALLS, lambda: "e", 60)
    assert shared.get(-1, lambda: "d", 60) is first
    assert shared.get(-2, lambda: "d", 60) is not second
