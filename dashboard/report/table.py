"""The table's page as HTML: a row opens by a press anywhere on it, a header sorts.

A press is a word: `open <place of the row on the page>`, `tick <place>`, `sort <column>`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

import pandas as pd
from markupsafe import Markup

from dashboard.parsing import parse_image_reference

MAX_CELL: Final = 300
"""Characters of a text that a cell holds; it shows fewer, and the details show all."""
LABELS: Final[Mapping[str, str]] = {
    "name": "Name",
    "description": "Description",
    "created": "Created",
    "engine": "Engine",
    "version": "Version",
    "image": "Image",
    "command": "Start command",
}
NAMELESS: Final = "(no name)"
DIFFERS: Final = "Differs from its family by"


@dataclass(frozen=True)
class Page:
    """One page of rows.

    Their frame (rows.configurations_frame), how many there are in all, where it stands.
    """

    frame: pd.DataFrame
    total: int
    number: int
    per_page: int

    @property
    def count(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        """The place of the first row among all, from 1; 0 without rows."""
        return (self.number - 1) * self.per_page + 1 if self.total else 0

    @property
    def range_text(self) -> str:
        """Which rows of how many: "26–50 of 3,214"."""
        last = self.first + len(self.frame) - 1
        return f"{self.first:,}–{last:,} of {self.total:,}" if self.total else "0 of 0"


def table(
    page: Page,
    sort_by: str,
    order: str,
    zone: tzinfo,
    *,
    ticked: Collection[int] = (),
    differs: Sequence[str] = (),
) -> Markup:
    """Return the rows of a page, with times in a zone.

    `ticked` are the places of the rows that are ticked. `differs` has what each row differs from its family
    by; without it that is not known yet.
    """
    heads = Markup("").join(_head(column, sort_by, order) for column in LABELS)
    heads += Markup(
        '<th scope="col" title="{}">Differs <span class="unseen">from its family </span>by</th>'
    ).format(DIFFERS)
    told = differs or [""] * len(page.frame)
    rows = Markup("").join(
        _row(place, page.first + place, (*values, told[place]), zone, is_ticked=place in ticked)
        for place, values in enumerate(_values(page.frame))
    )
    return Markup(
        '<table class="rows" translate="no" aria-rowcount="{}"><caption class="unseen">Training job'
        " configurations {}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>"
    ).format(page.total + 1, page.range_text, heads, rows)


def _values(frame: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    columns = [frame[column].astype(object).where(frame[column].notna(), None).tolist() for column in LABELS]
    yield from zip(*columns, strict=True)


def _head(column: str, sort_by: str, order: str) -> Markup:
    sorted_now = {"asc": "ascending", "desc": "descending"}[order] if column == sort_by else "none"
    arrow = {"ascending": " ↑", "descending": " ↓", "none": ""}[sorted_now]
    return Markup(
        '<th scope="col" aria-sort="{}"><button type="button" data-press="sort {}">{}'
        '<span aria-hidden="true">{}</span></button></th>'
    ).format(sorted_now, column, LABELS[column], arrow)


def _row(
    place: int, number: int, values: tuple[object, ...], zone: tzinfo, *, is_ticked: bool = False
) -> Markup:
    name, description, created, engine, version, image, command, differs = values
    shown = cut(name) if name is not None else NAMELESS
    cells = [
        Markup(
            '<th scope="row" aria-colindex="1"><button type="button" class="tick" role="checkbox"'
            ' aria-checked="{}" aria-label="Compare {}" data-press="tick {}"></button>'
            '<button type="button" data-press="open {}">{}</button></th>'
        ).format("true" if is_ticked else "false", shown, place, place, shown),
        _cell(2, description),
        _moment(3, created, zone),
        _cell(4, engine),
        _cell(5, version),
        _cell(6, short_image(image)),
        _cell(7, command),
        _cell(8, differs),
    ]
    return Markup('<tr aria-rowindex="{}" data-press="open {}">{}</tr>').format(
        number + 1, place, Markup("").join(cells)
    )


def _cell(column: int, value: object) -> Markup:
    return Markup('<td aria-colindex="{}"><bdi>{}</bdi></td>').format(column, cut(value))


def _moment(column: int, created: object, zone: tzinfo) -> Markup:
    if not isinstance(created, datetime):
        return _cell(column, None)
    utc = created.astimezone(UTC)
    return Markup('<td aria-colindex="{}"><time datetime="{}" title="{} UTC">{}</time></td>').format(
        column,
        utc.isoformat(timespec="milliseconds"),
        f"{utc:%Y-%m-%d %H:%M:%S}",
        f"{created.astimezone(zone):%Y-%m-%d %H:%M}",
    )


def short_image(image: object) -> str:
    """Return an image's name and tag, without its registry and path; one that cannot be read stays whole."""
    if image is None:
        return ""
    reference = parse_image_reference(str(image))
    return reference.short if reference else str(image)


def cut(value: object) -> str:
    """Return a text as a cell holds it, with an ellipsis where it is cut; the browser shows one line."""
    text = str(value) if value is not None else ""
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"
