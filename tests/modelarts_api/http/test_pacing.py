"""A service that throttles slows a load down and does not end it; one that never lets go does."""

from __future__ import annotations

import threading
import time
from itertools import pairwise
from typing import Any

import pytest

from modelarts_api import (
    Client,
    Exchange,
    Inventory,
    PermissionDeniedError,
    RateLimitError,
    ServiceError,
    TransportError,
)
from modelarts_api.http.limits import LoadPacing, Pacer, Rate, RetryPolicy
from modelarts_local import LocalService

THROTTLED = RateLimitError(429, "APIG.0308", "slow down")
PATIENT = RetryPolicy(throttled_wait=(0.02, 0.05))
IMPATIENT = RetryPolicy(throttled_wait=(0.02, 0.05), patience=0.6)


def _client(service: LocalService, **settings: Any) -> Client:
    return Client(service.url, service.project_id, **{"_policy": IMPATIENT, **settings})


# The arithmetic


def test_nothing_slows_a_load_that_is_not_refused() -> None:
    rate = Rate(8)
    for now in range(1000):
        rate.accept(now)
        assert rate.is_full


def test_a_burst_of_refusals_halves_the_requests_at_once_and_spaces_them_once() -> None:
    rate = Rate(8)
    for _ in range(7):
        rate.refuse(asked_at=0.0, now=0.1)
    assert (rate.limit, rate.spacing) == (4, 0.1)
    rate.refuse(asked_at=0.2, now=0.3)
    assert (rate.limit, rate.spacing) == (2, 0.2)


def test_refusal_after_refusal_leaves_one_at_a_time_a_minute_apart() -> None:
    rate = Rate(8)
    for now in range(100):
        rate.refuse(asked_at=now, now=now + 0.5)
    assert (rate.limit, rate.spacing) == (1, 60.0)


def test_few_pages_between_refusals_space_the_requests_further_apart() -> None:
    """Two pages in 3.2 s: 0.8 s rather than twice 0.1 s, and no more than four times that."""
    rate = Rate(8)
    rate.refuse(0.0, 0.0)
    rate.accept(1.0)
    rate.accept(2.0)
    rate.refuse(3.0, 3.2)
    assert rate.spacing == pytest.approx(4 * 2 * 0.1 * 0.9**2)


def test_it_grows_again_with_every_page_and_slowly_near_what_was_refused() -> None:
    rate = Rate(4)
    rate.refuse(0.0, 0.0)
    rate.refuse(1.0, 1.0)
    assert (rate.limit, rate.spacing) == (1, 0.2)
    spacings = []
    for _ in range(10):
        rate.accept(2.0)
        spacings.append(rate.spacing)
    ratios = [after / before for before, after in pairwise(spacings)]
    assert ratios[0] == pytest.approx(0.9)
    assert ratios[-1] == pytest.approx(0.99)
    assert rate.limit == 4
    for _ in range(100):
        rate.accept(70.0)
    assert rate.is_full


def test_an_old_refusal_is_forgotten() -> None:
    rate = Rate(4)
    rate.refuse(0.0, 0.0)
    rate.forget(599.0)
    assert not rate.is_full
    rate.forget(601.0)
    assert rate.is_full


# Turns


def test_turns_are_apart_in_time_and_few_at_once() -> None:
    pacer = Pacer(4)
    load = LoadPacing(pacer, RetryPolicy())
    load.accepted()
    pacer.refused(THROTTLED, asked_at=time.monotonic(), pause=0.05)
    began: list[float] = []
    at_once: list[int] = []
    under_way = 0
    lock = threading.Lock()

    def take_permit() -> None:
        with load.permit():
            work()

    def work() -> None:
        nonlocal under_way
        with lock:
            under_way += 1
            began.append(time.monotonic())
            at_once.append(under_way)
        time.sleep(0.15)
        with lock:
            under_way -= 1

    start = time.monotonic()
    threads = [threading.Thread(target=take_permit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(at_once) <= 2
    assert began[0] - start >= 0.045
    assert all(after - before >= 0.09 for before, after in pairwise(began))


def test_who_waits_for_a_turn_is_told_when_the_load_is_given_up() -> None:
    pacer = Pacer(1)
    load = LoadPacing(pacer, RetryPolicy())
    load.accepted()
    pacer.refused(THROTTLED, asked_at=time.monotonic(), pause=60.0)
    caught: list[Exception] = []

    def take_permit() -> None:
        try:
            with load.permit():
                pass
        except TransportError as error:
            caught.append(error)

    thread = threading.Thread(target=take_permit)
    thread.start()
    load.cancel()
    thread.join(10)
    assert not thread.is_alive()
    assert "given up" in str(caught[0])


def _asks(seconds: float | None) -> RateLimitError:
    return RateLimitError(429, retry_after=seconds)


def test_patience_counts_from_the_last_page() -> None:
    policy = RetryPolicy(patience=90.0)
    load = LoadPacing(Pacer(8), policy)
    assert not load.refused(_asks(1.0), 0.0), "before the first page a load is a call like any other"
    load.accepted()
    assert load.refused(_asks(None), 0.0)
    assert load.refused(_asks(89.0), 0.0)
    assert not load.refused(_asks(91.0), 0.0), "a wait that would be too long is not begun"
    never = LoadPacing(Pacer(8), RetryPolicy(retries=0))
    never.accepted()
    assert not never.refused(_asks(1.0), 0.0), "what repeats nothing is not patient either"


def test_who_waits_for_a_turn_is_told_the_refusal_when_patience_ends() -> None:
    pacer = Pacer(1)
    load = LoadPacing(pacer, RetryPolicy(patience=0.05))
    load.accepted()
    pacer.refused(THROTTLED, asked_at=time.monotonic(), pause=60.0)
    with pytest.raises(RateLimitError, match="slow down"), load.permit():
        raise AssertionError("there was no turn to take")


# Over HTTP


@pytest.mark.parametrize("retry_after", [None, "seconds", "date"])
def test_a_throttled_load_completes(retry_after: str | None) -> None:
    """Two a second: eight threads feel it however slow this computer is."""
    heard: list[Exchange] = []
    with (
        LocalService(7_500, throttle_per_second=2, throttle_retry_after=retry_after) as service,
        _client(
            service, on_exchange=heard.append, _policy=RetryPolicy(throttled_wait=(0.02, 0.05))
        ) as client,
    ):
        inventory = client.list_all_configurations()
    assert inventory.complete
    assert len(inventory.configurations) == 7_500
    assert inventory.requests == len(service.requests) == len(heard)
    refused = [exchange for exchange in heard if exchange.status == 429]
    assert refused, "the throttle was never felt: this tests nothing"
    assert {exchange.error_code for exchange in refused} == {"APIG.0308"}
    assert len(refused) < 36, "it must slow down, not knock again and again"


def test_without_a_throttle_all_connections_are_used() -> None:
    """Eight pages of 100 ms each at the same time; nothing waits for a turn."""
    with LocalService(8_999, latency_ms=100) as service, _client(service) as client:
        client.list_all_configurations()
        at = [request.query["page"] for request in service.requests]
    assert sorted(map(int, at)) == list(range(1, 10))
    assert client.transport._pacer.rate.is_full


def test_single_calls_are_not_paced() -> None:
    with LocalService(1) as service, _client(service) as client:
        with service.fail(429, headers={"Retry-After": "600"}), pytest.raises(RateLimitError):
            _client(service, _policy=RetryPolicy(retries=0)).list_configurations()
        client.transport._pacer.refused(THROTTLED, time.monotonic(), 600.0)
        assert client.list_configurations().total == 1


def test_a_service_that_lets_no_page_through_ends_the_load_when_patience_does() -> None:
    with LocalService(5_500) as service, _client(service) as client:
        service.fail(429, {"error_code": "ModelArts.2799", "error_msg": "slow"}, path_contains="&page=3&")
        started = time.monotonic()
        with pytest.raises(RateLimitError) as caught:
            client.list_all_configurations()
        seconds = time.monotonic() - started
    assert caught.value.error_code == "ModelArts.2799"
    assert caught.value.request_id
    assert seconds < 5


def test_a_first_page_that_is_refused_is_repeated_like_any_call_and_then_told() -> None:
    with LocalService(5_500) as service, _client(service) as client, service.fail(429):
        with pytest.raises(RateLimitError):
            client.list_all_configurations()
        assert len(service.requests) == 1 + IMPATIENT.retries


def test_a_service_that_asks_to_wait_longer_than_patience_is_told_at_once() -> None:
    with LocalService(3_500) as service, _client(service) as client:
        service.fail(429, headers={"Retry-After": "3600"}, path_contains="&page=2&")
        with pytest.raises(RateLimitError) as caught:
            client.list_all_configurations()
    assert caught.value.retry_after == 3600


def test_loads_at_the_same_time_share_the_pace_and_all_complete() -> None:
    outcomes: list[Inventory] = []
    policy = RetryPolicy(throttled_wait=(0.02, 0.05), retries=30)
    with LocalService(4_500, throttle_per_second=8) as service, _client(service, _policy=policy) as client:
        threads = [
            threading.Thread(target=lambda: outcomes.append(client.list_all_configurations()))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [(each.complete, len(each.configurations)) for each in outcomes] == [(True, 4_500)] * 3


def test_a_page_that_fails_ends_a_throttled_load_at_once() -> None:
    """Page 2 fails for good while the others are held back by a minute's pause: it keeps its turn."""
    with LocalService(9_500) as service, _client(service, _policy=RetryPolicy(retries=1)) as client:
        service.fail(429, headers={"Retry-After": "60"}, path_contains="&page=4&")
        service.fail(500, path_contains="&page=2&", headers={"Retry-After": "0"}, delay_s=0.2)
        started = time.monotonic()
        with pytest.raises(ServiceError):
            client.list_all_configurations()
        assert time.monotonic() - started < 30


def test_what_a_load_that_has_failed_left_under_way_is_not_repeated() -> None:
    """Page 2 fails while page 3 is under way, which is refused later and would be asked for again."""
    with LocalService(2_500) as service, _client(service, _policy=RetryPolicy(first_wait=0.0)) as client:
        service.fail(
            403, path_contains="&page=2&", delay_s=1.0
        )  # by then a busy machine has begun page 3, too
        service.fail(503, path_contains="&page=3&", delay_s=1.3)
        with pytest.raises(PermissionDeniedError):
            client.list_all_configurations()
        time.sleep(0.8)
        assert [request.query["page"] for request in service.requests].count("3") == 1


def test_a_throttle_that_comes_with_200_slows_a_load_down_too() -> None:
    said = {"is_success": False, "error_code": "ModelArts.2799", "error_message": "slow down"}
    with LocalService(3_500) as service, _client(service, _policy=PATIENT) as client:
        service.fail(200, said, path_contains="&page=3&", times=2)
        inventory = client.list_all_configurations()
    assert (inventory.complete, inventory.requests) == (True, 6)
