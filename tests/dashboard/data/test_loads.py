"""Loading in the background, over HTTP: one load for all, and what a failure keeps."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from dashboard.data import loads
from dashboard.data.analysis import in_order
from dashboard.data.loads import MAX_INVENTORIES, Inventories, InventoryLoad, LoadState
from modelarts_api import AuthenticationError, Client, RateLimitError, ServiceError, TransportError
from modelarts_local import LocalService
from tests.dashboard.builders import client_of, everything

SECONDS = 30.0
"""No load here takes a second; a test that waits so long has failed."""

NEVER_MS = SECONDS * 1000
"""As latency: the answer does not come before the test stops the service."""


@pytest.fixture
def service() -> Iterator[LocalService]:
    with LocalService(40) as running:
        yield running


@pytest.fixture
def client(service: LocalService) -> Iterator[Client]:
    with client_of(service) as connected:
        yield connected


def _finished(load: InventoryLoad) -> LoadState:
    assert load.wait(SECONDS)
    return load.state


def _load(load: InventoryLoad, *, now: bool = False) -> LoadState:
    load.start_if_due(now=now)
    return _finished(load)


def test_before_the_first_load_there_is_nothing(client: Client) -> None:
    load = InventoryLoad(lambda: client, "", "custom")
    assert load.state == LoadState()
    assert not load.wait(0)


def test_a_snapshot_holds_what_the_service_has(service: LocalService, client: Client) -> None:
    before = datetime.now(UTC)
    state = _load(InventoryLoad(lambda: client, "", "custom"))
    snapshot = state.snapshot
    assert snapshot is not None
    assert (state.error, state.loading) == (None, False)
    assert len(snapshot.frame) == len(snapshot.records) == snapshot.reported_total == 40
    assert snapshot.complete
    assert snapshot.requests == len(service.requests)
    assert before <= snapshot.loaded_at <= datetime.now(UTC)
    assert snapshot.seconds > 0
    names = [str(record["config_name"]) for record in snapshot.records]
    assert snapshot.frame["name"].tolist() == names == sorted(names, reverse=True)
    ascending = in_order(everything(snapshot.frame), snapshot.orderings["name"], "asc")
    assert snapshot.frame["name"].iloc[ascending].tolist() == sorted(names)


def test_search_and_type_are_the_services(service: LocalService, client: Client) -> None:
    searched = _load(InventoryLoad(lambda: client, "resnet", "custom")).snapshot
    samples = _load(InventoryLoad(lambda: client, "", "sample")).snapshot
    assert searched is not None
    assert 0 < len(searched.frame) < 40
    assert samples is not None
    assert samples.frame["created"].isna().all()
    asked = [(r.query.get("search_content"), r.query["config_type"]) for r in service.requests]
    assert set(asked) == {("resnet", "custom"), (None, "sample")}


def test_an_empty_project_is_a_snapshot_too(client: Client) -> None:
    snapshot = _load(InventoryLoad(lambda: client, "no such thing", "custom")).snapshot
    assert snapshot is not None
    assert (len(snapshot.frame), snapshot.complete) == (0, True)


def test_many_who_ask_at_once_cause_one_load(service: LocalService, client: Client) -> None:
    service.latency_ms = 100
    shared, together = Inventories(), threading.Barrier(20)
    seen: list[LoadState] = []

    def ask() -> None:
        together.wait(SECONDS)
        load = shared.get("connection", "", "custom", lambda: client)
        load.start_if_due()
        load.wait(SECONDS)
        load.start_if_due()
        seen.append(load.state)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert len({id(state.snapshot) for state in seen}) == 1
    assert len(seen) == 20
    assert seen[0].snapshot is not None
    assert len(service.requests) == seen[0].snapshot.requests


def _loading_threads() -> int:
    return sum(thread.name == "inventory" for thread in threading.enumerate())


def test_a_load_that_runs_is_not_begun_again(service: LocalService, client: Client) -> None:
    """Not even by the Retry and Refresh buttons."""
    service.latency_ms = NEVER_MS
    load = InventoryLoad(lambda: client, "", "custom")
    before = _loading_threads()
    for _ in range(5):
        load.start_if_due(now=True)
    assert load.state == LoadState(loading=True, began_at=load.state.began_at)
    assert load.state.began_at is not None
    assert _loading_threads() == before + 1
    service.stop()
    assert isinstance(_finished(load).error, TransportError)


def test_a_fresh_snapshot_is_not_renewed_unless_asked(service: LocalService, client: Client) -> None:
    load = InventoryLoad(lambda: client, "", "custom")
    first = _load(load).snapshot
    service.requests.clear()
    load.start_if_due()
    assert not load.state.loading
    assert len(service.requests) == 0
    service.add({"config_name": "zz-new"})
    second = _load(load, now=True).snapshot
    assert first is not None
    assert second is not None
    assert second.serial > first.serial
    assert (len(first.frame), len(second.frame)) == (40, 41)


def test_an_old_snapshot_is_renewed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loads, "TTL_SECONDS", 0.0)
    load = InventoryLoad(lambda: client, "", "custom")
    first = _load(load).snapshot
    second = _load(load).snapshot
    assert first is not None
    assert second is not None
    assert second.serial > first.serial


def test_the_old_snapshot_stays_on_screen_while_it_is_renewed(service: LocalService, client: Client) -> None:
    load = InventoryLoad(lambda: client, "", "custom")
    first = _load(load).snapshot
    service.latency_ms = NEVER_MS
    load.start_if_due(now=True)
    assert load.state.loading
    assert load.state.snapshot is first
    service.stop()
    assert _finished(load).snapshot is first


def test_a_first_load_that_fails_says_why(service: LocalService, client: Client) -> None:
    with service.fail(503):
        state = _load(InventoryLoad(lambda: client, "", "custom"))
    assert state.snapshot is None
    assert isinstance(state.error, ServiceError)
    assert not state.loading


def test_a_renewal_that_fails_keeps_the_snapshot_and_says_why(service: LocalService, client: Client) -> None:
    load = InventoryLoad(lambda: client, "", "custom")
    good = _load(load).snapshot
    with service.fail(429):
        state = _load(load, now=True)
    assert good is not None
    assert state.snapshot is good
    assert isinstance(state.error, RateLimitError)
    renewed = _load(load, now=True)
    assert renewed.error is None
    assert renewed.snapshot is not good


def test_a_service_that_is_gone_is_an_error_like_any_other(client: Client, service: LocalService) -> None:
    load = InventoryLoad(lambda: client, "", "custom")
    good = _load(load).snapshot
    service.stop()
    state = _load(load, now=True)
    assert state.snapshot is good
    assert isinstance(state.error, TransportError)


def test_after_a_failure_nothing_is_tried_again_by_itself_at_once(
    service: LocalService, client: Client
) -> None:
    load = InventoryLoad(lambda: client, "", "custom")
    with service.fail(503):
        _load(load)
    service.requests.clear()
    for _ in range(5):
        load.start_if_due()
    assert not load.state.loading
    assert len(service.requests) == 0
    assert _load(load, now=True).snapshot is not None


def test_after_a_while_it_is_tried_again(
    service: LocalService, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loads, "RETRY_SECONDS", 0.0)
    load = InventoryLoad(lambda: client, "", "custom")
    with service.fail(503):
        assert _load(load).error is not None
    assert _load(load).snapshot is not None


def test_a_fault_of_ours_reaches_the_screen_and_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """A search that cannot be sent is a ValueError: the load ends all the same, and can be tried again."""
    load = InventoryLoad(lambda: client, "\ud800", "custom")
    with caplog.at_level(logging.ERROR, logger="dashboard.data.loads"):
        state = _load(load)
    assert isinstance(state.error, ValueError)
    assert not state.loading
    assert "failed unexpectedly" in caplog.text


def test_progress_is_told_while_it_loads() -> None:
    """The first page is there, and the second waits until the test has looked."""
    rows = [{"config_name": f"c{number:05}", "create_time": 1524189990635 + number} for number in range(1500)]
    with LocalService(rows) as service, client_of(service) as client:
        service.fail(503, delay_s=SECONDS, path_contains="&page=2", times=1)
        load = InventoryLoad(lambda: client, "", "custom")
        load.start_if_due()
        while load.state.loading and load.state.total is None:
            load.wait(0.01)
        state = load.state
        assert (state.loading, state.loaded, state.total) == (True, 1000, 1500)
        service.stop()
        assert isinstance(_finished(load).error, TransportError)


def test_an_incomplete_inventory_says_so() -> None:
    row = {"config_name": "a", "create_time": 1524189990635}
    body = {"is_success": True, "config_total_count": 5, "configs": [row]}
    with LocalService(0) as service, client_of(service) as client, service.fail(200, body):
        snapshot = _load(InventoryLoad(lambda: client, "", "custom")).snapshot
    assert snapshot is not None
    assert not snapshot.complete
    assert (len(snapshot.frame), snapshot.reported_total) == (1, 5)


# The collection


def test_each_connection_search_and_type_has_its_one_load(client: Client) -> None:
    shared = Inventories()
    keys = [("a", "", "custom"), ("b", "", "custom"), ("a", "x", "custom"), ("a", "", "sample")]
    loads = [shared.get(*key, lambda: client) for key in keys]
    assert len(set(map(id, loads))) == len(keys)
    assert [shared.get(*key, lambda: client) for key in keys] == loads


def test_a_client_is_made_by_the_load_and_not_by_who_asks_for_it(client: Client) -> None:
    """Making one may take a question to IAM."""
    shared, made = Inventories(), []

    def make() -> Client:
        made.append(threading.current_thread())
        return client

    loads = [shared.get("a", "", "custom", make) for _ in range(3)]
    assert made == []
    _load(loads[0])
    (thread,) = made
    assert thread is not threading.current_thread()


def test_a_client_that_cannot_be_made_is_a_failed_load(client: Client) -> None:
    refusal = AuthenticationError(401, None, "The username or password is wrong.")
    outcomes: list[Client | Exception] = [refusal, client]

    def make() -> Client:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    load = InventoryLoad(make, "", "custom")
    assert _load(load).error is refusal
    state = _load(load, now=True)
    assert state.error is None
    assert state.snapshot is not None


def test_the_longest_unused_load_goes_first(client: Client) -> None:
    shared = Inventories()
    first, second = (shared.get("a", search, "custom", lambda: client) for search in ("first", "second"))
    for number in range(MAX_INVENTORIES - 2):
        shared.get("a", str(number), "custom", lambda: client)
    assert shared.get("a", "first", "custom", lambda: client) is first
    shared.get("a", "one too many", "custom", lambda: client)
    assert shared.get("a", "first", "custom", lambda: client) is first
    assert shared.get("a", "second", "custom", lambda: client) is not second


def test_the_whole_of_every_connection_stays_whatever_is_searched(client: Client) -> None:
    """A screen shows all connections at once: with fifty of them none may push another out."""
    shared = Inventories()
    wholes = [shared.get(str(number), "", "custom", lambda: client) for number in range(50)]
    for number in range(2 * MAX_INVENTORIES):
        shared.get("0", f"search {number}", "custom", lambda: client)
        shared.get("0", f"search {number}", "sample", lambda: client)
    assert [shared.get(str(number), "", "custom", lambda: client) for number in range(50)] == wholes


def test_what_was_loaded_of_a_connection_goes_with_it(client: Client) -> None:
    shared = Inventories()
    kept, gone = (shared.get(name, "", "custom", lambda: client) for name in ("kept", "gone"))
    searched = shared.get("gone", "x", "custom", lambda: client)
    _load(gone)
    shared.keep_only({"kept"})
    assert shared.ages() == []
    assert shared.get("kept", "", "custom", lambda: client) is kept
    assert shared.get("gone", "", "custom", lambda: client) is not gone
    assert shared.get("gone", "x", "custom", lambda: client) is not searched


def test_ages_are_those_of_the_snapshots_there_are(client: Client) -> None:
    shared = Inventories()
    assert shared.ages() == []
    load = shared.get("a", "", "custom", lambda: client)
    shared.get("a", "x", "custom", lambda: client)
    assert shared.ages() == []
    snapshot = _load(load).snapshot
    assert snapshot is not None
    (age,) = shared.ages()
    assert 0 <= age <= (datetime.now(UTC) - snapshot.loaded_at).total_seconds()
