"""A difference as Markdown, CSV, JSON: whatever its texts hold, they do nothing there."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dashboard.history import difference_texts
from dashboard.history.difference import difference
from dashboard.history.shown import code, csv_text, visible
from tests.dashboard.history.builders import HOSTILE, STATES, row


def test_the_json_has_the_documented_shape() -> None:
    before = [row("gone", engine_name="X"), row("old", engine_name="Y"), row("e")]
    after = [row("new", engine_name="Y"), row("come", engine_name="Z")]
    after += [row("e", user_command="python train.py --lr 0.2 --epochs 20 --amp")]
    assert json.loads(difference_texts.to_json(difference(before, after))) == {
        "added": ["come"],
        "removed": ["gone"],
        "renamed": [["old", "new"]],
        "edited": [
            {
                "name": "e",
                "fields": [
                    {
                        "field": "user_command[--lr]",
                        "before": "0.1",
                        "after": "0.2",
                        "kind": "reproducibility",
                    },
                    {
                        "field": "user_command[--amp]",
                        "before": None,
                        "after": True,
                        "kind": "reproducibility",
                    },
                ],
            }
        ],
    }


def test_markdown_lists_counts_names_and_fields() -> None:
    text = difference_texts.to_markdown(
        difference([row("a"), row("b")], [row("a", config_desc="*x*"), row("c", engine_name="Z")]),
        "Since May",
    )
    assert text.startswith(
        "## Since May\n\n1 added, 1 removed, 1 edited. 0 unchanged.\n\n### Added: 1\n\n- `c`\n"
    )
    assert "  - `config_desc`: `first run` → `*x*` (cosmetic)\n" in text


@given(STATES, STATES)
@settings(max_examples=60)
def test_any_difference_can_be_told(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    found = difference(before, after)
    told = json.loads(difference_texts.to_json(found))
    assert [len(told[word]) for word in ("added", "removed", "edited")] == [
        len(found.added),
        len(found.removed),
        len(found.edited),
    ]
    cells = list(csv.reader(io.StringIO(difference_texts.to_csv(found))))
    assert {len(line) for line in cells} == {len(difference_texts.COLUMNS)}
    difference_texts.to_markdown(found, "x").encode()


@given(HOSTILE | st.text("`|*_<>[]()!#\\\n$ab ", max_size=20))
def test_no_text_leaves_its_code_in_markdown(text: str) -> None:
    html = MarkdownIt("commonmark").enable("table").render(f"x {code(text)} y")
    assert html.startswith("<p>x <")
    assert set(_tags(html)) <= {"p", "/p", "code", "/code", "em", "/em"}


@pytest.mark.parametrize("text", ["=1", " +1", "\t=1", "-1", "@x", "\u200b=1", "\uff1d1", "\n=1"])
def test_a_spreadsheet_runs_no_text(text: str) -> None:
    (_, (cell,)) = csv.reader(io.StringIO(csv_text(["x"], [[text]]), newline=""))
    assert cell == f"'{text}"


@given(HOSTILE)
def test_a_terminal_is_sent_no_character_that_cannot_be_seen(text: str) -> None:
    shown = visible(text, None)
    assert shown.isprintable() or not set(shown) & set("\x1b\r\n\u202e\u200b")
    shown.encode()


def _tags(html: str) -> list[str]:
    return [piece.partition(">")[0] for piece in html.split("<")[1:]]


def test_what_is_not_compared_is_said() -> None:
    assert difference_texts.details_words(3, 3) == ""
    assert (
        "of 0 configurations in the first state and of 1,320 in the second"
        in difference_texts.details_words(0, 1_320)
    )
