"""Rows as CSV that no spreadsheet runs, whichever separator it splits by.

Spreadsheets run cells that begin like a formula: those get an apostrophe in front (OWASP, "CSV injection").
Where the list separator is not the comma (most of Europe), or somebody imports by tab or bar, a text is cut
at that character, quoted or not, because the quotation mark does not stand at the beginning of a cell; and
then at its line breaks, too. So each part of a text that could come to begin a cell counts as a cell.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from dashboard.data.export.columns import TableColumns
from dashboard.data.export.json_rows import json_text
from dashboard.data.record import Record

SIGNS: Final = (
    "=+-@\u207a\u207c\u208a\u208c\u2a75\u2a76\ufb29\ufe62\ufe63\ufe66\ufe6b\uff0b\uff0d\uff1d\uff20"
)
"""What a formula begins with, and every character that Unicode calls compatible with one of these."""
_SIGN: Final = re.compile(f"[{re.escape(SIGNS)}]")
_SEPARATOR: Final = re.compile("([;|\t-\r\x1c-\x1e\x85\u2028\u2029])")
_QUOTED: Final = re.compile('[",;|\t-\r\x1c-\x1e\x85\u2028\u2029]')
_UNSEEN: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn", "Me"})
"""Unicode categories of what can stand before a sign without being seen."""


class CsvRows:
    """Writes UTF-8 CSV (RFC 4180) with lines that end in CR LF."""

    def __init__(self, columns: TableColumns) -> None:
        self._columns = columns

    def head(self) -> str:
        """Return the line of column names."""
        return _line(self._columns.names)

    def rows(self, records: Iterable[Record], before: int) -> Iterator[str]:  # noqa: ARG002 - all are alike
        """Write a line a row."""
        values = self._columns.values
        return (_line(values(record)) for record in records)

    def tail(self, total: int) -> str:  # noqa: ARG002 - nothing comes after any number of rows
        """Return what comes after the last row: nothing."""
        return ""


def harmless(text: str) -> str:
    """Return a text with an apostrophe before every part that a spreadsheet may take for a formula."""
    begins_unseen = text.startswith(("\t", "\r", "\n"))
    if not begins_unseen and not _SIGN.search(text):
        return text
    first, *rest = _SEPARATOR.split(text)
    parts = [f"'{first}" if begins_unseen or _runs(text) else first]
    for separator, part in zip(rest[::2], rest[1::2], strict=True):
        parts += [separator, f"'{part}" if _runs(part, also_unseen='"') else part]
    return "".join(parts)


def _line(values: Iterable[object]) -> str:
    return ",".join(map(_cell, values)) + "\r\n"


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        text = value
    elif isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    elif (isinstance(value, int) and not isinstance(value, bool)) or _is_finite(value):
        return str(value)
    else:
        text = json_text(value)
    text = harmless(text)
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if _QUOTED.search(text) else text


def _runs(part: str, also_unseen: str = "") -> bool:
    """Return whether a spreadsheet may take a part for a formula, whatever unseen characters it begins with.

    After a separator a quotation mark is unseen, too: it is doubled in the file, which reads as none.
    """
    for character in part:
        if character in SIGNS:
            return True
        is_unseen = character.isspace() or unicodedata.category(character) in _UNSEEN
        if not is_unseen and character not in also_unseen:
            return False
    return False


def _is_finite(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)
