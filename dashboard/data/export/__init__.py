"""Rows to files: all that match, in the table's order, under the API's field names.

A file is made in pieces (`pieces.py`), and so never there as a whole. CSV and spreadsheets have the columns
of `columns.py`; JSON is the service's own rows, unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from dashboard.data.export.columns import COLUMNS, FIELDS, table_columns
from dashboard.data.export.csv_rows import CsvRows
from dashboard.data.export.json_rows import JsonRows
from dashboard.data.export.pieces import Frame, Gzip, Pieces, Plain, RowFormat, Workbook, whole
from dashboard.data.export.sheet_rows import MAX_ROWS, SheetRows
from dashboard.data.record import Record
from dashboard.data.view import View

__all__ = [
    "COLUMNS",
    "FIELDS",
    "MEDIA_TYPES",
    "XLSX",
    "Frame",
    "Pieces",
    "TooManyRowsError",
    "export_of",
    "export_records",
    "file_name",
    "frame_for",
    "to_csv",
    "to_json",
    "to_xlsx",
]
CSV, JSON, XLSX = "csv", "json", "xlsx"
MEDIA_TYPES: Final[Mapping[str, str]] = {
    CSV: "text/csv; charset=utf-8",
    JSON: "application/json",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""What can be exported, by the ending of the file."""


class Exportable(Protocol):
    """What an export needs of a loaded inventory: see loads.LoadedInventory."""

    @property
    def records(self) -> Sequence[Record]:
        """Return the service's own rows as they may be shown, by position."""

    def positions(self, view: View) -> npt.NDArray[Any]:
        """Return the positions of all rows a view matches, in its order."""


class TooManyRowsError(ValueError):
    """A format does not hold so many rows; `rows` is how many there are, `limit` how many it holds."""

    def __init__(self, rows: int, limit: int) -> None:
        super().__init__(f"{rows:,} rows, and the format holds {limit:,}")
        self.rows, self.limit = rows, limit


def export_records(loaded: Exportable, positions: npt.NDArray[Any]) -> Iterator[Record]:
    """Return the rows at these positions as they are exported: the one place at which an export takes any.

    They have gone through data/rows.py, which masks what must not leave.
    """
    records = loaded.records
    return (records[position] for position in positions.tolist())


def export_of(loaded: Exportable, view: View, ending: str) -> Pieces:
    """Return the export of all rows of a view, in its order. Raises TooManyRowsError.

    Takes a pass over the rows, and holds four bytes a row.
    """
    positions = loaded.positions(view).astype(np.int32)
    if ending == XLSX and len(positions) > MAX_ROWS:
        raise TooManyRowsError(len(positions), MAX_ROWS)

    def records(start: int, stop: int) -> Iterator[Record]:
        return export_records(loaded, positions[start:stop])

    rows = _rows_of(ending, records(0, len(positions)))
    return Pieces(rows, records, len(positions))


def frame_for(ending: str, *, gzip: bool) -> Frame:
    """Return what a file with this ending is sent as, to somebody who takes gzip or does not."""
    if ending == XLSX:
        return Workbook()
    return Gzip() if gzip else Plain()


def to_csv(records: Iterable[Record]) -> bytes:
    """Return UTF-8 CSV (RFC 4180) with the documented fields first, then any others that the rows carry."""
    return _at_once(CSV, records)


def to_json(records: Iterable[Record]) -> bytes:
    """Return a UTF-8 JSON array of the service's rows. Numbers that JSON does not know become their names."""
    return _at_once(JSON, records)


def to_xlsx(records: Iterable[Record]) -> bytes:
    """Return a workbook with one sheet.

    The columns of the CSV, texts as texts, the creation time as a time.
    """
    return _at_once(XLSX, records)


def file_name(
    project_id: str,
    view: View,
    loaded_at: datetime,
    ending: str,
    *,
    complete: bool = True,
    what: str = "training-job-configs",
    more: Iterable[str] = (),
) -> str:
    """Return a file name that says which project, type and filters, and when (UTC) the rows were loaded.

    If the inventory was not `complete`, it says so first. `more` are filters that are not the view's.
    """
    parts = [project_id, view.config_type, *more]
    for parameter, values in view.filters():
        parts += [f"{parameter.said}-{value}" for value in values]
    slug = "_".join(re.sub(r"[^\w.-]+", "-", part).strip("-.")[:40] for part in parts)
    slug = slug.encode()[:150].decode(errors="ignore")  # a file name has at most 255 bytes on Linux
    said = "" if complete else "INCOMPLETE_"
    return f"{what}_{said}{slug}_{loaded_at.astimezone(UTC):%Y%m%dT%H%M%SZ}.{ending}"


def _at_once(ending: str, records: Iterable[Record]) -> bytes:
    rows = list(records)
    pieces = Pieces(_rows_of(ending, rows), lambda start, stop: rows[start:stop], len(rows))
    return whole(pieces, frame_for(ending, gzip=False))


def _rows_of(ending: str, records: Iterable[Record]) -> RowFormat:
    if ending == JSON:
        return JsonRows()
    return CsvRows(table_columns(records)) if ending == CSV else SheetRows(table_columns(records))
