"""A facet's most frequent values with counts, and presets of the period, as HTML whose buttons filter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from markupsafe import Markup, escape

from dashboard.data import periods
from dashboard.data.facet_values import Offer
from dashboard.data.parameters import Choices

LISTED: Final = 6
NO_TITLES: Final[Mapping[str, str]] = MappingProxyType({})
NARROWING: Final = "Type to find others"
"""What stands in the empty field that finds values which are not listed."""
MAX_VALUE: Final = 200
"""A longer value is listed, and chosen in the control above."""


def values(
    facet: str, counts: Mapping[str, int], chosen: tuple[str, ...], titles: Mapping[str, str] = NO_TITLES
) -> Markup:
    """Return the most frequent values, each a bar with its count, and how many are left.

    `titles` say more of some values.
    """
    top = max(counts.values())
    listed, rest = list(counts.items())[:LISTED], list(counts.values())[LISTED:]
    if len(rest) == 1:
        listed, rest = list(counts.items()), []
    rows = "".join(
        _value(facet, value, titles.get(value, ""), count, count / top, is_chosen=chosen == (value,))
        for value, count in listed
    )
    more = (
        Markup('<li class="more">{} more: {}</li>').format(f"{len(rest):,}", f"{sum(rest):,}") if rest else ""
    )
    return Markup('<ul class="facet" data-rove translate="no">{}{}</ul>').format(
        Markup(rows),  # noqa: S704 - escaped
        more,
    )


def _value(facet: str, value: str, title: str, count: int, share: float, *, is_chosen: bool) -> str:
    """Return a value's button as HTML, escaped: many of them, and a tenth of the time of Markup.format."""
    word = escape(value if len(value) <= MAX_VALUE else "")
    shown = escape(f"{value} {title}" if title else value[:MAX_VALUE])
    return (
        f'<li><button type="button" data-press="choose {escape(facet)} {word}"'
        f' aria-pressed="{str(is_chosen).lower()}" style="--share:{100 * share:.0f}%">'
        f"<bdi>{shown}</bdi><span>{count:,}</span></button></li>"
    )


def narrowing_label(facet: Choices, offer: Offer) -> str:
    """Return what stands above the field that finds values: how many of them are not listed."""
    if not offer.found:
        return f"{facet.label}: none has this text"
    unlisted = f"{offer.unlisted:,} more not listed" if offer.unlisted else "all that match are listed"
    return f"{facet.label}: {unlisted}"


def presets(today: date, chosen: tuple[date | None, date | None]) -> Markup:
    """Return one press each for the periods that people ask for; days in UTC."""
    quarter = periods.first_day(today, "quarter")
    last_quarter = quarter - timedelta(days=1)
    offered = {
        "7 days": (today - timedelta(days=6), today),
        "30 days": (today - timedelta(days=29), today),
        "This quarter": (quarter, periods.last_day(today, "quarter")),
        "Last quarter": (periods.first_day(last_quarter, "quarter"), last_quarter),
        "This year": (date(today.year, 1, 1), date(today.year, 12, 31)),
    }
    buttons = Markup("").join(
        Markup(
            '<button type="button" class="chip" data-press="period {} {}" aria-pressed="{}">{}</button>'
        ).format(first, last, "true" if chosen == (first, last) else "false", label)
        for label, (first, last) in offered.items()
    )
    return Markup('<div class="chips presets" data-rove role="group" aria-label="Created">{}</div>').format(
        buttons
    )
