"""Drawing, updating in place, theme, size and clean-up, in a real browser behind the strict policy."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect
from streamlit_plotly_basic import BUNDLE_URL_PATH

from tests.plotly_basic.screen import (
    DARK_RED,
    GREEN,
    RED,
    chart,
    first_bar,
    wait_for_first_value,
    wait_for_rest,
)

pytestmark = pytest.mark.browser

PLOT = ".js-plotly-plot"


def drawn_values(page: Page, key: str) -> list[float]:
    """The values of the first trace as Plotly holds them after decoding."""
    return chart(page, key).locator(PLOT).evaluate("plot => Array.from(plot._fullData[0].y)")


def bar_colors(page: Page, key: str) -> list[str]:
    bars = chart(page, key).locator(".bars .point path")
    return sorted(set(bars.evaluate_all("paths => paths.map(path => path.style.fill)")))


def choose(page: Page, key: str, option: str) -> None:
    page.locator(f".st-key-{key}").get_by_role("combobox").click()
    page.get_by_role("option", name=option, exact=True).click()
    wait_for_rest(page)


def test_the_bundle_is_loaded_once_and_nothing_leaves_the_server(blank_page: Page, chart_server: str) -> None:
    requests: list[str] = []
    refused: list[str] = []
    blank_page.on("request", lambda request: requests.append(request.url))
    blank_page.on("console", lambda message: refused.append(message.text))
    blank_page.goto(chart_server)
    for key in ("timeline", "usage", "fragment"):
        chart(blank_page, key).locator(".point").first.wait_for()

    assert sum(url.endswith(BUNDLE_URL_PATH) for url in requests) == 1
    addresses = {urlsplit(url).netloc for url in requests if url.startswith(("http", "ws"))}
    assert addresses == {urlsplit(chart_server).netloc}
    assert [text for text in refused if "plotly" in text.lower() or "bidi" in text.lower()] == []


def test_a_change_of_data_updates_the_same_elements(page: Page) -> None:
    plot = chart(page, "timeline").locator(PLOT)
    svg = chart(page, "timeline").locator("svg.main-svg").first
    plot.evaluate("plot => { plot.seenBefore = true }")
    svg.evaluate("svg => { svg.seenBefore = true }")
    assert drawn_values(page, "timeline") == [1, 0, 3, 4]

    choose(page, "factor", "20")

    wait_for_first_value(page, "timeline", 20)
    assert plot.evaluate("plot => plot.seenBefore")
    assert svg.evaluate("svg => svg.seenBefore")


def test_a_fragment_updates_its_chart_in_place(page: Page) -> None:
    plot = chart(page, "fragment").locator(PLOT)
    plot.evaluate("plot => { plot.seenBefore = true }")

    choose(page, "step", "2")

    wait_for_first_value(page, "fragment", 2)
    assert plot.evaluate("plot => plot.seenBefore")


def test_a_run_with_the_same_figure_redraws_nothing(page: Page) -> None:
    plot = chart(page, "timeline").locator(PLOT)
    plot.evaluate("plot => { plot.redrawn = 0; plot.on('plotly_afterplot', () => { plot.redrawn += 1 }) }")

    page.get_by_role("button", name="Rerun", exact=True).click()
    expect(page.get_by_text("Run 2")).to_be_visible()
    wait_for_rest(page)
    assert plot.evaluate("plot => plot.redrawn") == 0

    choose(page, "factor", "20")
    page.wait_for_function("plot => plot.redrawn > 0", arg=plot.element_handle())


def test_dark_mode_changes_text_and_the_colours_it_was_given_and_no_name(page: Page) -> None:
    title = chart(page, "usage").locator(".gtitle")
    light = title.evaluate("text => getComputedStyle(text).fill")
    assert bar_colors(page, "timeline") == [GREEN, RED]

    page.emulate_media(color_scheme="dark")

    page.wait_for_function(
        "light => getComputedStyle(document.querySelector('.st-key-usage .gtitle')).fill !== light", arg=light
    )
    expect(first_bar(page, "timeline")).to_have_css("fill", DARK_RED)
    assert bar_colors(page, "timeline") == [GREEN, DARK_RED]
    expect(chart(page, "timeline").locator(".legendtext").first).to_have_text("#aa0000")


def test_a_zoom_outlives_a_change_of_theme(page: Page) -> None:
    plot = chart(page, "timeline").locator(PLOT)
    plot.evaluate("plot => { plot.relayouts = 0; plot.on('plotly_relayout', () => { plot.relayouts += 1 }) }")
    visible = "plot => plot._fullLayout.xaxis.range"
    whole = plot.evaluate(visible)
    chart(page, "timeline").hover()
    chart(page, "timeline").get_by_role("button", name="Zoom in").click()
    page.wait_for_function("plot => plot.relayouts > 0", arg=plot.element_handle())
    zoomed = plot.evaluate(visible)
    assert zoomed != whole

    page.emulate_media(color_scheme="dark")
    expect(first_bar(page, "timeline")).to_have_css("fill", DARK_RED)

    assert plot.evaluate(visible) == zoomed


def test_the_width_follows_the_window(page: Page) -> None:
    svg = chart(page, "timeline").locator("svg.main-svg").first
    width = svg.bounding_box()["width"]

    page.set_viewport_size({"width": 500, "height": 1400})

    page.wait_for_function(
        "() => { const plot = document.querySelector('.st-key-timeline .plotly-basic');"
        " return plot.querySelector('svg').clientWidth === plot.clientWidth && plot.clientWidth < 500 }"
    )
    assert svg.bounding_box()["width"] < width


def test_a_chart_in_a_closed_tab_is_drawn_when_the_tab_opens(page: Page) -> None:
    page.get_by_role("tab", name="Second").click()

    chart(page, "tabbed").locator(".point").first.wait_for()
    box = chart(page, "tabbed").bounding_box()
    assert chart(page, "tabbed").locator("svg").first.bounding_box()["width"] == pytest.approx(
        box["width"], abs=1
    )


def test_the_height_is_reserved_before_the_bundle_arrives(blank_page: Page, chart_server: str) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    blank_page.route(f"**{BUNDLE_URL_PATH}", hold)
    blank_page.goto(chart_server)
    chart(blank_page, "timeline").wait_for()
    before = {key: chart(blank_page, key).bounding_box() for key in ("timeline", "usage")}
    assert blank_page.locator(PLOT).count() == 0
    assert (before["timeline"]["height"], before["usage"]["height"]) == (300, 250)

    held[0].continue_()
    chart(blank_page, "usage").locator(".point").first.wait_for()

    assert {key: chart(blank_page, key).bounding_box() for key in before} == before


def test_a_bundle_that_does_not_come_is_said_and_tried_again(blank_page: Page, chart_server: str) -> None:
    blank_page.route(f"**{BUNDLE_URL_PATH}", lambda route: route.abort())
    blank_page.goto(chart_server)
    expect(chart(blank_page, "timeline")).to_contain_text("The chart could not be loaded")

    blank_page.unroute(f"**{BUNDLE_URL_PATH}")
    choose(blank_page, "factor", "20")

    chart(blank_page, "timeline").locator(".point").first.wait_for()
    expect(chart(blank_page, "timeline")).not_to_contain_text("could not be loaded")


def test_a_chart_that_goes_is_purged_and_can_come_back(page: Page) -> None:
    page.evaluate("() => { window.seen = document.querySelector('.st-key-timeline .js-plotly-plot') }")

    page.get_by_text("Hide the timeline").click()
    expect(chart(page, "timeline")).to_have_count(0)
    page.wait_for_function("() => window.seen._fullLayout === undefined && !window.seen.isConnected")

    page.get_by_text("Hide the timeline").click()
    chart(page, "timeline").locator(".point").first.wait_for()
    assert drawn_values(page, "timeline") == [1, 0, 3, 4]


def test_it_bears_its_name_and_can_be_focused(page: Page) -> None:
    named = page.get_by_role("application", name="Configurations a month", exact=True)
    named.focus()
    expect(named).to_be_focused()
    expect(named).to_have_attribute("aria-description", re.compile("arrow keys.*Enter"))


def test_the_modebar_offers_no_upload(page: Page) -> None:
    titles = (
        chart(page, "timeline").locator(".modebar-btn").evaluate_all("all => all.map(b => b.dataset.title)")
    )
    assert "Download as PNG" in titles
    assert not [title for title in titles if "Share" in title or "Cloud" in title]
