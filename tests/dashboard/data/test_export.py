"""Files hold what the service sent; a spreadsheet runs none of it, however it splits a line."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import sys
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dashboard.data.export import COLUMNS, FIELDS, csv_rows, file_name, to_csv, to_json
from dashboard.data.export.columns import MAX_OTHERS, OTHERS
from dashboard.data.export.csv_rows import SIGNS, harmless
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
    *_, last = re.split("[\t\r\n]", text)
    where = len(text) - len(last)  # behind a separator the part is a cell of its own for some
    wanted = f"'{text[:where]}'{text[where:]}" if where else f"'{text}"
    assert _cell(text) == wanted


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
    "text", ["", "a=1", "a@b", "1-2", "resnet-50", "'=1", " x", "#x", "日本", "a\n1", "%", '"=1"', "a;b|c"]
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


# However a line is split


def _split_cells(data: bytes, separator: str) -> list[str]:
    """Every cell that somebody sees who takes lines apart at a separator, quotation marks heeded or not."""
    lines = [line for line in re.split("\r\n|\r|\n", data.decode()) if line]
    heeded = [cell for line in lines for cell in next(csv.reader([line], delimiter=separator))]
    return heeded + [cell for line in lines for cell in line.split(separator)]


_PARTS = st.sampled_from(
    ["=1+1", "-a", "@x", "+", "a", " ", '"', "'", ";", "\t", "|", "\r\n", "\n", ",", "\u200b"]
)


@settings(max_examples=600)
@given(st.lists(st.tuples(*[st.lists(_PARTS, max_size=6).map("".join)] * 2), min_size=1, max_size=3))
def test_no_separator_makes_a_cell_that_begins_like_a_formula(texts: list[tuple[str, str]]) -> None:
    data = to_csv([{"config_name": name, "user_command": command} for name, command in texts])
    for separator in (";", "\t", "|"):
        for cell in _split_cells(data, separator):
            assert not re.sub(r"^[\s\u200b]+", "", cell).startswith(tuple(SIGNS)), (separator, cell)


@pytest.mark.parametrize("separator", [";", "\t", "|", "\n", "\r", "\x0b", "\u2028"], ids=ascii)
def test_a_part_behind_a_separator_counts_as_a_cell(separator: str) -> None:
    assert harmless(f"ls{separator}=cmd|' /C calc'!A0") == f"ls{separator}'=cmd|' /C calc'!A0"
    assert harmless(f"ls{separator} \u200b-1") == f"ls{separator}' \u200b-1"
    assert harmless(f'ls{separator}"=1') == f"ls{separator}'\"=1"
    assert harmless(f"a=1{separator}b-2") == f"a=1{separator}b-2"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "\r", "\n", '"'], ids=ascii)
def test_a_text_with_a_separator_in_it_is_quoted(separator: str) -> None:
    line = to_csv([{"config_name": f"a{separator}b"}]).decode().split("\r\n", 1)[1]
    assert line.startswith('"a')
    assert _cell(f"a{separator}b") == f"a{separator}b"


def test_every_character_that_is_compatible_with_a_sign_is_one() -> None:
    compatible = {
        c for c in map(chr, range(sys.maxunicode)) if unicodedata.normalize("NFKC", c)[:1] in set("=+-@")
    }
    assert compatible == set(SIGNS)


@pytest.mark.parametrize(
    "text", ["\t" * 100_000, ";" * 100_000, "\u200b" * 100_000 + "a", ";\u200b=" * 30_000], ids=range(4)
)
def test_a_long_text_of_separators_takes_no_longer_than_it_is_long(text: str) -> None:
    """Counts characters that are looked at, not seconds."""
    looked_at = 0

    class Counted(str):
        def __iter__(self) -> Iterator[str]:
            nonlocal looked_at
            for character in str.__iter__(self):
                looked_at += 1
                yield character

    for part in re.split(r"[;\t]", text):
        csv_rows._runs(Counted(part))
    assert looked_at <= len(text)
    assert harmless(text).replace("'", "") == text


# Columns


@pytest.mark.parametrize(
    ("wire", "iso"),
    [
        (1524189990635, "2018-04-20T02:06:30.635Z"),
        ("1524189990635", "2018-04-20T02:06:30.635Z"),
        (946_684_800_000, "2000-01-01T00:00:00.000Z"),
        (0, ""),
        (None, ""),
        ("junk", ""),
        (2**70, ""),
    ],
)
def test_the_creation_time_stands_beside_its_number_in_iso_8601(wire: object, iso: str) -> None:
    (row,) = _rows(to_csv([{"create_time": wire}]))
    assert row["created"] == iso
    assert row["create_time"] == ("" if wire is None else str(wire))
    assert COLUMNS.index("created") == COLUMNS.index("create_time") + 1


def test_a_field_of_the_services_own_named_created_is_kept_instead_of_ours() -> None:
    rows = _rows(
        to_csv([{"create_time": 1524189990635, "created": "long ago"}, {"create_time": 1524189990635}])
    )
    assert [row["created"] for row in rows] == ["long ago", ""]


def test_more_fields_than_a_table_can_show_share_one_column() -> None:
    records: list[dict[str, object]] = [{"config_name": "a", **{f"x{n}": n for n in range(MAX_OTHERS)}}]
    assert len(_table(to_csv(records))[0]) == len(COLUMNS) + MAX_OTHERS
    records.append({"config_name": "b", "y": [1]})
    head, first, second = _table(to_csv(records))
    assert head == [*COLUMNS, OTHERS]
    assert json.loads(first[-1]) == {f"x{n}": n for n in range(MAX_OTHERS)}
    assert json.loads(second[-1]) == {"y": [1]}


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
    others = sorted({field for record in records for field in record} - set(COLUMNS))
    assert head[: len(COLUMNS)] == list(COLUMNS)
    assert len(head) == len(COLUMNS) + len(others)
    assert [len(row) for row in rows] == [len(head)] * len(records)


@EXAMPLES
@given(_RECORDS)
def test_json_is_the_records(records: list[dict[str, Any]]) -> None:
    assert json.loads(to_json(records)) == records
    text = json.dumps(records, ensure_ascii=False, indent=1)
    assert to_json(records) == text.encode("utf-8", errors="backslashreplace")


def test_fields_that_nobody_documented_are_kept() -> None:
    records: list[dict[str, object]] = [
        {"config_name": "a", "owner": "me"},
        {"config_name": "b", "tags": ["x"], "a": 1},
    ]
    assert _table(to_csv(records)) == [
        [*COLUMNS, "a", "owner", "tags"],
        ["a", *[""] * 9, "", "me", ""],
        ["b", *[""] * 9, "1", "", '["x"]'],
    ]
    assert json.loads(to_json(records)) == records


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=lambda text: ascii(text[:20]))
def test_hostile_text_comes_back_to_the_letter(text: str) -> None:
    record = dict.fromkeys(FIELDS, text)
    (row,) = _rows(to_csv([record]))
    assert row.pop("created") == ""
    assert {field: value.removeprefix("'") for field, value in row.items()} == record
    assert json.loads(to_json([record])) == [record]


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\ud83d \ude00"], ids=ascii)
def test_half_a_surrogate_pair_is_written_as_an_escape(text: str) -> None:
    records = [{"config_name": text, text: [text]}]
    assert json.loads(to_json(records)) == records
    assert "\\u" in to_csv(records).decode("utf-8")


def test_nothing_makes_a_head_and_an_empty_array() -> None:
    assert _table(to_csv([])) == [list(COLUMNS)]
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
        "training-job-configs_p1_sample_search-resnet-50_engine-PyTorch_version-1.0.0_contains-run.sh"
        "_from-2024-01-02_to-2024-02-03_20240229T130509Z.csv"
    )
    assert _name() == "training-job-configs_p1_custom_20240229T130509Z.csv"
    assert file_name("p1", View(), LOADED_AT, "json").endswith("Z.json")


def test_the_name_tells_first_that_an_inventory_is_not_whole() -> None:
    name = file_name("p" * 300, View(search="x" * 99), LOADED_AT, "csv", complete=False)
    assert name.startswith("training-job-configs_INCOMPLETE_ppp")
    assert len(name.encode()) <= 255


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
