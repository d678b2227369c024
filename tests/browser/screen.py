"""A screen of the dashboard in a real browser: what a viewer does and sees there.

Nothing here decides that something has happened because time has passed or because no script runs: a click
may not have reached the server yet. Whoever acts waits for what the action should lead to.
"""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Self

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect

from tests.plotly_basic.screen import wait_until_current

BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(16, 22, 29)"}
TEXTS = {"light": "rgb(14, 22, 31)", "dark": "rgb(230, 237, 243)"}
DRAWN = """key => {
  const plot = document.querySelector(`.st-key-${key} .js-plotly-plot`);
  return Boolean(plot?._fullLayout) && plot.querySelector('.bars .point path') !== null;
}"""


class Screen:
    """One browser page on a dashboard."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.is_changed = False

    def open(self, path: str = "/") -> Self:
        """Open an address of the overview and wait until rows and charts are drawn, and nothing is stale."""
        self.page.goto(self.url + path)
        expect(self.of("top").locator(".figures")).to_be_visible()
        expect(self.range_text).to_be_visible()
        self.page.wait_for_function(DRAWN, arg="engine_usage")
        wait_until_current(self.page)
        return self

    def run_first(self, script: str) -> None:
        """Run a script before those of every page that this tab opens; nobody else can have this tab then."""
        self.page.add_init_script(script)
        self.is_changed = True

    def of(self, key: str) -> Locator:
        """The element that carries a key."""
        return self.page.locator(f".st-key-{key}")

    @property
    def range_text(self) -> Locator:
        """Which rows are shown of how many: "1–25 of 320"."""
        return self.of("table_bar").get_by_role("status")

    @property
    def sidebar(self) -> Locator:
        """The sidebar."""
        return self.page.get_by_test_id("stSidebar")

    @property
    def facts(self) -> Locator:
        """The connection screen's facts."""
        return self.of("connection_facts")

    @property
    def drawer(self) -> Locator:
        """The details at the side."""
        return self.page.get_by_role("dialog")

    @property
    def figures(self) -> Locator:
        """The key figures."""
        return self.of("top").locator(".figures")

    def figure(self, label: str) -> Locator:
        """A key figure by its label."""
        return self.of("top").locator(".figure").filter(has_text=label).locator(".value")

    def expect_scheme(self, scheme: str) -> None:
        """Wait until page and charts have the colours of a scheme, "light" or "dark"."""
        expect(self.page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUNDS[scheme])
        for tick in self.page.locator(".plotly-basic .xtick text").all():
            expect(tick).to_have_css("fill", TEXTS[scheme])

    def violations(self) -> list[str]:
        """What axe-core finds wrong with what is on screen, once no tooltip is left and nothing is stale."""
        self.page.mouse.move(0, 0)
        expect(self.page.get_by_test_id("stTooltipContent")).to_have_count(0)
        wait_until_current(self.page)
        report = Axe().run(self.page)
        return [
            f"{violation['id']}: {node['html'][:200]}"
            for violation in report.response["violations"]
            for node in violation["nodes"]
        ]

    def query(self) -> dict[str, list[str]]:
        """The parameters in the address bar."""
        found: dict[str, list[str]] = self.page.evaluate(
            """() => {
              const query = new URLSearchParams(location.search);
              return Object.fromEntries([...query.keys()].map(key => [key, query.getAll(key)]));
            }"""
        )
        return found

    def expect_query(self, **wanted: str | list[str] | None) -> None:
        """Wait until the address carries these parameters; None stands for one that must be gone."""
        values = {key: [value] if isinstance(value, str) else value for key, value in wanted.items()}
        self.page.wait_for_function(
            """wanted => {
              const query = new URLSearchParams(location.search);
              return Object.entries(wanted).every(([key, values]) =>
                JSON.stringify(query.getAll(key)) === JSON.stringify(values ?? []));
            }""",
            arg=values,
        )

    def height(self, key: str) -> float:
        """How high the element is that carries a key."""
        box = self.of(key).bounding_box()
        assert box is not None
        return box["height"]

    def cell(self, row: int, column: int = 1) -> Locator:
        """A cell of the table, by its row on the page (from 0) and column (1 is the name)."""
        return self.of("rows").locator(f"tbody tr:nth-child({row + 1}) > [aria-colindex='{column}']")

    def column(self, column: int = 1) -> Locator:
        """The cells of a column, of the rows on the page. They follow what is drawn after a moment."""
        return self.of("rows").locator(f'tbody [aria-colindex="{column}"]')

    def expect_names(self, names: list[str]) -> None:
        """Wait until the table's page shows exactly these names."""
        expect(self.column()).to_have_text(names)

    def click_row(self, row: int) -> None:
        """Click a row, anywhere but on its name."""
        self.cell(row, 4).click()

    def header(self, label: str) -> Locator:
        """A column's header, by its label."""
        return self.of("rows").get_by_role("columnheader", name=label)

    def click_header(self, name: str) -> None:
        """Click a column's header, by its word for sorting."""
        self.of("rows").locator(f'[data-press="sort {name}"]').click()

    def pager(self, name: str) -> Locator:
        """A button of the pagination: "Page 3", "Next page"."""
        return self.of("page").get_by_role("button", name=name, exact=True)

    def choose(self, key: str, value: str) -> None:
        """Choose an option of a selectbox or a multiselect by typing it."""
        box = self.of(key).get_by_role("combobox")
        box.click()
        box.fill(value)
        self.page.get_by_role("option", name=value, exact=True).click()
        box.press("Escape")

    def fill(self, key: str, text: str) -> None:
        """Type into a text field; it is taken up by itself."""
        self.of(key).get_by_role("searchbox").or_(self.of(key).get_by_role("textbox")).first.fill(text)

    def download(self, ending: str, folder: Path) -> Path:
        """Download all matching rows, as "csv", "xlsx" or "json", under the name that the dashboard gives."""
        with self.page.expect_download() as download:
            self.of(f"download_{ending}").get_by_role("link").click()
        path = folder / download.value.suggested_filename
        download.value.save_as(path)
        return path

    def plot(self, key: str) -> Locator:
        """A chart."""
        return self.of(key).locator(".plotly-basic")

    def highest(self, key: str, trace: int) -> int:
        """Which point of a chart's trace is the highest."""
        highest: int = (
            self.plot(key)
            .locator(".js-plotly-plot")
            .evaluate(
                "(plot, trace) => { const y = plot._fullData[trace].y; return y.indexOf(Math.max(...y)); }",
                trace,
            )
        )
        return highest

    def hover_bar(self, key: str, trace: int, point: int) -> Locator:
        """Point at a bar until its hover text is there; the hover text."""
        self.page.mouse.move(0, 0)
        bar = self.plot(key).locator(".bars").nth(trace).locator(".point path").nth(point)
        hover = self.plot(key).locator(".hoverlayer .hovertext").first
        expect(hover).to_have_count(0)
        bar.scroll_into_view_if_needed()
        limit = time.monotonic() + 20
        for step in range(1000):
            box = bar.bounding_box()
            assert box is not None
            self.page.mouse.move(
                box["x"] + box["width"] / 2 + step % 2, box["y"] + box["height"] / 2, steps=3
            )
            if hover.is_visible():
                break
            assert time.monotonic() < limit, "no hover text comes"
            self.page.wait_for_timeout(50)
        return hover

    def click_bar(self, key: str, trace: int, point: int) -> None:
        """Click a bar."""
        self.hover_bar(key, trace, point)
        self.page.mouse.down()
        self.page.mouse.up()

    def drag(self, key: str, start: float, end: float) -> None:
        """Drag over a chart from one share of its width to another."""
        area = self.plot(key).locator(".nsewdrag").first
        area.scroll_into_view_if_needed()
        box = area.bounding_box()
        assert box is not None
        y = box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + box["width"] * start, y)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + box["width"] * end, y, steps=8)
        self.page.mouse.up()


def hold(page: Page, address: str) -> list[Route]:
    """Keep what a page asks for from it, where the address matches a pattern; what is held."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(re.compile(address), keep)
    return held


BLOCKS = r"/BidiComponent\."
"""The code that draws our own blocks of HTML, for `hold`."""


def release(held: list[Route]) -> None:
    """Let go on what was held; there has to be some."""
    assert held
    for route in held:
        route.continue_()


def expect_room(tab: Screen, path: str, key: str) -> None:
    """Open an address and wait until a block is there, for which so much room was kept that nothing moves."""
    held = hold(tab.page, BLOCKS)
    tab.page.goto(tab.url + path)
    expect(tab.of(key)).to_be_attached()
    room = tab.height(key)
    release(held)
    expect(tab.of(key).locator(".pressable")).to_be_visible()
    assert room > 0.9 * tab.height(key)
    tab.page.unroute_all()
