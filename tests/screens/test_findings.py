"""The findings as a viewer meets them: from the overview to one that is accepted, and back."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from types import SimpleNamespace
from unittest import mock
from urllib.parse import parse_qs

import pytest
import streamlit as st

from dashboard.audit.live import Audited, live_of
from dashboard.data.database import shared_database
from dashboard.data.projects import projects
from dashboard.data.view import View
from dashboard.store.snapshots import put_snapshot
from dashboard.ui import comparing, drawer, finding_files, findings, state, waivers
from modelarts_local import LocalService
from tests.screens.opened import Opened

FINDINGS = "../pages/findings.py"


@pytest.fixture
def opened(service: LocalService, connect: Callable[[str, str], None]) -> Callable[..., Opened]:
    connect(service.url, service.project_id)

    def open_with(**parameters: object) -> Opened:
        found = Opened(parameters)
        found.settle()
        return found

    return open_with


def audited() -> Audited:
    """What the audit says of the one connection that there is."""
    (connection,) = projects().registry.settings().connections
    project = projects().project(connection)
    loaded = project.loaded(View())
    assert loaded is not None
    found = live_of(project).job(project, loaded, whole=True).state.result
    assert found is not None
    return found


def to_findings(opened: Opened) -> Opened:
    opened.app.switch_page(FINDINGS)
    return opened.settle()


def about_to_accept(opened: Callable[..., Opened]) -> Opened:
    """The secrets that were found, and a form with all that accepting them needs."""
    screen = to_findings(opened(check="SEC001"))
    screen.app.text_area(key="many_reason").set_value("known")
    screen.app.text_input(key="many_owner").set_value("vision")
    return screen


def test_the_overview_says_how_bad_it_is_and_sorts_the_worst_first(opened: Callable[..., Opened]) -> None:
    screen = opened()
    top = screen.html("top")
    assert 'data-press="choose severity critical"' in top
    screen.press("top", "worst")
    assert screen.frame()["severity"].iloc[0].strip().endswith("critical")
    screen.press("top", "choose severity critical")
    assert {text.split()[-1] for text in screen.frame()["severity"]} == {"critical"}


def test_the_findings_follow_the_filters_and_say_what_to_do(opened: Callable[..., Opened]) -> None:
    screen = to_findings(opened())
    assert "SEC001" in screen.html("findings")
    assert screen.html("worst_findings").count("<tr data-press=") == 10
    assert "critical" in screen.html("worst_findings").split("<tr data-press=")[1]
    screen.choose(check=["SEC001"])
    one = screen.html("one_check")
    assert "What to do" in one
    assert "holds a" in one
    assert "configurations are clean" in screen.html("findings_summary")
    assert "SEC001" in screen.html("matrix")


def test_where_a_text_is_that_no_search_finds_is_counted_under_the_filters_by_findings(
    opened: Callable[..., Opened],
) -> None:
    screen = opened(check="HYG001")
    screen.choose(search="TF-1.8.0")
    button = screen.app.button(key="elsewhere_version")
    screen.click("elsewhere_version")
    under_check = screen.figures()["Configurations"]
    assert button.label == f"{under_check} in version"
    screen.choose(check=[])
    assert 0 < int(under_check) < int(screen.figures()["Configurations"])


def test_a_press_on_a_finding_opens_the_details_with_the_part_marked(opened: Callable[..., Opened]) -> None:
    screen = to_findings(opened(check="SEC001"))
    place = screen.html("one_check").split('data-press="open ')[1].split()[0]
    found = audited()
    here = SimpleNamespace(query_params=screen.app.query_params, session_state=screen.app.session_state)
    seen = SimpleNamespace(inventory=found.inventory, audited=found)
    with mock.patch.object(findings, "st", here), mock.patch.object(drawer, "st", here):
        findings._on_press(seen, f"open {place} SEC001")  # type: ignore[arg-type]
        findings._on_press(seen, "open 99999999 SEC001")  # type: ignore[arg-type]
    screen.settle()
    assert "<mark>•••" in screen.html("details")
    assert 'data-press="mark SEC001"' in screen.html("details")


def test_ticked_findings_are_compared(opened: Callable[..., Opened]) -> None:
    screen = to_findings(opened(check="SEC001"))
    assert screen.app.button(key="compare_ticked").disabled
    places = re.findall('data-press="tick ([0-9]+)"', screen.html("one_check"))[:3]
    found = audited()
    seen = SimpleNamespace(inventory=found.inventory, audited=found)
    here = SimpleNamespace(session_state=screen.app.session_state)
    with mock.patch.object(comparing, "st", here):
        for words in (*places, "99999999", "x"):
            findings._on_press(seen, f"tick {words}")  # type: ignore[arg-type]
    screen.settle()
    assert screen.html("one_check").count('aria-checked="true"') == 3
    assert screen.app.button(key="compare_ticked").label == "Compare 3 configurations"
    screen.app.button(key="compare_ticked").click()
    names = [comparing.row_of(found.inventory, int(place))[0] for place in places]
    assert screen.settle().app.query_params["compare"] == names


def test_a_finding_in_the_details_leads_to_others_that_have_it(opened: Callable[..., Opened]) -> None:
    screen = to_findings(opened(check="SEC001"))
    name = screen.html("one_check").split("Compare ")[1].split('"')[0]
    details = opened(config=name).html("details")
    assert re.search("Compare with (3 of )?the [0-9]+ others that have it", details)
    address = unescape(details).split('<a href="compare?')[1].split('"')[0]
    others = parse_qs(address)["compare"]
    assert others[0] == name
    assert len(set(others)) == len(others) == 4
    beside = opened(compare=others)
    beside.app.switch_page("../pages/compare.py")
    assert "data-copy" in beside.settle().html("copy_comparison")


def test_findings_are_accepted_with_a_reason_and_an_owner(
    opened: Callable[..., Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waivers, "SAID_SECONDS", 600.0)
    screen = to_findings(opened(check="SEC001"))
    screen.click("many_accept")
    assert "Nothing was accepted. Missing: a reason, an owner." in screen.notices()
    screen.app.text_area(key="many_reason").set_value("known, replaced next week")
    screen.app.text_input(key="many_owner").set_value("vision")
    screen.click("many_accept")
    limit = time.monotonic() + 60
    while "for vision:" not in screen.html("one_check"):
        assert time.monotonic() < limit, "what was accepted is not seen"
        screen.settle()
    assert "test@example.com" in screen.html("waivers"), (
        "the signed-in viewer, as the framework's tests call them"
    )
    # Still told after the runs that the audit has caused; not for ever.
    assert re.search(
        r"\d+ accepted until \d{4}-\d\d-\d\d by ` test@example.com `\.$", screen.app.success[0].value
    )
    said = screen.app.session_state[state.SAID]
    for ended in (replace(said, until=time.monotonic()), replace(said, connection="another")):
        screen.app.session_state[state.SAID] = ended
        screen.settle()
        assert not screen.app.success
    screen.choose(status=["open"])
    assert "No configuration matches" in "".join(str(one.value) for one in screen.app.info)
    taken_back = re.search(r"revoke \d+", screen.html("waivers"))
    assert taken_back
    (connection,) = projects().registry.settings().connections
    seen = SimpleNamespace(
        project=projects().project(connection), connection=connection, viewer=SimpleNamespace(claims={})
    )
    told = {state.SAID: said}
    with mock.patch.object(waivers, "st", SimpleNamespace(session_state=told)):
        waivers._on_press(seen, taken_back[0])  # type: ignore[arg-type]
    assert not told, "it is accepted no longer"
    active = live_of(seen.project).waivers(connection.name).active
    assert taken_back[0] not in [f"revoke {waivers.id_of(one)}" for one in active]


def test_where_the_severity_is_that_of_another_finding_it_is_told(opened: Callable[..., Opened]) -> None:
    screen = to_findings(opened(check="EOL001", severity="critical"))
    assert "that of its worst finding" in "".join(str(one.value) for one in screen.app.info)
    screen.choose(severity=[], check=[])
    assert not screen.app.info


def test_findings_that_are_too_many_to_accept_are_counted(
    opened: Callable[..., Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waivers, "MAX_AT_ONCE", 5)
    screen = to_findings(opened())
    count = len(audited().audit)
    told = f"At most 5 can be accepted at once, and {count:,} are on screen."
    assert any(text.value.startswith(told) for text in screen.app.text)
    assert "many_accept" not in [button.key for button in screen.app.button]


def test_an_end_that_is_over_is_refused_in_words(opened: Callable[..., Opened]) -> None:
    screen = about_to_accept(opened)
    screen.app.date_input(key="many_expires").set_value(date(2020, 1, 1))
    screen.click("many_accept")
    assert "Nothing was accepted: 2020-01-01 is over" in screen.notices()
    assert "for vision:" not in screen.html("one_check")


def test_what_is_accepted_is_not_lost_with_a_run_that_is_given_up(
    opened: Callable[..., Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = about_to_accept(opened)
    count = len(audited().audit.positions(checks=["SEC001"]))
    monkeypatch.setattr(waivers, "draw_for", lambda *_: st.stop())
    screen.click("many_accept")
    (connection,) = projects().registry.settings().connections
    live = live_of(projects().project(connection))
    live.forget_waivers()
    assert len(live.waivers(connection.name).active) == count > 1


def test_what_a_viewer_may_no_longer_see_is_not_accepted(
    opened: Callable[..., Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = about_to_accept(opened)
    (connection,) = projects().registry.settings().connections
    live = live_of(projects().project(connection))
    monkeypatch.setenv("MODELARTS_PROJECT_ID", "another")
    screen.click("many_accept")
    assert not screen.app.success
    live.forget_waivers()
    assert not live.waivers(connection.name).active


def test_files_hold_the_findings_on_screen(opened: Callable[..., Opened]) -> None:
    to_findings(opened(check="SEC001"))
    found = audited()
    audit = found.audit.only(found.audit.positions(checks=["SEC001"]))
    lines = finding_files.text_of("production", audit, "csv").splitlines()
    assert len(lines) == len(audit) + 1 > 1
    assert '"check": "SEC001"' in finding_files.text_of("production", audit, "json")


def test_a_database_that_cannot_be_used_is_told(
    opened: Callable[..., Opened], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DASHBOARD_DATABASE_URL", f"sqlite:///{tmp_path}/nowhere/x.db")
    (tmp_path / "nowhere").touch()
    screen = to_findings(opened(check="SEC001"))
    screen.app.text_area(key="many_reason").set_value("x")
    screen.app.text_input(key="many_owner").set_value("x")
    screen.click("many_accept")
    assert "Not everything was accepted" in screen.notices()


def test_the_forecast_follows_the_day_in_the_address(opened: Callable[..., Opened]) -> None:
    screen = to_findings(opened(as_of="2022-01-01"))
    assert "By 2022-01-01" in screen.html("lifetimes")


def test_the_notice_of_huawei_cloud_is_for_its_connections_alone() -> None:
    assert findings.is_over("https://modelarts.cn-north-4.myhuaweicloud.com")
    assert not findings.is_over("https://modelarts.eu-de.otc.t-systems.com")
    assert not findings.is_over("http://127.0.0.1:8000")


def test_a_name_is_asked_for_where_nobody_signs_in() -> None:
    assert waivers.viewer_name({"email": "anna@example.com", "sub": "1"}) == "anna@example.com"
    assert waivers.viewer_name({"sub": "1"}) == "1"
    assert waivers.viewer_name({"email": 7}) == ""
    given = waivers.Given("", "vision", date(2030, 1, 1), "")
    assert given.missing == "a reason, your name"


def test_samples_say_why_they_have_no_details(opened: Callable[..., Opened]) -> None:
    said = to_findings(opened(config_type="sample")).html("findings_summary")
    assert "details for 0 of 18: loaded of custom configurations only." in said


def test_no_notice_of_huawei_cloud_elsewhere(opened: Callable[..., Opened]) -> None:
    assert "takes no new jobs" not in to_findings(opened()).notices()


def test_new_since_leaves_what_the_last_snapshot_before_did_not_hold(opened: Callable[..., Opened]) -> None:
    screen = to_findings(opened())
    found = audited()
    held = [dict(record) for record in found.inventory.records[5:]]
    put_snapshot(shared_database(), "environment", "custom", datetime(2020, 1, 1, tzinfo=UTC), held)
    screen.choose(new_since=date(2020, 1, 2))
    assert "</b> of 5 configurations" in screen.html("findings_summary")
    screen.choose(new_since=date(2020, 1, 1))
    assert "No snapshot is as old as that" in screen.notices()
    assert f"</b> of {len(found.inventory.frame)} configurations" in screen.html("findings_summary")
