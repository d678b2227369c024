"""What the headers of an answer say about time."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from requests import Response


def date(value: str | None) -> datetime | None:
    """An HTTP date as an aware UTC datetime; None if it is missing or unreadable."""
    try:
        moment = parsedate_to_datetime(value or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def began_at(response: Response) -> datetime:
    """When the request began by the service's clock, never later than the truth; ours without a Date."""
    answered = date(response.headers.get("Date")) or datetime.now(UTC)
    return answered - min(response.elapsed, timedelta(days=1))


def retry_after(response: Response) -> float | None:
    """Seconds that Retry-After asks to wait, by the service's own clock where it is a date."""
    value = response.headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,10}", value):
        return float(value)
    until = date(value)
    if until is None:
        return None
    now = date(response.headers.get("Date")) or datetime.now(UTC)
    return max((until - now).total_seconds(), 0.0)


def announced_length(response: Response) -> int:
    """Bytes that Content-Length announces; 0 if it is missing or no number."""
    value = response.headers.get("Content-Length", "").strip()
    return int(value) if re.fullmatch("[0-9]{1,20}", value) else 0


def clock_difference(response: Response, asked_at: datetime) -> float | None:
    """Seconds that our clock is ahead of the service's; None without a readable Date.

    The Date is cut to the second, and of some moment between the question and the answer: half of each is
    taken for it, so the result is good to about a second.
    """
    dated = date(response.headers.get("Date"))
    if dated is None:
        return None
    ours = asked_at + min(response.elapsed, timedelta(days=1)) / 2
    return round((ours - dated).total_seconds() - 0.5, 1)
