"""The details of many configurations: side by side, in order, nothing lost, nothing hammered, resumable."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from modelarts_api import (
    AuthenticationError,
    Client,
    ConfigurationDetail,
    DetailLoad,
    Exchange,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServiceError,
    TokenCredentials,
    TransportError,
)
from modelarts_api.detail_load import MAX_FAILURES, MAX_FIRST_FAILURES
from modelarts_api.http.limits import RetryPolicy
from modelarts_local import LocalService
from tests.modelarts_api.scripted_service import Reply, Request, ScriptedService, as_json

AT_ONCE = RetryPolicy(retries=0)
THROTTLED = RetryPolicy(throttled_wait=(0.01, 0.02), patience=60.0)
CONNECTIONS = 4


def _rows(count: int) -> list[dict[str, Any]]:
    return [{"config_name": f"c-{number}", "worker_server_num": number} for number in range(count)]


def _names(count: int) -> list[str]:
    return [f"c-{number}" for number in range(count)]


def _client(service: LocalService, **settings: Any) -> Client:
    chosen = {"_policy": AT_ONCE, "max_connections": CONNECTIONS} | settings
    return Client(service.url, service.project_id, **chosen)


def _asked(service: LocalService) -> list[str]:
    return [request.path.rpartition("/")[2] for request in service.requests]


def _check(load: DetailLoad, names: list[str]) -> None:
    """Every name is in exactly one place, and the details are in the order of the names."""
    places = Counter([*load.details, *load.errors, *load.left])
    assert places == Counter(dict.fromkeys(names, 1))
    assert list(load.details) == [name for name in names if name in load.details]
    assert list(load.left) == [name for name in names if name in load.left]
    for name, detail in load.details.items():
        assert (detail.name, detail.worker_count) == (name, int(name.removeprefix("c-")))


def test_every_detail_comes_in_the_order_of_the_names_each_asked_for_once() -> None:
    names = _names(60)[::-1]
    progress: list[tuple[int, int]] = []
    told: list[str] = []
    here = threading.current_thread()

    def on_detail(name: str, detail: ConfigurationDetail) -> None:
        assert threading.current_thread() is here
        assert detail.name == name
        told.append(name)

    with LocalService(_rows(60)) as service, _client(service) as client:
        load = client.load_details(
            [*names, names[0]], on_progress=lambda *each: progress.append(each), on_detail=on_detail
        )
        assert Counter(_asked(service)) == Counter(names)
        assert {request.query["config_type"] for request in service.requests} == {"custom"}
    _check(load, names)
    assert load.complete
    assert (load.errors, load.left, load.ended_by) == ({}, (), None)
    assert sorted(told) == sorted(names)
    assert progress == [(number, 60) for number in range(1, 61)]


def test_no_name_is_no_request() -> None:
    with LocalService(1) as service, _client(service) as client:
        load = client.load_details([])
        assert load.complete
        assert len(service.requests) == 0


def test_samples_are_asked_for_as_samples() -> None:
    with LocalService(1, samples=[{"config_name": "s", "spec_id": 1}]) as service, _client(service) as client:
        assert list(client.load_details(["s"], config_type="sample").details) == ["s"]
        assert [request.query["config_type"] for request in service.requests] == ["sample"]
        with pytest.raises(ValueError, match="config_type must be one of"):
            client.load_details(["s"], config_type="all")


def test_the_first_goes_alone_and_then_as_many_at_once_as_there_are_connections() -> None:
    """After the first, an answer comes only when four requests are there to be answered."""
    together = threading.Barrier(CONNECTIONS, timeout=60)
    lock = threading.Lock()
    under_way: list[Request] = []
    peaks: list[int] = []

    def answer(request: Request) -> Reply:
        with lock:
            under_way.append(request)
            peaks.append(len(under_way))
        if len(peaks) > 1:
            together.wait()
        with lock:
            under_way.remove(request)
        return as_json({"config_name": request.path.rpartition("/")[2], "worker_server_num": 1})

    with (
        ScriptedService(answer) as service,
        service.client(max_connections=CONNECTIONS) as client,
    ):
        assert client.load_details(_names(1 + 10 * CONNECTIONS)).complete
    assert peaks[0] == 1
    assert max(peaks) == CONNECTIONS


@pytest.mark.parametrize("missing", [0, 1, 30, 59])
def test_one_that_is_gone_is_named_and_the_rest_comes(missing: int) -> None:
    rows = _rows(60)
    del rows[missing]
    with LocalService(rows) as service, _client(service) as client:
        load = client.load_details(_names(60))
        assert len(service.requests) == 60
    _check(load, _names(60))
    assert list(load.errors) == [f"c-{missing}"]
    assert isinstance(load.errors[f"c-{missing}"], NotFoundError)
    assert (load.complete, load.ended_by) == (False, None)


def test_many_that_are_gone_end_nothing() -> None:
    """More in a row than failures may be: that a name is gone is no trouble of the service."""
    names = [*_names(5), *(f"gone-{number}" for number in range(2 * MAX_FAILURES)), "c-5"]
    with LocalService(_rows(6)) as service, _client(service) as client:
        load = client.load_details(names)
    assert len(load.errors) == 2 * MAX_FAILURES
    assert (list(load.details), load.left, load.ended_by) == (_names(6), (), None)


@pytest.mark.parametrize(("status", "kind"), [(500, ServiceError), (403, PermissionDeniedError)])
def test_what_fails_here_and_there_ends_nothing(status: int, kind: type[Exception]) -> None:
    with LocalService(_rows(60)) as service, _client(service) as client:
        for number in range(3, 60, 3):
            service.fail(status, path_contains=f"/c-{number}?")
        load = client.load_details(_names(60))
    _check(load, _names(60))
    assert {type(error) for error in load.errors.values()} == {kind}
    assert (len(load.errors), load.left, load.ended_by) == (19, (), None)


def test_a_failure_that_passes_is_repeated_like_a_calls() -> None:
    policy = RetryPolicy(retries=5, sleep=lambda _: None)
    with LocalService(_rows(20)) as service, _client(service, _policy=policy) as client:
        service.fail(503, times=5)
        assert client.load_details(_names(20)).complete
        assert len(service.requests) == 25


# What ends it


def test_credentials_that_are_refused_are_sent_once_and_the_rest_is_left() -> None:
    with LocalService(_rows(60), token="right") as service:
        client = _client(service, credentials=TokenCredentials("wrong"))
        with client:
            load = client.load_details(_names(60))
        assert len(service.requests) == 1
    _check(load, _names(60))
    assert isinstance(load.ended_by, AuthenticationError)
    assert (load.details, load.errors) == ({}, {})
    assert load.left == tuple(_names(60))


def test_credentials_that_die_in_the_middle_end_it_with_those_under_way() -> None:
    with LocalService(_rows(200), auth="token") as service:
        demanded: Any = service.authorisation

        def die(done: int, _total: int) -> None:
            demanded.expired = done >= 50

        with _client(service, credentials=TokenCredentials(demanded.token)) as client:
            load = client.load_details(_names(200), on_progress=die)
        refused = [request for request in service.requests if request.status == 401]
        assert 1 <= len(refused) <= 3 * CONNECTIONS
        _check(load, _names(200))
        assert isinstance(load.ended_by, AuthenticationError)
        assert load.errors == {}
        assert len(load.details) >= 50
        # What is left is loaded once there are credentials again.
        demanded.expired = False
        with _client(service, credentials=TokenCredentials(demanded.token)) as client:
            rest = client.load_details(load.left)
    assert rest.complete
    assert {**load.details, **rest.details}.keys() == set(_names(200))


def test_a_service_in_trouble_from_the_start_is_asked_for_three_names() -> None:
    with LocalService(_rows(60)) as service, _client(service) as client, service.fail(503):
        load = client.load_details(_names(60))
        assert len(service.requests) == MAX_FIRST_FAILURES
    _check(load, _names(60))
    assert isinstance(load.ended_by, ServiceError)
    assert list(load.errors) == _names(MAX_FIRST_FAILURES)


def test_a_service_that_goes_away_ends_it_and_the_rest_is_left() -> None:
    service = LocalService(_rows(400)).start()

    def go_away(done: int, _total: int) -> None:
        if done == 20:
            service.stop()

    with _client(service) as client:
        load = client.load_details(_names(400), on_progress=go_away)
    _check(load, _names(400))
    assert isinstance(load.ended_by, TransportError)
    assert MAX_FAILURES <= len(load.errors) <= MAX_FAILURES + 4 * CONNECTIONS
    assert load.left


@pytest.mark.parametrize("retry_after", [None, "seconds"])
def test_a_throttle_slows_it_down_and_all_comes(retry_after: str | None) -> None:
    """Two a second: four threads feel it however slow this computer is."""
    told: list[Exchange] = []
    with (
        LocalService(_rows(12), throttle_per_second=2, throttle_retry_after=retry_after) as service,
        _client(service, _policy=THROTTLED, on_exchange=told.append) as client,
    ):
        load = client.load_details(_names(12))
    assert load.complete
    refused = [exchange for exchange in told if exchange.status == 429]
    assert refused, "the throttle was never felt: this tests nothing"
    assert len(told) == 12 + len(refused)
    assert len(refused) < 36, "it must slow down, not knock again and again"


def test_a_throttle_beyond_patience_ends_it_and_the_rest_is_left() -> None:
    impatient = RetryPolicy(throttled_wait=(0.01, 0.02), patience=0.3)
    with LocalService(_rows(60)) as service, _client(service, _policy=impatient) as client:

        def close(done: int, _total: int) -> None:
            if done == 20:
                service.fail(429)

        load = client.load_details(_names(60), on_progress=close)
    _check(load, _names(60))
    assert isinstance(load.ended_by, RateLimitError)
    assert load.errors == {}
    assert len(load.left) >= 60 - 20 - 2 * CONNECTIONS


def test_names_that_are_gone_show_that_the_service_answers() -> None:
    """A load that finds nothing but gone names is as patient as any other."""
    with (
        LocalService(_rows(1), throttle_per_second=2) as service,
        _client(service, _policy=THROTTLED) as client,
    ):
        load = client.load_details([f"gone-{number}" for number in range(10)])
        assert 429 in {request.status for request in service.requests}
    assert len(load.errors) == 10
    assert {type(error) for error in load.errors.values()} == {NotFoundError}


def test_stop_ends_it_at_once_even_if_nothing_is_answered() -> None:
    stop = threading.Event()
    with LocalService(_rows(60)) as service, _client(service) as client:

        def hang(done: int, _total: int) -> None:
            if done == 10:
                service.fail(silent=True)
                stop.set()

        load = client.load_details(_names(60), on_progress=hang, stop=stop.is_set)
        service.stop()
    _check(load, _names(60))
    assert (load.ended_by, load.errors) == (None, {})
    assert 10 <= len(load.details) <= 10 + 2 * CONNECTIONS
    assert len(load.left) == 60 - len(load.details)


def test_a_load_that_was_stopped_goes_on_where_it_was() -> None:
    seen: list[str] = []
    with LocalService(_rows(60)) as service, _client(service) as client:
        first = client.load_details(
            _names(60), on_detail=lambda name, _: seen.append(name), stop=lambda: len(seen) >= 15
        )
        second = client.load_details(first.left)
        answered = Counter(request.path for request in service.requests if request.status == 200)
    assert second.complete
    assert first.details.keys() | second.details.keys() == set(_names(60))
    assert sum(answered.values()) <= 60 + 2 * CONNECTIONS


@pytest.mark.parametrize("callback", ["on_progress", "on_detail"])
def test_what_a_callback_raises_ends_it_and_is_raised(callback: str) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("the caller's own trouble")

    with LocalService(_rows(60)) as service, _client(service) as client:
        with pytest.raises(RuntimeError, match="the caller's own trouble"):
            client.load_details(_names(60), **{callback: break_down})
        assert len(service.requests) <= 1 + 2 * CONNECTIONS


def test_loads_at_the_same_time_share_the_pace_and_all_complete() -> None:
    """Until its first answer a load repeats as a single call does: here as long as the other is served.

    Each of these repetitions slows both down, so they come no faster than the service lets requests through.
    """
    policy = replace(THROTTLED, retries=1_000, throttled_wait=(0.25, 0.5), patience=600.0)
    outcomes: list[Any] = []
    with (
        LocalService(_rows(8), throttle_per_second=4) as service,
        _client(service, _policy=policy) as client,
    ):
        threads = [
            threading.Thread(target=lambda: outcomes.append(client.load_details(_names(8)).complete))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes == [True, True]
