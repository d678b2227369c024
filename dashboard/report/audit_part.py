"""What a report says of a connection's audit: checks, findings, what was accepted, what was not assessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from dashboard.audit.findings import Audit, Finding, Status
from dashboard.audit.waivers import AnyWaiver
from dashboard.report.report_data import (
    ConnectionReport,
    NotAssessed,
    ReportCheck,
    ReportFinding,
    ReportWaiver,
)
from dashboard.store.waiver import end_of

if TYPE_CHECKING:
    from dashboard.data.columns import Mask


def with_audit(
    report: ConnectionReport,
    audit: Audit,
    now: datetime,
    *,
    chosen: Mask | None = None,
    first_seen: Mapping[str, str] | None = None,
) -> ConnectionReport:
    """Return a connection's report (report_of.connection_report) with what an audit of it says.

    `chosen` are the rows that the view lets through, all by default. `first_seen` is when a finding was first
    seen (ISO 8601), by its fingerprint.
    """
    mask = np.ones(len(audit.subjects), dtype=bool) if chosen is None else chosen
    numbers = np.flatnonzero(mask).tolist()
    findings = [audit.finding(int(place)) for place in audit.positions(numbers=numbers)]
    return replace(
        report,
        details=sum(audit.subjects[number].detail is not None for number in numbers),
        checks=tuple(
            ReportCheck(c.id, c.title, c.family, c.severity, c.why, c.remedy, c.basis) for c in audit.checks
        ),
        findings=tuple(_finding(one, now, first_seen or {}) for one in findings),
        waivers=tuple(_waivers(audit, now)),
        not_assessed=tuple(
            NotAssessed(check, reason, count)
            for check, reasons in audit.not_assessed.items()
            for reason, count in reasons.items()
        ),
    )


def _finding(finding: Finding, now: datetime, first_seen: Mapping[str, str]) -> ReportFinding:
    seen = first_seen.get(finding.fingerprint)
    return ReportFinding(
        check=finding.check.id,
        configuration=finding.configuration,
        severity=finding.severity,
        status=finding.status,
        message=finding.message,
        fingerprint=finding.fingerprint,
        first_seen=datetime.fromisoformat(seen).astimezone(UTC) if seen else None,
        waiver=None if finding.waiver is None else _waiver(finding.waiver, _state(finding, now), now),
    )


def _waivers(audit: Audit, now: datetime) -> Iterator[ReportWaiver]:
    for position, waiver in audit.waivers.items():
        yield _waiver(waiver, _state(audit.finding(position), now), now)
    for waiver in audit.unused_waivers:
        yield _waiver(waiver, "unused", now)


def _state(finding: Finding, now: datetime) -> str:
    if finding.status is Status.ACCEPTED or finding.waiver is None:
        return "used"
    return "expired" if now >= end_of(finding.waiver.expires) else "lapsed"


def _waiver(waiver: AnyWaiver, state: str, now: datetime) -> ReportWaiver:
    expires = waiver.expires
    return ReportWaiver(
        check=waiver.check,
        configuration=waiver.configuration,
        reason=waiver.reason,
        owner=waiver.owner,
        expires=expires.astimezone(UTC).date() if isinstance(expires, datetime) else expires,
        recorded_by=waiver.created_by or "",
        recorded_at=waiver.created_at or now,  # a file need not tell: it was read now
        state=state,
    )
