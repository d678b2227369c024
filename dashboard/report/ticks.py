"""Where an axis has its ticks: as Plotly chooses, whose figures are to stand in the same place.

Plotly's rules (`autoTicks` of its axes, version 4): as many ticks as the length allows, at a round step.
Never by the hour: for an axis that would be, `data/timeline.py` has every day a tick.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

ROUND: Final = (2, 5, 10)
ROUND_MONTHS: Final = (1, 2, 3, 6, 12)
ROUND_DAYS: Final = (1, 2, 3, 7, 14)
DAYS_OF_YEAR, DAYS_OF_MONTH = 365.25, 365.25 / 12
FIRST, FIRST_SUNDAY = datetime(2000, 1, 1), datetime(2000, 1, 2)  # noqa: DTZ001 - the axis has no zone
X_PIXELS, Y_PIXELS = 80, 40
"""What a tick takes of an axis, across and upwards."""


@dataclass(frozen=True)
class DateStep:
    """A step of a date axis: whole months, or else whole days."""

    months: int = 0
    days: int = 0


@dataclass(frozen=True)
class DateTick:
    """A tick of a date axis: its moment, its label, and a second line where that is another than before."""

    moment: datetime
    label: str
    below: str


def parts(pixels: float, pixels_each: int) -> float:
    """Return into how many parts an axis of a length is cut, more or less."""
    return min(9.0, max(4.0, pixels / pixels_each)) + 1


def count_step(most: float, pixels: float, pixels_each: int, *, ones: bool = False) -> int:
    """Return the step of an axis of counts from 0 to `most`; `ones` has every count a tick."""
    if ones or most <= 0:
        return 1
    rough = most / parts(pixels, pixels_each)
    base = 10.0 ** math.floor(math.log10(rough))
    return max(1, round(base * _round_up(rough / base, ROUND)))


def date_step(begin: datetime, end: datetime, pixels: float, *, daily: bool = False) -> DateStep:
    """Return the step of a date axis; `daily` has every day a tick."""
    if daily:
        return DateStep(days=1)
    days = (end - begin) / timedelta(days=1) / parts(pixels, X_PIXELS)
    if 2 * days > DAYS_OF_YEAR:
        years = days / DAYS_OF_YEAR
        base = 10 ** math.floor(math.log10(years))
        return DateStep(months=round(12 * base * _round_up(years / base, ROUND)))
    if 2 * days > DAYS_OF_MONTH:
        return DateStep(months=round(_round_up(days / DAYS_OF_MONTH, ROUND_MONTHS)))
    return DateStep(days=round(_round_up(days, ROUND_DAYS)))


def date_ticks(begin: datetime, end: datetime, step: DateStep) -> list[DateTick]:
    """Return the ticks from begin to end, both included."""
    ticks: list[DateTick] = []
    before = ""
    for moment in _moments(begin, end, step):
        label, below = _labels(moment, step)
        ticks.append(DateTick(moment, label, below if below != before else ""))
        before = below
    return ticks


def _moments(begin: datetime, end: datetime, step: DateStep) -> Iterator[datetime]:
    if step.months:
        number = -(-_month_number(begin) // step.months) * step.months
        while (moment := _month(number)) <= end:
            if moment >= begin:
                yield moment
            number += step.months
        return
    pace = timedelta(days=step.days)
    moment = FIRST_SUNDAY + -(-(begin - FIRST_SUNDAY) // pace) * pace
    while moment <= end:
        yield moment
        moment += pace


def _month_number(moment: datetime) -> int:
    """Return the months since 2000, of which the step counts; of a moment within a month, the month's."""
    return (moment.year - FIRST.year) * 12 + moment.month - 1


def _month(number: int) -> datetime:
    years, months = divmod(number, 12)
    return datetime(FIRST.year + years, months + 1, 1)  # noqa: DTZ001 - the axis has no zone


def _labels(moment: datetime, step: DateStep) -> tuple[str, str]:
    if step.months and step.months % 12 == 0:
        return f"{moment.year}", ""
    if step.months:
        return f"{moment:%b} {moment.year}", ""
    return f"{moment:%b} {moment.day}", f"{moment.year}"


def _round_up(value: float, steps: Sequence[int]) -> float:
    """Return the first step that is larger, as Plotly's `Lib.roundUp` does, or the last."""
    return next((step for step in steps if value < step), steps[-1])
