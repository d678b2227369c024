"""Tables and differences as lines for a terminal; every text in them is harmless by then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from dashboard.data.record import name_of
from dashboard.history.difference import Difference
from dashboard.history.difference_texts import summary
from dashboard.history.shown import value_text, visible

GAP: Final = "  "


def table_lines(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a table, each column as wide as the widest of its texts; they are `visible` already."""
    widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
    for row in (columns, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield GAP.join(cells).rstrip()


def difference_lines(found: Difference) -> Iterator[str]:
    """Yield a difference: a sign and a name for each configuration, below it its changes."""
    yield summary(found)
    yield from (f"+ {visible(name_of(record))}" for record in found.added)
    yield from (f"- {visible(name_of(record))}" for record in found.removed)
    yield from (f"> {visible(name_of(old))} -> {visible(name_of(new))}" for old, new in found.renamed)
    for edit in found.edited:
        yield f"~ {visible(name_of(edit.after))}"
        for one in edit.fields:
            before, after = (visible(value_text(value)) for value in (one.before, one.after))
            yield f"    {visible(one.field)}: {before} -> {after}  [{one.kind.value}]"
