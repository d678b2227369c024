"""Two to ten configurations side by side, and the texts of that."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings

from dashboard.history import comparison_texts
from dashboard.history.compare import ComparedField, Comparison, compare
from dashboard.history.families import families
from dashboard.history.fields import REPRODUCIBILITY, SECURITY
from dashboard.history.values import ABSENT, UNKNOWN
from tests.dashboard.history.builders import STATES, detailed, row


def rows_of(comparison: Comparison) -> dict[str, ComparedField]:
    return {one.field: one for one in comparison.rows}


def test_parameters_are_aligned_by_label_and_commands_by_argument() -> None:
    one = detailed("a", user_command="python train.py --lr 0.1 --amp")
    other = detailed(
        "b",
        user_command="python train.py --lr 0.2",
        parameter=[{"label": "seed", "value": 7}, {"label": "lr", "value": "0.3"}],
    )
    found = compare([one, other])
    assert {row.field: row.values for row in found.differing} == {
        "parameter[lr].value": ("0.1", "0.3"),
        "user_command[--lr]": ("0.1", "0.2"),
        "user_command[--amp]": (True, ABSENT),
    }
    assert rows_of(found)["parameter[seed].value"].is_constant
    assert "config_name" not in rows_of(found)


def test_what_is_not_known_makes_no_difference() -> None:
    row_ = rows_of(compare([detailed("a"), row("b")]))["worker_server_num"]
    assert (row_.values, row_.is_constant) == ((1, UNKNOWN), True)


def test_the_reference_says_what_the_others_differ_from() -> None:
    records = [row("a", engine_version="1"), row("b", engine_version="2"), row("c", engine_version="2")]
    assert rows_of(compare(records))["engine_version"].differs == (False, True, True)
    assert rows_of(compare(records, reference=1))["engine_version"].differs == (True, False, False)


def test_a_command_that_cannot_be_taken_apart_is_compared_as_a_whole() -> None:
    found = compare([row("a"), row("b", user_command="echo 'x")])
    assert [one.field for one in found.differing] == ["user_command"]


def test_the_consensus_of_a_family_is_a_column() -> None:
    records = [row("a"), row("b"), row("c", engine_version="x")]
    found = compare([records[2]], family=families(records).families[0], reference=0)
    assert (found.titles, [one.field for one in found.differing]) == (("usual", "c"), ["engine_version"])


def test_the_gravest_class_of_a_row_counts() -> None:
    images = ["r.example.com/x:1", "r.example.com/x:2", "other.example.com/x:1"]
    records = [row(str(number), user_image_url=image) for number, image in enumerate(images)]
    assert rows_of(compare(records))["user_image_url"].kind is SECURITY
    assert rows_of(compare(records[:2]))["user_image_url"].kind is REPRODUCIBILITY


@pytest.mark.parametrize("count", [0, 1, 11])
def test_fewer_than_two_and_more_than_ten_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="2 to 10"):
        compare([row(str(number)) for number in range(count)])


def test_the_texts_hold_every_value_and_interpret_none() -> None:
    records = [row("a|b", config_desc="=1+1"), row("`c`", config_desc="<img src=x>\n| x |")]
    found = compare(records, reference=0)
    told = json.loads(comparison_texts.to_json(found))
    assert (told["configurations"], told["reference"]) == (["a|b", "`c`"], 0)
    cells = list(csv.reader(io.StringIO(comparison_texts.to_csv(found))))
    described = next(cell for cell in cells if cell[0] == "config_desc")
    assert described[1:3] == ["'=1+1", "<img src=x>\n| x |"]
    text = comparison_texts.to_markdown(found)
    assert "<img" not in text
    assert {line.count(" | ") for line in text.splitlines() if line.startswith("|")} == {3}
    assert "1 field differs" in text


@given(STATES)
@settings(max_examples=60)
def test_any_configurations_can_be_compared_and_told(records: list[dict[str, Any]]) -> None:
    if len(records) < 2:
        records = [*records, {}, {}]
    found = compare(records)
    assert set(map(len, (one.values for one in found.rows))) <= {len(records)}
    assert json.loads(comparison_texts.to_json(found))["configurations"]
    assert comparison_texts.to_csv(found).startswith('"field"')
    assert "the same in all" in comparison_texts.to_markdown(found, only_differing=False)
