"""Loading in the background, over HTTP: one load for all, and what a failure keeps."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial

import pytest

from dashboard.data.background import Job, Jobs, JobState
from dashboard.data.loads import Progress, load_inventory
from dashboard.data.projects import InventoryJob, LoadState
from dashboard.data.view import Facets, View
from dashboard.report.searched import search_words
from modelarts_api import Client, RateLimitError, ServiceError, TransportError
from modelarts_local import LocalService
from tests.dashboard.builders import client_of

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


def _job(
    client: Client, search: str = "", config_type: str = "custom", fresh: float = 300, retry: float = 30
) -> InventoryJob:
    work = partial(load_inventory, client, search, config_type)
    return Job(work, fresh_seconds=fresh, retry_seconds=retry)


def _finished(load: InventoryJob) -> LoadState:
    assert load.wait(SECONDS)
    return load.state


def _load(load: InventoryJob, *, now: bool = False) -> LoadState:
    load.start_if_due(now=now)
    return _finished(load)


def test_before_the_first_load_there_is_nothing(client: Client) -> None:
    load = _job(client)
    assert load.state == JobState()
    assert not load.wait(0)


def test_a_loaded_inventory_holds_what_the_service_has(service: LocalService, client: Client) -> None:
    before = datetime.now(UTC)
    state = _load(_job(client))
    found = state.result
    assert found is not None
    assert (state.error, state.running) == (None, False)
    assert len(found.frame) == len(found.records) == found.reported_total == 40
    assert found.complete
    assert found.requests == len(service.requests)
    assert before <= found.loaded_at <= datetime.now(UTC)
    assert found.seconds > 0
    names = [str(record["config_name"]) for record in found.records]
    assert found.frame["name"].tolist() == names == sorted(names, reverse=True)
    ascending = found.positions(View(sort_by="name", order="asc"))
    assert found.frame["name"].iloc[ascending].tolist() == sorted(names)


def test_search_and_type_are_the_services(service: LocalService, client: Client) -> None:
    searched = _load(_job(client, "resnet")).result
    samples = _load(_job(client, config_type="sample")).result
    assert searched is not None
    assert 0 < len(searched.frame) < 40
    assert samples is not None
    assert samples.frame["created"].isna().all()
    asked = [(r.query.get("search_content"), r.query["config_type"]) for r in service.requests]
    assert set(asked) == {("resnet", "custom"), (None, "sample")}


def test_an_empty_project_is_loaded_too(client: Client) -> None:
    found = _load(_job(client, "no such thing")).result
    assert found is not None
    assert (len(found.frame), found.complete) == (0, True)


def test_many_who_ask_at_once_cause_one_load(service: LocalService, client: Client) -> None:
    service.latency_ms = 100
    shared, together = Jobs(24), threading.Barrier(20)
    seen: list[LoadState] = []

    def ask() -> None:
        together.wait(SECONDS)
        load = shared.get("key", lambda: _job(client))
        load.start_if_due()
        load.wait(SECONDS)
        load.start_if_due()
        seen.append(load.state)

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert len({id(state.result) for state in seen}) == 1
    assert len(seen) == 20
    assert seen[0].result is not None
    assert len(service.requests) == seen[0].result.requests


def _loading_threads() -> int:
    return sum(thread.name == "background" for thread in threading.enumerate())


def test_a_load_that_runs_is_not_begun_again(service: LocalService, client: Client) -> None:
    """Not even by the Retry and Refresh buttons."""
    service.latency_ms = NEVER_MS
    load = _job(client)
    before = _loading_threads()
    for _ in range(5):
        load.start_if_due(now=True)
    assert (load.state.running, load.state.result, load.state.progress) == (True, None, None)
    assert load.state.began_at is not None
    assert _loading_threads() == before + 1
    service.stop()
    assert isinstance(_finished(load).error, TransportError)


def test_a_fresh_inventory_is_not_renewed_unless_asked(service: LocalService, client: Client) -> None:
    load = _job(client)
    first = _load(load).result
    service.requests.clear()
    load.start_if_due()
    assert not load.state.running
    assert len(service.requests) == 0
    service.add({"config_name": "zz-new"})
    second = _load(load, now=True).result
    assert first is not None
    assert second is not None
    assert second is not first
    assert (len(first.frame), len(second.frame)) == (40, 41)


def test_an_old_inventory_is_renewed(client: Client) -> None:
    load = _job(client, fresh=0)
    first = _load(load).result
    second = _load(load).result
    assert first is not None
    assert second is not None
    assert second is not first


def test_the_old_inventory_stays_on_screen_while_it_is_renewed(service: LocalService, client: Client) -> None:
    load = _job(client)
    first = _load(load).result
    service.latency_ms = NEVER_MS
    load.start_if_due(now=True)
    assert load.state.running
    assert load.state.result is first
    service.stop()
    assert _finished(load).result is first


def test_a_first_load_that_fails_says_why(service: LocalService, client: Client) -> None:
    with service.fail(503):
        state = _load(_job(client))
    assert state.result is None
    assert isinstance(state.error, ServiceError)
    assert not state.running


def test_a_renewal_that_fails_keeps_the_inventory_and_says_why(service: LocalService, client: Client) -> None:
    load = _job(client)
    good = _load(load).result
    with service.fail(429):
        state = _load(load, now=True)
    assert good is not None
    assert state.result is good
    assert isinstance(state.error, RateLimitError)
    renewed = _load(load, now=True)
    assert renewed.error is None
    assert renewed.result is not good


def test_a_service_that_is_gone_is_an_error_like_any_other(client: Client, service: LocalService) -> None:
    load = _job(client)
    good = _load(load).result
    service.stop()
    state = _load(load, now=True)
    assert state.result is good
    assert isinstance(state.error, TransportError)


def test_after_a_failure_nothing_is_tried_again_by_itself_at_once(
    service: LocalService, client: Client
) -> None:
    load = _job(client)
    with service.fail(503):
        _load(load)
    service.requests.clear()
    for _ in range(5):
        load.start_if_due()
    assert not load.state.running
    assert len(service.requests) == 0
    assert _load(load, now=True).result is not None


def test_after_a_while_it_is_tried_again(service: LocalService, client: Client) -> None:
    load = _job(client, retry=0)
    with service.fail(503):
        assert _load(load).error is not None
    assert _load(load).result is not None


def test_a_search_that_cannot_be_sent_ends_the_load_with_its_reason(client: Client) -> None:
    load = _job(client, "\ud800")
    state = _load(load)
    assert isinstance(state.error, ValueError)
    assert not state.running


def test_progress_is_told_while_it_loads() -> None:
    """The first page is there, and the second waits until the test has looked."""
    rows = [{"config_name": f"c{number:05}", "create_time": 1524189990635 + number} for number in range(1500)]
    with LocalService(rows) as service, client_of(service) as client:
        service.fail(503, delay_s=SECONDS, path_contains="&page=2", times=1)
        load = _job(client)
        load.start_if_due()
        while load.state.running and load.state.progress is None:
            load.wait(0.01)
        state = load.state
        assert (state.running, state.progress) == (True, Progress(1000, 1500))
        service.stop()
        assert isinstance(_finished(load).error, TransportError)


def test_an_incomplete_inventory_says_so() -> None:
    row = {"config_name": "a", "create_time": 1524189990635}
    body = {"is_success": True, "config_total_count": 5, "configs": [row]}
    with LocalService(0) as service, client_of(service) as client, service.fail(200, body):
        found = _load(_job(client)).result
    assert found is not None
    assert not found.complete
    assert (len(found.frame), found.reported_total) == (1, 5)


def test_the_age_is_measured_by_a_clock_that_nobody_sets(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _load(_job(client)).result
    assert found is not None
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert 0 <= found.age_seconds < SECONDS


def test_what_is_derived_is_worked_out_once_and_goes_with_the_rows(client: Client) -> None:
    found = _load(_job(client)).result
    assert found is not None
    assert found.selection(Facets()) is found.selection(Facets())
    assert found.timeline(Facets(), "auto") is found.timeline(Facets.of(created_to=date(2000, 1, 1)), "auto")
    gone = weakref.ref(found)
    gc.disable()
    try:
        del found
        assert gone() is None, "an inventory refers to itself, so it stays until it is searched for"
    finally:
        gc.enable()


def test_the_rows_with_a_text_are_an_inventory_of_their_own(service: LocalService, client: Client) -> None:
    loaded = _load(_job(client)).result
    assert loaded is not None
    named = str(loaded.frame["name"].iloc[0])
    found = loaded.searched(named.upper())
    assert found is not None
    assert named in found.frame["name"].tolist()
    assert len(found.frame) == len(found.records) == len(found.positions(View()))
    assert [record["config_name"] for record in found.records] == found.frame["name"].tolist()
    assert set(found.frame["engine"].cat.categories) == set(found.frame["engine"].astype(str))
    assert loaded.searched(named.upper()) is found
    assert loaded.searched("nobody has this") is None
    assert loaded.places_of([(named, 1), ("nobody", 1)]) == [loaded.place_of(named, 1), None]


def test_a_search_is_said_to_be_under_way_and_then_how_it_differs(
    service: LocalService, client: Client
) -> None:
    loaded = _load(_job(client)).result
    assert loaded is not None
    text = str(loaded.frame["name"].iloc[0])
    ahead = loaded.searched(text)
    assert "still searching" in search_words(text, ahead, loaded, is_ahead=True)
    assert "has failed" in search_words(text, ahead, loaded, is_ahead=True, has_failed=True)
    assert "None of the loaded rows" in search_words("nobody has this", None, loaded, is_ahead=False)
    assert search_words("nobody has this", None, loaded, is_ahead=False, has_failed=True) == ""
    many = search_words(text, None, loaded, is_ahead=False)
    assert many.startswith(f"{len(loaded.with_text(text))} of the loaded rows have it")
    assert search_words("", loaded, loaded, is_ahead=False) == search_words(text, None, None, is_ahead=False)
    answered = _load(_job(client, text)).result
    assert search_words(text, answered, loaded, is_ahead=False).endswith("the loaded rows say the same")
    service.add({"config_name": f"{text} too"})
    later = _load(_job(client, text)).result
    assert search_words(text, later, loaded, is_ahead=False).endswith(": 1 more than the loaded rows have")
