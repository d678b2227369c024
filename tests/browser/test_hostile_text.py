"""Whatever a field holds is shown literally and does nothing: on every screen, chart, hover and in files.

That no other host is asked, no script fails and no dialog opens is looked after by the `visit` fixture.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import expect

from modelarts_local import LocalService
from tests.browser import hostile
from tests.browser.conftest import Visit, connected_to
from tests.browser.hostile import DETAILED, EVERYTHING, TEXTS
from tests.browser.screen import Screen
from tests.browser.served import Dashboard
from tests.screens import naive

STEERING = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]|\\u20(?:0[ef]|2[a-e]|6[6-9])")
HARM = """() => [
  ...(window.harmed === undefined ? [] : ['a script ran']),
  ...[
    'body script:not([src])', 'img[src*="evil"]', '[onerror]', '[onload]', '.katex',
    '.stMarkdownColoredText', 'a[href^="javascript"]',
    'a[href*="evil"]:not(.export, [href^="migration?"], [href^="compare?"])',
  ].flatMap(selector => [...document.querySelectorAll(selector)]).map(node => node.outerHTML.slice(0, 200)),
  ...[...document.querySelectorAll('b, strong, em, i, del, s, u, a, tspan')]
    .filter(node => ['loud', 'slanted', 'gone', 'link', 'a'].includes(node.textContent.trim()))
    .map(node => node.outerHTML.slice(0, 200)),
]"""


@pytest.fixture(scope="module")
def hostile_service() -> Iterator[LocalService]:
    """The hostile project, for both configuration types."""
    with LocalService(hostile.hostile_rows(), samples=hostile.hostile_rows()) as running:
        yield running


@pytest.fixture(scope="module")
def hostile_dashboard(hostile_service: LocalService) -> Iterator[Dashboard]:
    """A dashboard of the hostile project."""
    with Dashboard(connected_to(hostile_service)) as running:
        yield running
        assert "Traceback" not in running.output


@pytest.fixture
def tab(visit: Visit, hostile_dashboard: Dashboard) -> Iterator[Screen]:
    """A tab on the hostile project; nothing may have come to harm in the end."""
    screen = visit(hostile_dashboard)
    yield screen
    assert screen.page.evaluate(HARM) == []


def flat(text: str) -> str:
    """A text on one line, without the marks that steer the direction of writing, or their codes."""
    return " ".join(STEERING.sub("", text).split())


def test_the_table_shows_every_text_literally(tab: Screen, hostile_service: LocalService) -> None:
    tab.open("/?per_page=100")
    expect(tab.column(1)).to_have_count(len(naive.listed(hostile_service)))
    for column in (1, 3, 5, 6):
        cells = [flat(text) for text in tab.column(column).all_text_contents()]
        # The grid's own copy for screen readers may end a very long text early.
        missing = [name for name, text in TEXTS.items() if not any(is_shown(text, cell) for cell in cells)]
        assert missing == []
    assert tab.page.evaluate(HARM) == []


def is_shown(text: str, cell: str) -> bool:
    """Whether a cell holds a text, or the beginning of a long one."""
    begins = flat(text).startswith(cell.removesuffix("…"))
    return cell == flat(text) or (len(text) > 300 and len(cell) > 100 and begins)


def test_the_sidebar_lists_and_takes_every_engine_literally(tab: Screen) -> None:
    texts = (hostile.HTML, hostile.MARKDOWN, hostile.TEMPLATE, hostile.BACKTICKS, hostile.FORMULA)
    tab.open("/?" + urlencode({"engine": texts, "version": texts}, doseq=True))
    expect(tab.range_text).to_have_text(f"1–{len(texts)} of {len(texts)}")
    for key in ("engine", "version"):
        chosen = [flat(tag) for tag in tab.of(key).locator("[data-tag]").all_inner_texts()]
        assert sorted(chosen) == sorted(map(flat, texts))
    listed = [flat(name) for name in tab.sidebar.locator("bdi").all_text_contents()]
    assert {flat(text) for text in texts} <= set(listed)
    assert tab.page.evaluate(HARM) == []


def test_chart_labels_and_hover_texts_are_literal(tab: Screen) -> None:
    tab.open("/?all_engines=true")
    chart = tab.plot("engine_usage")
    labels = [flat(label).removesuffix("…") for label in chart.locator(".ytick text").all_text_contents()]
    for text in TEXTS.values():
        assert any(begins(text, label, 20) for label in labels), text[:60]

    layer, hovered = chart.locator(".hoverlayer"), [""]
    chart.focus()
    tab.page.keyboard.press("Home")
    for _ in range(chart.locator(".bars .point path").count()):
        expect(layer).not_to_have_text(hovered[-1])
        hovered.append(layer.text_content() or "")
        tab.page.keyboard.press("ArrowUp")
    for text in TEXTS.values():
        assert any(begins(hover, flat(text)[:50].rstrip(), 4) for hover in hovered), text[:60]


def begins(text: str, start: str, length: int) -> bool:
    """Whether a text begins so, the beginning being of some length or all of the text."""
    return flat(text).startswith(start.rstrip()) and len(start) >= min(length, len(flat(text)))


def test_the_timeline_is_literal_too(tab: Screen) -> None:
    names = (hostile.HTML, hostile.MARKDOWN, hostile.TEMPLATE)
    tab.open("/?" + urlencode({"engine": names}, doseq=True))
    legend = tab.plot("timeline").locator(".legendtext")
    expect(legend).to_have_count(3)
    for label, name in zip(legend.all_text_contents(), sorted(names), strict=True):
        assert begins(name, flat(label).removesuffix("…"), 20)
    tab.plot("timeline").focus()
    tab.page.keyboard.press("End")
    layer = tab.plot("timeline").locator(".hoverlayer")
    expect(layer).to_contain_text(": ")
    assert any(flat(name)[:20] in flat(layer.text_content() or "") for name in names)


def test_the_drawer_shows_every_field_literally(tab: Screen) -> None:
    tab.open(f"/?config={DETAILED}")
    drawer = tab.drawer
    expect(drawer.get_by_text("Raw JSON", exact=True)).to_be_visible()
    expect(drawer.locator("dd").first).to_be_visible()
    values = [flat(text) for text in drawer.locator("dd").all_text_contents()]
    assert values.count(flat(EVERYTHING)) >= 12
    assert flat(EVERYTHING) in [flat(text) for text in drawer.locator("dt").all_text_contents()]
    assert flat(EVERYTHING) in [flat(code.inner_text()) for code in drawer.locator("pre").all()]
    drawer.get_by_text("Raw JSON", exact=True).click()
    raw = drawer.locator("#raw")
    expect(raw).to_contain_text("volumes")
    assert json.loads(raw.text_content() or "") == hostile.hostile_rows()[-1]
    assert tab.page.evaluate(HARM) == []


def test_a_row_of_any_name_opens_its_details(tab: Screen) -> None:
    tab.open("/?per_page=100")
    for kind in ("html", "markdown", "backticks", "right-to-left", "long"):
        name = TEXTS[kind]
        place = [is_shown(name, flat(cell)) for cell in tab.column(1).all_text_contents()].index(True)
        tab.click_row(place)
        tab.expect_query(config=name)
        expect(tab.drawer.get_by_text("Raw JSON", exact=True)).to_be_visible()
        expect(tab.drawer.locator("dd").first).to_be_visible()
        title = flat(tab.drawer.get_by_role("heading", level=2).first.inner_text())
        named = [flat(text) for text in tab.drawer.locator("dd").all_text_contents()]
        assert title == flat(name) or (flat(name).startswith(title) and flat(name) in named)
        assert tab.page.evaluate(HARM) == []
        tab.page.keyboard.press("Escape")
        expect(tab.drawer).to_have_count(0)
        tab.expect_query(config=None)  # until then the next request would ask for it again


def test_a_search_for_hostile_text_that_finds_nothing(tab: Screen) -> None:
    text = hostile.HTML + hostile.MARKDOWN
    tab.page.goto(tab.url + "/?" + urlencode({"search": text, "contains": text}))
    expect(tab.of("drop_filters")).to_be_visible()
    expect(tab.of("search").get_by_role("searchbox")).to_have_value(text)
    assert tab.page.evaluate(HARM) == []


def test_a_hostile_failure_is_quoted_literally(tab: Screen, hostile_service: LocalService) -> None:
    failure = {"error_code": EVERYTHING, "error_msg": EVERYTHING, "request_id": EVERYTHING}
    with hostile_service.fail(403, failure, path_contains="search_content"):
        tab.page.goto(tab.url + "/?search=" + quote(hostile.HTML))
        expect(tab.of("retry")).to_be_visible()
        quoted = tab.page.get_by_test_id("stMain").get_by_test_id("stCode")
        expect(quoted).to_contain_text("<b>loud</b>")
        expect(quoted).to_contain_text("**loud**")
        assert tab.page.evaluate(HARM) == []


def test_the_connection_screen_counts_the_rows_with_a_problem(tab: Screen) -> None:
    tab.page.goto(tab.url + "/connection")
    expect(tab.facts.locator("dt").filter(has_text="Rows with a problem")).to_have_count(1)
    rows = tab.facts.locator("dt, dd").all_text_contents()
    assert rows[rows.index("Configurations") + 1] == "21 of 21 reported"
    assert int(rows[rows.index("Rows with a problem") + 1]) >= 4


def test_samples_are_as_harmless(tab: Screen) -> None:
    tab.open("/?config_type=sample&per_page=100")
    expect(tab.range_text).to_have_text("1–21 of 21")


def test_files_keep_texts_and_disarm_formulas(
    tab: Screen, hostile_service: LocalService, tmp_path: Path
) -> None:
    tab.open("/?order=asc&per_page=10")
    rows = naive.listed(hostile_service)
    saved = json.loads(tab.download("json", tmp_path).read_text(encoding="utf-8"))
    assert sorted(map(json.dumps, saved)) == sorted(map(json.dumps, rows))

    text = tab.download("csv", tmp_path).read_bytes().decode("utf-8")
    cells = list(csv.reader(io.StringIO(text, newline="")))
    running = [cell for row in cells for cell in row if cell.strip().startswith(("=", "+", "-", "@"))]
    assert running == []
    assert not [cell for row in cells for cell in row if cell.startswith(("\t", "\r", "\n"))]
    flatly = {cell for row in cells for cell in row}
    for text in TEXTS.values():
        armed = text.lstrip().startswith(("=", "+", "-", "@"))
        told = text.replace("\t=", "\t'=")  # behind a tab is a cell of its own for some
        assert f"'{told}" in flatly if armed else told in flatly
    assert "'=1+1" in cells[0]
    assert str(hostile.CREATED) in flatly


def test_a_link_to_an_export_leads_to_the_rows_of_hostile_filters_and_nowhere_else(
    tab: Screen, hostile_service: LocalService, tmp_path: Path
) -> None:
    texts = [text for text in TEXTS.values() if len(text) < 1000]
    tab.open("/?" + urlencode({"engine": texts}, doseq=True))
    expect(tab.range_text).to_have_text(f"1–{len(texts)} of {len(texts)}")
    link = tab.of("download_json").get_by_role("link")
    where = link.evaluate(
        """link => ({origin: link.origin, path: link.pathname, hash: link.hash, inside: link.children.length,
          beside: link.parentElement.children.length,
          engines: new URL(link.href).searchParams.getAll("engine").sort(),
          attributes: link.getAttributeNames().sort()})"""
    )
    engines = where.pop("engines")
    assert sorted(engines) == sorted(texts)
    assert where == {
        "origin": tab.url,
        "path": "/export.json",
        "hash": "",
        "inside": 0,
        "beside": 1,
        "attributes": ["aria-label", "class", "href", "rel", "target", "title"],
    }
    rows = [row for row in naive.listed(hostile_service) if row.get("engine_name") in texts]
    assert len(rows) == len(texts)
    assert json.loads(tab.download("json", tmp_path).read_text(encoding="utf-8")) == rows
