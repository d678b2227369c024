"""Accepted findings: which waiver holds for which finding, which have lapsed, and which accept nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

import numpy as np

from dashboard.audit.findings import NOBODY, STATUSES, Audit, Finding, Status
from dashboard.store.waiver import NewWaiver, Waiver, end_of

AnyWaiver = Waiver | NewWaiver


def apply_waivers(audit: Audit, waivers: Iterable[AnyWaiver], connection: str, now: datetime) -> Audit:
    """Return the audit with the statuses that a connection's waivers give at `now` (aware).

    A waiver holds while its fingerprint is that of the fields that the check looks at, and it has not
    expired; else its finding is lapsed. `unused_waivers` are those whose check finds nothing there any more.
    """
    ours = [waiver for waiver in waivers if waiver.connection == connection and is_active(waiver)]
    numbers = _numbers_of(audit, {waiver.configuration for waiver in ours})
    status_of = np.full(len(audit), STATUSES.index(Status.OPEN), dtype=np.int8)
    held: dict[int, AnyWaiver] = {}
    unused: list[AnyWaiver] = []
    for waiver in ours:
        found = audit.positions(checks=[waiver.check], numbers=numbers.get(waiver.configuration, NOBODY))
        for position in map(int, found):
            status_of[position] = STATUSES.index(_status(audit.finding(position), waiver, now))
            held[position] = waiver
        if not len(found) and _is_unused(audit, waiver, numbers.get(waiver.configuration, NOBODY)):
            unused.append(waiver)
    return audit.with_statuses(status_of, held, tuple(unused))


def waivers_for(
    findings: Iterable[Finding], connection: str, *, reason: str, owner: str, expires: date | datetime
) -> tuple[NewWaiver, ...]:
    """Return a waiver for each finding, once for each check and configuration. ValueError for an empty
    text."""
    made = {
        (one.check.id, one.configuration): NewWaiver(
            connection=connection,
            check=one.check.id,
            configuration=one.configuration,
            fields_fingerprint=one.fields_fingerprint,
            reason=reason,
            owner=owner,
            expires=expires,
        )
        for one in findings
    }
    return tuple(made.values())


def is_active(waiver: AnyWaiver) -> bool:
    """Return whether nobody has revoked it."""
    return getattr(waiver, "revoked_at", None) is None


def _status(finding: Finding, waiver: AnyWaiver, now: datetime) -> Status:
    holds = finding.fields_fingerprint == waiver.fields_fingerprint and now < end_of(waiver.expires)
    return Status.ACCEPTED if holds else Status.LAPSED


def why_lapsed(finding: Finding) -> str:
    """Return why a lapsed finding's waiver does not hold; empty where there is none."""
    if finding.waiver is None or finding.status is not Status.LAPSED:
        return ""
    if finding.fields_fingerprint != finding.waiver.fields_fingerprint:
        return "what it accepted has changed"
    return f"it expired on {end_of(finding.waiver.expires).date().isoformat()}"


def _numbers_of(audit: Audit, names: set[str]) -> dict[str, Sequence[int]]:
    numbers: dict[str, list[int]] = defaultdict(list)
    for subject in audit.subjects if names else ():
        if subject.name in names:
            numbers[subject.name].append(subject.number)
    return dict(numbers)


def _is_unused(audit: Audit, waiver: AnyWaiver, numbers: Sequence[int]) -> bool:
    """Return whether it can be said that a waiver accepts nothing: all that it is about was looked at."""
    check = next((check for check in audit.checks if check.id == waiver.check), None)
    if check is None:
        return True
    if not numbers:
        return audit.coverage.whole and audit.coverage.complete
    return check.scope == "list" or all(audit.subjects[number].detail is not None for number in numbers)


def unused_lines(audit: Audit) -> Iterator[str]:
    """Yield a line on each waiver that accepts nothing."""
    for waiver in audit.unused_waivers:
        where = f"{waiver.check} of {waiver.configuration!a}, accepted by {waiver.owner!a}"
        yield f"{where}: nothing is found there"
