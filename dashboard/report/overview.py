"""The overview's heading, filters and key figures, as one block of HTML. Its buttons say what a press does.

A press is a word: `clear`, `drop <parameter>`, `choose <facet> <value>`, `recent`, `engines`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from markupsafe import Markup

from dashboard.data.analysis import RECENT_DAYS, KeyFigures
from dashboard.data.figures import share_text
from dashboard.data.number_words import count_of
from dashboard.data.view import View

MAX_CHIP: Final = 60
"""Characters of a filter's values on its chip; the control beside has all of them."""


def heading(title: str, view: View, searched: str = "") -> Markup:
    """Return the screen's heading, and beside it each filter with a button that takes it away.

    `searched` is what has to be said of a search, in a line of its own.
    """
    line = Markup('<p class="searched" role="status">{}</p>').format(searched) if searched else Markup("")
    return Markup('<div class="heading"><h1><bdi>{}</bdi></h1>{}</div>').format(title, chips(view)) + line


def on_paper(endpoint: str, project: str, loaded_at: datetime, *, complete: bool) -> Markup:
    """Return what only paper needs, where there is no sidebar: whose data it is, of when, whether all."""
    whole = "complete" if complete else "NOT COMPLETE"
    return Markup('<p class="on-paper" translate="no"><bdi>{}</bdi>, project <bdi>{}</bdi>, {}</p>').format(
        endpoint, project, f"data of {loaded_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC, {whole}"
    )


def chips(view: View) -> Markup:
    """Return a removable chip a filter, and one press for all of them; nothing without a filter."""
    buttons = [
        _chip(f"drop {parameter.name}", f"{parameter.label}: {_listed(values)}", "Take away")
        for parameter, values in view.filters()
    ]
    if not buttons:
        return Markup("")
    clear = Markup('<button type="button" class="chip clear" data-press="clear">Clear all</button>')
    return Markup('<div class="chips" role="group" aria-label="Filters">{}{}</div>').format(
        Markup("").join(buttons), clear
    )


def figures_row(figures: KeyFigures, view: View, loaded: int, zone: tzinfo) -> Markup:
    """Return the five key figures of what the filters let through of `loaded` rows.

    A press filters by one.
    """
    # In one piece: five cards side by side.
    total, facets = figures.configurations, view.facets
    cards = [
        _card(
            "Configurations",
            f"{total:,}",
            _newest(figures.newest, zone) if total == loaded else f"of {loaded:,}",
        ),
        _card(
            "Engines in use", f"{figures.engines:,}", count_of(figures.versions, "version"), press="engines"
        ),
        _card(
            "Custom image",
            share_text(figures.custom_images, total),
            f"{figures.custom_images:,} of {total:,}",
            press="choose image custom",
            pressed=facets["image"] == ("custom",),
        ),
        _recent(figures, view),
        _card(
            "Without description",
            share_text(figures.without_description, total),
            f"{figures.without_description:,} of {total:,}",
            press="choose described no",
            pressed=facets["described"] == ("no",),
        ),
    ]
    return Markup('<ul class="figures" aria-label="Key figures" translate="no">{}</ul>').format(
        Markup("").join(cards)
    )


def _newest(newest: datetime | None, zone: tzinfo) -> Markup | str:
    """Return the day of the newest configuration in a zone."""
    if newest is None:
        return "none with a time"
    return Markup('newest <time datetime="{}">{}</time>').format(
        newest.astimezone(UTC).isoformat(timespec="milliseconds"), f"{newest.astimezone(zone):%Y-%m-%d}"
    )


def _recent(figures: KeyFigures, view: View) -> Markup:
    """Return how many are new. Under a period there is nothing to compare with, and samples have no times."""
    label = f"Created in {RECENT_DAYS} days"
    if view.config_type == "sample":
        return _card(label, "–", "samples carry no time")
    first, last = view.facets.period
    own = (first, last) == (figures.today - timedelta(days=RECENT_DAYS - 1), figures.today)
    if (first or last) and not own:
        return _card(label, f"{figures.created_recently:,}", "a period is set", press="recent")
    if own:
        return _card(label, f"{figures.created_recently:,}", "shown alone", press="recent", pressed=True)
    change = f"{figures.created_recently - figures.created_before:+,} on the {RECENT_DAYS} before"
    note = Markup("{}{}").format(change, _sparkline(figures.daily))
    return _card(label, f"{figures.created_recently:,}", note, press="recent")


def _card(label: str, value: str, note: str | Markup, *, press: str = "", pressed: bool = False) -> Markup:
    inside = Markup(
        '<span class="label">{}</span><span class="value">{}</span><span class="note">{}</span>'
    ).format(label, value, note)
    if not press:
        return Markup('<li class="figure">{}</li>').format(inside)
    return Markup(
        '<li><button type="button" class="figure" data-press="{}" aria-pressed="{}">{}</button></li>'
    ).format(press, "true" if pressed else "false", inside)


def _chip(press: str, text: str, verb: str) -> Markup:
    return Markup(
        '<button type="button" class="chip" data-press="{}" title="{} this filter">'
        '<bdi>{}</bdi><span aria-hidden="true"> ✕</span><span class="unseen"> {} this filter</span></button>'
    ).format(press, verb, text, verb)


def _listed(values: Iterable[str]) -> str:
    text = " ".join(", ".join(values).split())
    return text if len(text) <= MAX_CHIP else text[: MAX_CHIP - 1] + "…"


def _sparkline(daily: tuple[int, ...]) -> Markup:
    """Return bars of the daily counts; the days that are compared with are fainter."""
    top = max(*daily, 1)
    bars = [f"M{day} 20V{20 - max(18 * count / top, 1):.0f}" for day, count in enumerate(daily) if count]
    before = sum(1 for count in daily[:-RECENT_DAYS] if count)
    return Markup(
        '<svg class="sparkline" viewBox="0 0 {} 20" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="before" d="{}"/><path d="{}"/></svg>'
    ).format(len(daily), "".join(bars[:before]), "".join(bars[before:]))
