"""Audit an inventory: each different text is looked at once, however many configurations share it.

Checks that look at the same fields are run together, once for each different content of these fields. What has
been found stays with the Auditor: an audit with more details runs only the checks of these.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from dashboard.audit.assembly import Tally, assemble
from dashboard.audit.check import Check, Context, GroupCheck
from dashboard.audit.checks import all_checks
from dashboard.audit.end_of_life import EndOfLife, published_ends
from dashboard.audit.facts import Facts, Readings
from dashboard.audit.findings import Audit, Coverage
from dashboard.audit.outcome import NotAssessed, Outcome, Passed
from dashboard.audit.settings import AuditSettings
from dashboard.audit.subject import Subject

if TYPE_CHECKING:
    from modelarts_api import Engine

NO_DETAILS: Final = NotAssessed("details are not loaded")
_PLAIN: Final = frozenset({str, int, type(None)})

Found = tuple[tuple[Check, Outcome], ...]


@dataclass
class _Kept:
    """What an earlier audit has found, good as long as day and engines are the same."""

    context: Context
    by_fields: dict[tuple[str, ...], dict[Hashable, Found]] = field(default_factory=dict)
    by_detail: dict[int, tuple[Subject, Found]] = field(default_factory=dict)


class Auditor:
    """Audits the inventories of one project, one after the other. Not to be shared between threads."""

    def __init__(self, settings: AuditSettings | None = None, dates: EndOfLife | None = None) -> None:
        self.settings = settings if settings is not None else AuditSettings()
        self.dates = dates if dates is not None else published_ends()
        self.checks = all_checks(self.settings)
        self._kept: _Kept | None = None

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

        `now` is aware. `engines`: see Context. `complete`: every configuration that matches is here. `whole`: that
        is every one of the project, not of a search.
        """
        details = sum(subject.detail is not None for subject in subjects)
        context = Context(
            self.settings,
            now,
            self.dates,
            engines,
            whole=whole and complete,
            whole_details=whole and complete and details == len(subjects),
        )
        kept = self._kept_for(context)
        tally = Tally(self.checks)
        readings = Readings()
        _audit_lists(self.checks, subjects, context, kept, readings, tally)
        _audit_details(self.checks, subjects, context, kept, readings, tally)
        self._kept = kept
        total = len(subjects) if reported_total is None else reported_total
        return assemble(tally, subjects, Coverage(len(subjects), total, complete, details), self.settings)

    def assess(self, subject: Subject, now: datetime) -> Found:
        """Return what every check but those of several configurations says of one."""
        context = Context(self.settings, now, self.dates)
        alone = [check for check in self.checks if not isinstance(check, GroupCheck)]
        return tuple((check, _assess(check, subject, context, Readings())) for check in alone)

    def _kept_for(self, context: Context) -> _Kept:
        kept = self._kept
        if kept and kept.context.now.date() == context.now.date() and kept.context.engines == context.engines:
            return _Kept(context, kept.by_fields, kept.by_detail)
        return _Kept(context)


def _assess(check: Check, subject: Subject, context: Context, readings: Readings) -> Outcome:
    if check.scope == "list":
        return check.assess(Facts(subject.record, subject.secrets, readings), context)
    if subject.detail is None:
        return NO_DETAILS
    return check.assess(Facts(subject.detail, subject.secrets, readings), context)


def _audit_lists(
    checks: Sequence[Check],
    subjects: Sequence[Subject],
    context: Context,
    kept: _Kept,
    readings: Readings,
    tally: Tally,
) -> None:
    columns = _Columns(subjects)
    groups: dict[tuple[str, ...], list[Check]] = defaultdict(list)
    for check in checks:
        if check.scope != "list":
            continue
        if isinstance(check, GroupCheck):
            _compare(
                check, _members(check, subjects, columns, context, readings, tally), subjects, context, tally
            )
        elif check.secrets_only:
            for number in columns.with_secrets:
                tally.add(check, _assess(check, subjects[number], context, readings), [number])
        else:
            groups[check.fields].append(check)
    for fields, group in groups.items():
        before = kept.by_fields.get(fields, {})
        after: dict[Hashable, Found] = {}
        for key, numbers in columns.places(fields).items():
            found = before.get(key)
            if found is None:
                found = _run(group, _facts(subjects[numbers[0]], fields, readings), context)
            after[key] = found
            for check, outcome in found:
                tally.add(check, outcome, numbers)
        kept.by_fields[fields] = after


def _facts(subject: Subject, fields: Sequence[str], readings: Readings) -> Facts:
    """Return what is the same for every configuration of this content: these fields alone."""
    return Facts({name: subject.record.get(name) for name in fields}, (), readings)


def _run(checks: Iterable[Check], facts: Facts, context: Context) -> Found:
    """Return what does not pass."""
    outcomes = ((check, check.assess(facts, context)) for check in checks)
    return tuple((check, outcome) for check, outcome in outcomes if not isinstance(outcome, Passed))


def _audit_details(
    checks: Sequence[Check],
    subjects: Sequence[Subject],
    context: Context,
    kept: _Kept,
    readings: Readings,
    tally: Tally,
) -> None:
    single = [check for check in checks if check.scope == "detail" and not isinstance(check, GroupCheck)]
    without = [subject.number for subject in subjects if subject.detail is None]
    for check in checks:
        if check.scope == "detail":
            tally.add(check, NO_DETAILS, without)
    after: dict[int, tuple[Subject, Found]] = {}
    for subject in subjects:
        if subject.detail is None:
            continue
        known = kept.by_detail.get(subject.number)
        if known is not None and known[0].detail is subject.detail:
            found = known[1]
        else:
            found = _run(single, Facts(subject.detail, subject.secrets, readings), context)
        after[subject.number] = (subject, found)
        for check, outcome in found:
            tally.add(check, outcome, [subject.number])
    kept.by_detail = after
    for check in checks:
        if check.scope == "detail" and isinstance(check, GroupCheck):
            members: dict[Hashable, list[int]] = defaultdict(list)
            for subject, _ in after.values():
                facts = Facts(subject.detail or {}, subject.secrets, readings)
                _sort_in(check, facts, [subject.number], context, members, tally)
            _compare(check, members, subjects, context, tally)


def _members(
    check: GroupCheck,
    subjects: Sequence[Subject],
    columns: _Columns,
    context: Context,
    readings: Readings,
    tally: Tally,
) -> Mapping[Hashable, list[int]]:
    """Return the configurations that share a key, by key."""
    members: dict[Hashable, list[int]] = defaultdict(list)
    if check.secrets_only:
        for number in columns.with_secrets:
            facts = Facts(subjects[number].record, subjects[number].secrets, readings)
            _sort_in(check, facts, [number], context, members, tally)
    else:
        for numbers in columns.places(check.fields).values():
            _sort_in(
                check, _facts(subjects[numbers[0]], check.fields, readings), numbers, context, members, tally
            )
    return members


def _sort_in(
    check: GroupCheck,
    facts: Facts,
    numbers: Sequence[int],
    context: Context,
    members: Mapping[Hashable, list[int]],
    tally: Tally,
) -> None:
    """Add configurations of the same content to those that share their keys."""
    keys = check.shared(facts, context)
    if not isinstance(keys, tuple):
        tally.add(check, keys, numbers)
        return
    for key in keys:
        members[key] += numbers


def _compare(
    check: GroupCheck,
    members: Mapping[Hashable, list[int]],
    subjects: Sequence[Subject],
    context: Context,
    tally: Tally,
) -> None:
    """Say of those with the same key that they share it; of one alone, whether another can be missing."""
    whole = context.whole if check.scope == "list" else context.whole_details
    failed: set[int] = set()
    alone: list[int] = []
    for key, numbers in members.items():
        if len(numbers) > 1:
            names = [subjects[number].name for number in numbers]
            new = [number for number in numbers if number not in failed]
            tally.add(check, check.said_of(key, names), new)
            failed.update(new)
        else:
            alone += numbers
    if not whole:
        tally.add(check, NotAssessed(check.alone), [number for number in alone if number not in failed])


class _Columns:
    """The records' fields as columns, made when they are first asked for."""

    def __init__(self, subjects: Sequence[Subject]) -> None:
        self._records = [subject.record for subject in subjects]
        self.with_secrets = [subject.number for subject in subjects if subject.secrets]
        self._columns: dict[str, list[Hashable]] = {}

    def places(self, fields: tuple[str, ...]) -> Mapping[Hashable, list[int]]:
        """Return the numbers of the records by what these fields hold."""
        columns = [self._column(name) for name in fields]
        keys: Iterable[Hashable] = columns[0] if len(columns) == 1 else zip(*columns, strict=True)
        places: dict[Hashable, list[int]] = {}
        for number, key in enumerate(keys):
            if key in places:
                places[key].append(number)
            else:
                places[key] = [number]
        return places

    def _column(self, name: str) -> list[Hashable]:
        if name not in self._columns:
            values = [record.get(name) for record in self._records]
            if not set(map(type, values)) <= _PLAIN:
                values = [one if type(one) in _PLAIN else _Other(_text(one)) for one in values]
            self._columns[name] = values  # type: ignore[assignment]
        return self._columns[name]


@dataclass(frozen=True, slots=True)
class _Other:
    """A value that is no text and no whole number, as it is compared: 1, 1.0 and true are three."""

    text: str


def _text(value: object) -> str:
    return f"{type(value).__name__} {json.dumps(value, sort_keys=True, default=str)}"
