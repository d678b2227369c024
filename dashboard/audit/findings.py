"""What comes of an audit: findings, what was not assessed, how much was looked at.

Hundreds of thousands of findings are kept as columns of numbers beside the few hundred different messages, so
that they take some megabytes; a `Finding` is made of a row when it is asked for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from dashboard.audit.outcome import SEVERITIES, Severity, Span
from dashboard.audit.subject import Subject
from dashboard.audit.wire_fields import KNOWN, OTHER, is_among
from dashboard.data.record import LIST_FIELDS

if TYPE_CHECKING:
    from dashboard.audit.check import Check
    from dashboard.store.waiver import NewWaiver, Waiver

Numbers = npt.NDArray[np.int32]


class Status(StrEnum):
    """What has become of a finding. Lapsed: its waiver has expired, or what it accepted has changed."""

    OPEN = "open"
    ACCEPTED = "accepted"
    LAPSED = "lapsed"


STATUSES: Final = tuple(Status)
NOBODY: Final[Sequence[int]] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """What findings of one check share: how bad it is, a sentence that names the offending text, and
    where."""

    check: Check
    severity: Severity
    message: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with one configuration."""

    subject: Subject
    failure: Failure
    status: Status = Status.OPEN
    waiver: Waiver | NewWaiver | None = None

    @property
    def number(self) -> int:
        """Return the configuration's position in the inventory."""
        return self.subject.number

    @property
    def configuration(self) -> str:
        """Return the configuration's name."""
        return self.subject.name

    @property
    def check(self) -> Check:
        """Return the check that found it: its id, title, why, remedy, family, basis."""
        return self.failure.check

    @property
    def severity(self) -> Severity:
        """Return how bad it is, by the settings."""
        return self.failure.severity

    @property
    def message(self) -> str:
        """Return what is wrong, in a sentence that names the offending text, secrets masked."""
        return self.failure.message

    @property
    def fields_fingerprint(self) -> str:
        """Return what a waiver holds: 32 hexadecimal digits that change when a field that the check looks at
        does."""
        return fields_fingerprint(self.subject, self.check.fields)

    @property
    def fingerprint(self) -> str:
        """Return 32 hexadecimal digits that stay the same as long as check, configuration and fields do."""
        return _digest([self.check.id, self.configuration, self.fields_fingerprint])


def fields_fingerprint(subject: Subject, fields: Sequence[str]) -> str:
    """Return 32 hexadecimal digits for what some fields of a configuration hold.

    Of a secret, which the masked text does not tell from another one of its length, its keyed fingerprint.
    """
    values = [_value(subject, name) for name in fields]
    secrets = sorted(
        [one.field, one.start, one.fingerprint] for one in subject.secrets if is_among(one.field, fields)
    )
    return _digest([list(fields), values, secrets])


def _value(subject: Subject, name: str) -> object:
    if name == OTHER:
        return {key: value for key, value in subject.record.items() if key not in KNOWN}
    source = subject.record if name in LIST_FIELDS else subject.detail or {}
    return source.get(name)


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Crash:
    """A check that failed itself, a fault of ours and never a pass: on how many configurations, and the
    first."""

    check: str
    error: str
    count: int
    configuration: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much was looked at: configurations of how many, details of how many."""

    configurations: int
    reported_total: int
    complete: bool
    details: int = 0
    whole: bool = True
    """Whether it was every configuration of the project, not those of a search."""

    @property
    def words(self) -> str:
        """Return how many details there were: "details for 120 of 3,214"."""
        return f"details for {self.details:,} of {self.configurations:,}"


@dataclass(frozen=True, eq=False)
class Audit:
    """An audited inventory. Findings are ordered: the worst first, then by check, then as in the inventory.

    By position: `failure_of` is which of `failures`, `numbers` which configuration (its position in the
    inventory), `severity_of` a place in SEVERITIES, `check_of` one in `checks`, `status_of` one in STATUSES.
    `waivers` holds the waiver of those that have one. `not_assessed` is how many configurations each check
    could not look at, by reason.
    """

    checks: tuple[Check, ...]
    subjects: Sequence[Subject]
    failures: tuple[Failure, ...]
    failure_of: Numbers
    numbers: Numbers
    severity_of: npt.NDArray[np.int8]
    check_of: npt.NDArray[np.int16]
    status_of: npt.NDArray[np.int8]
    not_assessed: Mapping[str, Mapping[str, int]]
    crashes: tuple[Crash, ...]
    coverage: Coverage
    rules_version: str = ""
    waivers: Mapping[int, Waiver | NewWaiver] = field(default_factory=dict)
    unused_waivers: tuple[Waiver | NewWaiver, ...] = ()

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[Finding]:
        return map(self.finding, range(len(self)))

    def finding(self, position: int) -> Finding:
        """Return the finding at a position, from 0."""
        return Finding(
            self.subjects[int(self.numbers[position])],
            self.failures[self.failure_of[position]],
            STATUSES[self.status_of[position]],
            self.waivers.get(position),
        )

    def of(self, number: int) -> tuple[Finding, ...]:
        """Return the findings of the configuration at a position of the inventory, the worst first."""
        order, sorted_numbers = self._by_number
        first, last = np.searchsorted(sorted_numbers, [number, number + 1])
        return tuple(self.finding(int(position)) for position in np.sort(order[first:last]))

    def positions(
        self,
        *,
        checks: Iterable[str] = (),
        severities: Iterable[str] = (),
        statuses: Iterable[str] = (),
        families: Iterable[str] = (),
        numbers: Sequence[int] | npt.NDArray[np.integer] | None = None,
    ) -> npt.NDArray[np.int64]:
        """Return the positions of the findings that match all that is given, in order; nothing given is
        all."""
        chosen = np.ones(len(self), dtype=bool)
        wanted_checks, wanted_families = set(checks), set(families)
        if wanted_checks:
            chosen &= np.isin(self.check_of, [i for i, c in enumerate(self.checks) if c.id in wanted_checks])
        if wanted_families:
            chosen &= np.isin(
                self.check_of, [i for i, c in enumerate(self.checks) if c.family in wanted_families]
            )
        if wanted := set(severities):
            chosen &= np.isin(self.severity_of, [i for i, one in enumerate(SEVERITIES) if one in wanted])
        if wanted := set(statuses):
            chosen &= np.isin(self.status_of, [i for i, one in enumerate(STATUSES) if one in wanted])
        if numbers is not None:
            chosen &= np.isin(self.numbers, np.asarray(numbers, dtype=np.int64))
        return np.flatnonzero(chosen)

    def alike(self, number: int, check: str) -> list[int]:
        """Return the other configurations in which a check has found something, those with the same failure
        first."""
        positions = self.positions(checks=[check])
        own = self.failure_of[positions[self.numbers[positions] == number]]
        other = np.logical_not(np.isin(self.failure_of[positions], own))
        ordered = positions[np.argsort(other, kind="stable")]
        return [one for one in dict.fromkeys(self.numbers[ordered].tolist()) if one != number]

    def counts(self, *, statuses: Iterable[str] = (Status.OPEN, Status.LAPSED)) -> Mapping[Severity, int]:
        """Return how many findings there are of each severity, the worst first, zeros included."""
        found = np.bincount(self.severity_of[self.positions(statuses=statuses)], minlength=len(SEVERITIES))
        return dict(zip(SEVERITIES, map(int, found), strict=True))

    def worst(self) -> npt.NDArray[np.int8]:
        """Return the worst severity of each configuration that is not accepted, as a place in SEVERITIES.

        One number a configuration, in the inventory's order; len(SEVERITIES) where there is none.
        """
        worst = np.full(len(self.subjects), len(SEVERITIES), dtype=np.int8)
        standing = self.status_of != STATUSES.index(Status.ACCEPTED)
        np.minimum.at(worst, self.numbers[standing], self.severity_of[standing])
        return worst

    @property
    def clean_share(self) -> float:
        """Return the share of configurations without a finding that is not accepted, 0 to 1; 1 without
        any."""
        return float((self.worst() == len(SEVERITIES)).mean()) if len(self.subjects) else 1.0

    def only(self, positions: npt.NDArray[np.integer]) -> Audit:
        """Return the same audit with the findings at some positions alone, in their order."""
        places = {int(old): new for new, old in enumerate(positions)}
        return replace(
            self,
            failure_of=self.failure_of[positions],
            numbers=self.numbers[positions],
            severity_of=self.severity_of[positions],
            check_of=self.check_of[positions],
            status_of=self.status_of[positions],
            waivers={places[old]: waiver for old, waiver in self.waivers.items() if old in places},
        )

    def with_statuses(
        self,
        status_of: npt.NDArray[np.int8],
        waivers: Mapping[int, Waiver | NewWaiver],
        unused: tuple[Waiver | NewWaiver, ...],
    ) -> Audit:
        """Return the same audit with other statuses."""
        return replace(self, status_of=status_of, waivers=waivers, unused_waivers=unused)

    @cached_property
    def _by_number(self) -> tuple[npt.NDArray[np.int64], Numbers]:
        order = np.argsort(self.numbers, kind="stable")
        return order, self.numbers[order]
