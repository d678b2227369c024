"""What a report says, as plain data: made by whoever audits, drawn by report.py, kept in the document.

Texts are those of the screens: masked already, and hostile. Times carry a zone; days are whole days in UTC.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final

SCHEMA: Final = 1


@dataclass(frozen=True)
class Figure:
    """A key figure as it is shown: "Custom image", "38 %", "121 of 320"."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class EngineCount:
    """How many configurations run on a version of an engine; "" is no version."""

    engine: str
    version: str
    count: int


@dataclass(frozen=True)
class PeriodCount:
    """How many configurations of an engine were created in the period that begins with a day."""

    first_day: date
    engine: str
    count: int


@dataclass(frozen=True)
class ReportCheck:
    """A check: what it is about, why that matters, what to do. `severity` is the worst that it gives."""

    id: str
    title: str
    family: str
    severity: str
    why: str
    remedy: str
    basis: str = ""


@dataclass(frozen=True)
class ReportWaiver:
    """An accepted risk. `state` is used, unused, lapsed or expired; `expires` is its last day."""

    check: str
    configuration: str
    reason: str
    owner: str
    expires: date | None
    recorded_by: str
    recorded_at: datetime
    state: str


@dataclass(frozen=True)
class ReportFinding:
    """One thing that is wrong with one configuration. `status` is open, accepted or lapsed."""

    check: str
    configuration: str
    severity: str
    status: str
    message: str
    fingerprint: str
    first_seen: datetime | None = None
    waiver: ReportWaiver | None = None


@dataclass(frozen=True)
class NotAssessed:
    """For how many configurations a check could not say anything, and why."""

    check: str
    reason: str
    count: int


@dataclass(frozen=True)
class ConnectionReport:
    """One connection: what was looked at, how much of it there was, and what came of it.

    `filters` are those of the view, each a label and its values. `loaded` of `reported` configurations could
    be read, and the details of `details` of `details_wanted`.
    """

    name: str
    title: str
    endpoint: str
    project: str
    loaded_at: datetime
    loaded: int
    reported: int
    details: int
    details_wanted: int
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    figures: tuple[Figure, ...] = ()
    usage: tuple[EngineCount, ...] = ()
    granularity: str = "quarter"
    created: tuple[PeriodCount, ...] = ()
    checks: tuple[ReportCheck, ...] = ()
    findings: tuple[ReportFinding, ...] = ()
    waivers: tuple[ReportWaiver, ...] = ()
    not_assessed: tuple[NotAssessed, ...] = ()


@dataclass(frozen=True)
class ReportData:
    """A whole report: when it was made, by which rules, of what; `link` leads to the dashboard."""

    made_at: datetime
    rules: str
    connections: tuple[ConnectionReport, ...]
    link: str = ""

    def record(self) -> Mapping[str, object]:
        """Return it as what JSON can hold."""
        record: dict[str, object] = _plain({"schema": SCHEMA, **asdict(self)})
        return record


def canonical_json(record: object) -> str:
    """Return the one JSON text of a record: keys in order, no space, nothing beyond ASCII, no NaN."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(record: object) -> str:
    """Return the SHA-256 of a record's canonical JSON, in hexadecimal digits."""
    return hashlib.sha256(canonical_json(record).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inside) for key, inside in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inside) for inside in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value
