"""From what checks have answered, configuration by configuration, to the columns of an audit."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from dashboard.audit.check import Check
from dashboard.audit.findings import STATUSES, Audit, Coverage, Crash, Failure, Status
from dashboard.audit.outcome import Crashed, Failed, NotAssessed, Outcome
from dashboard.audit.settings import AuditSettings
from dashboard.audit.subject import Subject


class Tally:
    """Takes what the checks answer."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = tuple(checks)
        self.failed: dict[tuple[str, Failed], list[int]] = defaultdict(list)
        self.not_assessed: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.crashed: dict[tuple[str, str], list[int]] = defaultdict(list)

    def copy(self) -> Tally:
        """Return one that begins with what this one holds, for checks that this one has not heard of."""
        copy = Tally(self.checks)
        copy.failed.update(self.failed)
        copy.not_assessed.update(self.not_assessed)
        copy.crashed.update(self.crashed)
        return copy

    def add(self, check: Check, outcome: Outcome, numbers: Sequence[int]) -> None:
        """Take what a check says of the configurations with these numbers."""
        if not numbers:
            return
        if isinstance(outcome, Failed):
            self.failed[check.id, outcome] += numbers
        elif isinstance(outcome, NotAssessed):
            self.not_assessed[check.id][outcome.reason] += len(numbers)
        elif isinstance(outcome, Crashed):
            self.crashed[check.id, outcome.error] += numbers


def assemble(tally: Tally, subjects: Sequence[Subject], coverage: Coverage, settings: AuditSettings) -> Audit:
    """Return the audit that a tally comes to."""
    # In one piece: the columns of one table, which are put in one order.
    places = {check.id: place for place, check in enumerate(tally.checks)}
    failures, sizes, numbers, checks = [], [], [], []
    for (name, failed), found in tally.failed.items():
        check = tally.checks[places[name]]
        severity = settings.severities.get(name) or failed.severity or check.severity
        failures.append(Failure(check, severity, failed.message, failed.spans))
        sizes.append(len(found))
        numbers.append(np.array(found, dtype=np.int32))
        checks.append(places[name])
    ranks = [failure.severity.rank for failure in failures]
    failure_of = np.repeat(np.arange(len(failures), dtype=np.int32), sizes)
    number_of = np.concatenate(numbers) if numbers else np.empty(0, dtype=np.int32)
    severity_of = np.repeat(np.array(ranks, dtype=np.int8), sizes)
    check_of = np.repeat(np.array(checks, dtype=np.int16), sizes)
    order = np.lexsort((number_of, check_of, severity_of))
    return Audit(
        checks=tally.checks,
        subjects=subjects,
        failures=tuple(failures),
        failure_of=failure_of[order],
        numbers=number_of[order],
        severity_of=severity_of[order],
        check_of=check_of[order],
        status_of=np.full(len(order), STATUSES.index(Status.OPEN), dtype=np.int8),
        not_assessed={name: dict(reasons) for name, reasons in tally.not_assessed.items()},
        crashes=tuple(
            Crash(name, error, len(found), subjects[found[0]].name)
            for (name, error), found in tally.crashed.items()
        ),
        coverage=coverage,
        rules_version=rules_version(tally.checks, settings),
    )


def rules_version(checks: Sequence[Check], settings: AuditSettings) -> str:
    """Return 12 hexadecimal digits that change when a check or a setting does."""
    rules = [[check.id, check.title, check.severity, check.why, check.remedy] for check in checks]
    text = json.dumps([rules, asdict(settings)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
