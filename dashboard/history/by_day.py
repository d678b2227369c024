"""Counts over time, as a frame of days that a chart stacks."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Final

import pandas as pd

from dashboard.history.timeline import CountsOverTime

MAX_DAYS: Final = 100
"""More days than these are told by week."""


def by_day(counts: CountsOverTime) -> tuple[pd.DataFrame, str]:
    """Return how many of each kind there were at the end of each period, and what a period is.

    Rows are the first days of periods without a gap ("day" or "week", UTC), columns kinds in their order,
    values integers. On a day without a snapshot it is what held then.
    """
    if not counts.at:
        return pd.DataFrame(index=pd.DatetimeIndex([])), "day"
    days = pd.DatetimeIndex([at.astimezone(UTC).date() for at in counts.at])
    daily = pd.DataFrame(dict(counts.counts), index=days).groupby(level=0).last()
    daily = daily.asfreq("D").ffill().astype(int)
    if len(daily) <= MAX_DAYS:
        return daily, "day"
    mondays = pd.DatetimeIndex([day - timedelta(days=day.weekday()) for day in daily.index])
    return daily.groupby(mondays).last(), "week"
