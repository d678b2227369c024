"""Every screen passes axe-core's checks (WCAG 2 A and AA, and its best practices), light and dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.served import Dashboard

SCHEMES = ("light", "dark")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [1440, 400])
def test_the_overview_and_the_details(scheme: str, width: int, visit: Visit, dashboard: Dashboard) -> None:
    tab = visit(dashboard, color_scheme=scheme, viewport={"width": width, "height": 1000}).open()
    assert tab.violations() == []
    tab.click_row(0)
    expect(tab.drawer).to_contain_text("Raw JSON")
    assert tab.violations() == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_filters_that_match_nothing_and_samples(scheme: str, visit: Visit, dashboard: Dashboard) -> None:
    tab = visit(dashboard, color_scheme=scheme).open("/?config_type=sample")
    assert tab.violations() == []
    tab.fill("contains", "nothing has this text")
    expect(tab.of("drop_filters")).to_be_visible()
    assert tab.violations() == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_connection_screen(scheme: str, visit: Visit, dashboard: Dashboard) -> None:
    tab = visit(dashboard, color_scheme=scheme)
    tab.page.goto(f"{dashboard.url}/connection")
    expect(tab.facts).to_be_visible()
    assert tab.violations() == []
