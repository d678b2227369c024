"""Which columns a table of rows has, and a row's values in them: the same for CSV and for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from dashboard.data.record import CREATED as CREATE_TIME
from dashboard.data.record import Record
from modelarts_api import Configuration
from modelarts_api.reading import moment, wire_names

FIELDS: Final = wire_names(Configuration)
"""The documented fields, under the API's names."""
CREATED: Final = "created"
COLUMNS: Final = (*FIELDS[:3], CREATED, *FIELDS[3:])
"""The first columns of every table: the documented fields, and beside `create_time` the time it means."""
OTHERS: Final = "other_fields"
MAX_OTHERS: Final = 200
"""More undocumented fields than these share one column, as JSON: else it would be a table of holes."""


@dataclass(frozen=True)
class TableColumns:
    """The columns of a table. `derives_created` is false when the service has a field of that name itself."""

    names: tuple[str, ...] = COLUMNS
    derives_created: bool = True
    folds_others: bool = False

    def values(self, record: Record) -> list[object]:
        """Return a row's values, None where it has none; the creation time as a datetime in UTC."""
        values = [record.get(name) for name in self.names]
        if self.derives_created:
            with suppress(ValueError):
                values[COLUMNS.index(CREATED)] = moment(record.get(CREATE_TIME))
        if self.folds_others:
            values[-1] = {name: value for name, value in record.items() if name not in COLUMNS} or None
        return values


def table_columns(records: Iterable[Record]) -> TableColumns:
    """Return the columns that these rows need: COLUMNS, then all other fields that they carry, by name."""
    seen: set[str] = set()
    for record in records:
        seen.update(record)
    others = sorted(seen.difference(COLUMNS))
    folds = len(others) > MAX_OTHERS
    return TableColumns((*COLUMNS, *([OTHERS] if folds else others)), CREATED not in seen, folds)
