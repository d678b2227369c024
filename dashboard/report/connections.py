"""All connections as a table of HTML: state by icon, word and colour, counts, and what happened since when.

A press is a word: `open <place>`, `retry <place>`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import Enum
from typing import Final

from markupsafe import Markup

from dashboard.report.details import moment
from dashboard.report.table import cut


class State(Enum):
    """How a connection is doing, with its sign; the value is the word for its colour."""

    GOOD = "good"
    BUSY = "busy"
    WARNING = "warning"
    BAD = "bad"


HEADS: Final = (
    *("Connection", "State", "Configurations", "Engines"),
    *("Newest", "Data of", "What happened", "Where"),
)
SIGNS: Final = {State.GOOD: "✓", State.BUSY: "…", State.WARNING: "△", State.BAD: "✕"}


@dataclass(frozen=True)
class ConnectionRow:
    """One connection; what is not known is None or empty. `engines` are the names of those in use."""

    title: str
    state: State
    words: str
    configurations: int | None = None
    engines: frozenset[str] = frozenset()
    newest: datetime | None = None
    age: str = ""
    happened: str = ""
    since: datetime | None = None
    endpoint: str = ""
    project: str = ""
    credentials: str = ""


def table(rows: Sequence[ConnectionRow], zone: tzinfo) -> Markup:
    """Return a row each, and a last one with the totals of those that are known."""
    body = Markup("").join(_row(place, row, zone) for place, row in enumerate(rows))
    return Markup(
        '<table class="connections" translate="no"><caption class="unseen">All connections</caption>'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody><tfoot>{}</tfoot></table>"
    ).format(
        Markup("").join(Markup('<th scope="col">{}</th>').format(head) for head in HEADS), body, _totals(rows)
    )


ROW: Final = Markup(
    '<tr data-press="open {place}"><th scope="row"><button type="button" data-press="open {place}">'
    '<bdi>{title}</bdi></button></th><td><span class="state {state}"><span aria-hidden="true">{sign}</span>'
    ' {words}</span></td><td class="number">{configurations}</td><td class="number">{engines}</td>'
    '<td data-label="Newest">{newest}</td><td data-label="Data of">{age}</td><td>{happened}</td>'
    "<td><bdi>{where}</bdi></td></tr>"
)


def _row(place: int, row: ConnectionRow, zone: tzinfo) -> Markup:
    known = row.configurations is not None
    return ROW.format(
        place=place,
        title=cut(row.title),
        state=row.state.value,
        sign=SIGNS[row.state],
        words=row.words,
        configurations=f"{row.configurations:,}" if known else "",
        engines=f"{len(row.engines):,}" if known else "",
        newest=f"{row.newest.astimezone(zone):%Y-%m-%d}" if row.newest else "",
        age=row.age,
        happened=_happened(place, row, zone),
        where=" · ".join(filter(None, [row.endpoint, row.project, row.credentials])),
    )


def _happened(place: int, row: ConnectionRow, zone: tzinfo) -> Markup:
    """Return what happened, since when, and a button to try again where that can help."""
    if not row.happened:
        return Markup("")
    since = Markup(" Since {}.").format(moment(row.since, zone)) if row.since else ""
    retry = (
        Markup(' <button type="button" class="chip" data-press="retry {}">Retry</button>').format(place)
        if row.since
        else ""
    )
    return Markup("{}{}{}").format(cut(row.happened), since, retry)


def _totals(rows: Sequence[ConnectionRow]) -> Markup:
    known = [row for row in rows if row.configurations is not None]
    return Markup(
        '<tr><th scope="row">{} of {} loaded</th><td></td><td class="number">{}</td>'
        '<td class="number">{}</td><td colspan="4"></td></tr>'
    ).format(
        f"{len(known):,}",
        f"{len(rows):,}",
        f"{sum(row.configurations or 0 for row in known):,}",
        f"{len(frozenset().union(*(row.engines for row in known))):,}",
    )
