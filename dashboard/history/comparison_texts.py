"""A comparison as Markdown to be copied, as CSV, as JSON."""

from __future__ import annotations

from typing import Final

from dashboard.data.number_words import count_of
from dashboard.history.compare import ComparedField, Comparison
from dashboard.history.shown import code, csv_text, json_text
from dashboard.history.values import UNKNOWN

MAX_CELL: Final = 120
"""Characters of a value in a table of Markdown."""


def to_markdown(comparison: Comparison, *, only_differing: bool = True) -> str:
    """Return a table of Markdown, a row for each field, and a sentence on what is not in it."""
    rows = comparison.differing if only_differing else comparison.rows
    titles = [_title(comparison, number) for number in range(len(comparison.titles))]
    lines = [_line(["field", *titles, "kind"]), _line(["---"] * (len(titles) + 2))]
    lines += [_row(row) for row in rows]
    said = count_of(len(comparison.differing), "field differs", "fields differ")
    said += f", {len(comparison.constant):,} are the same in all."
    return "\n".join([*(lines if rows else []), "", said]).lstrip("\n") + "\n"


def to_csv(comparison: Comparison) -> str:
    """Return a row for each field: its path, each value, whether it differs, the class."""
    columns = ["field", *comparison.titles, "differs", "kind"]
    rows = [
        [
            row.field,
            *row.values,
            "no" if row.is_constant else "yes",
            "" if row.is_constant else row.kind.value,
        ]
        for row in comparison.rows
    ]
    return csv_text(columns, rows)


def to_json(comparison: Comparison) -> str:
    """Return {"configurations": [title], "reference": number or null, "fields": [a row as below]}.

    A row is {"field", "values", "known", "differs", "kind"}; `known` says of each value whether it is known,
    and null is a value that is not there, or not known.
    """
    fields = [
        {
            "field": row.field,
            "values": list(row.values),
            "known": [value is not UNKNOWN for value in row.values],
            "differs": list(row.differs),
            "kind": None if row.is_constant else row.kind.value,
        }
        for row in comparison.rows
    ]
    told = {"configurations": list(comparison.titles), "reference": comparison.reference, "fields": fields}
    return json_text(told, indent=1) + "\n"


def _title(comparison: Comparison, number: int) -> str:
    mark = " (reference)" if number == comparison.reference else ""
    return f"{code(comparison.titles[number], MAX_CELL)}{mark}"


def _row(row: ComparedField) -> str:
    values = [
        f"**{code(value, MAX_CELL)}**" if other else code(value, MAX_CELL)
        for value, other in zip(row.values, row.differs, strict=True)
    ]
    return _line([code(row.field, MAX_CELL), *values, "" if row.is_constant else str(row.kind)])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
