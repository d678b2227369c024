"""When a request is repeated, how long it waits, and when it gives up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from modelarts_api import (
    ApiError,
    InvalidResponseError,
    ModelArtsError,
    RateLimitError,
    ServiceError,
    TransportError,
)
from modelarts_api.http.limits import RetryPolicy
from tests.modelarts_api.scripted_service import Reply, ScriptedService, as_json, listing

LOST = TransportError("no answer")


@dataclass
class Time:
    """A clock that only moves when somebody sleeps, or by `step` whenever it is read."""

    now: float = 0.0
    step: float = 0.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        self.now += self.step
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def policy(self, **settings: Any) -> RetryPolicy:
        """Waits are drawn as long as they may be."""
        return RetryPolicy(clock=self.clock, sleep=self.sleep, draw=lambda _low, high: high, **settings)


@pytest.mark.parametrize(
    ("attempt", "error", "retry_after", "longest"),
    [
        # No answer, and failures that pass: up to twice as long each time, no longer than 8 s.
        (0, LOST, None, 0.5),
        (1, LOST, None, 1.0),
        (2, LOST, None, 2.0),
        (5, LOST, None, 8.0),
        (0, ServiceError(500), None, 0.5),
        (0, ServiceError(502), None, 0.5),
        (0, ServiceError(503), None, 0.5),
        (0, ServiceError(504), None, 0.5),
        # Throttled: longer, and what the service asks for up to 30 s.
        (0, RateLimitError(429), None, 5.0),
        (0, RateLimitError(429), 7.0, 7.0),
        (0, RateLimitError(429), 0.0, 0.0),
        (0, RateLimitError(429), 3_600.0, 30.0),
        (0, ServiceError(503), 12.0, 12.0),
        # Nothing else, however the service calls it.
        (0, ServiceError(501), None, None),
        (0, ServiceError(505), 1.0, None),
        (0, ServiceError(200, "ModelArts.0010"), None, None),
        (0, RateLimitError(400, "ModelArts.2799"), None, None),
        *((0, ApiError(status), 1.0, None) for status in (400, 401, 403, 404, 408, 409, 423)),
        (0, InvalidResponseError("?", 200), None, None),
        # Not for ever.
        (6, LOST, None, None),
        (6, RateLimitError(429), 1.0, None),
    ],
)
def test_the_policy(
    attempt: int, error: ModelArtsError, retry_after: float | None, longest: float | None
) -> None:
    policy = RetryPolicy(retries=6, draw=lambda _low, high: high)
    assert policy.wait(attempt, error, retry_after) == longest


def test_a_wait_is_drawn_from_the_whole_range() -> None:
    ranges: list[tuple[float, float]] = []

    def draw(low: float, high: float) -> float:
        ranges.append((low, high))
        return low

    policy = RetryPolicy(draw=draw)
    policy.wait(1, LOST)
    policy.wait(1, RateLimitError(429))
    assert ranges == [(0.0, 1.0), (2.0, 5.0)]


def _in_turn(*replies: Reply) -> Any:
    turns = iter(replies)
    return lambda _: next(turns)


GOOD = listing([{"config_name": "a"}])


def _truncated() -> Reply:
    return Reply(raw=[b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"configs": ['])


def _reset() -> Reply:
    return Reply(raw=[b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"], then_reset=True)


def _half_chunk() -> Reply:
    return Reply(raw=[b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"])


@pytest.mark.parametrize(
    "failing",
    [
        *(Reply(status, b"") for status in (429, 500, 502, 503, 504)),
        as_json({"error_code": "APIG.0308", "error_msg": "throttled"}, 429),
        Reply(raw=[], then_reset=True),
        Reply(raw=[b"HTTP/1.1 200 OK\r\nContent-Le"]),
        _truncated(),
        _reset(),
        _half_chunk(),
    ],
)
def test_what_may_pass_is_tried_again(failing: Reply) -> None:
    time = Time()
    with (
        ScriptedService(_in_turn(failing, failing, GOOD)) as service,
        service.client(_policy=time.policy()) as client,
    ):
        assert client.list_configurations().total == 1
    assert len(service.requests) == 3
    assert len({request.target for request in service.requests}) == 1
    assert len(time.slept) == 2


@pytest.mark.parametrize(
    ("failing", "kind"),
    [
        (Reply(503, b""), ServiceError),
        (as_json({"error_msg": "slow down"}, 429), RateLimitError),
        (_reset(), TransportError),
        (_truncated(), TransportError),
    ],
)
def test_what_does_not_pass_is_raised_in_the_end(failing: Reply, kind: type[ModelArtsError]) -> None:
    time = Time()
    with (
        ScriptedService(lambda _: failing) as service,
        service.client(_policy=time.policy(retries=2)) as client,
        pytest.raises(kind),
    ):
        client.list_configurations()
    assert len(service.requests) == 3
    assert len(time.slept) == 2


def test_retries_of_the_constructor_count() -> None:
    with (
        ScriptedService(lambda _: Reply(503, b"", {"Retry-After": "0"})) as service,
        service.client(_policy=None, retries=4) as client,
        pytest.raises(ServiceError),
    ):
        client.list_configurations()
    assert len(service.requests) == 5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 501])
def test_what_will_not_pass_is_asked_once(status: int) -> None:
    time = Time()
    with (
        ScriptedService(lambda _: Reply(status, b"{}", {"Retry-After": "1"})) as service,
        service.client(_policy=time.policy()) as client,
        pytest.raises(ApiError),
    ):
        client.list_configurations()
    assert len(service.requests) == 1
    assert time.slept == []


NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "wait", "asked"),
    [
        ({"Retry-After": "7"}, 7.0, 7.0),
        ({"Retry-After": "86400"}, 30.0, 86400.0),
        # A date is told by the service's clock, and so is the time until then.
        ({"Retry-After": format_datetime(NOON + timedelta(seconds=9), usegmt=True)}, 9.0, 9.0),
        ({"Retry-After": format_datetime(NOON - timedelta(days=9), usegmt=True)}, 0.0, 0.0),
        ({"Retry-After": format_datetime(NOON + timedelta(days=9), usegmt=True)}, 30.0, 777_600.0),
        ({"Retry-After": "soon"}, 5.0, None),
        ({"Retry-After": "-5"}, 5.0, None),
        ({"Retry-After": "9" * 5_000}, 5.0, None),
        ({}, 5.0, None),
    ],
)
def test_retry_after_is_kept_to_up_to_a_limit(
    headers: dict[str, str], wait: float, asked: float | None
) -> None:
    time = Time()
    date = {"Date": format_datetime(NOON, usegmt=True)}
    with (
        ScriptedService(lambda _: Reply(429, b"", headers | date)) as service,
        service.client(_policy=time.policy(retries=1)) as client,
        pytest.raises(RateLimitError) as caught,
    ):
        client.list_configurations()
    assert time.slept == [wait]
    assert caught.value.retry_after == asked


def test_a_wait_that_would_pass_the_time_bound_is_not_begun() -> None:
    time = Time()
    with (
        ScriptedService(lambda _: Reply(503, b"", {"Retry-After": "30"})) as service,
        service.client(_policy=time.policy(retries=100, total=70)) as client,
        pytest.raises(ServiceError),
    ):
        client.list_configurations()
    assert time.slept == [30.0, 30.0]
    assert len(service.requests) == 3


def _drip(head: bytes, drop: bytes) -> Reply:
    stop = threading.Event()

    def pieces() -> Iterator[bytes]:
        yield head
        while not stop.wait(0.001):
            yield drop

    return Reply(raw=pieces())


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 60000000\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\n\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", b" "),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        (b"", b"x"),
    ],
    ids=["body", "until-closed", "chunks", "one-chunk", "chunk-size", "header", "status"],
)
def test_an_answer_that_drips_ends_with_the_time_bound(head: bytes, drop: bytes) -> None:
    """The clock moves on by a second at every look: if nobody looked, this would not end."""
    time = Time(step=1.0)
    with (
        ScriptedService(lambda _: _drip(head, drop)) as service,
        service.client(_policy=time.policy()) as client,
        pytest.raises(TransportError, match="the time for the request is over"),
    ):
        client.list_configurations()
    assert time.slept == []


def test_a_service_that_says_nothing_is_given_up() -> None:
    def say_nothing() -> Iterator[bytes]:
        service.stopping.wait()
        yield b""

    with (
        ScriptedService(lambda _: Reply(raw=say_nothing())) as service,
        service.client(timeout=(5, 0.05)) as client,
        pytest.raises(TransportError),
    ):
        client.list_configurations()
