"""Files hold what the service sent; a spreadsheet runs none of it."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.data.export import FIELDS, file_name, to_csv, to_json
from dashboard.data.view import Facets, View
from tests.dashboard.builders import EXAMPLES, HOSTILE_TEXTS, wires

LOADED_AT = datetime(2024, 2, 29, 13, 5, 9, tzinfo=UTC)


def _table(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _cell(value: object) -> str:
    """How a value stands in a CSV file of ours."""
    (row,) = _rows(to_csv([{"config_name": value}]))
    return row["config_name"]


_STARTS = ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"]
_SMALL_STARTS = ["\ufe66", "\ufe62", "\ufe63", "\ufe6b"]
_PREFIXES = [
    "",
    " ",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "\u00a0",
    "\u3000",
    "\u200b",
    "\ufeff",
    "\u200e",
    "\u2066",
    " \u200b\t ",
]
_MORE_PREFIXES = ["\u00ad", "\u2060", "\u202a", "\u202e", "\u180e", "\x00", "\x1b", "\u2063", "\ufe0f"]


@pytest.mark.parametrize("start", _STARTS, ids=ascii)
@pytest.mark.parametrize("prefix", _PREFIXES, ids=ascii)
def test_what_begins_like_a_formula_gets_an_apostrophe(prefix: str, start: str) -> None:
    text = f"{prefix}{start}HYPERLINK(1)"
    assert _cell(text) == f"'{text}"


@pytest.mark.parametrize("prefix", _MORE_PREFIXES, ids=ascii)
def test_no_mark_that_cannot_be_seen_hides_a_formula(prefix: str) -> None:
    assert _cell(f"{prefix}=1+1").startswith("'")


@pytest.mark.parametrize("start", _SMALL_STARTS, ids=ascii)
def test_other_forms_of_the_signs_are_neutralised_too(start: str) -> None:
    """Unicode calls them compatible with the plain sign, and programs fold the one into the other."""
    assert _cell(f"{start}1+1").startswith("'")


@pytest.mark.parametrize("text", ["\tx", "\rx", "\nx", "\r\nx"], ids=ascii)
def test_a_leading_tab_or_line_break_is_neutralised(text: str) -> None:
    assert _cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "a=1", "a@b", "1-2", "resnet-50", "'=1", " x", "#x", "日本", "a\n=1", "%", '"=1"']
)
def test_other_texts_are_untouched(text: str) -> None:
    assert _cell(text) == text


def test_texts_that_are_numbers_are_neutralised_like_any_text() -> None:
    assert _cell("-1") == "'-1"
    assert _cell("1") == "1"


def test_field_names_from_the_service_are_neutralised() -> None:
    assert _table(to_csv([{"=1+1": "x"}]))[0][-1] == "'=1+1"


@EXAMPLES
@given(st.text(max_size=12))
def test_no_cell_of_any_text_begins_like_a_formula(text: str) -> None:
    for cell in _table(to_csv([{"config_name": text, "other": [text], text: {"a": text}}]))[1]:
        visible = re.sub(r"^[\s\u200b-\u200f]+", "", cell)
        assert not visible.startswith(tuple(_STARTS))


# Numbers and other types


@pytest.mark.parametrize("number", [0, -1, 1524189990635, -(2**63), 10**30, 1.5, -0.25, 1e300])
def test_numbers_stay_numbers(number: float) -> None:
    """Written as they are, unquoted, a sign included."""
    line = to_csv([{"config_name": number}]).decode().split("\r\n")[1]
    assert line.split(",")[0] == str(number)


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_what_no_spreadsheet_knows_as_a_number_is_no_formula(number: float) -> None:
    assert not _cell(number).startswith(tuple(_STARTS))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        ([], "[]"),
        ({"a": [1, "é", None]}, '{"a": [1, "é", null]}'),
        (["=1"], '["=1"]'),
    ],
)
def test_other_values_are_written_as_json(value: object, text: str) -> None:
    assert _cell(value) == text


# Whole files


@EXAMPLES
@given(wires())
def test_csv_comes_back_as_it_went(rows: list[dict[str, Any]]) -> None:
    read = _rows(to_csv(rows))
    assert len(read) == len(rows)
    for before, after in zip(rows, read, strict=True):
        for field, value in before.items():
            assert after[field].removeprefix("'") == ("" if value is None else str(value))


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_RECORDS: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.dictionaries(st.sampled_from([*FIELDS, "x"]) | st.text(max_size=4), _JSON, max_size=5), max_size=4
)


@EXAMPLES
@given(_RECORDS)
def test_csv_has_a_row_a_record_and_a_column_a_field(records: list[dict[str, Any]]) -> None:
    head, *rows = _table(to_csv(records))
    others = sorted({field for record in records for field in record} - set(FIELDS))
    assert head[: len(FIELDS)] == list(FIELDS)
    assert len(head) == len(FIELDS) + len(others)
    assert [len(row) for row in rows] == [len(head)] * len(records)


@EXAMPLES
@given(_RECORDS)
def test_json_is_the_records(records: list[dict[str, Any]]) -> None:
    assert json.loads(to_json(records)) == records


def test_fields_that_nobody_documented_are_kept() -> None:
    records: list[dict[str, object]] = [
        {"config_name": "a", "owner": "me"},
        {"config_name": "b", "tags": ["x"], "a": 1},
    ]
    assert _table(to_csv(records)) == [
        [*FIELDS, "a", "owner", "tags"],
        ["a", *[""] * 8, "", "me", ""],
        ["b", *[""] * 8, "1", "", '["x"]'],
    ]
    assert json.loads(to_json(records)) == records


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=lambda text: ascii(text[:20]))
def test_hostile_text_comes_back_to_the_letter(text: str) -> None:
    record = dict.fromkeys(FIELDS, text)
    (row,) = _rows(to_csv([record]))
    assert {field: value.removeprefix("'") for field, value in row.items()} == record
    assert json.loads(to_json([record])) == [record]


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\ud83d \ude00"], ids=ascii)
def test_half_a_surrogate_pair_is_written_as_an_escape(text: str) -> None:
    records = [{"config_name": text, text: [text]}]
    assert json.loads(to_json(records)) == records
    assert "\\u" in to_csv(records).decode("utf-8")


def test_nothing_makes_a_head_and_an_empty_array() -> None:
    assert _table(to_csv([])) == [list(FIELDS)]
    assert to_csv(iter([])).endswith(b"\r\n")
    assert json.loads(to_json([])) == []


def test_the_order_of_the_rows_is_kept_and_iterators_do() -> None:
    records = [{"config_name": str(number)} for number in (3, 1, 2)]
    assert [row["config_name"] for row in _rows(to_csv(iter(records)))] == ["3", "1", "2"]
    assert json.loads(to_json(iter(records))) == records


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_json_is_json_even_of_what_is_not(number: float) -> None:
    """NaN is no JSON: a strict reader refuses the whole file for it."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    json.loads(to_json([{"x": number}]), parse_constant=refuse)


# Names of files

_RESERVED = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


def _name(project: str = "p1", **changes: Any) -> str:
    return file_name(project, View(**changes), LOADED_AT, "csv")


@EXAMPLES
@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.lists(st.text(max_size=60), max_size=8),
    st.text(max_size=60),
)
@example("p", "日" * 60, ["日" * 60] * 8, "日" * 60)
def test_any_filter_makes_a_file_name_for_every_system(
    project: str, search: str, engines: list[str], contains: str
) -> None:
    name = file_name(
        project, View(search=search, facets=Facets.of(engine=engines, contains=contains)), LOADED_AT, "csv"
    )
    assert not _RESERVED.search(name)
    assert len(name.encode()) <= 255
    assert name.startswith("training-job-configs_")
    assert name.endswith("_20240229T130509Z.csv")
    assert not set(name) & {" ", "'", "&", ";", "$", "`", "\x7f"}


@pytest.mark.parametrize(
    "hostile", ["../../etc/passwd", "..\\..\\x", "CON", "a\r\nb", "a:b|c?d*e", '"; rm -rf /']
)
def test_no_path_gets_out_of_its_directory(hostile: str) -> None:
    name = _name(
        hostile, search=hostile, facets=Facets.of(engine=(hostile,), version=(hostile,), contains=hostile)
    )
    assert not _RESERVED.search(name)
    assert name == PurePosixPath(name).name == PureWindowsPath(name).name


def test_the_name_tells_project_type_filters_and_time() -> None:
    facets = Facets.of(
        engine=("PyTorch",),
        version=("1.0.0",),
        contains="run.sh",
        created_from=date(2024, 1, 2),
        created_to=date(2024, 2, 3),
    )
    assert _name(search="resnet 50", config_type="sample", facets=facets) == (
        "training-job-configs_p1_sample_search-resnet-50_PyTorch_1.0.0_contains-run.sh"
        "_from-2024-01-02_to-2024-02-03_20240229T130509Z.csv"
    )
    assert _name() == "training-job-configs_p1_custom_20240229T130509Z.csv"
    assert file_name("p1", View(), LOADED_AT, "json").endswith("Z.json")


def test_different_filters_make_different_names() -> None:
    day = date(2024, 1, 2)
    views: list[dict[str, Any]] = [
        {},
        {"search": "a"},
        {"facets": Facets.of(contains="a")},
        {"facets": Facets.of(engine=("a",))},
        {"facets": Facets.of(created_from=day)},
        {"facets": Facets.of(created_to=day)},
        {"config_type": "sample"},
    ]
    assert len({_name(**view) for view in views}) == len(views)


def test_filters_in_any_script_are_told() -> None:
    """Two searches that differ only in letters beyond ASCII make two names."""
    assert len({_name(search=text) for text in ("图像", "語音", "звук")}) == 3


def test_the_time_of_the_name_is_in_utc() -> None:
    there = LOADED_AT.astimezone(timezone(timedelta(hours=8)))
    assert file_name("p1", View(), there, "csv") == _name()
