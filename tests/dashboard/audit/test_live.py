"""Audits of what is on screen: shared, and made again when details or waivers are others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from dashboard.audit import live as module
from dashboard.audit.findings import Audit, Status
from dashboard.audit.live import Audited, Live, audit_loads, audit_of, live_of, progress_words
from dashboard.audit.run import Auditor
from dashboard.audit.subjects import Subjects
from dashboard.audit.waivers import waivers_for
from dashboard.connections import read_settings
from dashboard.data.background import JobState
from dashboard.data.database import close_database, shared_database
from dashboard.data.details import DetailsState
from dashboard.data.loads import LoadedInventory
from dashboard.data.projects import Project, Projects
from dashboard.data.view import Facets, View
from dashboard.store.waivers import add_waivers
from modelarts_local import LocalService

SECONDS = 60.0


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DASHBOARD_DATABASE_URL", f"sqlite:///{tmp_path}/dashboard.db")
    monkeypatch.setenv("DASHBOARD_AUDIT_DETAILS", "true")
    yield
    close_database()


@pytest.fixture
def service() -> Iterator[LocalService]:
    with LocalService(40) as running:
        yield running


@pytest.fixture
def project(service: LocalService) -> Iterator[Project]:
    table = {"endpoint": service.url, "project_id": service.project_id, "token": "t-0123456789"}
    (connection,) = read_settings({"connections": {"a": table}}, {}).connections
    found = Projects().project(connection)
    details = found.details()
    yield found
    assert not details.state().running or details.wait(SECONDS)


def loaded(project: Project) -> LoadedInventory:
    job = project.inventory(View())
    assert job.wait(SECONDS)
    found = job.state.result
    assert found is not None
    return found


def audited(project: Project, inventory: LoadedInventory) -> Audited:
    job = live_of(project).job(project, inventory, whole=True)
    assert job.wait(SECONDS)
    assert job.state.error is None
    assert job.state.result is not None
    return job.state.result


def test_all_who_look_share_an_audit(project: Project) -> None:
    inventory = loaded(project)
    live = live_of(project)
    assert live is live_of(project)
    first = live.job(project, inventory, whole=True)
    assert live.job(project, inventory, whole=True) is first
    assert first.wait(SECONDS)
    assert first.state.result is not None
    assert len(first.state.result.audit)
    assert "severity" in first.state.result.inventory.frame


def test_details_that_have_come_are_audited(project: Project) -> None:
    inventory = loaded(project)
    assert project.details().wait(SECONDS)
    found = audited(project, inventory)
    assert found.details == 40
    assert found.audit.coverage.words == "details for 40 of 40"
    assert "details are not loaded" not in str(found.audit.not_assessed)


def test_details_that_the_audit_has_not_used_yet_are_told(project: Project) -> None:
    found = audited(project, loaded(project))
    assert project.details().wait(SECONDS)
    shown: JobState[Audited, None] = JobState(result=replace(found, details=0), running=True)
    state = project.projects.details_state(project.connection)
    assert state.complete
    assert progress_words(shown, state).endswith("of 40")
    assert not progress_words(JobState(result=replace(found, details=40)), state)


@contextmanager
def held_audits() -> Iterator[tuple[Event, Event]]:
    """Hold audits from here on: whether one has begun, and what lets them go on."""
    begun, goes_on = Event(), Event()
    usual = Auditor.audit

    def audit(auditor: Auditor, *subjects: Any, **options: Any) -> Audit:
        begun.set()
        assert goes_on.wait(SECONDS)
        return usual(auditor, *subjects, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Auditor, "audit", audit)
        yield begun, goes_on


def test_what_is_loaded_again_is_shown_once_it_is_audited(project: Project, service: LocalService) -> None:
    audit_loads(project.projects)
    first = loaded(project)
    audited(project, first)
    with held_audits() as (begun, goes_on):
        service.edit(service.names()[0], config_desc="another")
        project.renew(View())
        assert begun.wait(SECONDS)
        assert project.whole() is first
        goes_on.set()
        renewed = loaded(project)
    assert renewed is not first
    found = audit_of(renewed).result
    assert found is not None
    assert "severity" in found.inventory.frame


def test_what_a_search_has_found_is_shown_once_it_is_audited(project: Project) -> None:
    audit_loads(project.projects)
    audited(project, loaded(project))
    view = View(search="a")
    with held_audits() as (begun, goes_on):
        load = project.inventory(view)
        assert begun.wait(SECONDS)
        assert project.loaded(view) is None  # the loaded rows stand in for it, with what their audit says
        goes_on.set()
        assert load.wait(SECONDS)
    answered = project.loaded(view)
    assert answered is not None
    found = audit_of(answered).result
    assert found is not None
    assert "severity" in found.inventory.frame


def test_what_a_search_has_found_where_no_rows_stood_in_is_shown_at_once(project: Project) -> None:
    audit_loads(project.projects)
    audited(project, loaded(project))
    view = View(search="nobody has this")
    assert project.inventory(view).wait(SECONDS)
    answered = project.loaded(view)
    assert answered is not None
    assert audit_of(answered) == JobState()


def test_what_was_not_audited_before_is_shown_at_once(project: Project, service: LocalService) -> None:
    audit_loads(project.projects)
    first = loaded(project)
    service.edit(service.names()[0], config_desc="another")
    project.renew(View())
    renewed = loaded(project)
    assert renewed is not first
    assert audit_of(renewed) == JobState()


def test_a_renewal_that_brings_the_same_rows_is_not_audited_anew(project: Project) -> None:
    inventory = loaded(project)
    assert project.details().wait(SECONDS)
    first = audited(project, inventory)
    project.renew(View())
    second = audited(project, loaded(project))
    assert second.inventory.rows is first.inventory.rows
    assert second.inventory.loaded_at > first.inventory.loaded_at
    assert second.audit.failures is first.audit.failures
    assert second.inventory.frame["severity"].tolist() == first.inventory.frame["severity"].tolist()


def test_a_renewal_that_brings_others_is_audited_anew_and_nothing_from_before_stays(
    project: Project, service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    def renewed() -> Audited:
        project.renew(View())
        return audited(project, loaded(project))

    inventory = loaded(project)
    assert project.details().wait(SECONDS)
    first, name = audited(project, inventory), str(inventory.frame["name"].iloc[0])

    service.edit(name, user_command="python train.py --password=hunter2hunter2")
    edited = renewed()
    assert edited.inventory.frame["severity"].iloc[0] == "critical"
    assert edited.audit.subjects[0].record != first.audit.subjects[0].record

    monkeypatch.setattr(module, "_now", lambda: datetime(2099, 1, 1, tzinfo=UTC))
    later = renewed()
    assert later.inventory.rows is edited.inventory.rows
    assert later.audit.failures is not edited.audit.failures
    assert later.day == date(2099, 1, 1)

    service.remove(name)
    assert len(renewed().audit.subjects) == len(inventory.frame) - 1


def test_a_renewal_of_the_same_rows_tells_the_total_that_it_was_told(
    project: Project, service: LocalService
) -> None:
    first = audited(project, inventory := loaded(project))
    rows = [dict(record) for record in inventory.records]
    with service.fail(200, {"is_success": True, "config_total_count": 99, "configs": rows}):
        project.renew(View())
        second = audited(project, loaded(project))
    assert second.inventory.rows is first.inventory.rows
    assert (first.audit.coverage.reported_total, second.audit.coverage.reported_total) == (40, 99)
    assert (first.inventory.complete, second.inventory.complete) == (True, False)


def test_what_is_accepted_is_seen_at_the_next_look_and_lapses(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAIVERS_SECONDS", 0.0)
    inventory = loaded(project)
    assert project.details().wait(SECONDS)
    before = audited(project, inventory)
    first = before.audit.finding(0)
    new = waivers_for([first], "a", reason="known", owner="vision", expires=date(2999, 1, 1))
    add_waivers(shared_database(), new, "anna", datetime.now(UTC))
    after = audited(project, inventory)
    assert after.audit.finding(0).status is Status.ACCEPTED
    assert [one.created_by for one in after.waivers.active] == ["anna"]
    assert after.inventory.selection(Facets.of(status=("accepted",))).key_figures.configurations == 1


def test_a_database_that_cannot_be_read_is_told_and_ends_no_audit(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_DATABASE_URL", "mysql://u:secret@h/n")
    found = audited(project, loaded(project))
    assert len(found.audit)
    assert "mysql" in found.waivers.fault
    assert "secret" not in found.waivers.fault


def test_settings_that_cannot_be_used_are_told(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "audit.toml"
    path.write_text("max_age_days = 'x'")
    monkeypatch.setenv("DASHBOARD_AUDIT_SETTINGS", str(path))
    found = audited(project, loaded(project))
    assert "max_age_days" in found.settings_fault


def test_the_engines_are_asked_for_once(project: Project, service: LocalService) -> None:
    first = loaded(project)
    audited(project, first)
    project.renew(View())
    second = loaded(project)
    assert second is not first
    audited(project, second)
    assert len([one for one in service.requests if "ai-engines" in one.path]) == 1


def test_the_audits_go_with_the_connection(project: Project) -> None:
    kept: Live = live_of(project)
    project.projects._forget(frozenset())
    assert live_of(project) is not kept


def test_what_was_accepted_before_the_details_came_stays_accepted(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    inventory = loaded(project)
    monkeypatch.setattr(module, "WAIVERS_SECONDS", 0.0)
    plain = Auditor().audit(Subjects(inventory, {}), datetime.now(UTC))
    found = [plain.finding(int(place)) for place in plain.positions(checks=["SEC001"])]
    assert found
    new = waivers_for(found, "a", reason="known", owner="vision", expires=date(2999, 1, 1))
    add_waivers(shared_database(), new, "anna", datetime.now(UTC))
    assert project.details().wait(SECONDS)
    after = audited(project, inventory)
    assert after.details == 40
    statuses = {after.audit.finding(int(place)).status for place in after.audit.positions(checks=["SEC001"])}
    assert statuses == {Status.ACCEPTED}


@pytest.mark.parametrize(
    ("details", "audited", "seconds", "due"),
    [
        (DetailsState(30, 1_000, running=True), 20, 9.0, True),
        (DetailsState(29, 1_000, running=True), 20, 9.0, False),
        (DetailsState(1_000, 1_000), 900, 9.0, True),
        (DetailsState(30, 1_000, running=True), 20, 1.0, False),
        (DetailsState(29, 1_000), 20, 9.0, True),
        (DetailsState(29, 1_000), 29, 9.0, False),
        (DetailsState(1_000, 1_000), 900, 0.0, True),
    ],
)
def test_an_audit_is_done_again_for_half_as_many_details_more_or_when_no_more_come(
    details: DetailsState, audited: int, seconds: float, due: bool
) -> None:
    assert module._is_due(details, audited, seconds) is due
