"""Two to ten configurations side by side: a row for each field, values aligned by path.

Parameters are aligned by label and commands by argument (`flat` has the paths). Unless all commands that are
compared can be taken apart, they are compared as whole texts. What belongs to details that were not loaded
is not known, and makes no difference; nor do the forms of nothing: null, blank, not there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from dashboard.data.record import COMMAND, NAME, Record, name_of, root_of
from dashboard.history.command_parts import CommandReader
from dashboard.history.edits import NOTHING_IGNORED, Ignored
from dashboard.history.families import Family
from dashboard.history.fields import (
    COSMETIC,
    KEPT_LIST_FIELDS,
    ChangeClass,
    change_class,
    has_details,
    place,
    says_nothing,
)
from dashboard.history.flat import Flat, as_one_text, flattened
from dashboard.history.values import ABSENT, UNKNOWN, alike

MIN_COLUMNS: Final = 2
MAX_COLUMNS: Final = 10


@dataclass(frozen=True)
class Column:
    """One of what is compared: its title, its fields by path, and whether what is not there is known.

    `knows` "all": it is not there. "list": of what only details have, nothing is known. "own": of nothing.
    """

    title: str
    fields: Flat
    knows: Literal["all", "list", "own"]


@dataclass(frozen=True)
class ComparedField:
    """A field of all columns: ABSENT where it is not there, UNKNOWN where that is not known.

    `differs` says of each column whether its value is another than the reference's; without a reference,
    than the first value that is known. `kind` is the gravest class of these differences.
    """

    field: str
    values: tuple[Any, ...]
    differs: tuple[bool, ...]
    kind: ChangeClass

    @property
    def is_constant(self) -> bool:
        """Return whether all values that are known say the same."""
        return not any(self.differs)


@dataclass(frozen=True)
class Comparison:
    """Configurations side by side; `rows` in the API's order, `reference` a column's number or None."""

    titles: tuple[str, ...]
    rows: tuple[ComparedField, ...]
    reference: int | None = None

    @property
    def differing(self) -> tuple[ComparedField, ...]:
        """Return the rows in which not all say the same."""
        return tuple(row for row in self.rows if not row.is_constant)

    @property
    def constant(self) -> tuple[ComparedField, ...]:
        """Return the rows in which all say the same."""
        return tuple(row for row in self.rows if row.is_constant)


def compare(
    records: Sequence[Record],
    titles: Sequence[str] = (),
    *,
    reference: int | None = None,
    family: Family | None = None,
    ignored: Ignored = NOTHING_IGNORED,
) -> Comparison:
    """Return configurations side by side, under their names unless `titles` says otherwise.

    With a `family`, its consensus is a first column, "usual". Raises ValueError unless there are 2 to 10
    columns, a title for each record, and the reference is one of the columns.
    """
    columns = _columns(records, titles or tuple(map(name_of, records)))
    if family is not None:
        columns = [Column("usual", dict(family.consensus), "own"), *columns]
    _check(columns, reference)
    paths = sorted(_paths(columns, ignored), key=_order_of(columns))
    rows = tuple(_row(path, columns, reference) for path in paths)
    return Comparison(tuple(column.title for column in columns), rows, reference)


def _paths(columns: Sequence[Column], ignored: Ignored) -> set[str]:
    """Return the paths to show: not that of a list which is empty here and has items there."""
    paths = {path for column in columns for path in column.fields if path != NAME}
    filled = {path[:at] for path in paths for at, sign in enumerate(path) if sign in ".["}
    return {path for path in paths if not ignored.holds(path) and (path == COMMAND or path not in filled)}


def _columns(records: Sequence[Record], titles: Sequence[str]) -> list[Column]:
    if len(titles) != len(records):
        raise ValueError("there is a title for each configuration, or none")
    read = CommandReader()
    flats = [flattened(record, read) for record in records]
    commands = [record[COMMAND] for record in records if isinstance(record.get(COMMAND), str)]
    if any(read(command) is None for command in commands):
        flats = [
            as_one_text(flat, record) if isinstance(record.get(COMMAND), str) else flat
            for flat, record in zip(flats, records, strict=True)
        ]
    return [
        Column(title, flat, "all" if has_details(record) else "list")
        for title, flat, record in zip(titles, flats, records, strict=True)
    ]


def _check(columns: Sequence[Column], reference: int | None) -> None:
    if not MIN_COLUMNS <= len(columns) <= MAX_COLUMNS:
        raise ValueError(f"{MIN_COLUMNS} to {MAX_COLUMNS} configurations are compared, not {len(columns):,}")
    if reference is not None and not 0 <= reference < len(columns):
        raise ValueError(f"the reference is one of the {len(columns)} columns, not {reference}")


def _order_of(columns: Sequence[Column]) -> Callable[[str], tuple[tuple[int, str], int]]:
    """Return the key that sorts paths: by the API's order, then as they come in the columns."""
    seen: dict[str, int] = {}
    for column in columns:
        for path in column.fields:
            seen.setdefault(path, len(seen))
    return lambda path: (place(path), seen[path])


def _row(path: str, columns: Sequence[Column], reference: int | None) -> ComparedField:
    values = tuple(_value(path, column) for column in columns)
    known = [value for value in values if value is not UNKNOWN]
    base = values[reference] if reference is not None and values[reference] is not UNKNOWN else known[0]
    differs = tuple(_is_other(path, value, base) for value in values)
    kinds = [change_class(path, base, value) for value, other in zip(values, differs, strict=True) if other]
    return ComparedField(path, values, differs, min(kinds, key=lambda kind: kind.rank, default=COSMETIC))


def _is_other(path: str, value: object, base: object) -> bool:
    if value is UNKNOWN or alike(value, base):
        return False
    return not (says_nothing(path, value) and says_nothing(path, base))


def _value(path: str, column: Column) -> Any:
    if path in column.fields:
        return column.fields[path]
    is_known = column.knows == "all" or (column.knows == "list" and root_of(path) in KEPT_LIST_FIELDS)
    return ABSENT if is_known else UNKNOWN
