"""Links to exports: whatever a filter says, one link to this dashboard, which says what it gives."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.report.export_links import FORMATS, link
from tests.dashboard.builders import EXAMPLES, HOSTILE_TEXTS

PAGE = "https://dashboard.example.com/modelarts/"


class _Read(HTMLParser):
    """What a browser reads of some HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(("ending", "name"), FORMATS.items())
def test_a_link_says_its_format_and_how_many_rows_it_gives(ending: str, name: str) -> None:
    read = _Read(link(ending, "connection=one", 1234))
    ((tag, attributes),) = read.elements
    assert (tag, read.text) == ("a", name)
    assert attributes["aria-label"] == f"{name}: all 1,234 matching rows"
    assert attributes["href"] == f"export.{ending}?connection=one"
    assert attributes["target"] == "_blank"


@EXAMPLES
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(HOSTILE_TEXTS))
def test_no_text_gets_out_of_its_parameter(text: str) -> None:
    read = _Read(link("csv", urlencode([("connection", text), ("search", text)]), 1))
    ((tag, attributes),) = read.elements
    assert (tag, read.text) == ("a", "CSV")
    assert set(attributes) == {"class", "href", "target", "rel", "aria-label", "title"}
    target = urlsplit(urljoin(PAGE, attributes["href"] or ""))
    assert f"{target.scheme}://{target.netloc}{target.path}" == f"{PAGE}export.csv"
    wanted = [text] if text else []
    assert parse_qs(target.query) == ({"connection": wanted, "search": wanted} if text else {})
    assert not target.fragment
