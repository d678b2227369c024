"""A difference as Markdown for a ticket, as CSV, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from dashboard.data.number_words import count_of
from dashboard.data.record import name_of
from dashboard.history.difference import CHANGE_KINDS, Difference
from dashboard.history.edits import Edit, FieldChange
from dashboard.history.shown import code, csv_text, json_text

MAX_LISTED: Final = 200
"""So many configurations stand below a heading in Markdown; CSV and JSON hold all."""
COLUMNS: Final = ("change", "configuration", "new name", "field", "before", "after", "kind", "how")


def as_object(difference: Difference) -> dict[str, Any]:
    """Return the JSON object of a difference.

    {"added": [name], "removed": [name], "renamed": [[old, new]],
     "edited": [{"name", "fields": [{"field", "before", "after", "kind"}]}]}

    What is not there, before or after, is null.
    """
    return {
        "added": [name_of(record) for record in difference.added],
        "removed": [name_of(record) for record in difference.removed],
        "renamed": [[name_of(old), name_of(new)] for old, new in difference.renamed],
        "edited": [
            {"name": name_of(edit.after), "fields": [_field_object(change) for change in edit.fields]}
            for edit in difference.edited
        ],
    }


def to_json(difference: Difference) -> str:
    """Return the JSON text of a difference; `as_object` has its shape."""
    return json_text(as_object(difference), indent=1) + "\n"


def to_csv(difference: Difference) -> str:
    """Return a row for each configuration that was added, removed or renamed, and for each changed field."""
    return csv_text(COLUMNS, _rows(difference))


def to_markdown(difference: Difference, title: str) -> str:
    """Return Markdown with a heading (as it is: the caller's words), counts, and a list for each change."""
    lines = [f"## {title}", "", summary(difference)]
    lines += _section("Added", (code(name_of(record)) for record in difference.added))
    lines += _section("Removed", (code(name_of(record)) for record in difference.removed))
    renamed = (f"{code(name_of(old))} → {code(name_of(new))}" for old, new in difference.renamed)
    lines += _section("Renamed", renamed)
    lines += _section("Edited", (_edit_text(edit) for edit in difference.edited))
    return "\n".join(lines) + "\n"


def details_words(before: int, after: int) -> str:
    """Return what is not compared where one state knows the details of more configurations; else nothing."""
    if before == after:
        return ""
    return (
        f"Details are known of {before:,} configurations in the first state and of {after:,} in the second: "
        "what one of them alone knows is not compared."
    )


def summary(difference: Difference) -> str:
    """Return the counts in a sentence."""
    counts = {kind: len(getattr(difference, kind)) for kind in CHANGE_KINDS}
    said = [f"{count:,} {kind}" for kind, count in counts.items() if count]
    text = f"{', '.join(said) or 'No change'}. {difference.equal:,} unchanged."
    if difference.reordered:
        text += f" {len(difference.reordered):,} say the same in another order or spelling."
    if unknown := sum(bool(edit.unknown) for edit in difference.edited):
        text += f" The details of {unknown:,} of the edited are known in one state only: not compared."
    if difference.ignored:
        text += f" {count_of(difference.ignored, 'change')} of ignored fields left out."
    return text


def change_text(change: FieldChange) -> str:
    """Return a change as Markdown: the field, before and after, the class."""
    note = ", another type" if change.how == "type" else ""
    return f"{code(change.field)}: {code(change.before)} → {code(change.after)} ({change.kind}{note})"


def _field_object(change: FieldChange) -> dict[str, Any]:
    return {
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "kind": change.kind.value,
    }


def _rows(difference: Difference) -> Iterator[tuple[object, ...]]:
    for word, records in (("added", difference.added), ("removed", difference.removed)):
        yield from ((word, name_of(record), "", "", "", "", "", "") for record in records)
    for old, new in difference.renamed:
        yield "renamed", name_of(old), name_of(new), "", "", "", "", ""
    for word, edits in (("edited", difference.edited), ("reordered", difference.reordered)):
        for edit in edits:
            for one in edit.fields:
                said = (one.field, one.before, one.after, one.kind.value, one.how)
                yield word, name_of(edit.after), "", *said


def _edit_text(edit: Edit) -> str:
    unknown = f" (details not loaded {edit.unknown})" if edit.unknown else ""
    changes = [f"  - {change_text(change)}" for change in edit.fields]
    return "\n".join([f"{code(name_of(edit.after))}{unknown}", *changes])


def _section(heading: str, items: Iterable[str]) -> list[str]:
    listed = list(items)
    if not listed:
        return []
    lines = ["", f"### {heading}: {len(listed):,}", "", *(f"- {item}" for item in listed[:MAX_LISTED])]
    if len(listed) > MAX_LISTED:
        lines.append(f"- and {len(listed) - MAX_LISTED:,} more")
    return lines
