"""A frame that holds still and can be used without a pointer."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.screen import Screen
from tests.browser.served import Dashboard

MAX_STOPS = 12
SCREENS = {"": "Overview", "findings": "Findings", "connection": "Connection"}


def test_the_table_is_a_few_stops_of_tab_away(screen: Screen) -> None:
    screen.open()
    for _ in range(MAX_STOPS):
        screen.page.keyboard.press("Tab")
        if screen.page.evaluate("() => document.activeElement.classList.contains('skip')"):
            screen.page.keyboard.press("Enter")
        if screen.page.evaluate("() => Boolean(document.activeElement.closest('.st-key-rows'))"):
            break
    else:
        pytest.fail("Tab does not come to the table")
    expect(screen.of("rows").locator(":focus")).to_be_in_viewport()


def test_a_facets_values_are_one_stop_and_arrow_keys_go_through_them(screen: Screen) -> None:
    screen.open()
    values = screen.of("engine_values").get_by_role("button")
    stops = [button.evaluate("button => button.tabIndex") for button in values.all()]
    assert stops == [0] + [-1] * (len(stops) - 1)
    values.first.focus()
    screen.page.keyboard.press("ArrowDown")
    expect(values.nth(1)).to_be_focused()
    chosen = values.nth(1).locator("bdi").text_content()
    screen.page.keyboard.press("Enter")
    screen.expect_query(engine=chosen)


def test_the_next_page_begins_at_its_top(visit: Visit, dashboard: Dashboard) -> None:
    tab = visit(dashboard, viewport={"width": 1440, "height": 700}).open("/?per_page=50")
    tab.pager("Next page").click()
    expect(tab.range_text).to_contain_text("51–100 of")
    expect(tab.cell(0)).to_be_in_viewport()
    head = tab.of("rows").locator("thead th").first.bounding_box()
    first = tab.cell(0).bounding_box()
    assert head is not None
    assert first is not None
    assert first["y"] >= head["y"] + head["height"] - 1  # the sticky head covers no row


def test_the_first_notch_of_the_wheel_over_a_chart_scrolls_the_page(screen: Screen) -> None:
    screen.open()
    for key in ("engine_usage", "timeline"):
        chart = screen.of(key)
        assert chart.evaluate("chart => getComputedStyle(chart).overflowY") == "visible", key
    before = screen.page.get_by_test_id("stMain").evaluate("main => main.scrollTop")
    screen.plot("engine_usage").hover()
    screen.page.mouse.wheel(0, 100)
    screen.page.wait_for_function(
        "before => document.querySelector('[data-testid=stMain]').scrollTop > before", arg=before
    )


@pytest.mark.parametrize(("path", "title"), SCREENS.items())
def test_a_screen_has_one_heading_and_a_title(screen: Screen, path: str, title: str) -> None:
    screen.page.goto(f"{screen.url}/{path}")
    expect(screen.page.get_by_role("heading", level=1)).to_have_count(1)
    expect(screen.page).to_have_title(f"{title} · Training job configurations")
    names = screen.page.get_by_role("button").or_(screen.page.get_by_role("link")).all()
    icons = [name.aria_snapshot() for name in names if name.is_visible()]
    assert icons
    assert not [
        text for text in icons if any(icon in text for icon in ("keyboard_", "expand_", "open_in_new"))
    ]
