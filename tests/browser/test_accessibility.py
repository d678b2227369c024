"""Every screen passes axe-core's checks (WCAG 2 A and AA, and its best practices), light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.screen import Screen
from tests.browser.served import Dashboard


def violations(tab: Screen) -> dict[str, list[str]]:
    """What is wrong with what is on screen, by colour scheme; the page follows a change of it."""
    found = {}
    for scheme in ("light", "dark"):
        tab.page.emulate_media(color_scheme=scheme)
        tab.expect_scheme(scheme)
        found[scheme] = tab.violations()
    return {scheme: wrong for scheme, wrong in found.items() if wrong}


@pytest.mark.parametrize("width", [1440, 400])
def test_the_overview_and_the_details(width: int, visit: Visit, dashboard: Dashboard) -> None:
    tab = visit(dashboard, viewport={"width": width, "height": 1000}).open()
    assert violations(tab) == {}
    tab.click_row(0)
    expect(tab.drawer).to_contain_text("Raw JSON")
    assert violations(tab) == {}


def test_filters_that_match_nothing_and_samples(screen: Screen) -> None:
    screen.open("/?config_type=sample")
    assert violations(screen) == {}
    screen.fill("contains", "nothing has this text")
    expect(screen.of("drop_filters")).to_be_visible()
    assert violations(screen) == {}


def test_the_connection_screen(screen: Screen) -> None:
    screen.page.goto(f"{screen.url}/connection")
    expect(screen.facts).to_be_visible()
    assert violations(screen) == {}
