"""Audit an inventory: each different text is looked at once, however many configurations share it.

Checks that look at the same fields are run together, once for each different content of these fields. What
has been found stays with the Auditor: an audit with more details runs only the checks of these.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import is_
from typing import TYPE_CHECKING, Final

from dashboard.audit.assembly import Tally, assemble
from dashboard.audit.check import Check, Context, GroupCheck
from dashboard.audit.checks import all_checks
from dashboard.audit.columns import FieldColumns
from dashboard.audit.end_of_life import EndOfLife, published_ends
from dashboard.audit.facts import Facts, Readings
from dashboard.audit.findings import Audit, Coverage
from dashboard.audit.outcome import NotAssessed, Outcome, Passed
from dashboard.audit.settings import AuditSettings
from dashboard.audit.subject import Subject
from dashboard.data.courtesy import politely

if TYPE_CHECKING:
    from modelarts_api import Engine

NO_DETAILS: Final = NotAssessed("details are not loaded")

Found = tuple[tuple[Check, Outcome], ...]


@dataclass
class _Kept:
    """What an earlier audit has found, good as long as day and engines are the same."""

    by_fields: dict[tuple[str, ...], dict[Hashable, Found]] = field(default_factory=dict)
    by_detail: dict[int, tuple[Subject, Found]] = field(default_factory=dict)
    readings: Readings = field(default_factory=Readings)
    records: Sequence[Mapping[str, object]] = ()
    whole: bool | None = None
    listed: Tally | None = None
    """What the list alone tells, for these records."""

    def list_of(self, records: Sequence[Mapping[str, object]], *, whole: bool) -> Tally | None:
        """Return what the list alone tells of these very records, if that is known."""
        same = self.whole == whole and len(records) == len(self.records)
        return self.listed if same and all(map(is_, records, self.records)) else None


class Auditor:
    """Audits the inventories of one project, one after the other. Not to be shared between threads."""

    def __init__(
        self, settings: AuditSettings | None = None, dates: EndOfLife | None = None, *, alone: bool = False
    ) -> None:
        """Look at each configuration by itself if `alone`, without the checks over several."""
        self.settings = settings if settings is not None else AuditSettings()
        self.dates = dates if dates is not None else published_ends()
        self.checks = tuple(
            check for check in all_checks(self.settings) if not (alone and isinstance(check, GroupCheck))
        )
        self._kept = _Kept()
        self._kept_for: tuple[object, ...] = ()

    def audit(
        self,
        subjects: Sequence[Subject],
        now: datetime,
        *,
        engines: Sequence[Engine] | None = None,
        reported_total: int | None = None,
        complete: bool = True,
        whole: bool = True,
    ) -> Audit:
        """Return the audit of an inventory, whose configurations are numbered from 0 in their order.

        `now` is aware. `engines`: see Context. `complete`: every configuration that matches is here. `whole`:
        that is every one of the project, not of a search.
        """
        details = sum(subject.detail is not None for subject in subjects)
        all_here = whole and complete
        context = Context(
            self.settings,
            now,
            self.dates,
            engines,
            whole=all_here,
            whole_details=all_here and details == len(subjects),
        )
        if self._kept_for != (now.date(), engines):
            self._kept, self._kept_for = _Kept(), (now.date(), engines)
        if self._kept.readings.is_full():
            self._kept.readings = Readings()
        tally = _Run(self.checks, subjects, context, self._kept).tally()
        total = len(subjects) if reported_total is None else reported_total
        coverage = Coverage(len(subjects), total, complete, details, whole)
        return assemble(tally, subjects, coverage, self.settings)

    def assess(self, subject: Subject, now: datetime, engines: Sequence[Engine] | None = None) -> Found:
        """Return what every check but those of several configurations says of one."""
        context = Context(self.settings, now, self.dates, engines, whole=False)
        listing = Facts(subject.record, subject.secrets)
        detail = None if subject.detail is None else Facts(subject.detail, subject.secrets)
        facts = {"list": listing, "detail": detail}
        return tuple((check, _assess(check, facts[check.scope], context)) for check in self.checks)


def _assess(check: Check, facts: Facts | None, context: Context) -> Outcome:
    return NO_DETAILS if facts is None else check.assess(facts, context)


class _Run:
    """One audit."""

    def __init__(
        self, checks: Sequence[Check], subjects: Sequence[Subject], context: Context, kept: _Kept
    ) -> None:
        self._checks, self._subjects, self._context, self._kept = checks, subjects, context, kept
        self._records: list[Mapping[str, object]] = []
        self._with_secrets, self._with_detail, self._without_detail = list[int](), list[int](), list[int]()
        for subject in politely(subjects):
            self._records.append(subject.record)
            (self._without_detail if subject.detail is None else self._with_detail).append(subject.number)
            if subject.secrets:
                self._with_secrets.append(subject.number)
        self._columns = FieldColumns(self._records)
        self._readings = kept.readings
        self._tally = Tally(checks)

    def tally(self) -> Tally:
        """Run every check."""
        records, whole = self._records, self._context.whole
        known = self._kept.list_of(records, whole=whole)
        if known is None:
            self._check_lists()
            self._kept.records, self._kept.whole, self._kept.listed = records, whole, self._tally
            known = self._tally
        self._tally = known.copy()
        for check in self._checks:
            if check.secrets_only and check.scope == "list":  # of SEC004 the details' secrets, too
                self._compare(check) if isinstance(check, GroupCheck) else self._each(check)
        self._check_details()
        return self._tally

    def _check_lists(self) -> None:
        groups: dict[tuple[str, ...], list[Check]] = defaultdict(list)
        for check in self._checks:
            if check.scope == "list" and not check.secrets_only:
                if isinstance(check, GroupCheck):
                    self._compare(check)
                else:
                    groups[check.fields].append(check)
        self._kept.by_fields = {fields: self._by_content(fields, group) for fields, group in groups.items()}

    def _check_details(self) -> None:
        checks = [check for check in self._checks if check.scope == "detail"]
        alone = [check for check in checks if not isinstance(check, GroupCheck)]
        self._kept.by_detail = self._by_detail(alone)
        for check in checks:
            self._tally.add(check, NO_DETAILS, self._without_detail)
            if isinstance(check, GroupCheck):
                self._compare(check)

    def _each(self, check: Check) -> None:
        """Run a check that only a secret can make fail."""
        for number in self._with_secrets:
            subject = self._subjects[number]
            outcome = check.assess(Facts(subject.record, subject.secrets, self._readings), self._context)
            self._tally.add(check, outcome, [number])

    def _by_content(self, fields: tuple[str, ...], checks: Sequence[Check]) -> dict[Hashable, Found]:
        """Run checks of the same fields, once for each different content."""
        before = self._kept.by_fields.get(fields, {})
        after: dict[Hashable, Found] = {}
        for content, numbers in politely(self._columns.places(fields).items()):
            found = before.get(content)
            if found is None:
                found = self._not_passed(checks, self._facts_of(numbers[0], fields))
            after[content] = found
            for check, outcome in found:
                self._tally.add(check, outcome, numbers)
        return after

    def _by_detail(self, checks: Sequence[Check]) -> dict[int, tuple[Subject, Found]]:
        """Run checks of details, where these are other ones than before."""
        before, after = self._kept.by_detail, {}
        for number in self._with_detail:
            subject = self._subjects[number]
            known, found = before.get(number, (None, ()))
            if known is None or known.detail is not subject.detail or known.secrets != subject.secrets:
                found = self._not_passed(checks, self._details_of(subject))
            after[number] = (subject, found)
            for check, outcome in found:
                self._tally.add(check, outcome, [number])
        return after

    def _not_passed(self, checks: Iterable[Check], facts: Facts) -> Found:
        found = []
        for check in checks:
            outcome = check.assess(facts, self._context)
            if not isinstance(outcome, Passed):
                found.append((check, outcome))
        return tuple(found)

    def _facts_of(self, number: int, fields: Sequence[str]) -> Facts:
        """Return what is the same for every configuration of this content: these fields alone."""
        record = self._records[number]
        return Facts({name: record.get(name) for name in fields}, (), self._readings)

    def _details_of(self, subject: Subject) -> Facts:
        return Facts(subject.detail or {}, subject.secrets, self._readings)

    def _compare(self, check: GroupCheck) -> None:
        """Say of those with the same key that they share it; of one alone, whether another can be missing."""
        whole = self._context.whole if check.scope == "list" else self._context.whole_details
        failed: set[int] = set()
        alone: list[int] = []
        for key, numbers in politely(self._members(check).items()):
            if len(numbers) == 1:
                alone += numbers
                continue
            new = [number for number in numbers if number not in failed]
            names = [self._subjects[number].name for number in numbers]
            self._tally.add(check, check.said_of(key, names), new)
            failed.update(new)
        if not whole:
            left = [number for number in dict.fromkeys(alone) if number not in failed]
            self._tally.add(check, NotAssessed(check.alone), left)

    def _members(self, check: GroupCheck) -> Mapping[Hashable, list[int]]:
        """Return the configurations that share a key, by key."""
        members: dict[Hashable, list[int]] = defaultdict(list)
        for facts, numbers in politely(self._contents(check)):
            keys = check.shared(facts, self._context)
            if isinstance(keys, tuple):
                for key in keys:
                    members[key] += numbers
            else:
                self._tally.add(check, keys, numbers)
        return members

    def _contents(self, check: GroupCheck) -> Iterable[tuple[Facts, list[int]]]:
        """Yield what a check looks at, and the configurations that have it."""
        if check.secrets_only:
            for number in self._with_secrets:
                subject = self._subjects[number]
                yield Facts(subject.record, subject.secrets, self._readings), [number]
        elif check.scope == "detail":
            yield from ((self._details_of(self._subjects[number]), [number]) for number in self._with_detail)
        else:
            for numbers in self._columns.places(check.fields).values():
                yield self._facts_of(numbers[0], check.fields), numbers
