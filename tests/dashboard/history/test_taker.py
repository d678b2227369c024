"""Snapshots that are taken by themselves, from a living project over real HTTP."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dashboard.connections import read_settings
from dashboard.data.projects import Project, Projects
from dashboard.data.view import View
from dashboard.history.difference import Difference
from dashboard.history.reading import snapshot_difference
from dashboard.history.settings import HistorySettings
from dashboard.history.take import IncompleteInventoryError, records_of
from dashboard.history.taker import Taker
from dashboard.store.database import Database, open_database
from dashboard.store.errors import DatabaseUnreachableError
from dashboard.store.series_steps import series_steps
from dashboard.store.snapshots import configurations_of, list_snapshots
from modelarts_local import LocalService
from tests.dashboard.builders import inventory_of

SECONDS = 60.0


class Watched:
    """A project of a local service whose loads are remembered in a database."""

    def __init__(self, service: LocalService, database: Database) -> None:
        table = {"endpoint": service.url, "project_id": service.project_id, "token": "t"}
        (connection,) = read_settings({"connections": {"production": table}}, {}).connections
        self.settings = HistorySettings()
        self.taker = Taker(lambda: database, lambda: self.settings)
        collection = Projects()
        self.taker.watch(collection)
        self.project: Project = collection.project(connection)
        self.database = database

    def load(self) -> None:
        """Load everything anew, and wait for what remembers it."""
        load = self.project._load("", "custom")
        load.start_if_due(now=True)
        assert load.wait(SECONDS)
        assert load.state.error is None
        assert self.taker.wait(SECONDS)

    def last_difference(self) -> Difference:
        *_, before, after = list_snapshots(self.database)
        return snapshot_difference(self.database, before, after)


@pytest.fixture
def service() -> Iterator[LocalService]:
    with LocalService(40) as running:
        yield running


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Database]:
    with open_database(f"sqlite:///{tmp_path}/dashboard.db") as opened:
        yield opened


@pytest.fixture
def watched(service: LocalService, file: Database) -> Watched:
    return Watched(service, file)


def test_what_people_do_to_a_project_is_told_as_they_did_it(service: LocalService, watched: Watched) -> None:
    watched.load()
    first, second, third, *_ = service.names()
    service.edit(first, config_desc="edited")
    service.edit(second, config_name="renamed")
    service.remove(third)
    service.add({"config_name": "added", "engine_name": "Ray", "create_time": 1})
    watched.load()
    found = watched.last_difference()
    (edit,) = found.edited
    assert edit.before["config_name"] == first
    assert [(one.field, one.after) for one in edit.fields] == [("config_desc", "edited")]
    assert [(old["config_name"], new["config_name"]) for old, new in found.renamed] == [(second, "renamed")]
    assert ([one["config_name"] for one in found.removed], found.added[0]["config_name"]) == (
        [third],
        "added",
    )
    assert found.equal == 37
    assert [len(step.come) for step in series_steps(watched.database, "production", "custom")] == [40, 3]


def test_a_load_that_brings_the_same_is_no_snapshot_but_confirms_the_last(watched: Watched) -> None:
    watched.load()
    (taken,) = list_snapshots(watched.database)
    watched.load()
    (again,) = list_snapshots(watched.database)
    assert again.id == taken.id
    assert again.confirmed_at > taken.confirmed_at
    assert not watched.taker.state("production", "custom").taken.stored  # type: ignore[union-attr]


def test_details_are_kept_as_long_as_the_list_says_the_same(service: LocalService, watched: Watched) -> None:
    name = service.names()[0]
    detail = watched.project.detail(name, "custom")
    detail.start_if_due()
    assert detail.wait(SECONDS)
    watched.load()
    (with_detail,) = list_snapshots(watched.database)
    assert with_detail.details == 1
    restarted = Watched(service, watched.database)
    restarted.load()
    assert [one.details for one in list_snapshots(watched.database)] == [1]
    service.edit(name, config_desc="another")
    restarted.load()
    *_, last = list_snapshots(watched.database)
    assert last.details == 0
    (edit,) = watched.last_difference().edited
    assert ([one.field for one in edit.fields], edit.unknown) == (["config_desc"], "after")


def test_a_changed_secret_is_a_change_and_is_not_stored(watched: Watched, service: LocalService) -> None:
    name = service.names()[0]
    secrets = ["Zq7xW2mPv9LkRt4BnH6sYd3FgJ8cUe5A", "Mw4tK8zQx2VbNc6RfL9pHj3SgD7yEa5T"]
    for secret in secrets:
        service.edit(name, user_command=f"python train.py --password {secret} --lr 0.1")
        watched.load()
    (edit,) = watched.last_difference().edited
    (change,) = edit.fields
    assert (change.field, change.kind.value) == ("masked_secrets.user_command", "security")
    assert change.before != change.after
    held = str([configurations_of(watched.database, one) for one in list_snapshots(watched.database)])
    assert "--password" in held
    assert not any(secret[:8] in held for secret in secrets)


def test_two_replicas_that_load_the_same_store_it_once(
    service: LocalService, database: Database, replica: Database
) -> None:
    both = Watched(service, database), Watched(service, replica)
    for one in both:
        one.load()
    service.remove(service.names()[0])
    for one in reversed(both):
        one.load()
    assert [one.count for one in list_snapshots(database)] == [40, 39]
    assert list_snapshots(database) == list_snapshots(replica)


def test_an_incomplete_inventory_is_never_stored(watched: Watched) -> None:
    whole, part = inventory_of({"config_name": "a"}), inventory_of({"config_name": "a"}, complete=False)
    watched.taker.loaded(watched.project, "custom", part)
    assert watched.taker.wait(SECONDS)
    assert list_snapshots(watched.database) == ()
    with pytest.raises(IncompleteInventoryError):
        records_of(part, {})
    watched.taker.loaded(watched.project, "custom", whole)
    assert watched.taker.wait(SECONDS)
    assert len(list_snapshots(watched.database)) == 1


def test_a_search_is_no_snapshot_and_switched_off_none_is_taken(watched: Watched) -> None:
    load = watched.project.inventory(View(search="a"))
    assert load.wait(SECONDS)
    assert watched.taker.wait(SECONDS)
    assert list_snapshots(watched.database) == ()
    watched.settings = HistorySettings(enabled=False)
    watched.load()
    assert list_snapshots(watched.database) == ()


def test_a_store_that_fails_is_told_once_and_changes_nothing_else(
    service: LocalService, file: Database, caplog: pytest.LogCaptureFixture
) -> None:
    watched = Watched(service, file)
    works: list[bool] = []

    def database() -> Database:
        if works:
            return file
        raise DatabaseUnreachableError("No server answers.", "Start it.")

    watched.taker._database = database
    with caplog.at_level(logging.WARNING):
        watched.load()
        watched.load()
    failed = watched.taker.state("production", "custom")
    assert failed.failure == "No server answers. Start it."
    assert failed.failed_at is not None
    assert [record.getMessage() for record in caplog.records] == [
        "no snapshot of connection production: No server answers. Start it."
    ]
    assert watched.project.whole() is not None
    works.append(True)
    watched.load()
    state = watched.taker.state("production", "custom")
    assert (state.failure, state.failed_at) == ("", None)
    assert len(list_snapshots(file)) == 1


def test_old_snapshots_go_but_never_by_settings_that_are_mistyped(
    service: LocalService, watched: Watched
) -> None:
    watched.settings = HistorySettings(keep_days=1, keep_last=1, faults=("keep_last is not a whole number",))
    rows: list[dict[str, Any]] = [{"config_name": "old"}]
    from dashboard.store.snapshots import put_snapshot

    put_snapshot(watched.database, "production", "custom", datetime(2026, 1, 1, tzinfo=UTC), rows)
    put_snapshot(watched.database, "production", "custom", datetime(2026, 1, 2, tzinfo=UTC), [])
    watched.load()
    assert len(list_snapshots(watched.database)) == 3
    watched.settings = HistorySettings(keep_days=1, keep_last=1)
    service.remove(service.names()[0])
    watched.load()
    assert [one.count for one in list_snapshots(watched.database)][-2:] == [40, 39]
    assert len(list_snapshots(watched.database)) == 3  # the one that held a day ago stays
    assert len(configurations_of(watched.database, list_snapshots(watched.database)[0])) == 0
