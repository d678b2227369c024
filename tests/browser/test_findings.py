"""From the overview to a finding, its place in the details, and back; every step in the address."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import expect

from modelarts_local import LocalService
from tests.browser.conftest import Visit, connected_to
from tests.browser.screen import Screen, expect_room
from tests.browser.served import Dashboard

FINDINGS = re.compile(r"/findings\b")


def test_the_worst_come_first_with_one_click(screen: Screen) -> None:
    screen.open()
    screen.of("top").get_by_role("button", name="Worst first").click()
    severities = screen.of("rows").locator("tbody tr td .severity")
    expect(severities.first).to_have_text(re.compile("critical"))
    screen.expect_query(sort_by="severity")


def test_a_finding_leads_to_its_place_and_closing_leads_back(screen: Screen) -> None:
    screen.open()
    screen.of("top").get_by_role("button", name="Findings").click()
    screen.page.wait_for_url(FINDINGS)
    screen.of("findings").get_by_role("button", name=re.compile("^SEC001")).click()
    listed = screen.of("one_check").locator("table.listed tbody tr")
    expect(listed.first).to_be_visible()
    listed.first.click()
    expect(screen.drawer.locator("mark").first).to_have_text(re.compile(r"^••• \("))
    screen.expect_query(finding="SEC001", check="SEC001")
    link = screen.page.url
    screen.page.keyboard.press("Escape")
    expect(screen.drawer).to_have_count(0)
    expect(listed.first).to_be_visible()
    screen.page.goto(link)
    expect(screen.drawer.locator("mark").first).to_have_text(re.compile(r"^••• \("))


def test_findings_are_ticked_and_side_by_side(screen: Screen) -> None:
    screen.page.goto(f"{screen.url}/findings?check=SEC001")
    ticks = screen.of("one_check").get_by_role("checkbox")
    for tick in (ticks.nth(0), ticks.nth(1)):
        tick.click()
        expect(tick).to_be_checked()
    screen.page.get_by_role("button", name="Compare 2 configurations").click()
    expect(screen.of("side_by_side").get_by_role("columnheader")).to_have_count(4)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 400)])
def test_the_findings_are_accessible_and_fit(
    scheme: str, width: int, visit: Visit, dashboard: Dashboard
) -> None:
    tab = visit(dashboard, color_scheme=scheme, viewport={"width": width, "height": 1000})
    expect_room(tab, "/findings", "findings_summary")
    expect(tab.of("findings_summary").locator("table")).to_be_visible()
    tab.page.goto(f"{dashboard.url}/findings?as_of=1900-01-01&check=SEC001")
    expect(tab.of("one_check")).to_be_visible()
    expect(tab.of("lifetimes")).to_be_visible()
    assert tab.page.evaluate("document.scrollingElement.scrollWidth") <= width
    assert tab.violations() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_details_with_a_marked_finding_are_accessible(
    scheme: str, visit: Visit, dashboard: Dashboard
) -> None:
    tab = visit(dashboard, color_scheme=scheme)
    tab.page.goto(f"{dashboard.url}/findings?check=SEC001")
    tab.of("one_check").locator("table.listed tbody tr").first.click()
    expect(tab.drawer.locator("mark").first).to_be_visible()
    expect(tab.drawer.locator(".finding[aria-current]")).to_contain_text("SEC001")
    assert tab.violations() == []


def test_who_writes_why_findings_are_accepted_goes_on_when_their_number_changes(screen: Screen) -> None:
    screen.page.goto(f"{screen.url}/findings?check=SEC001")
    screen.page.get_by_text("Accept findings on screen").click()
    reason, accept = screen.page.get_by_label("Reason", exact=True), screen.of("many_accept")
    reason.fill("known since")
    before = accept.inner_text()
    screen.of("engine_values").get_by_role("button").first.click()
    expect(accept).not_to_have_text(before)
    expect(reason).to_be_visible()
    expect(reason).to_have_value("known since")


def test_a_finding_is_accepted_taken_back_and_brought_in_from_a_file(
    visit: Visit, service: LocalService, tmp_path: Path
) -> None:
    with Dashboard(
        {**connected_to(service), "DASHBOARD_DATABASE_URL": f"sqlite:///{tmp_path}/own.db"}
    ) as own:
        tab = visit(own)
        tab.page.goto(f"{own.url}/findings?check=SEC001")
        listed = tab.of("one_check").locator("table.listed tbody tr")
        listed.first.wait_for()
        count = listed.count()
        tab.page.get_by_text("Accept findings on screen").click()
        for label, text in (("Reason", "known"), ("Owner", "vision"), ("Your name", "Anna")):
            tab.page.get_by_label(label, exact=True).fill(text)
        tab.page.get_by_role("button", name=re.compile(r"^Accept \d+$")).click()
        expect(tab.page.get_by_test_id("stMain")).to_contain_text(f"{count} accepted until")
        expect(tab.of("waivers").locator("tbody tr")).to_have_count(count)
        expect(tab.of("waivers")).to_contain_text("Anna")
        expect(listed.first).to_contain_text("for vision:")

        with tab.page.expect_download() as loading:
            tab.of("waivers_toml").get_by_role("button").click()
        file = tmp_path / "waivers.toml"
        loading.value.save_as(file)
        assert len(tomllib.loads(file.read_text())["waiver"]) == count

        tab.of("waivers").get_by_role("button", name="Take back").first.click()
        expect(tab.of("waivers").locator("tbody tr")).to_have_count(count - 1)
        tab.page.get_by_text("Bring in waivers").click()
        tab.page.get_by_label("Text of a TOML file").fill(file.read_text())
        tab.of("waivers_import").get_by_role("button").click()
        expect(tab.page.get_by_text(re.compile(r"1 added, 0 replaced, \d+ unchanged"))).to_be_visible()
        expect(tab.of("waivers").locator("tbody tr")).to_have_count(count)
