"""The table's page as HTML: a row opens by a press anywhere on it, a header sorts.

A press is a word: `open <place of the row on the page>`, `tick <place>`, `sort <column>`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final

import pandas as pd
from markupsafe import Markup, escape

from dashboard.data.loads import LoadedInventory
from dashboard.data.view import View
from dashboard.parsing import parse_image_reference
from dashboard.report.severities import severity

MAX_CELL: Final = 300
"""Characters of a text that a cell holds; it shows fewer, and the details show all."""
LABELS: Final[Mapping[str, str]] = {
    "name": "Name",
    "severity": "Severity",
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

    Their frame (of frame.configurations_frame, the columns of LABELS at least), how many there are in all,
    where it stands.
    """

    frame: pd.DataFrame
    total: int
    number: int
    per_page: int

    @property
    def count(self) -> int:
        """Return how many pages there are; at least one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def first(self) -> int:
        """Return the place of the first row among all, from 1; 0 without rows."""
        return (self.number - 1) * self.per_page + 1 if self.total else 0

    @property
    def range_text(self) -> str:
        """Return which rows of how many: "26–50 of 3,214"."""
        last = self.first + len(self.frame) - 1
        return f"{self.first:,}–{last:,} of {self.total:,}" if self.total else "0 of 0"


def page_of(found: LoadedInventory, view: View) -> Page:
    """Return the page of loaded rows that a view asks for; one beyond the end is the last one."""
    positions = found.positions(view)
    number = min(view.page, max(1, -(-len(positions) // view.per_page)))
    shown = positions[(number - 1) * view.per_page : number * view.per_page]
    columns = found.derived(
        "columns of the table", lambda: found.frame[[column for column in LABELS if column in found.frame]]
    )
    return Page(columns.iloc[shown], len(positions), number, view.per_page)


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
    by; without it that is not known yet. Before the audit is there, severities are empty.
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
    columns = [frame[column].tolist() if column in frame else [None] * len(frame) for column in LABELS]
    for row in zip(*columns, strict=True):
        yield tuple(None if pd.isna(value) else value for value in row)


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
    name, worst, description, created, engine, version, image, command, differs = values
    shown = escape(cut(name) if name is not None else NAMELESS)
    cells = [
        f'<th scope="row" aria-colindex="1">{tick(place, shown, is_ticked=is_ticked)}'
        f'<button type="button" data-press="open {place}">{shown}</button></th>',
        f'<td aria-colindex="2">{severity(worst)}</td>',
        _cell(3, description),
        _moment(4, created, zone),
        _cell(5, engine),
        _cell(6, version),
        _cell(7, short_image(image)),
        _cell(8, command),
        _cell(9, differs),
    ]
    row = f'<tr aria-rowindex="{number + 1}" data-press="open {place}">{"".join(cells)}</tr>'
    return Markup(row)  # noqa: S704 - escaped; many rows, and a tenth of the time of Markup.format


def tick(place: int, shown: Markup, *, is_ticked: bool) -> Markup:
    """Return what ticks a configuration to compare it, by its name; a press is `tick <place>`."""
    return Markup(  # noqa: S704 - escaped, as in _row
        f'<button type="button" class="tick" role="checkbox" aria-checked="{str(is_ticked).lower()}"'
        f' aria-label="Compare {escape(shown)}" data-press="tick {place}"></button>'
    )


def _cell(column: int, value: object) -> str:
    """Return the HTML of a cell, escaped."""
    return f'<td aria-colindex="{column}"><bdi>{escape(cut(value))}</bdi></td>'


def _moment(column: int, created: object, zone: tzinfo) -> str:
    if not isinstance(created, datetime):
        return _cell(column, None)
    utc = created.astimezone(UTC)
    there = utc if zone is UTC else created.astimezone(zone)
    return (
        f'<td aria-colindex="{column}"><time datetime="{utc.isoformat(timespec="milliseconds")}"'
        f' title="{utc:%Y-%m-%d %H:%M:%S} UTC">{there:%Y-%m-%d %H:%M}</time></td>'
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
