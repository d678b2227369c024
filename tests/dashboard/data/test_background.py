"""Work in the background: shared while it runs and for a while after, and in no viewer's way."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest

from dashboard.data.background import Job, Jobs
from modelarts_api import ServiceError

SECONDS = 30.0


def job(ask: Callable[[], str], *, fresh: float = 60, retry: float = 60) -> Job[str, None]:
    return Job(lambda _note: ask(), fresh_seconds=fresh, retry_seconds=retry)


def finished(begun: Job[str, None]) -> Job[str, None]:
    begun.start_if_due()
    assert begun.wait(SECONDS)
    return begun


def test_who_asks_is_not_held_up_and_shares_the_work_that_runs() -> None:
    release, asked = threading.Event(), []

    def ask() -> str:
        asked.append(threading.current_thread())
        assert release.wait(SECONDS)
        return "answer"

    shared = job(ask, fresh=0)
    shared.start_if_due()
    assert not shared.wait(0)
    assert (shared.state.running, shared.state.result) == (True, None)
    for _ in range(5):
        shared.start_if_due(now=True)
    release.set()
    assert shared.wait(SECONDS)
    assert shared.state.result == "answer"
    assert len(asked) == 1
    assert asked[0] is not threading.current_thread()


def test_a_result_is_kept_for_as_long_as_it_is_good() -> None:
    answers = ["a", "b"]
    kept = finished(job(lambda: answers.pop(0)))
    assert finished(kept).state.result == "a"
    answers = ["a", "b"]
    old = finished(job(lambda: answers.pop(0), fresh=0))
    assert finished(old).state.result == "b"
    assert old.state.finished == 2


def test_a_failure_is_kept_for_less() -> None:
    error, outcomes = ServiceError(503), ["b"]

    def fail_first() -> str:
        if failing:
            raise error
        return outcomes[0]

    failing = True
    kept, short = finished(job(fail_first, fresh=3600)), finished(job(fail_first, fresh=3600, retry=0))
    assert kept.state.error is error
    failing = False
    assert finished(kept).state.error is error
    assert finished(short).state.result == "b"
    assert short.state.error is None


def test_a_later_failure_leaves_the_last_good_result() -> None:
    outcomes: list[str | Exception] = ["good", ValueError("cannot be sent")]

    def ask() -> str:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    begun = finished(finished(job(ask, fresh=0)))
    assert begun.state.result == "good"
    assert isinstance(begun.state.error, ValueError)


def test_a_fault_of_ours_is_an_outcome_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> str:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR, logger="dashboard.data.background"):
        begun = finished(job(fail))
    assert isinstance(begun.state.error, ZeroDivisionError)
    assert not begun.state.running
    assert "failed unexpectedly" in caplog.text


def test_the_longest_unused_go_first_and_what_stays_stays() -> None:
    shared = Jobs(3, stays=lambda key: key == "stays")
    make: Callable[[], Job[str, None]] = lambda: job(lambda: "a")  # noqa: E731 - a job each time
    staying, first, second = (shared.get(key, make) for key in ("stays", "first", "second"))
    shared.get("third", make)
    assert shared.get("first", make) is first
    shared.get("fourth", make)
    assert shared.get("first", make) is first
    assert shared.find("second") is None
    assert shared.get("stays", make) is staying
    assert second is not shared.get("second", make)


def test_what_is_not_wanted_any_more_is_forgotten() -> None:
    shared = Jobs(10)
    kept, gone = (shared.get(key, lambda: job(lambda: "a")) for key in (("a", 1), ("b", 1)))
    shared.keep(lambda key: key[0] == "a")
    assert shared.all() == [kept]
    assert shared.find(("b", 1)) is not gone
