"""Rows as a worksheet of an XLSX workbook (ECMA-376, Office Open XML), and the workbook around it.

Written here, and not with a library, because a worksheet has to be sent while it is made: openpyxl and
XlsxWriter write the whole of it to the disk first, 0.1 GB and 5 to 8 s of computing for 100,000 rows
(docs/decisions/0015-exports.md). In a worksheet a text is a text: nothing in it is ever a formula.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Final

from dashboard.data.export.columns import TableColumns
from dashboard.data.export.json_rows import json_text
from dashboard.data.record import Record

SHEET: Final = "xl/worksheets/sheet1.xml"
MAX_ROWS: Final = 1_048_575
"""Of configurations: one row of a worksheet's 1,048,576 holds the names of the columns."""
MAX_TEXT: Final = 32_767
"""UTF-16 units that a cell holds."""
MAX_NUMBER: Final = 10**15 - 1
"""Numbers have 15 digits in a spreadsheet. A longer one, such as an id of 64 bits, is written as text."""
DATE, BOLD = 1, 2
"""Styles, by their places in the workbook's list."""
_WIDTHS: Final = (32, 32, 16, 25, 12, 18, 12, 26, 40, 60)
_EPOCH: Final = datetime(1899, 12, 30, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS: Final[Mapping[str, str]] = {
    "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/{SHEET}" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Configurations" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\Thh:mm:ss.000\\Z"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
"""All of the workbook but its sheet, by the names within the package."""


class SheetRows:
    """Writes the sheet: a frozen row of column names, then a row a configuration."""

    def __init__(self, columns: TableColumns) -> None:
        self._columns = columns
        self._letters = [_letters(number) for number in range(len(columns.names))]

    def head(self) -> str:
        """Return all up to the row of column names, and that."""
        widths = "".join(
            f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
            for number, width in enumerate(_WIDTHS, 1)
        )
        return (
            f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
            f"</sheetViews><cols>{widths}</cols><sheetData>{self._row(1, self._columns.names, BOLD)}"
        )

    def rows(self, records: Iterable[Record], before: int) -> Iterator[str]:
        """Write rows of which so many others have come `before`."""
        values = self._columns.values
        return (self._row(number, values(record)) for number, record in enumerate(records, before + 2))

    def tail(self, total: int) -> str:
        """Return what comes after the last of so many rows; ValueError if a sheet does not hold so many."""
        if total > MAX_ROWS:
            raise ValueError(f"a worksheet holds {MAX_ROWS:,} configurations, not {total:,}")
        return "</sheetData></worksheet>"

    def _row(self, number: int, values: Iterable[object], style: int = 0) -> str:
        cells = [
            _cell(f'r="{letters}{number}"', value, style)
            for letters, value in zip(self._letters, values, strict=True)
            if value is not None and value != ""
        ]
        return f'<row r="{number}">{"".join(cells)}</row>'


def shown_text(text: str) -> str:
    """Return a text as a cell can hold it, with nothing left out in silence.

    What XML cannot carry is made visible: control characters as their pictures (U+2400 and on), others as
    escapes. A text longer than MAX_TEXT says so at its beginning.
    """
    text = _ILLEGAL.sub(_picture, text)
    units = len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
    if units <= MAX_TEXT:
        return text
    notice = f"[Cut: {units:,} characters, and a cell holds {MAX_TEXT:,}. The JSON has all.] "
    kept = text.encode("utf-16-le")[: 2 * (MAX_TEXT - len(notice))]
    return notice + kept.decode("utf-16-le", errors="ignore")


def _cell(place: str, value: object, style: int) -> str:
    if isinstance(value, bool):
        return f'<c {place} t="b"><v>{value:d}</v></c>'
    if isinstance(value, datetime):
        return f'<c {place} s="{DATE}"><v>{(value - _EPOCH) / _DAY!r}</v></c>'
    if _is_number(value):
        return f"<c {place}><v>{value}</v></c>"
    text = value if isinstance(value, str) else str(value) if isinstance(value, int) else json_text(value)
    written = _LOOKS_ESCAPED.sub("_x005F_", escape(shown_text(text), quote=False))
    styled = f' s="{style}"' if style else ""
    kept = ' xml:space="preserve"' if written != written.strip() else ""
    return f'<c {place}{styled} t="inlineStr"><is><t{kept}>{written}</t></is></c>'


def _is_number(value: object) -> bool:
    """Return whether a spreadsheet keeps a number as it is."""
    if isinstance(value, float):
        return math.isfinite(value) and abs(value) < 1e307
    return isinstance(value, int) and abs(value) <= MAX_NUMBER


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code == 0x7F:
        return "\u2421"
    return chr(0x2400 + code) if code < 0x20 else f"\\u{code:04x}"


def _letters(number: int) -> str:
    """Return the letters of a column, counted from 0: A, …, Z, AA, …"""
    before, last = divmod(number, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)
