"""Details in the background: they come, they are kept, and only what is new is asked for again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from dashboard.connections import read_settings
from dashboard.data import details as module
from dashboard.data.details import Details, check_settings, details_wanted
from dashboard.data.loads import LoadedInventory, load_inventory
from dashboard.data.projects import Projects
from dashboard.data.view import View
from modelarts_api import Client, DetailLoad, ServiceError
from modelarts_local import LocalService
from tests.dashboard.builders import client_of

SECONDS = 60.0


@pytest.fixture
def service() -> Iterator[LocalService]:
    with LocalService(30) as running:
        yield running


@pytest.fixture
def client(service: LocalService) -> Iterator[Client]:
    with client_of(service) as found:
        yield found


def load(client: Client) -> LoadedInventory:
    return load_inventory(client, "", "custom", lambda _progress: None)


def asked(service: LocalService) -> list[str]:
    """The names whose details were asked for since the last time."""
    found = [
        line.path.rpartition("/")[2] for line in service.requests if "/training-job-configs/" in line.path
    ]
    service.requests.clear()
    return found


def test_the_details_of_every_configuration_come_masked(client: Client) -> None:
    details, inventory = Details(client), load(client)
    assert details.state().words == "details for 0 of 0"
    details.want(inventory)
    assert details.wait(SECONDS)
    state, found = details.state(), details.found()
    assert (state.done, state.total, state.complete, state.running) == (30, 30, True, False)
    assert state.words == "details for 30 of 30"
    assert set(found) == set(inventory.frame["name"])
    assert all("spec_code" in detail.record for detail in found.values())
    assert any(detail.secrets for detail in found.values())


def test_another_inventory_asks_only_for_what_is_new_or_changed(
    service: LocalService, client: Client
) -> None:
    details = Details(client)
    details.want(load(client))
    assert details.wait(SECONDS)
    first, second, *_ = service.names()
    service.edit(first, config_desc="changed")
    service.remove(second)
    service.add({"config_name": "new"})
    asked(service)
    details.want(load(client))
    assert details.wait(SECONDS)
    assert sorted(asked(service)) == sorted([first, "new"])
    assert second not in details.found()
    assert details.found()[first].record["config_desc"] == "changed"


def test_a_load_that_fails_goes_on_where_it_ended(
    service: LocalService, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.0)
    details, inventory = Details(client), load(client)
    names = service.names()
    with service.fail(500, path_contains="/training-job-configs/"):
        details.want(inventory)
        assert details.wait(SECONDS)
    assert isinstance(details.state().error, ServiceError)
    with service.fail(500, path_contains=f"/{names[3]}?"):
        details.want(inventory)
        assert details.wait(SECONDS)
        assert (details.state().done, details.state().failed, details.state().complete) == (29, 1, True)
    asked(service)
    details._job.start_if_due(now=True)
    assert details.wait(SECONDS)
    assert asked(service) == [names[3]]
    assert details.state().done == 30


def test_what_cannot_be_loaded_is_counted_and_told_by_reason(
    service: LocalService, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("twin", "twin", "  ", "..", None):
        service.add({"config_name": name, "create_time": 1})
    details = Details(client)
    details.want(load(client))
    assert details.wait(SECONDS)
    assert details.state().complete
    assert details.state().words == "details for 31 of 35"
    assert details.state().missing_words == "1 could not be loaded, 3 have no name of their own"
    monkeypatch.setattr(module, "MAX_DETAILS", 30)
    details.want(load(client))
    assert details.wait(SECONDS)
    assert details.state().missing_words == "3 have no name of their own, 2 are older than the newest 30"


def test_an_inventory_comes_first(client: Client) -> None:
    calls: list[bool] = []

    def busy() -> bool:
        calls.append(len(calls) < 5)
        return calls[-1]

    details = Details(client, busy)
    details.want(load(client))
    assert details.wait(SECONDS)
    assert details.state().done == 30
    assert calls[:6] == [True] * 5 + [False]


def test_viewers_come_first_and_yet_all_of_them_come(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CROWD_SECONDS", 0.0)
    asked_for: list[int] = []
    load_details = client.load_details

    def noted(names: Mapping[str, str], **options: Any) -> DetailLoad:
        asked_for.append(len(names))
        return load_details(names, **options)

    monkeypatch.setattr(client, "load_details", noted)
    details = Details(client, crowded=lambda: True)
    details.want(load(client))
    assert details.wait(SECONDS)
    assert asked_for == [16, 14]
    assert details.state().complete


def test_only_so_many_are_kept_the_newest(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_DETAILS", 4)
    details, inventory = Details(client), load(client)
    details.want(inventory)
    assert details.wait(SECONDS)
    newest = inventory.frame.sort_values("created", ascending=False)["name"].tolist()[:4]
    assert sorted(details.found()) == sorted(newest)
    assert details.state().words == "details for 4 of 30"


def test_a_connection_that_goes_takes_its_details_along(
    service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_AUDIT_DETAILS", "true")
    collection = Projects()
    table = {"endpoint": service.url, "project_id": service.project_id, "token": "t-0123456789"}
    (connection,) = read_settings({"connections": {"a": table}}, {}).connections
    project = collection.project(connection)
    assert project.inventory(View()).wait(SECONDS)
    details = project.details()
    assert details.wait(SECONDS)
    assert project.details() is details
    collection._forget(frozenset())
    assert details._stopped.is_set()
    assert collection.details_of(connection, project.client) is not details


@pytest.mark.parametrize(
    ("tables", "wanted"),
    [({}, True), ({"audit": {"details": False}}, False), ({"audit": {"details": True}}, True)],
)
def test_a_setting_turns_it_off(tables: dict[str, object], wanted: bool) -> None:
    assert details_wanted(tables, {}) is wanted
    assert details_wanted(tables, {"DASHBOARD_AUDIT_DETAILS": "True"}) is True


def test_a_setting_that_is_neither_is_told() -> None:
    check_settings({"audit": {"details": False, "fingerprint_key": "k" * 32}}, {})
    with pytest.raises(ValueError, match=r"detials is not a key of \[audit\]; is details meant\?"):
        check_settings({"audit": {"detials": False}}, {})
    with pytest.raises(ValueError, match=r"\[audit\] details must be true or false"):
        check_settings({"audit": {"details": "no"}}, {})
    with pytest.raises(ValueError, match=r"\[audit\] details must be true or false"):
        details_wanted({"audit": {"details": "no"}}, {})
    with pytest.raises(ValueError, match="DASHBOARD_AUDIT_DETAILS must be true or false"):
        details_wanted({}, {"DASHBOARD_AUDIT_DETAILS": "no"})
