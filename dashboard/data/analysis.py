"""DataFrame to DataFrame: filters, orders, counts. No clock, no network, no Streamlit.

`frame` is always the one of frames.configurations_frame; a mask is a boolean array with one entry a row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain, pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.data import periods
from dashboard.data.facet_values import counts, is_audited, numbers_of, offered
from dashboard.data.parameters import FACETS, Choices, Contains, Day, Facet, Members
from dashboard.data.rows import ROWS_A_PIECE, STAND_INS, TEXT
from dashboard.data.view import Facets

Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.intp]
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
    mask = matching(frame, facets)
    given = {facet.name for facet, _ in facets.given()}
    others = {
        facet.name: matching(frame, facets.ignoring(facet.name)) if facet.name in given else mask
        for facet in CHOICES
    }
    return Selection(
        mask=mask,
        key_figures=key_figures(frame, mask, now),
        usage=engine_usage(frame, others["engine"]),
        counts={facet.name: counts(frame, others[facet.name], facet) for facet in CHOICES},
    )


def select_timeline(frame: pd.DataFrame, facets: Facets, wanted: str) -> tuple[pd.DataFrame, str]:
    """Return the timeline under some facets, and the granularity it came out with."""
    mask = matching(frame, facets)
    granularity = periods.granularity_for(created_days(frame)[mask], wanted)
    return timeline(frame, mask, granularity), granularity


def matching(frame: pd.DataFrame, facets: Facets) -> Mask:
    """Return which rows all of the facets let through."""
    mask = np.ones(len(frame), dtype=bool)
    for facet, value in facets.given():
        mask &= _let_through(frame, facet, value)
    return mask


def elsewhere(frame: pd.DataFrame, facets: Facets, text: str) -> list[tuple[Facet, Any, int]]:
    """Return which facets would find a text, what each is set to for it, and how many rows that leaves."""
    wanted: list[tuple[Facet, Any]] = []
    for facet in FACETS:
        if isinstance(facet, Contains):
            wanted.append((facet, text))
        elif isinstance(facet, Choices) and facet.column in SEARCHABLE:
            values = frame[facet.column].cat.categories
            wanted.append((facet, tuple(value for value in values if text.casefold() in value.casefold())))
    found = [
        (facet, value, int(matching(frame, Facets.of(**{**dict(facets.values), facet.name: value})).sum()))
        for facet, value in wanted
        if value
    ]
    return [(facet, value, count) for facet, value, count in found if count]


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


def _let_through(frame: pd.DataFrame, facet: Facet, value: Any) -> Mask:
    if isinstance(facet, Choices) and facet.audited and not is_audited(frame):
        return np.ones(len(frame), dtype=bool)
    match facet:
        case Members():
            chosen = [frame[facet.column + one] for one in value if facet.column + one in frame]
            return np.any(chosen, axis=0) if chosen else np.zeros(len(frame), dtype=bool)
        case Choices():
            return _is_one_of(frame[facet.column], value)
        case Contains():
            found = [_contains(frame[column], value) for column in facet.columns]
            return np.asarray(np.any(found, axis=0), dtype=bool)
        case Day():
            days, day = _days(frame[facet.column]), np.datetime64(value, "D")
            return np.asarray(days >= day if facet.is_first else days <= day)  # NaT compares false


def created_days(frame: pd.DataFrame) -> npt.NDArray[np.datetime64]:
    """Return the UTC day each row was created on (datetime64[D], NaT where unknown)."""
    return _days(frame["created"])


def _days(column: pd.Series) -> npt.NDArray[np.datetime64]:
    return column.to_numpy(dtype="datetime64[ms]").astype("datetime64[D]")


def ordering(frame: pd.DataFrame, word: str) -> Positions:
    """Return row positions in ascending order by a sorting word; the reverse is descending, ties included.

    By name the order is the service's own, as it was loaded. Which collation it uses is not documented, so
    texts are compared as the names turn out to be: by code point, or without regard to case.
    """
    by_name = np.arange(len(frame), dtype=np.intp)[::-1]
    if word == "name":
        return by_name
    if word == "created":
        created = (
            frame["created"].to_numpy(dtype="datetime64[ms]").astype("int64")
        )  # NaT is the smallest: first
        return by_name[np.argsort(created[by_name], kind="stable")]
    if word == "severity":
        if not is_audited(frame):
            return by_name
        # The worst is the first category, and so comes last.
        return by_name[np.argsort(-frame[word].cat.codes.to_numpy()[by_name].astype(int), kind="stable")]
    fold = str.casefold if _ignores_case(_listed(frame["name"])) else str
    return by_name[_in_order_of_texts(frame[word][::-1], fold)]


def _in_order_of_texts(column: pd.Series, fold: Callable[[str], str]) -> Positions:
    """Return the places of a column's texts in their order, as `fold` makes them; none is the least.

    Of a million texts Python's own sorting would hold up everybody for a second.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        texts = ["", *map(fold, column.cat.categories)]
        ranks = {text: rank for rank, text in enumerate(sorted(set(texts)))}
        rank_of = np.array([ranks[text] for text in texts])
        return np.argsort(rank_of[column.cat.codes.to_numpy() + 1], kind="stable")
    if fold is not str:
        column = pd.concat([pd.Series(map(fold, piece), dtype=TEXT) for piece in _pieces(column)])
    return np.asarray(column.fillna("").array.argsort(kind="stable"), dtype=np.intp)


def _pieces(column: pd.Series) -> Iterator[list[str]]:
    for first in range(0, len(column), ROWS_A_PIECE):
        yield column.iloc[first : first + ROWS_A_PIECE].fillna("").tolist()


def _listed(column: pd.Series) -> list[str]:
    return list(chain.from_iterable(_pieces(column)))


def numbers_of_names(frame: pd.DataFrame) -> Positions:
    """Return which of the rows of its name each row is, from 1; rows without a name are of one."""
    numbers, seen = np.ones(len(frame), dtype=np.intp), dict[str, int]()
    for position, name in enumerate(_listed(frame["name"])):
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            numbers[position] = seen[name]
    return numbers


def in_order(mask: Mask, ascending: Positions, order: str) -> Positions:
    """Positions of the rows in the mask, sorted: `ascending` comes from `ordering`, order "asc" or "desc"."""
    positions = ascending if order == "asc" else ascending[::-1]
    return positions[mask[positions]]


def key_figures(frame: pd.DataFrame, mask: Mask, now: datetime) -> KeyFigures:
    """Count what the mask lets through, as of `now` (aware)."""
    today = now.astimezone(UTC).date()
    created = frame["created"].to_numpy(dtype="datetime64[ms]")[mask]
    known = created[~np.isnat(created)]
    ages = (np.datetime64(today, "D") - known.astype("datetime64[D]")).astype(int)
    daily = np.bincount(ages[(ages >= 0) & (ages < 2 * RECENT_DAYS)], minlength=2 * RECENT_DAYS)[::-1]
    engines = _used(frame["engine"], mask)
    return KeyFigures(
        configurations=int(np.count_nonzero(mask)),
        engines=len(engines) - int(engines.isin(STAND_INS).sum()),
        versions=len(_used(frame["version"], mask)),
        newest=pd.Timestamp(known.max(), tz=UTC).to_pydatetime() if len(known) else None,
        custom_images=int(np.count_nonzero(frame["image"].notna().to_numpy() & mask)),
        today=today,
        created_recently=int(daily[RECENT_DAYS:].sum()),
        created_before=int(daily[:RECENT_DAYS].sum()),
        daily=tuple(int(count) for count in daily),
        without_description=int(np.count_nonzero(frame["description"].isna().to_numpy() & mask)),
        without_created=len(created) - len(known),
    )


def _used(column: pd.Series, mask: Mask) -> pd.Index:
    """Return the categories that rows of the mask have."""
    return column.cat.categories[numbers_of(column, mask) > 0]


def engine_usage(frame: pd.DataFrame, mask: Mask) -> pd.DataFrame:
    """Columns engine, version (str, "" for none), count and share (of the mask's rows).

    Engines with most rows first, and so the versions within each.
    """
    engines, versions = frame["engine"].cat, frame["version"].cat
    width = len(versions.categories) + 1
    pairs = engines.codes.to_numpy()[mask].astype(np.int64) * width + versions.codes.to_numpy()[mask] + 1
    found = np.bincount(pairs, minlength=len(engines.categories) * width)
    kept = np.flatnonzero(found)
    names = ["", *map(str, versions.categories)]
    rows = [
        (str(engines.categories[pair // width]), names[pair % width], count)
        for pair, count in zip(kept.tolist(), found[kept].tolist(), strict=True)
    ]
    totals: Counter[str] = Counter()
    for engine, _, count in rows:
        totals[engine] += count
    rows.sort(key=lambda row: (-totals[row[0]], row[0], -row[2], row[1]))
    usage = pd.DataFrame(rows, columns=["engine", "version", "count"]).astype(
        {"engine": "str", "version": "str", "count": "int64"}
    )
    return usage.assign(share=usage["count"] / max(int(np.count_nonzero(mask)), 1))


def ranked(usage: pd.DataFrame) -> list[str]:
    """Return the engines of a usage table, most used first."""
    return list(dict.fromkeys(usage["engine"]))


def timeline(frame: pd.DataFrame, mask: Mask, granularity: str) -> pd.DataFrame:
    """Count configurations created by period: index its start (datetime64[s], no gaps), a column an engine.

    Engines with most rows first. Rows without a creation time are left out; see KeyFigures.without_created.
    """
    days = created_days(frame)
    known = mask & ~np.isnat(days)
    numbers = periods.numbers(days[known], granularity)
    engines = frame["engine"].cat
    if not len(numbers):
        return pd.DataFrame(index=pd.DatetimeIndex([], dtype="datetime64[s]", name="period"))
    first, last = numbers.min(), numbers.max()
    width = len(engines.categories)
    cells = (numbers - first) * width + engines.codes.to_numpy()[known]
    table = np.bincount(cells, minlength=int(last - first + 1) * width).reshape(-1, width)
    index = pd.DatetimeIndex(periods.starts(np.arange(first, last + 1), granularity), name="period")
    wide = pd.DataFrame(table, index=index, columns=list(engines.categories))
    totals = {str(name): int(count) for name, count in wide.sum().items() if count}
    ranked_names = sorted(totals, key=lambda name: (-totals[name], name))
    return wide[ranked_names]


def fold(wide: pd.DataFrame, keep: Sequence[str], other: Hashable) -> pd.DataFrame:
    """Return a timeline whose columns outside of `keep`, if they are several, are summed up as `other`."""
    rest = [name for name in wide.columns if name not in keep]
    if len(rest) < 2:
        return wide
    folded = wide[[name for name in wide.columns if name in keep]].copy()
    folded[other] = wide[rest].sum(axis="columns")
    return folded


def _is_one_of(column: pd.Series, values: Sequence[str]) -> Mask:
    # One entry a category and a last one, False, which the code -1 of a row without a value finds.
    chosen = set(values)
    wanted = np.array([*(category in chosen for category in column.cat.categories.tolist()), False])
    return np.asarray(wanted[column.cat.codes.to_numpy()])


def _contains(column: pd.Series, text: str) -> Mask:
    found = column.str.contains(text, case=False, regex=False, na=False)
    return found.to_numpy(dtype=bool)


def _ignores_case(descending: list[str]) -> bool:
    """Whether names in this order are sorted without regard to case, and not by code point."""
    if all(a >= b for a, b in pairwise(descending)):
        return False
    folded = [name.casefold() for name in descending]
    return all(a >= b for a, b in pairwise(folded))
