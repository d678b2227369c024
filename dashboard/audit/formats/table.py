"""A table for people at a terminal: the worst checks first, each with some of its configurations.

Characters that a terminal would obey are written as escapes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

import numpy as np

from dashboard.audit.findings import STATUSES, Audit, Status
from dashboard.audit.outcome import SEVERITIES
from dashboard.audit.results import ConnectionAudit, Results
from dashboard.audit.waivers import unused_lines
from dashboard.data.number_words import count_of

MAX_SHOWN: Final = 5
"""Configurations that are named for each check; the other formats name all."""


def write(results: Results) -> Iterator[str]:
    """Yield the lines of all connections."""
    for connection in results.connections:
        yield f"{visible(connection.name)}\n"
        if connection.audit is not None:
            yield from _summary(results, connection, connection.audit)
            yield from _checks(results, connection, connection.audit)
            yield from (f"  waiver unused: {visible(line)}\n" for line in unused_lines(connection.audit))
        yield from (f"  NOT COMPLETE: {visible(fault)}\n" for fault in connection.faults)
        yield "\n"


def _summary(results: Results, connection: ConnectionAudit, audit: Audit) -> Iterator[str]:
    coverage = audit.coverage
    clean = f"{audit.clean_share:.0%} without findings"
    yield f"  {count_of(coverage.configurations, 'configuration')}, {coverage.words}; {clean}\n"
    counts = ", ".join(f"{count:,} {severity}" for severity, count in audit.counts().items() if count)
    statuses = Counter(STATUSES[place] for place in audit.status_of)
    further = (f"; {statuses[one]:,} {one}" for one in (Status.ACCEPTED, Status.LAPSED) if statuses[one])
    yield f"  {counts or 'no findings'}{''.join(further)}\n"
    if results.baseline is not None:
        yield f"  {int((~results.new(connection)).sum()):,} known from the baseline\n"
    skipped = sum(sum(reasons.values()) for reasons in audit.not_assessed.values())
    if skipped:
        yield f"  {skipped:,} times a check could not look; --format json tells why\n"
    for crash in audit.crashes:
        where = f"{count_of(crash.count, 'configuration')} ({visible(crash.error)})"
        yield f"  check {crash.check} failed itself on {where}\n"


def _checks(results: Results, connection: ConnectionAudit, audit: Audit) -> Iterator[str]:
    standing = results.standing(connection)
    keys = audit.severity_of.astype(np.int64) * len(audit.checks) + audit.check_of
    for key in np.unique(keys[standing]):
        places = np.flatnonzero(standing & (keys == key))
        severity, check = SEVERITIES[key // len(audit.checks)], audit.checks[key % len(audit.checks)]
        yield f"\n  {severity.upper():8}  {check.id}  {visible(check.title)}: {len(places):,}\n"
        for place in places[:MAX_SHOWN]:
            finding = audit.finding(int(place))
            lapsed = "  (lapsed)" if finding.status is Status.LAPSED else ""
            name = visible(finding.configuration) or "(no name)"
            yield f"            {name}: {visible(finding.message)}{lapsed}\n"
        if len(places) > MAX_SHOWN:
            yield f"            and {len(places) - MAX_SHOWN:,} more\n"
        yield f"            → {visible(check.remedy)}\n"


def visible(text: str) -> str:
    """Return a text with an escape in place of each character that cannot be seen, or that a terminal
    obeys."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else _escape(one) for one in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode()
