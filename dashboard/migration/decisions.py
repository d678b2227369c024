"""What the team has decided, once for all configurations that it concerns, or for one by its name.

A decision has a kind, a subject and a value: of kind `engine`, the subject is v1's version and the value v2's
engine. The subject ``name:resnet50`` means that configuration alone and counts more; ``*`` of kind `dataset`
means every dataset, and counts least. The caller keeps decisions in the store (`to_store`, `from_store`); a
file holds them for the command line:

    schema = 1

    [[decision]]
    kind = "engine"
    subject = "TF-1.13.1-python3.6"
    value = "tensorflow_2.1.0-cuda_10.1-py_3.7-ubuntu_18.04-x86_64"
    decided_by = "anna@example.com"       # may be left out, and so may the time
    decided_at = 2026-11-26T09:13:00Z
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import tomli_w

from dashboard.migration.decision_values import KEEP, KINDS, fault_of_value
from dashboard.parsing.secrets import find_secrets, mask

SCHEMA: Final = 1
STORE_PREFIX: Final = "migration."
"""Kinds begin with it in the store, where other rooms keep decisions, too."""
OF_ONE: Final = "name:"
"""A subject that begins with it means the configuration of this name."""
EVERY_DATASET: Final = ("dataset", "*")
"""Kind and subject of the decision about every dataset of which nothing else was decided."""
MAX_SUBJECT: Final = 2048
HEADING: Final = "# How training job configurations of API v1 become algorithms and jobs of API v2.\n"
_KEYS: Final = ("kind", "subject", "value", "decided_by", "decided_at")


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision: kind, subject, any value that the kind allows, and who decided it when, as far as known."""

    kind: str
    subject: str
    value: Any
    decided_by: str = ""
    decided_at: datetime | None = None


class FaultyDecisionsError(ValueError):
    """Decisions that cannot be read: `faults` says everything that is wrong, without secrets."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


class Decisions:
    """All decisions that hold, each checked. Of two about the same, the later one counts."""

    def __init__(self, decided: Iterable[Decided] = ()) -> None:
        """Take decisions; raises FaultyDecisionsError for values that their kind does not allow."""
        self._decided = {(one.kind, one.subject): one for one in decided}
        self._used: set[tuple[str, str]] = set()
        faults = [fault for one in self._decided.values() if (fault := fault_of(one))]
        if faults:
            raise FaultyDecisionsError(faults)

    def __iter__(self) -> Iterator[Decided]:
        """Yield them by kind and subject."""
        return iter(sorted(self._decided.values(), key=lambda one: (one.kind, one.subject)))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._decided)

    def find(self, kind: str, subject: str | None, name: str | None = None) -> Any:
        """Return what was decided for a configuration, else for a subject; None where nothing was."""
        if not self._decided:
            return None
        of_one = None if name is None else f"{OF_ONE}{name}"
        every = EVERY_DATASET[1] if kind == EVERY_DATASET[0] else None
        for each in (of_one, subject, every):
            if each is not None and (found := self._decided.get((kind, each))) is not None:
                self._used.add((kind, each))
                return found.value
        return None

    def unused(self) -> list[Decided]:
        """Return those that have never been found: they concern no configuration that was looked at."""
        return [one for one in self if (one.kind, one.subject) not in self._used]

    def with_more(self, decided: Iterable[Decided]) -> Decisions:
        """Return these and further ones, which count more."""
        return Decisions([*self._decided.values(), *decided])


def fault_of(decided: Decided) -> str | None:
    """Return what is wrong with a decision; None where nothing is."""
    if decided.kind not in KINDS:
        near = difflib.get_close_matches(decided.kind[:80], KINDS, 1)
        return f"{decided.kind[:80]!a} is no kind of decision" + (f"; is {near[0]} meant?" if near else "")
    if not decided.subject or len(decided.subject) > MAX_SUBJECT:
        return f"{decided.kind}: a subject has 1 to {MAX_SUBJECT:,} characters"
    about = f"{decided.kind} {mask(decided.subject)[:80]!a}"
    fault = fault_of_value(decided.kind, decided.value) or _fault_of_content(decided)
    return fault and f"{about}: {fault}"


def _fault_of_content(decided: Decided) -> str | None:
    """Return what is wrong with a decision whose value is one that its kind allows; None where nothing is."""
    if (decided.kind, decided.subject) == EVERY_DATASET and decided.value != KEEP:
        return f"of every dataset at once only {KEEP} can be decided"
    texts = json.dumps([decided.subject, decided.value, decided.decided_by], ensure_ascii=False)
    if re.search("[\ud800-\udfff]", texts):  # TOML has no way to write it
        return "half of a pair of surrogates is no text"
    if _holds_secret(decided):
        return "the value holds a secret; write a variable in its place, such as @@PASSWORD@@"
    return None


def _holds_secret(decided: Decided) -> bool:
    text = json.dumps(decided.value, ensure_ascii=False)
    if mask(text) != text:
        return True
    value = decided.value.get("value") if isinstance(decided.value, Mapping) else decided.value
    if decided.kind not in {"environment", "parameter-value"} or not isinstance(value, str):
        return False
    return bool(find_secrets(value, field=decided.subject))


def read_decisions(text: str) -> Decisions:
    """Return the decisions of a TOML or JSON text.

    Raises FaultyDecisionsError with everything that is wrong, each fault with the decision's number.
    """
    document = _parse(text)
    if not isinstance(document, dict):
        raise FaultyDecisionsError(["it is no table with schema and decision"])
    schema = document.get("schema")
    is_known = type(schema) is int and schema == SCHEMA
    faults = [] if is_known else [f"schema is not {SCHEMA}, the only one that is known"]
    faults += [f"{key[:80]!a} is no key here" for key in document if key not in {"schema", "decision"}]
    entries = document.get("decision", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise FaultyDecisionsError(
            [*faults, "decision is not a list of tables: each begins with [[decision]]"]
        )
    decided, found = [], set[tuple[str, str]]()
    for number, entry in enumerate(entries, 1):
        one, wrong = _read(entry)
        if one is not None and (one.kind, one.subject) in found:
            wrong = [*wrong, "another decision has the same kind and subject"]
        faults += [f"decision {number}: {fault}" for fault in wrong]
        if one is not None:
            found.add((one.kind, one.subject))
            decided.append(one)
    if faults:
        raise FaultyDecisionsError(faults)
    return Decisions(decided)


def _parse(text: str) -> Any:
    try:
        return json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise FaultyDecisionsError([f"it is neither TOML nor JSON: {str(error)[:200]}"]) from error


def _read(entry: Mapping[str, Any]) -> tuple[Decided | None, list[str]]:
    """Return the decision of an entry, if it is one, and what is wrong with it."""
    faults = [f"{key[:80]!a} is no key here" for key in entry if key not in _KEYS]
    missing = [key for key in ("kind", "subject", "value") if key not in entry]
    wrong = [key for key in ("kind", "subject", "decided_by") if not isinstance(entry.get(key, ""), str)]
    faults += [f"{key} is missing" for key in missing] + [f"{key} is not text" for key in wrong]
    at = entry.get("decided_at")
    if isinstance(at, str):
        at = _moment(at)
    if "decided_at" in entry and not (isinstance(at, datetime) and at.tzinfo is not None):
        faults.append("decided_at is not a time with its zone: write 2026-11-26T09:13:00Z")
    if faults:
        return None, faults
    decided = Decided(entry["kind"], entry["subject"], entry["value"], entry.get("decided_by", ""), at)
    fault = fault_of(decided)
    return (decided, []) if fault is None else (None, [fault])


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def write_decisions(decisions: Iterable[Decided]) -> str:
    """Return the TOML text of decisions, sorted: the same bytes for the same decisions."""
    ordered = sorted(decisions, key=lambda one: (one.kind, one.subject))
    entries = [_entry(one) for one in ordered]
    return HEADING + tomli_w.dumps({"schema": SCHEMA, **({"decision": entries} if entries else {})})


def _entry(decided: Decided) -> dict[str, Any]:
    entry: dict[str, Any] = {"kind": decided.kind, "subject": decided.subject, "value": decided.value}
    if decided.decided_by:
        entry["decided_by"] = decided.decided_by
    if decided.decided_at is not None:
        entry["decided_at"] = decided.decided_at.astimezone(UTC)
    return entry


class StoredDecision(Protocol):
    """What the store gives back; see dashboard/store/decisions.py."""

    @property
    def kind(self) -> str:
        """Return the kind, with STORE_PREFIX."""

    @property
    def subject(self) -> str:
        """Return the subject."""

    @property
    def value(self) -> Any:
        """Return the value, as JSON has it."""

    @property
    def decided_by(self) -> str:
        """Return who decided."""

    @property
    def decided_at(self) -> datetime:
        """Return when."""


def to_store(decisions: Iterable[Decided]) -> list[tuple[str, str, Any]]:
    """Return kind, subject and value of each as the store takes them: `NewDecision(*one, connection)`."""
    return [(f"{STORE_PREFIX}{one.kind}", one.subject, one.value) for one in decisions]


def from_store(stored: Iterable[StoredDecision]) -> tuple[Decisions, tuple[str, ...]]:
    """Return this room's decisions among those stored, and what is wrong with others, which count not."""
    mine = [one for one in stored if one.kind.startswith(STORE_PREFIX)]
    decided = [
        Decided(one.kind.removeprefix(STORE_PREFIX), one.subject, one.value, one.decided_by, one.decided_at)
        for one in mine
    ]
    faults = {one.subject + one.kind: fault for one in decided if (fault := fault_of(one))}
    good = [one for one in decided if one.subject + one.kind not in faults]
    return Decisions(good), tuple(faults.values())
