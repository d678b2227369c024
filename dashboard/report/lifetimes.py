"""Ends of product lines on one time axis, as HTML."""

from __future__ import annotations

from datetime import date

from markupsafe import Markup

from dashboard.audit.end_of_life import BASES
from dashboard.audit.forecast import Forecast, LineInUse
from dashboard.data.figures import share_text


def lifetimes(found: Forecast, day: date) -> Markup:
    """Return how many configurations run on something that has ended by a day, and each line's end."""
    # In one piece: one template and what it is filled with.
    known = [one for one in found.lines if one.end is not None]
    unknown = [one for one in found.lines if one.end is None]
    years = [one.end.ended.year for one in known if one.end] + [day.year]
    first, last = date(min(years), 1, 1), date(max(years) + 1, 1, 1)
    rows = Markup("").join(_row(one, day, first, last) for one in known)
    rest = (
        Markup('<p class="note">No end is published of {}.</p>').format(
            ", ".join(f"{one.line} ({one.configurations:,})" for one in unknown)
        )
        if unknown
        else Markup("")
    )
    return Markup(
        '<p class="facts-line" translate="no">By {} <b>{}</b> of {} configurations ({}) run on something that'
        ' has ended{}.</p><table class="findings lifetimes" translate="no"><caption class="unseen">Product'
        ' lines by their ends</caption><thead><tr><th scope="col">Line</th>'
        '<th scope="col" class="number">Configurations</th><th scope="col">Ends</th>'
        '<th scope="col">Basis</th><th scope="col"><span class="axis"><span>{}</span><span>{}</span></span>'
        "</th></tr></thead><tbody>{}</tbody></table>{}"
    ).format(
        day.isoformat(),
        f"{found.ended:,}",
        f"{found.configurations:,}",
        share_text(found.ended, found.configurations),
        f", {found.by_image:,} of them by their image's name alone" if found.by_image else "",
        first.year,
        last.year,
        rows,
        rest,
    )


def _row(one: LineInUse, day: date, first: date, last: date) -> Markup:
    assert one.end is not None
    span = (last - first).days
    at, today = (f"{100 * ((moment - first).days / span):.1f}" for moment in (one.end.ended, day))
    is_over = one.end.ended <= day
    return Markup(
        '<tr class="{}"><th scope="row">{}</th><td class="number">{}</td><td><time>{}</time>{}</td>'
        '<td title="{}">{}</td><td class="axis-cell"><span class="life"'
        ' style="--end:{}%;--day:{}%" aria-hidden="true"></span></td></tr>'
    ).format(
        "over" if is_over else "",
        one.line,
        f"{one.configurations:,}",
        one.end.ended.isoformat(),
        ", over" if is_over else "",
        f"{BASES[one.end.basis]}. {one.end.note} {one.end.source}".strip(),
        one.end.basis,
        at,
        today,
    )
