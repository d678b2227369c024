"""Values from the API as text and as HTML: as they are, and harmless."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.report.facts import facts, plain, pretty_json
from tests.dashboard.builders import EXAMPLES, HOSTILE_TEXTS


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", ""),
        ("<b>", "<b>"),
        (0, "0"),
        (True, "true"),
        (1.5, "1.5"),
        (["é", None], '["é", null]'),
        ({"a": 1}, '{"a": 1}'),
        ("\ud800", "\ud800"),
    ],
)
def test_plain_is_text_or_nothing(value: object, text: str | None) -> None:
    assert plain(value) == text


def test_plain_takes_what_json_cannot_say() -> None:
    assert plain({1}) == '"{1}"'
    assert plain({"a": object}) == '{"a": "<class \'object\'>"}'


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@EXAMPLES
@given(st.dictionaries(st.text(max_size=5), _JSON, max_size=4))
def test_pretty_json_is_the_record(record: dict[str, object]) -> None:
    assert json.loads(pretty_json(record)) == record


def test_pretty_json_is_indented_and_readable() -> None:
    assert pretty_json({"a": "é", "b": [1]}) == '{\n  "a": "é",\n  "b": [\n    1\n  ]\n}'


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert dict(attrs) in ({}, {"class": "facts", "translate": "no"})

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=lambda text: ascii(text[:20]))
def test_no_text_is_markup(text: str) -> None:
    parser = _Texts()
    parser.feed(facts([(text, text), ("none", None)]))
    assert parser.tags == ["dl", "dt", "bdi", "dd", "bdi", "dt", "bdi", "dd", "bdi"]
    assert "".join(parser.texts) == f"{text}{text}none–".replace("\r\n", "\n") or text in "".join(
        parser.texts
    )
