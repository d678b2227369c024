"""Key figures and the timeline against a plain Python reference over the service's own rows."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.data import analysis, periods
from dashboard.data.columns import Mask, Part
from dashboard.data.frame import configurations_frame
from dashboard.data.periods import COMFORTABLE_BARS, GRANULARITIES, MAX_BARS
from dashboard.data.record import NO_ENGINE, ONLY_IMAGE
from modelarts_api import Configuration
from tests.dashboard.builders import (
    EXAMPLES,
    everything,
    frame_of,
    masked_wires,
    wires,
)
from tests.dashboard.reference import Wires, created_of, day_of, engine_of, given_text, masked, ranked

EMPTY = frame_of()


# Key figures

NOW = datetime(2024, 3, 1, 12, 30, tzinfo=UTC)
FIRST_OF_30 = datetime(2024, 2, 1, tzinfo=UTC)
"""The first moment of the thirty days that end with today."""


@EXAMPLES
@given(masked_wires())
def test_key_figures_count_the_rows_in_the_mask(given_rows: tuple[Wires, Mask]) -> None:
    rows, mask = given_rows
    chosen = masked(rows, mask)
    now = datetime(2024, 3, 10, 23, 59, 59, 999999, tzinfo=UTC)  # nothing is later
    times = [moment for row in chosen if (moment := created_of(row))]
    days = Counter((now.date() - moment.date()).days for moment in times)
    figures = analysis.key_figures(Part.of(frame_of(*rows), mask), now)
    assert figures.configurations == len(chosen)
    assert figures.engines == len({engine_of(row) for row in chosen} - {ONLY_IMAGE, NO_ENGINE})
    assert figures.versions == len({given_text(row["engine_version"]) for row in chosen} - {None})
    assert figures.newest == max(times, default=None)
    assert figures.custom_images == sum(given_text(row["user_image_url"]) is not None for row in chosen)
    assert figures.without_description == sum(given_text(row["config_desc"]) is None for row in chosen)
    assert figures.without_created == len(chosen) - len(times)
    assert figures.created_recently == sum(days[age] for age in range(30))
    assert figures.created_before == sum(days[age] for age in range(30, 60))
    assert figures.daily == tuple(days[age] for age in range(59, -1, -1))


@pytest.mark.parametrize(
    ("age", "recently", "before"),
    [
        (timedelta(0), 1, 0),
        (NOW - FIRST_OF_30, 1, 0),
        (NOW - FIRST_OF_30 + timedelta(milliseconds=1), 0, 1),
        (timedelta(days=30), 0, 1),
        (NOW - FIRST_OF_30 + timedelta(days=30), 0, 1),
        (NOW - FIRST_OF_30 + timedelta(days=30, milliseconds=1), 0, 0),
        (timedelta(days=60), 0, 0),
        (timedelta(days=4000), 0, 0),
    ],
    ids=str,
)
def test_thirty_days_are_whole_days_in_utc_and_today_is_one_of_them(
    age: timedelta, recently: int, before: int
) -> None:
    frame = configurations_frame([Configuration(name="a", created_at=NOW - age)])
    figures = analysis.key_figures(Part.of(frame, everything(frame)), NOW)
    assert (figures.created_recently, figures.created_before) == (recently, before)


@pytest.mark.parametrize("ahead", [timedelta(days=2), timedelta(days=20_000)], ids=str)
def test_what_is_yet_to_come_was_not_created_in_the_last_days(ahead: timedelta) -> None:
    """A wrong clock dates a row far ahead; "the last 30 days" ends now, as the sparkline does."""
    frame = configurations_frame([Configuration(name="a", created_at=NOW + ahead)])
    figures = analysis.key_figures(Part.of(frame, everything(frame)), NOW)
    assert figures.created_recently == figures.created_before == 0
    assert sum(figures.daily) == 0


def test_the_time_zone_of_now_is_no_matter() -> None:
    frame = configurations_frame(
        [Configuration(name="a", created_at=NOW - timedelta(hours=d * 7)) for d in range(99)]
    )
    there = NOW.astimezone(timezone(timedelta(hours=14)))
    assert analysis.key_figures(Part.of(frame, everything(frame)), there) == analysis.key_figures(
        Part.of(frame, everything(frame)), NOW
    )


# Timeline


def _start(day: date, granularity: str) -> date:
    if granularity == "week":
        return day - timedelta(days=day.weekday())
    if granularity == "month":
        return day.replace(day=1)
    if granularity == "quarter":
        return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return day


def _next(start: date, granularity: str) -> date:
    longest = {"day": 1, "week": 7, "month": 31, "quarter": 92}[granularity]
    return _start(start + timedelta(days=longest), granularity)


def _periods(first: date, last: date, granularity: str) -> list[date]:
    starts = [_start(first, granularity)]
    while (following := _next(starts[-1], granularity)) <= last:
        starts.append(following)
    return starts


@pytest.mark.parametrize("granularity", GRANULARITIES)
@EXAMPLES
@given(masked_wires())
def test_the_timeline_counts_every_row_with_a_time_and_its_gaps_are_zero(
    granularity: str, given_rows: tuple[Wires, Mask]
) -> None:
    rows, mask = given_rows
    dated = [(day, engine_of(row)) for row in masked(rows, mask) if (day := day_of(row))]
    wide = analysis.timeline(Part.of(frame_of(*rows), mask), granularity)
    cells = Counter((_start(day, granularity), engine) for day, engine in dated)
    assert int(wide.to_numpy().sum()) == len(dated)
    assert list(wide.columns) == [name for name, _ in ranked(Counter(engine for _, engine in dated))]
    starts = [stamp.date() for stamp in wide.index]
    days = [day for day, _ in dated]
    assert starts == (_periods(min(days), max(days), granularity) if days else [])
    for engine in wide.columns:
        assert wide[engine].tolist() == [cells[start, engine] for start in starts]


@EXAMPLES
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_periods_begin_and_end_where_the_calendar_says(day: date) -> None:
    frame = configurations_frame(
        [Configuration(created_at=datetime(day.year, day.month, day.day, 23, tzinfo=UTC))]
    )
    for granularity in GRANULARITIES:
        (stamp,) = analysis.timeline(Part.of(frame, everything(frame)), granularity).index
        start = stamp.date()
        assert start == _start(day, granularity)
        assert periods.last_day(start, granularity) == _next(start, granularity) - timedelta(days=1)


@pytest.mark.parametrize(
    ("granularity", "start", "end"),
    [
        ("day", date(2024, 2, 29), date(2024, 2, 29)),
        ("week", date(2024, 2, 26), date(2024, 3, 3)),
        ("week", date(1969, 12, 29), date(1970, 1, 4)),
        ("month", date(2024, 2, 1), date(2024, 2, 29)),
        ("month", date(2023, 2, 1), date(2023, 2, 28)),
        ("quarter", date(2023, 10, 1), date(2023, 12, 31)),
    ],
)
def test_a_period_ends_on_its_last_day(granularity: str, start: date, end: date) -> None:
    assert periods.last_day(start, granularity) == end
    assert type(periods.last_day(start, granularity)) is date


@EXAMPLES
@given(st.dates(date(1900, 1, 1), date(2300, 1, 1)), st.sampled_from(GRANULARITIES))
def test_any_day_of_a_period_tells_its_first_and_its_last(day: date, granularity: str) -> None:
    assert periods.first_day(day, granularity) == _start(day, granularity)
    assert periods.last_day(day, granularity) == _next(_start(day, granularity), granularity) - timedelta(1)


@pytest.mark.parametrize(
    ("granularity", "day", "name"),
    [
        ("day", date(2026, 4, 1), "1 Apr 2026"),
        ("week", date(2026, 4, 1), "30 Mar – 5 Apr 2026"),
        ("week", date(2026, 1, 1), "29 Dec 2025 – 4 Jan 2026"),
        ("month", date(2026, 4, 30), "April 2026"),
        ("quarter", date(2026, 9, 30), "Q3 2026"),
    ],
)
def test_a_period_has_a_name(granularity: str, day: date, name: str) -> None:
    assert periods.name(day, granularity) == name


@pytest.mark.parametrize("granularity", GRANULARITIES)
@EXAMPLES
@given(
    st.datetimes(datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2030-01-01")),
    st.timedeltas(timedelta(0), timedelta(days=900)),
)
def test_a_drag_snaps_to_whole_periods(granularity: str, begin: datetime, length: timedelta) -> None:
    """Exactly those whose middle is inside; a drag that has no middle inside takes the period it is in."""
    end = begin + length
    first, last = periods.snapped(begin, end, granularity)
    assert (first, last) == (_start(first, granularity), periods.last_day(last, granularity))
    inside = []
    for start in _periods(begin.date(), end.date(), granularity):
        opens = datetime.combine(start, datetime.min.time())
        closes = datetime.combine(_next(start, granularity), datetime.min.time())
        if begin <= opens + (closes - opens) / 2 <= end:
            inside.append(start)
    middle = _start((begin + length / 2).date(), granularity)
    assert first == (inside[0] if inside else middle)
    assert _start(last, granularity) == (inside[-1] if inside else middle)


def test_a_drag_exactly_over_a_bar_is_that_bar() -> None:
    """April's bar is drawn from 1 April to 1 May; dragging over it took half of March before."""
    exactly = (datetime.fromisoformat("2026-04-01"), datetime.fromisoformat("2026-05-01"))
    assert periods.snapped(*exactly, "month") == (date(2026, 4, 1), date(2026, 4, 30))


# Folding


@EXAMPLES
@given(wires(), st.lists(st.sampled_from(["PyTorch", "MXNet", NO_ENGINE, "absent"])))
def test_folding_keeps_the_sum_of_every_period(rows: Wires, keep: list[str]) -> None:
    frame = frame_of(*rows)
    wide = analysis.timeline(Part.of(frame, everything(frame)), "month")
    folded = analysis.fold(wide, keep, "Rest")
    assert folded.sum(axis="columns").tolist() == wide.sum(axis="columns").tolist()
    kept = [name for name in wide.columns if name in keep]
    assert folded[kept].equals(wide[kept])
    if len(wide.columns) - len(kept) > 1:
        assert list(folded.columns) == [*kept, "Rest"]
    elif len(wide.columns) == len(kept):
        assert list(folded.columns) == kept


# Granularity


def _span(first: date, days: int) -> npt.NDArray[np.datetime64]:
    return np.array([first, None, first + timedelta(days=days - 1)], dtype="datetime64[D]")


def _bars(first: date, days: int, granularity: str) -> int:
    return len(_periods(first, first + timedelta(days=days - 1), granularity))


@EXAMPLES
@given(
    st.dates(date(2000, 1, 1), date(2001, 1, 1)),
    st.integers(1, 36_000),
    st.sampled_from(["auto", *GRANULARITIES]),
)
def test_the_granularity_is_the_finest_that_fits(first: date, days: int, wanted: str) -> None:
    """A wanted one is given while it can be drawn at all, "auto" is comfortable to look at."""
    drawn = periods.granularity_for(_span(first, days), wanted)
    limit = COMFORTABLE_BARS if wanted == "auto" else MAX_BARS
    offered = GRANULARITIES[0 if wanted == "auto" else GRANULARITIES.index(wanted) :]
    assert drawn in offered
    assert drawn == "quarter" or _bars(first, days, drawn) <= limit
    assert all(_bars(first, days, finer) > limit for finer in offered[: offered.index(drawn)])


@pytest.mark.parametrize(("wanted", "days"), [("week", 2800), ("month", 12_176)])
def test_never_more_than_the_most_bars_are_drawn(wanted: str, days: int) -> None:
    """From a Sunday, or from the last of a month, a span touches one period more than its length says."""
    first = date(2000, 1, 30) if wanted == "week" else date(2000, 1, 31)
    chosen = periods.granularity_for(_span(first, days), wanted)
    assert _bars(first, days, chosen) <= MAX_BARS


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (1, "day"),
        (COMFORTABLE_BARS, "day"),
        (COMFORTABLE_BARS + 1, "week"),
        (1_200, "month"),
        (36_000, "quarter"),
    ],
)
def test_auto_follows_the_span(days: int, expected: str) -> None:
    assert periods.granularity_for(_span(date(2000, 1, 1), days), "auto") == expected


@pytest.mark.parametrize("days", [[], [None], [None, None]])
def test_without_times_the_finest_or_the_wanted_is_given(days: list[None]) -> None:
    unknown = np.array(days, dtype="datetime64[D]")
    assert periods.granularity_for(unknown, "auto") == "day"
    assert [periods.granularity_for(unknown, wanted) for wanted in GRANULARITIES] == list(GRANULARITIES)
