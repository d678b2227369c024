"""What a connection's requests come to: counts, latency, failures, the clock; bounded whatever comes."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.connections.traffic import KEPT_FAILURES, KEPT_SECONDS, MAX_CODES, Traffic, code_of
from modelarts_api import Client, Exchange, ServiceError
from modelarts_local import LocalService
from tests.dashboard.builders import EXAMPLES

BEGAN = datetime(2026, 11, 24, 12, tzinfo=UTC)
GOOD = Exchange("GET", "h:1", "/v1/p/training-job-configs", 1, 200, None, "r1", 0.25, 1, "ok", 0.5, BEGAN)
THROTTLED = replace(GOOD, status=429, error_code="ModelArts.2799", outcome="RateLimitError", request_id="r2")
CUT_OFF = replace(GOOD, status=None, outcome="TransportError", request_id=None, clock_difference=None)


def traffic_of(*exchanges: Exchange) -> Traffic:
    traffic = Traffic()
    for exchange in exchanges:
        traffic.record(exchange)
    return traffic


def test_nothing_has_happened_yet() -> None:
    summary = Traffic().summary()
    assert (summary.requests, dict(summary.failures), summary.last_failures) == (0, {}, ())
    assert (summary.median, summary.p95, summary.clock_difference) == (None, None, None)
    assert Traffic().trouble_since(0.0) is None


def test_counts_are_by_code_and_the_newest_failure_comes_first() -> None:
    later = replace(THROTTLED, at=BEGAN + timedelta(seconds=1))
    summary = traffic_of(GOOD, THROTTLED, CUT_OFF, GOOD, later).summary()
    assert summary.requests == 5
    assert list(summary.failures.items()) == [("ModelArts.2799", 2), ("no answer", 1)]
    assert summary.last_failures == (later, CUT_OFF, THROTTLED)


def test_a_configuration_that_is_not_there_is_no_failure() -> None:
    """Somebody opened a link to one that has been deleted. Of the list a 404 is one: the project is wrong."""
    details = replace(GOOD, path="/v1/p/training-job-configs/gone", status=404, outcome="NotFoundError")
    traffic = traffic_of(details, replace(details, path="/v1/p/training-job-configs"))
    summary = traffic.summary()
    assert (summary.requests, dict(summary.failures)) == (2, {"HTTP 404": 1})
    assert [exchange.path for exchange in summary.last_failures] == ["/v1/p/training-job-configs"]


def test_outcomes_are_told_with_their_codes() -> None:
    traffic = traffic_of(GOOD, GOOD, THROTTLED, CUT_OFF)
    assert traffic.outcomes() == {
        ("ok", ""): 2,
        ("RateLimitError", "ModelArts.2799"): 1,
        ("TransportError", "no answer"): 1,
    }
    assert traffic.seconds() == (0.25, 0.25, 0.25)


@pytest.mark.parametrize(
    ("exchange", "code"),
    [
        (GOOD, ""),
        (THROTTLED, "ModelArts.2799"),
        (replace(THROTTLED, error_code=None), "HTTP 429"),
        (replace(GOOD, outcome="InvalidResponseError"), "HTTP 200"),
        (CUT_OFF, "no answer"),
        (replace(THROTTLED, error_code="x" * 5000), "x" * 64),
    ],
)
def test_a_failure_is_known_by_the_most_telling_word_there_is(exchange: Exchange, code: str) -> None:
    assert code_of(exchange) == code


@EXAMPLES
@given(st.lists(st.floats(0, 100), min_size=1, max_size=60))
def test_median_and_95th_percentile_are_those_of_the_answered_requests(seconds: list[float]) -> None:
    summary = traffic_of(
        replace(CUT_OFF, seconds=1e6), *(replace(GOOD, seconds=value) for value in seconds)
    ).summary()
    assert summary.median == pytest.approx(np.percentile(seconds, 50))
    assert summary.p95 == pytest.approx(np.percentile(seconds, 95))


def test_the_clock_is_the_last_one_told() -> None:
    traffic = traffic_of(GOOD, replace(GOOD, clock_difference=-7.0), CUT_OFF)
    assert traffic.summary().clock_difference == -7.0


def test_trouble_is_what_has_failed_of_the_requests_begun_since() -> None:
    """By a clock of its own: this computer's may be set while a load runs."""
    now = 100.0
    traffic = Traffic(lambda: now)
    times = [BEGAN, BEGAN + timedelta(days=1), BEGAN - timedelta(days=1)]
    for at in times:
        traffic.record(replace(THROTTLED, at=at, seconds=5.0))
        now += 10
    trouble = traffic.trouble_since(105.0)
    assert trouble is not None
    assert (trouble.failures, trouble.since, trouble.last.at) == (2, times[1], times[2])
    assert trouble.seconds == 130 - 105
    assert traffic.trouble_since(115.1) is None


def test_nothing_grows_without_bound_and_success_is_always_counted() -> None:
    """A service may answer with another code every time, for months."""
    hostile = [replace(THROTTLED, error_code=f"code {number}") for number in range(3 * KEPT_SECONDS)]
    traffic = traffic_of(*hostile, GOOD)
    summary = traffic.summary()
    assert summary.requests == len(hostile) + 1
    assert len(summary.failures) == MAX_CODES + 1
    assert summary.failures["other"] == len(hostile) - MAX_CODES
    assert traffic.outcomes()["ok", ""] == 1
    assert len(summary.last_failures) == KEPT_FAILURES
    assert len(traffic.seconds()) == KEPT_SECONDS


def test_threads_may_record_at_once() -> None:
    traffic, together = Traffic(), threading.Barrier(8)

    def record() -> None:
        together.wait(30)
        for _ in range(500):
            traffic.record(THROTTLED)

    threads = [threading.Thread(target=record) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert traffic.summary().failures == {"ModelArts.2799": 4000}


def test_a_client_feeds_it_request_by_request() -> None:
    traffic = Traffic()
    with (
        LocalService(3) as service,
        Client(service.url, service.project_id, retries=1, on_exchange=traffic.record) as client,
    ):
        client.list_configurations()
        with service.fail(503, headers={"Retry-After": "0"}), pytest.raises(ServiceError):
            client.list_configurations()
        statuses = [request.status for request in service.requests]
    summary = traffic.summary()
    assert statuses == [200, 503, 503]
    assert summary.requests == 3
    assert summary.failures == {"ModelArts.0010": 2}
    assert [exchange.attempt for exchange in summary.last_failures] == [2, 1]
    assert all(exchange.request_id for exchange in summary.last_failures)
    assert summary.clock_difference is not None
    assert abs(summary.clock_difference) < 3
