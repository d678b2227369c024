"""When a project's configurations were created: growth, deadlines, quiet months, weekends, office hours."""

import datetime as dt
import math
import random
from bisect import bisect_right
from itertools import accumulate

FIRST_DAY = dt.date(2018, 3, 1)
DAY_MS = 86_400_000

# Year → relative volume, linear in between: the platform arrives, booms, is partly left for its successor.
GROWTH = (
    (2018.1, 0.25),
    (2019.0, 0.8),
    (2020.0, 1.4),
    (2021.4, 2.0),
    (2022.6, 1.4),
    (2024.0, 0.9),
    (2026.0, 1.1),
)
# Conference deadlines and the end of the fiscal half-years: work piles up in the twelve days before.
DEADLINES = ((1, 28), (5, 19), (6, 30), (9, 25), (11, 15))
RUN_UP_DAYS = 12
MONTHS = (0.9, 0.45, 1.1, 1.05, 1.2, 1.1, 0.9, 0.4, 1.15, 0.75, 1.3, 0.7)
WEEKEND = 0.12
QUIET_MONTHS = 7
QUIET = 0.03
# Hours of the day in UTC: mostly offices in China, some in Europe and the Americas, a few people at night.
HOURS = (2, 5, 7, 7, 3, 5, 8, 9, 8, 7, 5, 4, 4, 5, 4, 3, 2, 2, 1, 1, 1, 0.5, 0.5, 1)
# A deadline is always near: this share of everything was created within the last weeks.
RECENT_SHARE = 0.045
RECENT_DAYS = 50


def creation_times(count: int, rng: random.Random, now: dt.datetime) -> list[int]:
    """Return ascending creation times in ms since 1970, all before `now`, the newest within a day of it."""
    now_ms = int(now.timestamp() * 1000)
    recent = min(count, max(3, round(count * RECENT_SHARE)))
    times = _old_times(count - recent, rng, now)
    times += [now_ms - 1 - int(RECENT_DAYS * rng.random() ** 1.6 * DAY_MS) for _ in range(recent - 1)]
    if recent:
        times.append(now_ms - 3_600_000 * rng.randint(3, 20) - rng.randrange(3_600_000))
    return sorted(times)


def year_of(time_ms: int) -> float:
    """Return a time as a year with its fraction, within a day."""
    return 1970 + time_ms / (365.2425 * DAY_MS)


def _old_times(count: int, rng: random.Random, now: dt.datetime) -> list[int]:
    length = max(1, (now.date() - FIRST_DAY).days)
    days = [FIRST_DAY + dt.timedelta(days=number) for number in range(length)]
    quiet = {(day.year, day.month) for day in rng.sample(days, min(length, QUIET_MONTHS))}
    weights = [_weight(day) * (QUIET if (day.year, day.month) in quiet else 1.0) for day in days]
    start_ms = int(dt.datetime.combine(days[0], dt.time(), dt.UTC).timestamp()) * 1000
    numbers = rng.choices(range(length), cum_weights=list(accumulate(weights)), k=count)
    hours = rng.choices(range(24), weights=HOURS, k=count)
    return [
        start_ms + number * DAY_MS + int((hour + rng.random()) * 3_600_000)
        for number, hour in zip(numbers, hours, strict=True)
    ]


def _weight(day: dt.date) -> float:
    weight = _growth(day.year + day.timetuple().tm_yday / 366) * MONTHS[day.month - 1]
    for month, day_of_month in DEADLINES:
        left = (dt.date(day.year, month, day_of_month) - day).days
        if 0 <= left < RUN_UP_DAYS:
            weight *= 1 + 3 * math.exp(-left / 4)
    return weight * (WEEKEND if day.weekday() >= 5 else 1.0)


def _growth(year: float) -> float:
    position = bisect_right(GROWTH, (year, math.inf))
    if position in (0, len(GROWTH)):
        return GROWTH[min(position, len(GROWTH) - 1)][1]
    (before, low), (after, high) = GROWTH[position - 1 : position + 1]
    return low + (high - low) * (year - before) / (after - before)
