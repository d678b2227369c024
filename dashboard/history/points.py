"""Points in time as people write them: a snapshot's number, a time, `latest`, `previous`, days ago."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dashboard.store.series import Snapshot

LATEST: Final = "latest"
PREVIOUS: Final = "previous"
MAX_DIGITS: Final = 18
FORMS: Final = f"a snapshot's number, an ISO time (UTC unless it has a zone), {LATEST} or {PREVIOUS}"


class UnknownPointError(LookupError):
    """There is no snapshot for a point in time; its text says why."""


def snapshot_of_point(snapshots: Sequence[Snapshot], point: str) -> Snapshot:
    """Return the snapshot that a point names, of those of one series, the oldest first.

    A time names the one that held then: the last that was taken until that time. Raises UnknownPointError.
    """
    if not snapshots:
        raise UnknownPointError("There is no snapshot yet.")
    if point == LATEST:
        return snapshots[-1]
    if point == PREVIOUS:
        if len(snapshots) < 2:
            raise UnknownPointError("There is only one snapshot, so none is the previous one.")
        return snapshots[-2]
    if point.isascii() and point.isdigit() and len(point) <= MAX_DIGITS:
        found = next((one for one in snapshots if one.id == int(point)), None)
        if found is None:
            raise UnknownPointError(
                f"There is no snapshot with the number {point} of this connection and type."
            )
        return found
    return snapshot_held_at(snapshots, _time(point))


def snapshot_held_at(snapshots: Sequence[Snapshot], time: datetime) -> Snapshot:
    """Return the last snapshot that was taken until a time (aware). Raises UnknownPointError."""
    found = [one for one in snapshots if one.taken_at <= time]
    if not found:
        first = snapshots[0].taken_at.isoformat(timespec="seconds") if snapshots else "never"
        raise UnknownPointError(f"Nothing is known of that time: the first snapshot was taken {first}.")
    return found[-1]


def held_days_ago(snapshots: Sequence[Snapshot], days: float, now: datetime) -> Snapshot:
    """Return what held so many days ago; the first snapshot where history does not reach back so far.

    Raises UnknownPointError where there is none at all.
    """
    if not snapshots:
        raise UnknownPointError("There is no snapshot yet.")
    since = now - timedelta(days=days)
    return next((one for one in reversed(snapshots) if one.taken_at <= since), snapshots[0])


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnknownPointError(f"{text[:80]!a} is no point in time: {FORMS}.") from None
