"""What a waiver is. No database here, so that files of waivers are read and written without one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol


class Accepts(Protocol):
    """What says which finding it accepts."""

    @property
    def connection(self) -> str:
        """Return the name of the connection."""

    @property
    def check(self) -> str:
        """Return the id of the check."""

    @property
    def configuration(self) -> str:
        """Return the name of the configuration."""


@dataclass(frozen=True, kw_only=True)
class NewWaiver:
    """A waiver before it is stored.

    `fields_fingerprint` is that of the fields that the check looked at: when they change, the waiver lapses.
    `expires` is a day (in UTC, included) or an aware moment. `source` says where it came from (a screen, a
    file's name). Without `created_by` and `created_at` these are whoever stores it, and when. Raises
    ValueError for an empty text that is needed, and for a time without a zone.
    """

    connection: str
    check: str
    configuration: str
    fields_fingerprint: str
    reason: str
    owner: str
    expires: date | datetime
    source: str = ""
    created_by: str | None = None
    created_at: datetime | None = None

    def __post_init__(self) -> None:
        for name in NEEDED:
            if not getattr(self, name):
                raise ValueError(f"a waiver needs its {name}")
        for moment in (self.expires, self.created_at):
            if isinstance(moment, datetime):
                _demand_a_moment(moment)


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """A waiver that is stored: active until it is revoked. Whether it has lapsed is another question."""

    id: int
    connection: str
    check: str
    configuration: str
    fields_fingerprint: str
    reason: str
    owner: str
    expires: date | datetime
    source: str
    created_by: str
    created_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None

    def has_expired(self, now: datetime) -> bool:
        """Return whether it is over at `now` (aware); a day is over with its end in UTC."""
        return now >= end_of(self.expires)


NEEDED = ("connection", "check", "configuration", "fields_fingerprint", "reason", "owner")
"""The texts that may not be empty."""


def key_fields(waiver: Accepts) -> tuple[str, str, str]:
    """Return which finding it accepts: connection, check, configuration."""
    return waiver.connection, waiver.check, waiver.configuration


def end_of(expires: date | datetime) -> datetime:
    """Return the first moment that a waiver does not cover any more."""
    if isinstance(expires, datetime):
        return expires
    if expires == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(expires + timedelta(days=1), time(), UTC)


def _demand_a_moment(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError(f"a time needs its zone: {moment.isoformat()} has none")
    try:
        moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{moment.isoformat()} is beyond the times that UTC has") from None
