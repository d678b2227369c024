"""The report on paper: whole rows, numbered pages, light, on A4 and on Letter."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, expect

from dashboard.report.report import report
from tests.dashboard.report.reports import report_data

FINDINGS = 60
WORDS = "begin, then many words that take more than one line in the column of the table, until the end"
SIZES = {"A4": (595, 842), "Letter": (612, 792)}
MAX_BYTES = 500_000


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_bytes(report(report_data(FINDINGS, WORDS)))
    return path


@pytest.mark.parametrize("size", SIZES)
def test_no_row_is_cut_and_every_page_has_a_number(browser: Browser, file: Path, size: str) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(file.as_uri())
    printed = page.pdf(format=size, print_background=True)
    page.close()
    pages = pypdfium2.PdfDocument(printed)
    assert [round(side) for side in pages[0].get_size()] == pytest.approx(SIZES[size], abs=1)
    texts = [" ".join(one.get_textpage().get_text_bounded().split()) for one in pages]
    assert all(f"{number} / {len(texts)}" in text for number, text in enumerate(texts, 1))
    rows = [re.findall(r"(job-\d{3}) begin, .*? until the end (\d+)\b", text) for text in texts]
    assert [name for found in rows for name, _ in found] == [f"job-{n:03}" for n in range(FINDINGS)]
    assert all(int(name[4:]) == int(end) for found in rows for name, end in found)
    assert all(
        "Configuration What was found Status" in text
        for text, found in zip(texts, rows, strict=True)
        if found
    )
    assert len(printed) < MAX_BYTES
    corner = pages[0].render(scale=0.2).to_numpy()[0, 0]
    assert min(corner[:3]) == 255


def test_it_can_be_read_on_a_screen_with_no_script_at_all(browser: Browser, file: Path) -> None:
    page = browser.new_page(java_script_enabled=False, viewport={"width": 400, "height": 800})
    page.goto(file.as_uri())
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(FINDINGS + 1 + 2 + 2 + 2)
    page.close()
