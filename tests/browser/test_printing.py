"""What is printed: for the paper's width, without what can only be pressed, and with whose data it is."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

from playwright.sync_api import expect

from modelarts_local import LocalService
from tests.browser.screen import Screen

WIDTHS = {("A4", False): 794, ("A4", True): 1123, ("Letter", False): 816, ("Letter", True): 1056}
"""Of the paper, in CSS pixels, upright and sideways."""


def pages_of(pdf: Path) -> int:
    """How many pages a PDF has."""
    content = pdf.read_bytes()
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    texts = [content]
    for stream in packed:
        try:
            texts.append(zlib.decompress(stream))
        except zlib.error:
            continue  # a font or a picture
    return sum(len(re.findall(rb"/Type\s*/Page\b(?!s)", text)) for text in texts)


def test_charts_and_rows_fit_the_paper(screen: Screen, service: LocalService, tmp_path: Path) -> None:
    screen.open("/?engine=PyTorch&per_page=25")
    screen.page.evaluate(
        "() => addEventListener('beforeprint', () => { window.printed ="
        " [...document.querySelectorAll('.main-svg')].map(chart => chart.clientWidth); })"
    )
    for paper, sideways in WIDTHS:
        expect_fit(screen, service, tmp_path, paper, sideways)


def expect_fit(screen: Screen, service: LocalService, tmp_path: Path, paper: str, sideways: bool) -> None:
    """Print, and see that what is on paper is whole, and nothing that can only be pressed."""
    page = screen.page
    page.emulate_media(media="null")
    page.set_viewport_size({"width": 1440, "height": 1000})
    expect(screen.sidebar).to_be_visible()
    page.pdf(path=tmp_path / "page.pdf", format=paper, landscape=sideways)
    assert 2 <= pages_of(tmp_path / "page.pdf") <= 6
    widths = page.evaluate("() => window.printed")
    assert widths
    assert max(widths) <= WIDTHS[paper, sideways] - 90  # the margins: 12 mm at each side

    page.set_viewport_size({"width": WIDTHS[paper, sideways] - 90, "height": 900})
    page.emulate_media(media="print")
    for gone in (screen.sidebar, page.get_by_test_id("stHeader"), screen.of("paging")):
        expect(gone).to_be_hidden()
    expect(page.locator(".on-paper")).to_contain_text(service.project_id)
    expect(page.locator(".on-paper")).to_contain_text("UTC, complete")
    expect(page.get_by_role("group", name="Filters")).to_contain_text("Engine: PyTorch")
    table, usage, timeline = (
        screen.of(key).bounding_box() for key in ("rows", "engine_usage_card", "timeline_card")
    )
    assert table is not None
    assert usage is not None
    assert timeline is not None
    assert timeline["y"] >= usage["y"] + usage["height"]
    assert screen.of("rows").evaluate("rows => rows.scrollWidth <= rows.clientWidth")
    cut = page.locator("table.rows td").evaluate_all(
        "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth + 1).length"
    )
    assert cut == 0
