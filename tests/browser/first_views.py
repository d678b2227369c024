"""The first view and the live page that follows it, opened so that both can be looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Page, Route, expect

from tests.browser.screen import Screen

BUNDLE = "**/static/js/index.*.js"
"""The code that begins Streamlit's page: as long as it has not come, the first view stays."""
PAIRS: Mapping[str, tuple[str, str]] = {
    "heading": (".heading h1", ".st-key-top .heading h1"),
    "figures": (".figure", ".st-key-top .figure"),
    "values": (".figure .value", ".st-key-top .figure .value"),
    "cards": (".card", "[class*='_card'][class*='st-key-']"),
    "headings": (
        ":is(.card, .table-bar) h2",
        ":is(.st-key-engine_usage_head, .st-key-timeline_head, .st-key-table_bar) h2",
    ),
    "usage bars": (".usage .bars rect", ".st-key-engine_usage .bars .point path"),
    "timeline bars": (".timeline .bars rect", ".st-key-timeline .bars:not(:last-child) .point path"),
    "date title": (".timeline .across-title", ".st-key-timeline .xtitle"),
    "header": (".rows thead th", ".st-key-rows thead th"),
    "cells": (".rows tbody :is(th, td)", ".st-key-rows tbody :is(th, td)"),
}
"""What has to be at the same place: the first view's selector, and the live page's."""
BOXES = """selectors => {
  const boxes = selector => [...document.querySelectorAll(selector)]
    .map(found => found.getBoundingClientRect())
    .filter(({ width, height }) => width > 0.1 && height > 0.1)
    .map(({ x, y, width, height }) => [x, y, width, height]);
  return Object.fromEntries(Object.entries(selectors).map(([name, selector]) => [name, boxes(selector)]));
}"""
WORDS: Mapping[str, tuple[str, str]] = {
    "figures": (".figure", ".st-key-top .figure"),
    "filters": (".heading .chip", ".st-key-top .heading .chip"),
    "severities": (".severities button", ".st-key-top .severities button"),
    "engines": (".usage .names span", ".st-key-engine_usage .ytick text"),
    "counts": (".usage .ends text", ".st-key-engine_usage .annotation-text"),
    "usage ticks": (".usage .grid text", ".st-key-engine_usage .xtick text"),
    "legend": (".timeline .legend li", ".st-key-timeline .legendtext"),
    "timeline counts": (".timeline .grid text", ".st-key-timeline .ytick text"),
    "facets": (".facet li", "[data-testid='stSidebar'] .facet li"),
    "header": (".rows thead th", ".st-key-rows thead th"),
    "cells": (".rows tbody :is(th, td)", ".st-key-rows tbody :is(th, td)"),
    "range": (".table-head", ".st-key-table_bar .table-head"),
    "links": ("a.export", "a.export"),
    "screens": (".bar .screen", "[data-testid='stTopNavLink'] [data-testid='stMarkdownContainer']"),
}
"""What has to say the same."""
TEXTS = """selectors => {
  const texts = selector => [...document.querySelectorAll(selector)]
    .filter(found => found.getBoundingClientRect().width)
    .map(found => found.textContent.trim())
    .sort();
  return Object.fromEntries(Object.entries(selectors).map(([name, selector]) => [name, texts(selector)]));
}"""
SHIFTS = """() => {
  const observer = new PerformanceObserver(() => {});
  observer.observe({ type: "layout-shift", buffered: true });
  const shifts = observer.takeRecords().filter(entry => !entry.hadRecentInput);
  return shifts.reduce((sum, entry) => sum + entry.value, 0);
}"""

Boxes = dict[str, list[list[float]]]


@contextmanager
def held_back(page: Page) -> Iterator[None]:
    """Keep Streamlit from beginning for as long as the block lasts."""
    waiting: list[Route] = []
    page.route(BUNDLE, lambda route: waiting.append(route))  # noqa: PLW0108 - Playwright marks what it is given
    yield
    for route in waiting:
        route.continue_()
    page.unroute(BUNDLE)


def without_hurry(page: Page) -> list[int]:
    """Have every screen stay unseen until it is drawn, however slow this machine is.

    Whoever has opened a page finds here how often the script had the limit that was taken away: once a page.
    """
    limits: list[int] = []

    def slowed(route: Route) -> None:
        script = route.fetch().text()
        limit = "MAX_UNSEEN_MS = 2000;"
        limits.append(script.count(limit))
        route.fulfill(body=script.replace(limit, "MAX_UNSEEN_MS = Infinity;"), content_type="text/javascript")

    page.route(re.compile("/_dashboard/first-"), slowed)
    return limits


def open_first(screen: Screen, path: str = "/") -> None:
    """Open an address, while Streamlit is held back, and wait until the first view's rows are there."""
    screen.page.goto(screen.url + path, wait_until="commit")
    expect(screen.page.locator("#first-view .rows tbody tr").first).to_be_visible()


def wait_until_live(screen: Screen) -> None:
    """Wait until the first view has given way."""
    expect(screen.page.locator("#first-view")).to_have_count(0)


def boxes(page: Page, *, live: bool) -> Boxes:
    """Return where everything is: x, y, width, height in pixels."""
    found: Boxes = page.evaluate(
        BOXES, {name: pair[1] if live else f"#first-view {pair[0]}" for name, pair in PAIRS.items()}
    )
    return found


def words(page: Page, *, live: bool) -> dict[str, list[str]]:
    """Return what everything that can be seen says."""
    found: dict[str, list[str]] = page.evaluate(
        TEXTS, {name: pair[1] if live else f"#first-view {pair[0]}" for name, pair in WORDS.items()}
    )
    return found


def shifted(page: Page) -> float:
    """Return how much has moved without a reason since the page was opened: the sum of Chromium's values."""
    found: float = page.evaluate(SHIFTS)
    return found
