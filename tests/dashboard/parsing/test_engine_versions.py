"""Engine versions: both grammars, what they say, and that nothing is half read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.parsing import EngineVersion, Framework, parse_engine_version
from tests.dashboard.parsing.engine_version_rows import ALL_LINES, LINES, ROWS, UNREAD

WORDS = [
    "TF",
    "1.13.1",
    "python3.6",
    "py_3.7",
    "v2",
    "cuda_10.2",
    "cpu",
    "x86_64",
    "pytorch_1.8.0",
    "",
    "20220906",
]


def read(text: str) -> EngineVersion:
    engine = parse_engine_version(text)
    assert engine is not None
    return engine


@pytest.mark.parametrize(("text", "said"), ROWS, ids=[text for text, _ in ROWS])
def test_an_engine_version_says_all_that_is_in_it_and_no_more(text: str, said: dict[str, Any]) -> None:
    further = tuple(Framework(*one) for one in said.get("further", ()))
    assert parse_engine_version(text) == EngineVersion(**{**said, "text": text, "further": further})


@pytest.mark.parametrize("text", UNREAD)
def test_what_is_not_wholly_understood_is_not_read(text: str) -> None:
    assert parse_engine_version(text) is None


@pytest.mark.parametrize(("text", "lines"), LINES.items())
def test_lines_are_those_that_end_of_life_dates_tell_apart(
    text: str, lines: tuple[str | None, str | None]
) -> None:
    assert (read(text).framework_line, read(text).python_line) == lines


@pytest.mark.parametrize(("text", "lines"), ALL_LINES.items())
def test_every_product_line_of_an_engine_is_named(text: str, lines: list[tuple[str, str]]) -> None:
    assert [(one.product, one.line) for one in read(text).product_lines] == lines


@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS)).map("-".join)))
def test_any_text_is_read_whole_or_not_at_all(text: str) -> None:
    engine = parse_engine_version(text)
    if engine is not None:
        assert engine.text == text
        assert parse_engine_version(text + "-?") is None
        assert parse_engine_version(text + "-") is None
