"""Findings that a change has caused, and those that it has fixed: what the audit says before, and after.

Only what a configuration says by itself is looked at; checks over several configurations are left out. Where
the details of one state are not known, those of the other are not looked at either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.audit.findings import Finding
from dashboard.audit.run import Auditor
from dashboard.audit.settings import AuditSettings
from dashboard.audit.subject import Subject
from dashboard.data.record import Record
from dashboard.history.fields import has_details
from dashboard.history.subjects import subject_of

Sides = tuple[Record | None, Record | None]
"""A record before and after; None where there was none, or is none any more."""


@dataclass(frozen=True)
class FindingsChange:
    """The findings that are there only after a change, and those that were there only before, worst first."""

    caused: tuple[Finding, ...] = ()
    fixed: tuple[Finding, ...] = ()


def findings_changes(
    changes: Sequence[Sides], now: datetime, settings: AuditSettings | None = None
) -> tuple[FindingsChange, ...]:
    """Return for each change what it has caused and fixed, in their order. `now` is aware."""
    subjects: list[Subject] = []
    places: list[tuple[int | None, int | None]] = []
    for sides in changes:
        detailed = all(has_details(record) for record in sides if record is not None)
        numbers: list[int | None] = []
        for record in sides:
            numbers.append(None if record is None else len(subjects))
            if record is not None:
                subjects.append(subject_of(len(subjects), record, detailed=detailed))
        places.append((numbers[0], numbers[1]))
    audit = Auditor(settings, alone=True).audit(subjects, now, complete=False, whole=False)

    def found(number: int | None) -> tuple[Finding, ...]:
        return () if number is None else audit.of(number)

    return tuple(FindingsChange(_only(found(b), found(a)), _only(found(a), found(b))) for a, b in places)


def _only(those: Sequence[Finding], others: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the findings of checks that found nothing among the others."""
    known = {one.check.id for one in others}
    new = [one for one in those if one.check.id not in known]
    return tuple(sorted(new, key=lambda one: (one.severity.rank, one.check.id)))
