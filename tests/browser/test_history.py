"""Two configurations side by side in three clicks; what has changed, and the way back to an earlier state."""

from __future__ import annotations

import time
from pathlib import Path

from playwright.sync_api import expect

from dashboard.store.database import open_database
from dashboard.store.snapshots import list_snapshots
from modelarts_local import LocalService
from tests.browser.conftest import Visit, connected_to
from tests.browser.screen import Screen
from tests.browser.served import Dashboard

SECONDS = 60
OVERFLOW = "one => [one.scrollWidth - one.clientWidth, one.scrollHeight - one.clientHeight]"


def remembered(url: str, count: int) -> None:
    """Wait until so many snapshots are stored."""
    limit = time.monotonic() + SECONDS
    with open_database(url) as database:
        while len(list_snapshots(database)) < count:
            assert time.monotonic() < limit, "no snapshot is taken"
            time.sleep(0.1)


def test_two_configurations_are_side_by_side_within_three_clicks(screen: Screen) -> None:
    screen.open()
    names = [screen.cell(row).inner_text() for row in (0, 1)]
    for row in (0, 1):
        screen.cell(row).get_by_role("checkbox").click()
        expect(screen.cell(row).get_by_role("checkbox")).to_be_checked()
    screen.page.get_by_role("button", name="Compare 2").click()
    heads = screen.of("side_by_side").get_by_role("columnheader")
    expect(heads).to_have_text(["Field", *names, "Class"])
    screen.expect_query(compare=names)
    expect(screen.of("side_by_side").get_by_text("details are being loaded")).to_have_count(0)
    assert screen.violations() == []


def test_what_has_changed_leads_to_a_configurations_history_and_the_request_back(
    visit: Visit, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/dashboard.db"
    with (
        LocalService(30, seed=5) as service,
        Dashboard({**connected_to(service), "DASHBOARD_DATABASE_URL": url}) as dashboard,
    ):
        screen = visit(dashboard).open()
        remembered(url, 1)
        name = service.names()[0]
        service.edit(name, config_desc="edited since")
        service.remove(service.names()[1])
        screen.page.get_by_role("button", name="Refresh").click()
        remembered(url, 2)
        screen.open()
        week = screen.of("week")
        expect(week.get_by_role("button")).to_have_text(["0 new", "1 edited", "1 removed"])
        for width in (320, 400, 1440):
            screen.page.set_viewport_size({"width": width, "height": 1000})
            assert week.locator(".week").evaluate(OVERFLOW) == [0, 0], width
        week.get_by_role("button", name="1 edited").click()
        screen.expect_query(before="7d", show="edited")
        expect(screen.of("changes").get_by_role("listitem")).to_have_count(1)
        screen.of("change_counts").get_by_role("button", name="Edited").click()
        expect(screen.of("changes").get_by_role("listitem")).to_have_count(2)
        assert screen.violations() == []
        screen.of("changes").get_by_role("button", name=name).click()
        screen.drawer.get_by_role("button", name="Restore this state").click()
        expect(screen.drawer.locator("#curl")).to_contain_text("curl --fail-with-body --request PUT")
        assert {request.method for request in service.requests} == {"GET"}
