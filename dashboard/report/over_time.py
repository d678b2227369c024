"""Engines since when and until when, what happened on which day, findings by severity, as HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import Final

import pandas as pd
from markupsafe import Markup

from dashboard.data.figures import MAX_UNFOLDED, MAX_VERSIONS
from dashboard.data.number_words import count_of
from dashboard.history.severities import CONFIGURATIONS, DETAILS
from dashboard.history.timeline import Adoption, DayCounts
from dashboard.report.severities import severity
from dashboard.report.table import cut

MAX_DAYS: Final = 14
NO_VERSION: Final = "no version given"
LABELS: Final = {CONFIGURATIONS: "Configurations", DETAILS: "With details"}


def adoption_table(found: Sequence[Adoption], zone: tzinfo) -> Markup:
    """Return each engine, its versions below: first and last seen or in use, how many now and at most.

    Of very many engines, and versions of one, the most used are listed, and the others counted.
    """
    if not found:
        return Markup('<p class="note">No engine has been seen.</p>')
    engines = [one for one in found if one.version is None]
    engines.sort(key=lambda one: (-one.now, -one.most, one.engine))
    versions = dict[str, list[Adoption]]()
    for one in found:
        if one.version is not None:
            versions.setdefault(one.engine, []).append(one)
    drawn = [_of_engine(engine, versions.get(engine.engine, []), zone) for engine in engines[:MAX_UNFOLDED]]
    rows = Markup("").join([*drawn, _more(len(engines) - MAX_UNFOLDED, "more engine")])
    return Markup(
        '<table class="plain adoption" translate="no">'
        '<caption class="unseen">Engines over time</caption><thead><tr>'
        '<th scope="col">Engine</th><th scope="col">First seen</th><th scope="col">Last seen</th>'
        '<th scope="col" class="number">Now</th><th scope="col" class="number">Most</th></tr></thead>'
        "<tbody>{}</tbody></table>"
    ).format(rows)


def _of_engine(engine: Adoption, versions: Sequence[Adoption], zone: tzinfo) -> Markup:
    used = sorted(versions, key=lambda one: (-one.now, -one.most))[:MAX_VERSIONS]
    listed = {one.version for one in used}
    rows = [_adoption(one, zone) for one in (engine, *(one for one in versions if one.version in listed))]
    return Markup("").join([*rows, _more(len(versions) - MAX_VERSIONS, "more version")])


def _more(number: int, what: str) -> Markup:
    row = Markup('<tr class="inner"><th scope="row">{}</th><td colspan="4"></td></tr>')
    return row.format(count_of(number, what)) if number > 0 else Markup("")


def day_table(found: Sequence[DayCounts], address_of: Callable[[DayCounts], str]) -> Markup:
    """Return the last days on which something changed, the newest first, each leading to its changes."""
    if not found:
        return Markup('<p class="note">Nothing has changed since the first snapshot.</p>')
    rows = Markup("").join(
        Markup('<tr><th scope="row"><a href="{}" target="_self">{}</a></th>{}</tr>').format(
            address_of(one),
            one.day.isoformat(),
            Markup("").join(
                Markup('<td class="number">{}</td>').format(f"{count:,}" if count else "–")
                for count in (one.added, one.removed, one.renamed, one.edited)
            ),
        )
        for one in sorted(found, key=lambda one: one.day, reverse=True)[:MAX_DAYS]
    )
    heads = Markup("").join(
        Markup('<th scope="col" class="number">{}</th>').format(word)
        for word in ("Added", "Removed", "Renamed", "Edited")
    )
    return Markup(
        '<table class="plain" translate="no"><caption class="unseen">Changes by day</caption>'
        '<thead><tr><th scope="col">Day (UTC)</th>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(heads, rows)


def severity_table(wide: pd.DataFrame) -> Markup:
    """Return how many findings of each severity there were, and in how many configurations, since when.

    The newest first; periods that say the same as the one before are left out. `wide` is what
    history.by_day.by_day makes of history.severities.Judge.counts.
    """
    wide = wide[(wide != wide.shift()).any(axis="columns")]
    heads = Markup("").join(
        Markup('<th scope="col" class="number">{}</th>').format(severity(kind) or LABELS[kind])
        for kind in wide.columns
    )
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            stamp.date().isoformat(),
            Markup("").join(
                Markup('<td class="number">{}</td>').format(f"{count:,}" if count else "–")
                for count in counts
            ),
        )
        for stamp, counts in zip(wide.index[::-1], wide.to_numpy()[::-1].tolist(), strict=True)
    )
    return Markup(
        '<div class="scrolled"><table class="plain" translate="no"><caption class="unseen">Findings over time'
        '</caption><thead><tr><th scope="col">Since (UTC)</th>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(heads, rows)


def _adoption(one: Adoption, zone: tzinfo) -> Markup:
    label = cut(one.engine) if one.version is None else cut(one.version or NO_VERSION)
    first = "at the start" if one.since_beginning else _day(one.first_seen, zone)
    last = "in use" if one.retired_at is None else _day(one.last_seen, zone)
    return Markup(
        '<tr{}><th scope="row"><bdi>{}</bdi></th><td>{}</td><td>{}</td><td class="number">{}</td>'
        '<td class="number">{}</td></tr>'
    ).format(
        Markup(' class="inner"') if one.version is not None else "",
        *(label, first, last, f"{one.now:,}", f"{one.most:,}"),
    )


def _day(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d}"
