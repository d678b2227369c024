"""The screen of changes: two points in time, what is ignored, and a configuration's own history."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from dashboard.data.database import shared_database
from dashboard.data.projects import projects
from dashboard.history.noise import ignored_fields
from dashboard.history.taker import taker
from dashboard.store.snapshots import list_snapshots
from modelarts_local import LocalService
from tests.screens.opened import SECONDS, Opened
from tests.screens.test_connection_screen import facts, on_connection_screen
from tests.screens.test_sign_in import ANNA, EVE
from tests.screens.test_sign_in import opened as signed_in

Open = Callable[..., Opened]
CHANGES = "../pages/changes.py"


def renewed(screen: Opened) -> Opened:
    """Load everything again, and wait until that is remembered."""
    screen.click("refresh")
    assert taker().wait(SECONDS)
    return screen


def on_changes(screen: Opened) -> Opened:
    """Go to the screen of changes."""
    screen.app.switch_page(CHANGES)
    return screen.settle()


def counts(screen: Opened) -> dict[str, str]:
    """The counts on the cards by their labels."""
    html = screen.html("change_counts")
    return dict(re.findall(r'class="label">([^<]*)</span><span class="value">([^<]*)<', html))


def listed(screen: Opened) -> list[tuple[str, str]]:
    """Kind and name of each configuration that is listed."""
    html = screen.html("changes")
    found = re.findall(r'class="kind (\w+)">.*?<button[^>]*><bdi>(.*?)</bdi></button>', html)
    return [(kind, unescape(name)) for kind, name in found]


@pytest.fixture
def living(own_overview: Open, own_service: LocalService) -> Opened:
    """A screen on the changes of a project of which three configurations are different by now."""
    screen = own_overview()
    assert taker().wait(SECONDS)
    edited, renamed, removed, *_ = own_service.names()
    own_service.edit(edited, config_desc="<b>now</b>", user_command="python t.py --lr 0.2")
    own_service.edit(renamed, config_name="renamed")
    own_service.remove(removed)
    own_service.add({"config_name": "come", "engine_name": "Ray", "create_time": 1})
    return on_changes(renewed(screen))


def test_the_last_two_snapshots_are_compared_by_themselves(living: Opened) -> None:
    assert counts(living) == {"Added": "1", "Removed": "1", "Renamed": "1", "Edited": "1"}
    kinds = [kind for kind, _ in listed(living)]
    assert kinds == ["edited", "removed", "added", "renamed"]
    assert ("added", "come") in listed(living)
    assert "Caused: " in living.html("changes")
    assert "&lt;b&gt;now&lt;/b&gt;" in living.html("changes")
    assert "<b>now" not in living.html("changes")
    assert "Ray" in "".join(str(element.proto.body) for element in living.app.get("html"))


def test_findings_by_severity_stand_beside_engines_over_time(living: Opened) -> None:
    assert "judged by today’s checks" in living.everything()
    table = living.everything().partition("Findings over time</caption>")[2]
    assert "60" in table  # configurations


def test_a_day_leads_to_what_happened_on_it(living: Opened) -> None:
    first, last = list_snapshots(shared_database())
    table = living.everything().replace("\\", "").partition("Changes by day")[2]
    points = parse_qs(unescape(table.split('<a href="changes?')[1].split('"')[0]))
    assert points["before"] == [first.taken_at.isoformat()]
    assert points["after"] == [last.taken_at.isoformat()]
    living.app.query_params.update({name: values[0] for name, values in points.items()})
    assert counts(living.settle())["Edited"] == "1"


def test_two_points_in_time_are_chosen_and_stand_in_the_address(living: Opened) -> None:
    first, last = list_snapshots(shared_database())
    living.choose(before=str(first.id), after=str(first.id))
    assert set(counts(living).values()) == {"0"}
    assert living.app.query_params["before"] == str(first.id)
    living.choose(before="7d", after=str(last.id))
    assert counts(living)["Added"] == "1"


@pytest.mark.parametrize("junk", [{"before": "x"}, {"after": "99"}, {"show": "<b>"}, {"changes_page": "-1"}])
def test_junk_in_the_address_shows_the_last_two(living: Opened, junk: dict[str, str]) -> None:
    living.app.query_params.update(junk)
    living.settle()
    assert counts(living)["Edited"] == "1"
    assert len(listed(living)) == 4


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            {"before": "999"},
            "no snapshot with the number 999 of this connection and type. Shown",
        ),
        ({"before": "2001-01-01T00:00:00Z"}, "Nothing is known of that time: the first snapshot was taken"),
        ({"after": "999"}, "Shown in its place: the last one"),
        ({"before": "visit"}, "Shown in its place: the snapshot before"),
    ],
)
def test_a_point_in_time_that_is_not_there_is_told_and_stays_in_the_address(
    living: Opened, own_overview: Open, asked: dict[str, str], told: str
) -> None:
    screen = on_changes(own_overview(**asked)).settle()
    assert told in screen.notices()
    assert {name: screen.app.query_params[name] for name in asked} == asked
    assert counts(screen)["Edited"] == "1"


@pytest.mark.parametrize(("shown", "kinds"), [("added", {"added"}), ("reproducibility", {"edited"})])
def test_one_kind_or_class_can_be_listed_alone(living: Opened, shown: str, kinds: set[str]) -> None:
    living.app.query_params["show"] = shown
    living.settle()
    assert {kind for kind, _ in listed(living)} == kinds


def test_what_is_ignored_is_left_out_for_whoever_comes_next(living: Opened, own_overview: Open) -> None:
    living.choose(ignored_fields=["config_desc", "user_command"])
    assert counts(living)["Edited"] == "0"
    other = on_changes(own_overview())
    assert other.control("ignored_fields").value == ["config_desc", "user_command"]
    assert counts(other)["Edited"] == "0"
    assert "2 changes of ignored fields left out" in other.everything()


def test_nothing_is_ignored_of_what_a_viewer_may_no_longer_see(
    living: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELARTS_PROJECT_ID", "another")
    living.control("ignored_fields").set_value(["config_desc"])
    living.run()
    assert not ignored_fields(shared_database(), "environment").paths


def test_a_snapshot_that_is_asked_for_says_whether_it_was_stored(
    living: Opened, own_service: LocalService
) -> None:
    living.app.button(key="take_snapshot").click()
    assert re.search(r"Unchanged since \d{4}-.* \(snapshot 2\): nothing stored", living.settle().notices())
    own_service.remove(own_service.names()[5])
    living.app.button(key="take_snapshot").click()
    assert "Stored: snapshot 3, 59 configurations." in living.settle().notices()
    assert counts(living)["Removed"] == "1"
    renewed(living)
    assert "Stored: snapshot 3" not in living.settle().notices()


def test_without_a_snapshot_it_says_so(own_overview: Open) -> None:
    projects().on_whole = lambda *_: None
    assert "Nothing is remembered yet" in on_changes(own_overview()).notices()


def test_a_store_that_fails_is_told_and_the_overview_goes_on(
    own_overview: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("DASHBOARD_DATABASE_URL", f"sqlite:///{tmp_path}/file/x/dashboard.db")
    screen = own_overview()
    assert taker().wait(SECONDS)
    assert screen.range_text() == "1–25 of 60"
    notices = on_changes(screen).notices()
    assert "No snapshots are taken now" in notices
    told = facts(on_connection_screen(screen))
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: .*cannot be opened", told["Failing since"])


def test_a_configurations_history_tells_its_edits_and_the_request_back(
    living: Opened, own_service: LocalService
) -> None:
    name = next(name for kind, name in listed(living) if kind == "edited")
    living.app.query_params.update({"config": name, "history": "true"})
    living.settle()
    html = living.html("own_history")
    assert "First seen" in html
    assert "Edited" in html
    assert "user_command" in html
    living.app.session_state["restored"] = (name, 0)
    living.settle()
    request = living.html("restoring")
    assert f"PUT {own_service.url}/v1/{own_service.project_id}/training-job-configs/{name}" in unescape(
        request
    )
    assert not [one for one in own_service.requests if one.method != "GET"]


def test_the_overview_leads_to_what_happened(living: Opened) -> None:
    living.app.switch_page("../pages/overview.py")
    living.settle()
    assert re.findall(r'data-press="changes (\w+)">(\d+)', living.html("week")) == [
        ("added", "1"),
        ("edited", "1"),
        ("removed", "1"),
    ]


def test_who_signs_in_can_ask_for_what_has_changed_since_the_last_visit(
    own_service: LocalService, connect: Callable[[str, str], None]
) -> None:
    connect(own_service.url, own_service.project_id)

    def session(user: dict[str, Any]) -> Opened:
        screen = signed_in(user).settle()
        assert taker().wait(SECONDS)
        return on_changes(screen)

    anna, eve = ANNA | {"sub": "1"}, EVE | {"sub": "2"}
    first = session(anna)
    assert not [one for one in first.control("before").options if "my last visit" in one]
    own_service.remove(own_service.names()[0])
    renewed(first)
    again = session(anna)
    (label,) = [one for one in again.control("before").options if "my last visit" in one]
    again.choose(before=label)
    assert again.app.query_params["before"] == "visit"
    assert counts(again)["Removed"] == "1"
    assert not [one for one in session(eve).control("before").options if "my last visit" in one]
