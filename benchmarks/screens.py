"""What a person does on each screen, with the mouse and the keyboard: one class a kind of screen."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Locator, Page

from benchmarks.datasette import DASHBOARD, TABLE_PAGE
from benchmarks.rows import PER_PAGE, Rows, fresh
from benchmarks.tab import Expected, Measured, Tab

COLD, WARM = "first open, cold cache", "first open, warm cache"
NEXT, SORT, FACET = "next page", "sort", "facet (an engine)"
SEARCH, AGAIN, CHART = "search, new text", "search, a text seen before", "click on a chart's bar"
FIRST_COLD, FIRST_WARM = "first view, cold cache", "first view, warm cache"
"""Key figures, both charts and 25 names painted; a page without a first view has them when it is open."""
NICEGUI_SEARCH = ".key-search input"
STEPS = (COLD, WARM, NEXT, SORT, FACET, SEARCH, AGAIN, CHART)
Step = tuple[str, Measured]


@dataclass(frozen=True)
class StreamlitScreen:
    """Our dashboard or the bare page: both carry the same keys."""

    url: str
    rows: Rows

    def visit(self, context: BrowserContext, search: str) -> Iterator[Step]:
        """Open twice, then every interaction once, each from a state that the one before left behind."""
        first = self.rows.names(order="desc")
        tab = yield from _openings(context, Expected("streamlit", first[:3]), self.url)
        second = self.rows.names(order="desc", page=2)
        yield NEXT, tab.interact(fresh(second, first), _next_page)
        _require(tab.page, page="2")
        # A screen may go to page 1 when it is sorted, or stay on page 2.
        ascending = self.rows.names(order="asc")
        either = fresh(ascending, second) + fresh(self.rows.names(order="asc", page=2), second)
        option = _option(tab.page, "order", "asc")
        yield SORT, tab.interact(either, lambda _: option.click())
        _require(tab.page, order="asc")
        if "page=2" in tab.page.url:
            tab.interact(fresh(ascending, self.rows.names(order="asc", page=2)), _first_page)

        engine = self._engine(ascending)
        yield from self._facet(tab, ascending, engine)
        yield from self._search(tab, ascending, search)
        yield from self._chart(tab, ascending, engine)
        tab.page.close()

    def _facet(self, tab: Tab, before: list[str], engine: str) -> Iterator[Step]:
        shown = self.rows.names(order="asc", engine=engine)
        option = _option(tab.page, "engine", engine)
        yield FACET, tab.interact(fresh(shown, before), lambda _: option.click())
        _require(tab.page, "engine")
        tab.interact(fresh(before, shown), lambda page: page.keyboard.press("Backspace"))
        tab.page.keyboard.press("Escape")

    def _engine(self, before: list[str]) -> str:
        """Return the most frequent engine that brings another name to the top, as all do after it."""
        for engine in self.rows.engines():
            shown = self.rows.names(order="asc", engine=engine)
            if fresh(shown, before) and fresh(before, shown):
                return engine
        raise RuntimeError("no engine changes the first rows")

    def _search(self, tab: Tab, before: list[str], search: str) -> Iterator[Step]:
        found = self.rows.names(order="asc", search=search)
        for step in (SEARCH, AGAIN):
            yield step, tab.interact(fresh(found, before), _typed(search))
            _require(tab.page, search=search)
            tab.interact(fresh(before, found), _typed(""))

    def _chart(self, tab: Tab, before: list[str], engine: str) -> Iterator[Step]:
        shown = self.rows.names(order="asc", engine=engine)
        yield CHART, tab.interact(fresh(shown, before), lambda page: _click_bar(page, engine))
        _require(tab.page, "engine")


def _openings(context: BrowserContext, opening: Expected, url: str) -> Generator[Step, None, Tab]:
    """Open a screen twice; yield of each its first view and all of it, and return the tab that stays open."""
    for step, first_step in ((COLD, FIRST_COLD), (WARM, FIRST_WARM)):
        tab = Tab(context, opening)
        measured = tab.open(url)
        yield first_step, replace(measured, milliseconds=measured.first_view or measured.milliseconds)
        yield step, measured
        if step == COLD:
            tab.page.close()
    return tab


def _require(tab: Page, present: str = "", /, **values: str) -> None:
    """Wait for the address to say that the interaction did what it was meant to do."""

    def says(url: str) -> bool:
        query = parse_qs(urlsplit(url).query)
        return all(query.get(name) == [value] for name, value in values.items()) and (
            not present or present in query
        )

    tab.wait_for_url(says, wait_until="commit")


def _next_page(page: Page) -> None:
    page.locator(".st-key-page").get_by_role("button", name="Next page").click()


def _first_page(page: Page) -> None:
    page.locator(".st-key-page").get_by_role("button", name="1", exact=True).click()


def _option(page: Page, key: str, text: str) -> Locator:
    """Open the list of ``key`` and narrow it, as only some options are in sight; the one with ``text``."""
    page.locator(f".st-key-{key} input").fill(text)
    return page.get_by_role("option").filter(has_text=text).first


def _typed(text: str, selector: str = ".st-key-search input") -> Callable[[Page], None]:
    def type_into_search(page: Page) -> None:
        field = page.locator(selector)
        field.fill(text)
        field.press("Enter")

    return type_into_search


def _click_bar(page: Page, engine: str) -> None:
    """Click the bar beside the engine's label, by coordinates: Plotly listens on a layer above its bars."""
    chart = page.locator(".st-key-engine_usage")
    label = chart.locator(".ytick").filter(has_text=engine).first.bounding_box()
    boxes = [box for bar in chart.locator(".barlayer path").all() if (box := bar.bounding_box())]
    if label is None:
        raise RuntimeError(f"no bar is labelled {engine}")
    middle = label["y"] + label["height"] / 2
    beside = [box for box in boxes if box["y"] < middle < box["y"] + box["height"]]
    # At the right end of the highest bar Plotly's own buttons would take the click.
    first = min((box for box in beside if box["width"] > 4), key=lambda box: box["x"])
    page.mouse.click(first["x"] + first["width"] / 2, middle)


@dataclass(frozen=True)
class DatasetteScreen:
    """Datasette: the dashboard for opening, facet and search; its table page for next page and sort."""

    url: str
    rows: Rows

    def visit(self, context: BrowserContext, search: str) -> Iterator[Step]:
        """Go through the same steps; every interaction is the load of a page."""
        first = self.rows.names(order="desc")
        tab = yield from _openings(context, Expected("dashboard", first[:3]), f"{self.url}{DASHBOARD}")
        engine = self.rows.engines()[0]
        names = self.rows.names(order="desc", engine=engine)
        yield FACET, tab.interact(names, lambda page: _choose(page, engine), "dashboard")
        found = self.rows.names(order="desc", search=search)
        tab.page.locator("#engine").select_option("")
        for step in (SEARCH, AGAIN):
            yield step, tab.interact(found, lambda page: _enter(page, search), "dashboard")
        tab.page.close()
        yield from self._table(context, first)

    def _table(self, context: BrowserContext, first: list[str]) -> Iterator[Step]:
        tab = Tab(context, Expected("rows", first[:3]))
        tab.open(f"{self.url}{TABLE_PAGE}?_size={PER_PAGE}&_sort_desc=create_time")
        second = self.rows.names(order="desc", page=2)
        yield NEXT, tab.interact(fresh(second, first), _follow("Next page"), "rows")
        ascending = fresh(self.rows.names(order="asc"), second)
        yield SORT, tab.interact(ascending, _follow("create_time"), "rows")
        tab.page.close()


def _choose(page: Page, engine: str) -> None:
    page.locator("#engine").select_option(engine)
    page.get_by_role("button", name="Apply").click()


def _enter(page: Page, search: str) -> None:
    page.locator("#search").fill(search)
    page.locator("#search").press("Enter")


def _follow(link: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("link", name=link).first.click()


@dataclass(frozen=True)
class NiceGuiScreen:
    """The NiceGUI page: everything on one page, like ours."""

    url: str
    rows: Rows

    def visit(self, context: BrowserContext, search: str) -> Iterator[Step]:
        """Go through the same steps."""
        first = self.rows.names(order="desc")
        tab = yield from _openings(context, Expected("nicegui", first[:3]), self.url)
        second = self.rows.names(order="desc", page=2)
        yield NEXT, tab.interact(fresh(second, first), _press(".key-page", "2"))
        ascending = self.rows.names(order="asc")
        yield SORT, tab.interact(fresh(ascending, second), _press(".key-order", "asc"))
        engine = self.rows.engines()[0]
        shown = self.rows.names(order="asc", engine=engine)
        tab.page.locator(".key-engine input").fill(engine)
        option = tab.page.get_by_role("option").filter(has_text=engine).first
        yield FACET, tab.interact(fresh(shown, ascending) or shown, lambda _: option.click())
        tab.interact(fresh(ascending, shown) or ascending, lambda _: option.click())
        tab.page.keyboard.press("Escape")
        found = self.rows.names(order="asc", search=search)
        for step in (SEARCH, AGAIN):
            yield step, tab.interact(fresh(found, ascending), _typed(search, NICEGUI_SEARCH))
            tab.interact(fresh(ascending, found), _typed("", NICEGUI_SEARCH))
        tab.page.close()


def _press(selector: str, name: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).get_by_role("button", name=name, exact=True).click()
