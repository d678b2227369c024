"""The first view is what the live page is a moment later: same numbers, same places, nothing that moves."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests
from playwright.sync_api import expect

from modelarts_local import LocalService
from tests.browser.conftest import Visit, connected_to
from tests.browser.first_views import (
    Boxes,
    boxes,
    held_back,
    open_first,
    shifted,
    wait_until_live,
    without_hurry,
    words,
)
from tests.browser.screen import BLOCKS, Screen, hold, release
from tests.browser.served import Dashboard
from tests.plotly_basic.screen import wait_for_rest

PIXELS = 4
ENGINES = ("PyTorch", "TensorFlow", "MXNet", "Ascend-Powered-Engine", "XGBoost-Sklearn", "Spark_MLlib", "Ray")
MAX_SHIFT = 0.1
TOPS = "found => found.map(one => one.getBoundingClientRect().top)"
FILTERED = (
    "/?engine=PyTorch&engine=TensorFlow&described=yes&sort_by=name&order=asc&per_page=10&page=2"
    "&granularity=quarter&created_from=2019-01-01"
)


@pytest.fixture(scope="module", autouse=True)
def _loaded(dashboard: Dashboard) -> None:
    wait_until_loaded(dashboard)


def wait_until_loaded(dashboard: Dashboard) -> None:
    """Wait until what the server loads and audits when it starts is there: nobody has to look for that."""
    limit = time.monotonic() + 60
    while True:
        page = requests.get(dashboard.url, timeout=30).text
        if "Worst first" in page and "<b>…</b>" not in page:
            return
        assert time.monotonic() < limit, "nothing is loaded"
        time.sleep(0.1)


def moved(first: Boxes, live: Boxes) -> list[str]:
    """Return what is not where it was, by more than PIXELS."""
    return [
        f"{name} {number}: {[round(v, 1) for v in before]} then {[round(v, 1) for v in after]}"
        for name in first
        for number, (before, after) in enumerate(zip(sorted(first[name]), sorted(live[name]), strict=True))
        if any(abs(b - a) > PIXELS for b, a in zip(before, after, strict=True))
    ]


@pytest.mark.parametrize("colors", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 768, 400])
def test_everything_stays_where_the_first_view_has_it(
    visit: Visit, dashboard: Dashboard, width: int, colors: str
) -> None:
    visitor = visit(dashboard, color_scheme=colors)
    visitor.page.set_viewport_size({"width": width, "height": 1000})
    with held_back(visitor.page):
        open_first(visitor)
        first = boxes(visitor.page, live=False)
    wait_until_live(visitor)
    live = boxes(visitor.page, live=True)
    assert {name: len(found) for name, found in first.items()} == {n: len(f) for n, f in live.items()}
    assert min(map(len, first.values())) > 0
    assert moved(first, live) == []
    assert shifted(visitor.page) < MAX_SHIFT


@pytest.fixture(scope="module")
def young() -> Iterator[Dashboard]:
    """A dashboard on a project of twenty days, whose dates have a second line, with many engines."""
    began = datetime.now(UTC) - timedelta(days=20)
    rows = [
        {
            "config_name": f"run-{day}",
            "create_time": int((began + timedelta(days=day)).timestamp() * 1000),
            "engine_name": ENGINES[day % len(ENGINES)],
        }
        for day in range(20)
    ]
    with (
        LocalService(rows) as service,
        Dashboard(connected_to(service) | {"DASHBOARD_PRELOAD": "true"}) as running,
    ):
        wait_until_loaded(running)
        yield running


@pytest.mark.parametrize("width", [1440, 768, 400])
def test_two_lines_of_dates_stand_where_they_stay_and_the_legend_below_their_title(
    visit: Visit, young: Dashboard, width: int
) -> None:
    visitor = visit(young, viewport={"width": width, "height": 1000})
    with held_back(visitor.page):
        open_first(visitor)
        first = boxes(visitor.page, live=False)
        first_legend = visitor.page.locator("#first-view .timeline .legend bdi").evaluate_all(TOPS)
    wait_until_live(visitor)
    live = boxes(visitor.page, live=True)
    legend = visitor.page.locator(".st-key-timeline .legendtext").evaluate_all(TOPS)
    assert moved(first, live) == []
    assert first_legend == pytest.approx(legend, abs=PIXELS)
    assert len(legend) == len(ENGINES)
    ((_, title, _, height),) = live["date title"]
    assert title + height <= min(legend)


@pytest.mark.parametrize("path", ["/", FILTERED])
def test_the_first_view_and_the_live_page_say_the_same(screen: Screen, path: str) -> None:
    with held_back(screen.page):
        open_first(screen, path)
        first = words(screen.page, live=False)
    wait_until_live(screen)
    live = words(screen.page, live=True)
    assert first == live
    assert all(first[name] for name in first if name != "filters")
    assert bool(first["filters"]) is (path != "/")


def test_without_javascript_it_stays_and_says_what_is_missing(visit: Visit, dashboard: Dashboard) -> None:
    visitor = visit(dashboard, java_script_enabled=False)
    visitor.page.goto(visitor.url)
    view = visitor.page.get_by_role("main", name="Overview")
    expect(view.locator(".figures")).to_contain_text("320")
    expect(view.get_by_text("This page can be read without JavaScript")).to_be_visible()
    expect(view.locator(".rows tbody tr")).to_have_count(25)


def test_controls_that_do_not_work_yet_cannot_be_used_and_one_landmark_is_read(screen: Screen) -> None:
    with held_back(screen.page):
        open_first(screen)
        assert screen.page.locator("#first-view :is(button, input):enabled").count() == 0
        expect(screen.page.get_by_role("main")).to_have_count(1)
        expect(screen.page.get_by_role("main")).to_contain_text("Controls are being loaded")
        assert screen.violations() == []
    wait_until_live(screen)
    expect(screen.page.get_by_role("main")).to_have_count(1)
    expect(screen.page.get_by_role("heading", level=1)).to_have_count(1)


@pytest.mark.parametrize("kept", ["light", "dark"])
def test_it_has_the_theme_that_the_viewer_has_chosen(visit: Visit, dashboard: Dashboard, kept: str) -> None:
    other = "dark" if kept == "light" else "light"
    visitor = visit(dashboard, color_scheme=other)
    visitor.run_first(f"localStorage.setItem('stActiveTheme-/-v2', JSON.stringify('{kept.capitalize()}'))")
    background = "() => getComputedStyle(document.querySelector(%r)).backgroundColor"
    with held_back(visitor.page):
        open_first(visitor)
        first = visitor.page.evaluate(background % "#first-view")
    wait_until_live(visitor)
    assert visitor.page.evaluate(background % "[data-testid='stApp']") == first


@pytest.mark.parametrize("width", [1440, 400])
def test_other_screens_are_seen_when_they_are_drawn_and_nothing_moves(
    visit: Visit, dashboard: Dashboard, width: int
) -> None:
    page = visit(dashboard, viewport={"width": width, "height": 1000}).page
    limits = without_hurry(page)
    main = page.get_by_test_id("stMain")
    first = main.get_by_test_id("stElementContainer").first
    held = hold(page, BLOCKS)
    page.goto(f"{dashboard.url}/findings")
    expect(main.get_by_test_id("stSkeleton").first).to_be_attached()
    expect(first).to_be_hidden()
    release(held)
    expect(first).to_be_visible()
    page.unroute(re.compile(BLOCKS))
    for path in ("/findings?check=SEC001", "/changes", "/migration", "/connection"):
        page.goto(dashboard.url + path)
        expect(first).to_be_visible()
        wait_for_rest(page)
        expect(page.locator("[data-drawing]")).to_have_count(0)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert shifted(page) < 0.01, path
    assert limits == [1] * 5


def test_a_screen_of_which_something_never_comes_is_seen_all_the_same(screen: Screen) -> None:
    hold(screen.page, BLOCKS)
    screen.page.goto(f"{screen.url}/findings")
    expect(screen.page.get_by_text("Accepted findings")).to_be_visible()
    screen.page.unroute_all()


def test_who_gets_no_connection_sees_what_there_is(visit: Visit, dashboard: Dashboard) -> None:
    visitor = visit(dashboard)
    visitor.run_first("""
      window.WebSocket = class extends EventTarget {
        constructor() { super(); setTimeout(() => this.onclose?.(new CloseEvent("close"))); }
        close() {}
      };
    """)
    main = visitor.page.get_by_test_id("stMain")
    visitor.page.goto(f"{dashboard.url}/findings")
    expect(main).to_be_visible()
    expect(visitor.page.locator("[data-drawing]")).to_have_count(0)


def test_a_time_zone_that_the_browser_does_not_know_itself_breaks_nothing(
    visit: Visit, dashboard: Dashboard
) -> None:
    visitor = visit(dashboard)
    visitor.run_first("""
      const { resolvedOptions } = Intl.DateTimeFormat.prototype;
      Intl.DateTimeFormat.prototype.resolvedOptions = function () {
        return { ...resolvedOptions.call(this), timeZone: "Etc/Unknown" };
      };
    """)
    visitor.open()
    assert visitor.page.evaluate("new Intl.DateTimeFormat().resolvedOptions().timeZone") == "UTC"
    visitor.of("created_from").get_by_test_id("stDateInputField").first.click()
    expect(visitor.page.get_by_role("grid").first).to_be_visible()
