"""The report says everything it was given, harmlessly, and carries its data."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.report.report import MAX_ROWS, report
from dashboard.report.report_data import canonical_json
from dashboard.report.seal import verify
from tests.dashboard.builders import EXAMPLES, HOSTILE_TEXTS
from tests.dashboard.report.reports import report_data

ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "main", "script", "section", "article", "div"),
    *("h1", "h2", "h3", "p", "b", "a", "dl", "dt", "dd", "ul", "li", "span", "small", "bdi", "figure"),
    *("figcaption", "table", "thead", "tbody", "tr", "th", "td", "svg", "rect", "text", "g", "defs"),
    *("pattern", "path", "line", "use"),
}


class _Read(HTMLParser):
    """The elements of a document, and its text without styles and data."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text: list[str] = []
        self.data = ""
        self._inside = ""
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}
        self._inside = tag

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.data += data
        elif self._inside != "style":
            self.text.append(data)


def test_every_part_is_there() -> None:
    words = " ".join(_Read(report(report_data()).decode()).text)
    for said in (
        "Production plain",
        "https://modelarts.example.com",
        "Engine: PyTorch, plain",
        "Configurations read: 120 of 125",
        "Details read: 40 of 120",
        "rules 2026-03",
        "2026-03-01 09:30 UTC",
        "https://dashboard.example.com/findings?connection=prod",
        "4 in all: 3 open, 1 accepted, 0 lapsed.",
        "Secret in the start command",
        "Whoever reads it.",
        "Pin it.",
        "accepted until 2026-06-30 by Ada: plain",
        "open, since 2026-03-01",
        "details were not loaded plain",
        "38 %",
    ):
        assert said in words


def test_the_worst_stands_first_and_the_sums_are_right() -> None:
    text = report(report_data()).decode()
    assert text.index("Secret in the start command") < text.index("Image without a version")
    assert 'aria-label="Findings by severity: ◆ critical 3, ▲ high 0, ● medium 1, ▼ low 0, ○ info 0."' in text
    assert 'aria-label="Findings by family: secrets 3, supply chain 1."' in text


def test_the_data_stands_in_the_document_with_its_sum() -> None:
    data = report_data()
    text = report(data).decode()
    kept = json.loads(_Read(text).data)
    assert kept == json.loads(canonical_json(data.record()))
    assert kept["connections"][0]["findings"][0]["status"] == "open"
    wanted = hashlib.sha256(canonical_json(kept).encode()).hexdigest()
    assert f'<meta name="data-sha256" content="{wanted}">' in text
    assert f"SHA-256 of its data: {wanted}" in text


def test_more_findings_than_are_printed_are_counted_and_kept() -> None:
    text = report(report_data(findings=MAX_ROWS + 23)).decode()
    assert "23 more stand in the document's data." in text.replace("&#39;", "'")
    assert text.count("<td>") < 3 * (MAX_ROWS + 30)
    assert len(json.loads(_Read(text).data)["connections"][0]["findings"]) == MAX_ROWS + 24


@EXAMPLES
@given(st.text(max_size=40) | st.sampled_from(HOSTILE_TEXTS) | st.just("</script><script>alert(1)</script>"))
def test_hostile_texts_mean_nothing_and_the_document_is_whole(text: str) -> None:
    document = report(report_data(findings=1, text=text))
    read = _Read(document.decode())
    assert read.tags <= ALLOWED
    assert not {name for name in read.attributes if name.startswith("on")}
    assert verify(document).is_whole
    assert json.loads(read.data)["connections"][0]["waivers"][0]["reason"] == text


def test_it_stands_alone() -> None:
    text = report(report_data()).decode()
    addresses = re.findall(r"""(?:src|href)=["']?([^"' >]+)|url\(([^)]*)\)""", text)
    assert {a or b for a, b in addresses if not (a or b).startswith("#")} == {
        "https://dashboard.example.com/findings?connection=prod"
    }
    assert re.findall(r"<script(?! type=\"application/json\")", text) == []


@pytest.mark.parametrize("link", ["", "javascript:alert(1)", "data:text/html,x"])
def test_a_link_that_is_no_web_address_leads_nowhere(link: str) -> None:
    assert "a" not in _Read(report(replace(report_data(), link=link)).decode()).tags
