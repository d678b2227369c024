"""What an audit comes to under some filters: by severity, by family, by check, by check and engine. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.audit.check import Check, Family
from dashboard.audit.findings import STATUSES, Audit, Status
from dashboard.audit.outcome import SEVERITIES, Severity

MAX_ENGINES: Final = 8
OTHERS: Final = "Others"

Positions = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Choice:
    """Which findings are looked at: nothing given is all. `rows` are configurations (bool, one a row)."""

    rows: npt.NDArray[np.bool_]
    checks: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()

    def positions(self, audit: Audit) -> Positions:
        """Return the positions of the findings, the worst first."""
        found = audit.positions(checks=self.checks, severities=self.severities, statuses=self.statuses)
        return found[self.rows[audit.numbers[found]]]


@dataclass(frozen=True, eq=False)
class CheckSummary:
    """The findings of one check: their positions, the worst severity, how many configurations have one.

    `worst` of these have one of that severity.
    """

    check: Check
    severity: Severity
    positions: Positions
    configurations: int
    worst: int
    accepted: int


@dataclass(frozen=True, eq=False)
class Summary:
    """The findings under some filters. `clean` of `configurations` have none that is not accepted.

    `by_severity` and `by_family` count those that are not accepted.
    """

    positions: Positions
    by_severity: Mapping[Severity, int]
    by_status: Mapping[Status, int]
    by_family: Mapping[Family, Mapping[Severity, int]]
    checks: tuple[CheckSummary, ...]
    configurations: int
    clean: int


def summary(audit: Audit, choice: Choice) -> Summary:
    """Return what the chosen findings come to; checks are ordered by harm: severity, then how many."""
    positions = choice.positions(audit)
    left = positions[audit.status_of[positions] != STATUSES.index(Status.ACCEPTED)]
    severities, checks = audit.severity_of[left], audit.check_of[left]
    families: dict[Family, Mapping[Severity, int]] = {}
    for family in Family:
        members = [place for place, check in enumerate(audit.checks) if check.family is family]
        here = np.isin(checks, members)
        if here.any():
            families[family] = _severities(severities[here])
    statuses = np.bincount(audit.status_of[positions], minlength=len(STATUSES))
    return Summary(
        positions,
        _severities(severities),
        dict(zip(STATUSES, map(int, statuses), strict=True)),
        families,
        tuple(_checks(audit, positions)),
        int(choice.rows.sum()),
        int((audit.worst()[choice.rows] == len(SEVERITIES)).sum()),
    )


def _severities(codes: npt.NDArray[np.int8]) -> Mapping[Severity, int]:
    return dict(zip(SEVERITIES, map(int, np.bincount(codes, minlength=len(SEVERITIES))), strict=True))


def _checks(audit: Audit, positions: Positions) -> list[CheckSummary]:
    found = []
    accepted = STATUSES.index(Status.ACCEPTED)
    for place in np.unique(audit.check_of[positions]).tolist():
        own = positions[audit.check_of[positions] == place]
        worst = SEVERITIES[int(audit.severity_of[own].min())]
        members = len(np.unique(audit.numbers[own]))
        at_worst = len(np.unique(audit.numbers[own[audit.severity_of[own] == worst.rank]]))
        is_accepted = int((audit.status_of[own] == accepted).sum())
        found.append(CheckSummary(audit.checks[place], worst, own, members, at_worst, is_accepted))
    return sorted(found, key=lambda one: (one.severity.rank, -one.configurations, one.check.id))


def matrix(
    audit: Audit, checks: Sequence[CheckSummary], engines: pd.Series
) -> tuple[tuple[str, ...], Mapping[str, tuple[int, ...]]]:
    """Return the engines with most findings, and for each check how many configurations of each have one.

    `engines` is the inventory's column; beyond the first eight they are "Others".
    """
    numbers = [np.unique(audit.numbers[one.positions]) for one in checks]
    codes, names = engines.cat.codes.to_numpy(), engines.cat.categories
    table = [np.bincount(codes[own], minlength=len(names)) for own in numbers]
    if not table:
        return (), {}
    order = np.argsort(-np.sum(table, axis=0), kind="stable")
    order = order[np.sum(table, axis=0)[order] > 0]
    shown, rest = order[:MAX_ENGINES], order[MAX_ENGINES:]
    columns = (*map(str, names[shown]), *((OTHERS,) if len(rest) else ()))
    cells = {
        one.check.id: (*map(int, row[shown]), *((int(row[rest].sum()),) if len(rest) else ()))
        for one, row in zip(checks, table, strict=True)
    }
    return columns, cells
