"""DataFrame to DataFrame: filters and counts. No clock, no network, no Streamlit.

`frame` is always the one of frame.configurations_frame; a mask is a boolean array with one entry a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import numpy as np
import pandas as pd

from dashboard.data import periods
from dashboard.data.columns import NO_DAY, Columns, Mask, Part, columns_of
from dashboard.data.facet_values import counts, is_audited, offered
from dashboard.data.frame import STAND_INS
from dashboard.data.parameters import FACETS, Choices, Contains, Day, Facet
from dashboard.data.periods import Days
from dashboard.data.view import Facets

RECENT_DAYS = 30
SEARCHABLE: Final = ("engine", "version")
"""Columns with choices of the service's own words, in which somebody may look for a text."""
CHOICES: Final = tuple(facet for facet in FACETS if isinstance(facet, Choices))


@dataclass(frozen=True)
class KeyFigures:
    """The figures at the top: counts of configurations, and of engines in use. Days are UTC's.

    `created_recently` counts the last 30 days up to and including `today`, `created_before` the 30 before;
    `daily` has all 60, oldest first.
    """

    configurations: int
    engines: int
    versions: int
    newest: datetime | None
    custom_images: int
    today: date
    created_recently: int
    created_before: int
    daily: tuple[int, ...]
    without_description: int
    without_created: int


@dataclass(frozen=True, eq=False)
class Selection:
    """What some rows hold under some facets.

    `counts` has, for each facet with choices, how many rows carry each value. It ignores that facet itself,
    so that its other values stay on offer; so does `usage`.
    """

    mask: Mask
    key_figures: KeyFigures
    usage: pd.DataFrame
    counts: Mapping[str, Mapping[str, int]]


def select(frame: pd.DataFrame, now: datetime, facets: Facets) -> Selection:
    """Return what a frame holds under some facets, as of `now` (aware)."""
    part = Part.of(frame, matching(frame, facets))
    given = {facet.name for facet, _ in facets.given()}
    others = {
        facet.name: Part.of(frame, matching(frame, facets.ignoring(facet.name)))
        if facet.name in given
        else part
        for facet in CHOICES
    }
    return Selection(
        mask=part.mask,
        key_figures=key_figures(part, now),
        usage=engine_usage(others["engine"]),
        counts={facet.name: counts(others[facet.name], facet, facets.members) for facet in CHOICES},
    )


def select_timeline(frame: pd.DataFrame, facets: Facets, wanted: str) -> tuple[pd.DataFrame, str]:
    """Return the timeline under some facets, and the granularity it came out with."""
    part = Part.of(frame, matching(frame, facets))
    granularity = periods.granularity_for(created_days(part), wanted)
    return timeline(part, granularity), granularity


def matching(frame: pd.DataFrame, facets: Facets) -> Mask:
    """Return which rows all of the facets let through."""
    columns = columns_of(frame)
    groups, mask = np.ones(columns.groups, dtype=bool), np.ones(columns.rows, dtype=bool)
    for facet, value in facets.given():
        if not isinstance(facet, Choices):
            mask &= _let_through(columns, facet, value)
        elif facet.column in columns.categories:
            groups &= columns.are_one_of(facet.column, value)
    if facets.members and is_audited(frame):
        mask &= columns.with_member(facets.members)
    return mask if groups.all() else mask & groups[columns.group]


def elsewhere(frame: pd.DataFrame, facets: Facets, text: str) -> list[tuple[Facet, Any, int]]:
    """Return which facets would find a text, what each is set to for it, and how many rows that leaves."""
    wanted: list[tuple[Facet, Any]] = []
    for facet in FACETS:
        if isinstance(facet, Contains):
            wanted.append((facet, text))
        elif isinstance(facet, Choices) and facet.column in SEARCHABLE:
            values = columns_of(frame).categories[facet.column]
            wanted.append((facet, tuple(value for value in values if text.casefold() in value.casefold())))
    found = [
        (facet, value, int(matching(frame, Facets.of(**{**dict(facets.values), facet.name: value})).sum()))
        for facet, value in wanted
        if value
    ]
    return [(facet, value, count) for facet, value, count in found if count]


def searched(frame: pd.DataFrame, text: str) -> Mask:
    """Return which rows have a text in name or description, without regard to case."""
    name, description = (
        frame[column].str.contains(text, case=False, regex=False, na=False).to_numpy(dtype=bool)
        for column in ("name", "description")
    )
    return np.asarray(name | description)


def known(frame: pd.DataFrame, facets: Facets) -> Facets:
    """Return the facets without the choices that no row of the frame has."""

    def left(facet: Facet, value: Any) -> Any:
        if not isinstance(facet, Choices):
            return value
        if facet.audited and not is_audited(frame):
            return value
        there = frozenset(offered(frame, facet))
        return tuple(chosen for chosen in value if chosen in there)

    return Facets.of(**{facet.name: left(facet, value) for facet, value in facets.given()})


def _let_through(columns: Columns, facet: Contains | Day, value: Any) -> Mask:
    """Return which rows a facet lets through that is no choice."""
    if isinstance(facet, Contains):
        return columns.with_text(facet.columns, value)
    day, days = np.datetime64(value, "D").astype(int), columns.days
    return np.asarray(days >= day if facet.is_first else (days <= day) & (days != NO_DAY))


def created_days(part: Part) -> Days:
    """Return the first and the last UTC day on which rows were created; none where no time is known."""
    days = part.columns.days[part.mask]
    days = days[days != NO_DAY]
    ends = [int(days.min()), int(days.max())] if len(days) else []
    return np.array(ends, dtype="datetime64[D]")


def key_figures(part: Part, now: datetime) -> KeyFigures:
    """Count some rows, as of `now` (aware)."""
    columns, today = part.columns, now.astimezone(UTC).date()
    days, created = columns.days[part.mask], columns.created[part.mask]
    ages = np.datetime64(today, "D").astype(np.int64) - days
    recent = ages[(ages >= 0) & (ages < 2 * RECENT_DAYS)]
    daily = np.bincount(recent, minlength=2 * RECENT_DAYS)[::-1]
    without_created = int(np.count_nonzero(days == NO_DAY))
    engines = [name for name, count in _categories(part, "engine") if count and name not in STAND_INS]
    newest = int(created.max()) if without_created < part.rows else None
    return KeyFigures(
        configurations=part.rows,
        engines=len(engines),
        versions=int(np.count_nonzero(part.counts("version"))),
        newest=None if newest is None else pd.Timestamp(newest, unit="ms", tz=UTC).to_pydatetime(),
        custom_images=dict(_categories(part, "image_kind")).get("custom", 0),
        today=today,
        created_recently=int(daily[RECENT_DAYS:].sum()),
        created_before=int(daily[:RECENT_DAYS].sum()),
        daily=tuple(daily.tolist()),
        without_description=dict(_categories(part, "described")).get("no", 0),
        without_created=without_created,
    )


def _categories(part: Part, name: str) -> Iterable[tuple[str, int]]:
    return zip(part.columns.categories[name], part.counts(name).tolist(), strict=True)


def engine_usage(part: Part) -> pd.DataFrame:
    """Return columns engine, version (str, "" for none), count and share (of the rows).

    Engines with most rows first, and so the versions within each.
    """
    columns = part.columns
    engines, versions = columns.categories["engine"], ("", *columns.categories["version"])
    pairs: Counter[tuple[str, str]] = Counter()
    totals: Counter[str] = Counter()
    used = np.flatnonzero(part.numbers)
    codes = (columns.codes(name)[used].tolist() for name in ("engine", "version"))
    for engine, version, count in zip(*codes, part.numbers[used].tolist(), strict=True):
        pairs[engines[engine - 1], versions[version]] += count
        totals[engines[engine - 1]] += count
    rows = sorted(
        ((engine, version, count) for (engine, version), count in pairs.items()),
        key=lambda row: (-totals[row[0]], row[0], -row[2], row[1]),
    )
    names, texts, numbers = zip(*rows, strict=True) if rows else ((), (), ())
    counted = np.array(numbers, dtype=np.int64)
    return pd.DataFrame(
        {
            "engine": pd.array(names, dtype="str"),
            "version": pd.array(texts, dtype="str"),
            "count": counted,
            "share": counted / max(part.rows, 1),
        }
    )


def ranked(usage: pd.DataFrame) -> list[str]:
    """Return the engines of a usage table, most used first."""
    return list(dict.fromkeys(usage["engine"]))


def timeline(part: Part, granularity: str) -> pd.DataFrame:
    """Count configurations created by period: index its start (datetime64[s], no gaps), a column an engine.

    Engines with most rows first. Rows without a creation time are left out; see KeyFigures.without_created.
    """
    columns, ends = part.columns, created_days(part)
    if not len(ends):
        return pd.DataFrame(index=pd.DatetimeIndex([], dtype="datetime64[s]", name="period"))
    calendar = periods.numbers(np.arange(ends[0], ends[1] + 1), granularity)
    first, last = calendar[0], calendar[-1]
    known = part.mask & (columns.days != NO_DAY)
    period = (calendar - first)[columns.days[known] - ends[0].astype(int)]
    engines = columns.categories["engine"]
    engine = (columns.codes("engine") - 1)[columns.group[known]]
    table = np.bincount(period * len(engines) + engine, minlength=int(last - first + 1) * len(engines))
    table = table.reshape(-1, len(engines))
    totals = table.sum(axis=0).tolist()
    ranked_engines = sorted(
        (place for place, total in enumerate(totals) if total),
        key=lambda place: (-totals[place], engines[place]),
    )
    index = pd.DatetimeIndex(periods.starts(np.arange(first, last + 1), granularity), name="period")
    return pd.DataFrame(
        table[:, ranked_engines], index=index, columns=[engines[place] for place in ranked_engines]
    )


def fold(wide: pd.DataFrame, keep: Sequence[str], other: Hashable) -> pd.DataFrame:
    """Return a timeline whose columns outside of `keep`, if they are several, are summed up as `other`."""
    rest = [name for name in wide.columns if name not in keep]
    if len(rest) < 2:
        return wide
    folded = wide[[name for name in wide.columns if name in keep]].copy()
    folded[other] = wide[rest].sum(axis="columns")
    return folded
