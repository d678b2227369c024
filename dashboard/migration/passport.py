"""A configuration's passport: what is needed to run it again, and what of it is known.

Of each item it says whether it is known, missing, or cannot be known from this API, and why. The grade
follows from the items alone:

| grade | when |
|---|---|
| A | everything that is needed is known, and all that this API can pin is pinned |
| B | everything that is needed is known, and something of that is pinned |
| C | everything that is needed is known, nothing is pinned |
| D | something that is needed is missing, but it is known what runs |
| E | it is not known what runs: no engine or image, or no code or command |
| none | the details have not been loaded, or the record could not be read |

Pins are the digest of an image, the version of a dataset, and a seed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from dashboard.migration.migration import Migration
from dashboard.migration.passport_items import Item, Knowledge, items_of
from dashboard.migration.record import ANSWER
from dashboard.store.canonical import canonical

SCHEMA: Final = 1


class Grade(StrEnum):
    """How far a configuration can be run again by what this API tells."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    NONE = "none"


GRADES: Final[Mapping[Grade, str]] = {
    Grade.A: "all that is needed is known, and pinned as far as this API can tell",
    Grade.B: "all that is needed is known, and some of it is pinned",
    Grade.C: "all that is needed is known, and nothing is pinned",
    Grade.D: "something that is needed is missing",
    Grade.E: "it is not known what runs",
    Grade.NONE: "not graded: its details are not loaded",
}
"""What each grade means."""


@dataclass(frozen=True, slots=True)
class PassportFinding:
    """A finding of the audit about the configuration."""

    check: str
    severity: str
    message: str


@dataclass(frozen=True, slots=True)
class PassportHistory:
    """When a configuration was first and last seen, and each known edit: when, and what it changed."""

    first_seen: datetime
    last_seen: datetime
    edits: tuple[tuple[datetime, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Passport:
    """All that is said of one configuration. `findings` and `history` are None where nobody looked."""

    migration: Migration
    items: tuple[Item, ...]
    grade: Grade
    reasons: tuple[str, ...]
    sha256: str
    findings: tuple[PassportFinding, ...] | None = None
    history: PassportHistory | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        findings, history = self.findings, self.history
        return {
            "schema": SCHEMA,
            "name": self.migration.name,
            "sha256": self.sha256,
            "grade": self.grade,
            "grade_reasons": list(self.reasons),
            "items": [one.to_json() for one in self.items],
            "findings": None if findings is None else [_finding(one) for one in findings],
            "history": None if history is None else _history(history),
            "migration": self.migration.to_json(),
            "configuration": dict(self.migration.wire),
        }


def make_passport(
    migration: Migration,
    findings: Sequence[PassportFinding] | None = None,
    history: PassportHistory | None = None,
) -> Passport:
    """Return a configuration's passport, by what it becomes in v2 and the record that this was made of."""
    items = items_of(migration)
    grade, reasons = grade_of(migration, items)
    kept = None if findings is None else tuple(findings)
    return Passport(migration, items, grade, reasons, content_digest(migration.wire), kept, history)


def content_digest(wire: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a record's canonical JSON, in hexadecimal digits.

    Its keys are sorted; fields of the answer are left out, and variables stand for secrets.
    """
    content = {key: value for key, value in wire.items() if key not in ANSWER}
    return hashlib.sha256(canonical(content).encode("ascii")).hexdigest()


def grade_of(migration: Migration, items: Sequence[Item]) -> tuple[Grade, tuple[str, ...]]:
    """Return the grade by the items, and its reasons."""
    if any(one.code == "details-missing" for one in migration.reasons):
        return Grade.NONE, ("The details have not been loaded.",)
    missing = [one for one in items if one.needed and one.knowledge is Knowledge.MISSING]
    if missing:
        grade = Grade.E if any(one.runs for one in missing) else Grade.D
        return grade, tuple(f"{one.title}: {one.why}" for one in missing)
    pins = [one for one in items if one.pin]
    pinned = [one for one in pins if one.knowledge is Knowledge.KNOWN]
    loose = tuple(f"{one.title}: {one.why}" for one in pins if one not in pinned)
    if not pinned:
        return Grade.C, loose
    held = tuple(f"{one.title} is pinned." for one in pinned)
    return (Grade.B, (*held, *loose)) if loose else (Grade.A, held)


def _finding(one: PassportFinding) -> dict[str, Any]:
    return {"check": one.check, "severity": one.severity, "message": one.message}


def _history(one: PassportHistory) -> dict[str, Any]:
    return {
        "first_seen": one.first_seen.isoformat(),
        "last_seen": one.last_seen.isoformat(),
        "edits": [{"at": at.isoformat(), "what": what} for at, what in one.edits],
    }
