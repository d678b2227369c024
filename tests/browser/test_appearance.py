"""Narrow windows, and the dark theme."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.screen import BACKGROUNDS, TEXTS, Screen
from tests.browser.served import Dashboard

OVERFLOW = """() => [document.documentElement, ...document.querySelectorAll('[data-testid="stMain"]')]
  .map(node => node.scrollWidth - node.clientWidth)"""


@pytest.fixture
def narrow(visit: Visit, dashboard: Dashboard) -> Screen:
    """A window of 320 pixels, at which nothing is to scroll sideways (WCAG 1.4.10)."""
    return visit(dashboard, viewport={"width": 320, "height": 800})


@pytest.fixture
def phone(visit: Visit, dashboard: Dashboard) -> Screen:
    """A window of 400 pixels: dates stay on one line there."""
    return visit(dashboard, viewport={"width": 400, "height": 800})


def test_nothing_is_wider_than_a_narrow_window(narrow: Screen) -> None:
    narrow.open()
    assert narrow.page.evaluate(OVERFLOW) == [0, 0]
    for key in ("top", "engine_usage", "timeline", "rows", "paging", "download_csv"):
        box = narrow.of(key).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
    heads = [head.bounding_box() for head in narrow.of("rows").locator("thead th").all()]
    assert len({head and head["y"] for head in heads}) == 1  # the one that stays as rows scroll sideways, too

    name = narrow.column().first.text_content() or ""
    narrow.click_row(0)
    expect(narrow.drawer).to_contain_text(name)
    narrow.page.wait_for_function(  # it slides in
        """() => {
          const { left, right } = document.querySelector('[role="dialog"]').getBoundingClientRect();
          return left >= 0 && right <= innerWidth;
        }"""
    )
    assert narrow.page.evaluate(OVERFLOW) == [0, 0]


def test_the_sidebar_can_be_reached_and_left_in_a_narrow_window(narrow: Screen) -> None:
    narrow.open()
    narrow.page.get_by_test_id("stExpandSidebarButton").click()
    narrow.fill("contains", "train")
    narrow.expect_query(contains="train")
    expect(narrow.of("top").get_by_role("button", name="Clear all")).to_be_attached()
    narrow.sidebar.hover()
    narrow.page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    expect(narrow.figure("Configurations")).to_be_in_viewport()
    assert narrow.page.evaluate(OVERFLOW) == [0, 0]


def test_a_closed_sidebar_does_not_hide_what_is_looked_at(narrow: Screen) -> None:
    """In a narrow window it is closed at first: connection and filters stand above the figures anyway."""
    narrow.open("/?engine=PyTorch&contains=train")
    expect(narrow.page.get_by_role("heading", level=1)).to_be_visible()
    filters = narrow.page.get_by_role("group", name="Filters").get_by_role("button")
    drops = [f"{text} ✕ Take away this filter" for text in ("Engine: PyTorch", "Contains: train")]
    expect(filters).to_have_text([*drops, "Clear all"])
    filters.first.click()
    narrow.expect_query(engine=None, contains="train")
    expect(filters).to_have_text([drops[1], "Clear all"])


@pytest.mark.parametrize("window", ["narrow", "phone"])
def test_screens_can_be_reached_and_are_no_wider_than_a_narrow_window(
    request: pytest.FixtureRequest, window: str
) -> None:
    narrow: Screen = request.getfixturevalue(window)
    narrow.open()
    narrow.page.get_by_test_id("stExpandSidebarButton").click()
    for title, shown in (
        ("Connection", ".st-key-connection_facts"),
        ("Migration", "table.migrations"),
        ("Changes", "table.adoption"),
        ("Findings", "table.lifetimes"),
    ):
        narrow.sidebar.get_by_role("link", name=title, exact=True).click()
        expect(narrow.page.locator(shown).first).to_be_visible()
        assert narrow.page.evaluate(OVERFLOW) == [0, 0], title


def test_page_and_charts_follow_a_live_switch_of_theme(visit: Visit, dashboard: Dashboard) -> None:
    tab = visit(dashboard, color_scheme="dark").open()
    bar = tab.plot("engine_usage").locator(".bars .point path").first
    expect(tab.page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUNDS["dark"])
    colours = []
    for scheme in ("dark", "light", "dark"):
        tab.page.emulate_media(color_scheme=scheme)
        expect(tab.page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUNDS[scheme])
        for key, tick in (("engine_usage", ".ytick text"), ("timeline", ".xtick text")):
            expect(tab.plot(key).locator(tick).first).to_have_css("fill", TEXTS[scheme])
        colours.append(bar.evaluate("node => getComputedStyle(node).fill"))
    assert colours[0] == colours[2]
    assert colours[0] != colours[1]
