"""Findings as a configuration's passport has them."""

from __future__ import annotations

from dashboard.audit.live import Audited
from dashboard.migration.passport import PassportFinding


def findings_of(audited: Audited | None, place: int) -> tuple[PassportFinding, ...] | None:
    """Return the findings of a row, the worst first; None before the audit is there."""
    if audited is None:
        return None
    return tuple(
        PassportFinding(one.check.id, f"{one.severity}, {one.status}", one.failure.message)
        for one in audited.audit.of(place)
    )
