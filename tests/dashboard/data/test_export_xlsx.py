"""Workbooks, read by another program's reader: texts stay texts, nothing is lost without a word."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.data.export import COLUMNS, FIELDS, to_xlsx
from dashboard.data.export.columns import MAX_OTHERS, TableColumns
from dashboard.data.export.sheet_rows import MAX_NUMBER, MAX_ROWS, MAX_TEXT, SHEET, SheetRows, shown_text
from tests.dashboard.builders import EXAMPLES, HOSTILE_TEXTS

Cell = Any  # openpyxl has no types


def _sheet(records: list[dict[str, Any]]) -> list[list[Cell]]:
    """The cells of a workbook of these rows, the column names first."""
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(records)))
    assert book.sheetnames == ["Configurations"]
    return [list(row) for row in book.active.iter_rows()]


def _cell(value: object) -> Cell:
    return _sheet([{"config_name": value, "config_desc": "beside"}])[1][0]


def _unescaped(text: str) -> str:
    """What a spreadsheet makes of a cell's text (ECMA-376, ST_Xstring); openpyxl leaves it as it is."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "=HYPERLINK(1)", "'=1", "\t=1", "1", "1e5", "TRUE", "0012"]
)
def test_a_text_is_a_text_whatever_it_looks_like(text: str) -> None:
    cell = _cell(text)
    assert (cell.data_type, cell.value) == ("s", text)


@pytest.mark.parametrize("text", HOSTILE_TEXTS, ids=lambda text: ascii(text[:20]))
def test_hostile_text_comes_back_with_what_cannot_be_seen_made_visible(text: str) -> None:
    wanted = text.replace("\x00", "␀").replace("\r", "␍")
    assert _unescaped(_cell(text).value) == wanted


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\x1b\x7f", "a␀b␛␡"),
        ("a\r\nb\tc", "a␍\nb\tc"),
        ("\ufffe\uffff", "\\ufffe\\uffff"),
        ("\ud800x", "\\ud800x"),
        ("图像分类 日本語 🚀", "图像分类 日本語 🚀"),
        ("  spaces  ", "  spaces  "),
        ("]]> <a> &amp; &#0;", "]]> <a> &amp; &#0;"),
        ("_x0041_ _x005F_ _xyz_ _x12_", "_x0041_ _x005F_ _xyz_ _x12_"),
    ],
    ids=ascii,
)
def test_what_xml_cannot_carry_is_made_visible_and_the_rest_stays(text: str, shown: str) -> None:
    assert _unescaped(_cell(text).value) == shown


@EXAMPLES
@given(st.lists(st.text(max_size=12), max_size=4))
def test_any_text_gives_a_workbook_that_reads_the_same(texts: list[str]) -> None:
    cells = _sheet([{text: [text], "config_name": text} for text in texts])[1:]
    # openpyxl takes a line break at the end of an element's text as any XML reader does.
    assert [_unescaped(row[0].value or "") for row in cells] == [shown_text(text) for text in texts]


def test_a_text_that_is_too_long_for_a_cell_says_so_first() -> None:
    exact = "x" * MAX_TEXT
    assert _cell(exact).value == exact
    cut = _cell("y" + exact).value
    assert cut.startswith("[Cut: 32,768 characters, and a cell holds 32,767. The JSON has all.] yxxx")
    assert len(cut) == MAX_TEXT


def test_the_limit_of_a_cell_counts_what_a_spreadsheet_counts() -> None:
    """UTF-16: a character beyond the first 65,536 counts twice, and is not cut into halves."""
    fits = "🚀" * (MAX_TEXT // 2)
    assert shown_text(fits) == fits
    cut = shown_text(fits + "🚀")
    assert len(cut.encode("utf-16-le")) // 2 <= MAX_TEXT
    assert cut.startswith("[Cut: 32,768 characters")
    assert cut.endswith("🚀")


@pytest.mark.parametrize("number", [0, -5, 1524189990635, MAX_NUMBER, -MAX_NUMBER, 1.5, -0.25, 1e300])
def test_numbers_are_numbers(number: float) -> None:
    cell = _cell(number)
    assert (cell.data_type, cell.value) == ("n", number)


@pytest.mark.parametrize("number", [MAX_NUMBER + 1, 2**63 - 1, -(2**63), 9_007_199_254_740_993, 10**30])
def test_a_number_with_more_digits_than_a_spreadsheet_keeps_is_written_as_text(number: int) -> None:
    cell = _cell(number)
    assert (cell.data_type, cell.value) == ("s", str(number))


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (True, "b", True),
        (False, "b", False),
        (None, "n", None),
        (float("inf"), "s", '"inf"'),
        (float("nan"), "s", '"nan"'),
        (1.7e308, "s", "1.7e+308"),
        (["=1", 2], "s", '["=1", 2]'),
        ({"a": None}, "s", '{"a": null}'),
    ],
)
def test_other_values_are_what_they_are_or_json(value: object, kind: str, shown: object) -> None:
    cell = _cell(value)
    assert (cell.data_type, cell.value) == (kind, shown)


def test_the_creation_time_is_a_time_shown_in_iso_8601() -> None:
    head, row = _sheet([{"create_time": 1524189990635}])
    cell = row[COLUMNS.index("created")]
    assert head[COLUMNS.index("created")].value == "created"
    assert cell.value == datetime(2018, 4, 20, 2, 6, 30, 635000)  # noqa: DTZ001 - a spreadsheet's times have no zone
    assert cell.number_format == r"yyyy\-mm\-dd\Thh:mm:ss.000\Z"


def test_the_columns_are_those_of_the_csv_and_stay_in_sight() -> None:
    data = to_xlsx([{"config_name": "a", "owner": "me", "=x": 1}])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[1]] == [*COLUMNS, "=x", "owner"]
    assert all(cell.font.b for cell in sheet[1])
    assert sheet.freeze_panes == "A2"


def test_rows_keep_their_order_and_gaps_stay_empty() -> None:
    cells = _sheet([{"config_name": "b"}, {}, {"user_command": "a"}])[1:]
    assert [[cell.value for cell in row] for row in cells] == [
        ["b", *[None] * 9],
        [None] * 10,
        [*[None] * 9, "a"],
    ]


def test_a_table_wider_than_the_alphabet_has_its_columns_in_place() -> None:
    record = {f"x{number:03}": number for number in range(MAX_OTHERS)}
    head, row = _sheet([record])
    assert len(head) == len(COLUMNS) + MAX_OTHERS
    assert {
        cell.value: own.value for cell, own in zip(head, row, strict=True) if own.value is not None
    } == record


def test_no_rows_make_a_sheet_with_column_names() -> None:
    assert [[cell.value for cell in row] for row in _sheet([])] == [list(COLUMNS)]


def test_a_sheet_with_more_rows_than_there_can_be_is_none() -> None:
    writer = SheetRows(TableColumns())
    assert writer.tail(MAX_ROWS)
    with pytest.raises(ValueError, match="a worksheet holds 1,048,575 configurations, not 1,048,576"):
        writer.tail(MAX_ROWS + 1)


def test_the_archive_is_sound_and_has_no_more_in_it_than_a_workbook_needs() -> None:
    """Checksums and lengths by the standard library, every part as XML; no links, no macros, no formulas."""
    records = [dict.fromkeys(FIELDS, f"=1+{number}") for number in range(2000)]
    with zipfile.ZipFile(io.BytesIO(to_xlsx(records))) as archive:
        assert archive.testzip() is None
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(parts) == {
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        SHEET,
    }
    for text in parts.values():
        assert ET.fromstring(text) is not None
        assert "<f>" not in text
        assert "TargetMode" not in text
