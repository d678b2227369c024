"""Configurations side by side, and the map of a family, as HTML.

A press is a word: `open <column>`, `member <place in the map>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from dashboard.history.compare import ComparedField, Comparison
from dashboard.history.families import Families, Family
from dashboard.history.shown import visible
from dashboard.report.changes import class_badge, value, value_of
from dashboard.report.table import NAMELESS, cut, short_image

MAX_MEMBERS: Final = 60
"""So many members that deviate are on a map; the table has a column for all."""
MAX_FIELDS: Final = 14
MAX_TITLE: Final = 120


def side_by_side(found: Comparison, notes: Sequence[str]) -> Markup:
    """Return the fields that differ as a table, and those that do not folded away below it.

    `notes` stand below the titles, "" for none.
    """
    heads = Markup("").join(_title(found, number, note) for number, note in enumerate(notes))
    differing = _rows(found.differing)
    constant = _rows(found.constant)
    nothing = Markup('<p class="note">They say the same, as far as is known.</p>')
    table = _table(heads, differing, "Fields that differ") if found.differing else nothing
    return Markup(
        '<div class="side" translate="no">{}<details><summary>The same in all: {}</summary>{}</details></div>'
    ).format(table, f"{len(found.constant):,}", _table(heads, constant, "Fields that are the same"))


def family_title(family: Family) -> str:
    """Return what a family is called: its engine, image and command, and how many it has."""
    key = family.key
    parts = [key.engine or "no engine", *filter(None, [key.image and short_image(key.image), key.command])]
    return f"{' · '.join(visible(part, 60) for part in parts)} ({len(family.members):,})"


def family_map(family: Family, titles: Sequence[str]) -> Markup:
    """Return a map of members × fields: what each that deviates has instead of what is usual.

    `titles` are the names of `deviating(family)`, in that order.
    """
    fields = family.fields[:MAX_FIELDS]
    if not fields:
        return Markup('<p class="note">No member differs from what is usual.</p>')
    heads = Markup("").join(
        Markup('<th scope="col"><bdi>{}</bdi></th>').format(visible(field, MAX_TITLE)) for field in fields
    )
    usual = Markup("").join(
        Markup("<td>{}</td>").format(value(family.usual[field].value)) for field in fields
    )
    rows = Markup("").join(
        _member(place, family, member, title, fields)
        for place, (member, title) in enumerate(zip(deviating(family), titles, strict=True))
    )
    left = len(family.fields) - len(fields)
    more = Markup('<p class="note">{} more fields have deviations.</p>').format(f"{left:,}") if left else ""
    return Markup(
        '<div class="side" translate="no"><table class="plain map"><caption class="unseen">Who differs from'
        ' what is usual</caption><thead><tr><th scope="col">Configuration</th>{}</tr></thead>'
        '<tbody><tr class="usual"><th scope="row">usual</th>{}</tr>{}</tbody></table></div>{}'
    ).format(heads, usual, rows, more)


def deviating(family: Family) -> tuple[int, ...]:
    """Return the members on the map, the one that deviates in most fields first."""
    ordered = sorted(family.deviations, key=lambda member: (-len(family.deviations[member]), member))
    return tuple(ordered[:MAX_MEMBERS])


def varied(found: Families) -> list[tuple[int, Family]]:
    """Return the families of two and more with their numbers, those with most members that deviate first."""
    several = [(number, one) for number, one in enumerate(found.families) if len(one.members) > 1]
    return sorted(several, key=lambda item: (-len(item[1].deviations), -len(item[1].members), item[0]))


def _title(found: Comparison, number: int, note: str) -> Markup:
    mark = Markup(' <span class="was">reference</span>') if number == found.reference else ""
    below = Markup('<div class="was">{}</div>').format(note) if note else ""
    title = found.titles[number]
    return Markup('<th scope="col"><bdi>{}</bdi>{}{}</th>').format(
        cut(visible(title, MAX_TITLE)) if title.strip() else NAMELESS, mark, below
    )


def _table(heads: Markup, rows: Markup, caption: str) -> Markup:
    return Markup(
        '<table class="plain"><caption class="unseen">{}</caption><thead><tr><th scope="col">Field</th>{}'
        '<th scope="col">Class</th></tr></thead><tbody>{}</tbody></table>'
    ).format(caption, heads, rows)


def _rows(rows: Sequence[ComparedField]) -> Markup:
    return Markup("").join(map(_row, rows))


def _row(row: ComparedField) -> Markup:
    cells = Markup("").join(
        (Markup("<td><mark>{}</mark></td>") if other else Markup("<td>{}</td>")).format(
            value_of(row.field, one)
        )
        for one, other in zip(row.values, row.differs, strict=True)
    )
    badge = "" if row.is_constant else class_badge(row.kind)
    return Markup('<tr><th scope="row"><bdi>{}</bdi></th>{}<td>{}</td></tr>').format(
        visible(row.field, MAX_TITLE), cells, badge
    )


def _member(place: int, family: Family, member: int, title: str, fields: Sequence[str]) -> Markup:
    by_field = {one.field: one.value for one in family.deviations[member]}
    cells = Markup("").join(
        Markup("<td><mark>{}</mark></td>").format(value(by_field[field]))
        if field in by_field
        else Markup("<td>·</td>")
        for field in fields
    )
    return Markup(
        '<tr data-press="member {}"><th scope="row"><button type="button" data-press="member {}">'
        "<bdi>{}</bdi></button></th>{}</tr>"
    ).format(place, place, cut(visible(title, MAX_TITLE)) if title.strip() else NAMELESS, cells)
