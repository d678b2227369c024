"""The two bodies while they are being made, the origin of every field and the fate of every field of v1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from dashboard.migration.decisions import Decisions
from dashboard.migration.offers import Offers
from dashboard.migration.reasons import REASONS, Reason, Suggestion
from dashboard.migration.record import Record
from dashboard.migration.statements import Rule

ALGORITHM, JOB = "algorithm", "job"
Step = str | tuple[str, int]
MAX_KNOWN_STEPS: Final = 2_000
_KNOWN_STEPS: Final[dict[str, tuple[Step, ...]]] = {}
"""Paths that were taken apart already: there are some hundred different ones."""
_INDEX: Final = re.compile(r"(\w+)\[(\d+)\]")


class Draft:
    """What is known so far of what a configuration becomes.

    Paths of the result begin with its body: ``algorithm.job_config.code_dir``, ``job.spec.volumes[0].nfs``.
    """

    def __init__(self, record: Record, decisions: Decisions, offers: Offers) -> None:
        """Begin with two empty bodies."""
        self.record, self.decisions, self.offers = record, decisions, offers
        self.bodies: dict[str, Any] = {ALGORITHM: {}, JOB: {}}
        self.origins: dict[str, tuple[Rule, tuple[str, ...]]] = {}
        self.gone: dict[str, Rule] = {}
        self.reasons: list[Reason] = []
        self.changes: tuple[tuple[str, str], ...] = ()

    def put(self, path: str, value: Any, rule: Rule, *fields: str) -> None:
        """Set a field of the result by a rule, from fields of v1. A list grows by its next index."""
        holder: Any = self.bodies
        *parents, last = _steps(path)
        for step in parents:
            holder = _inside(holder, step)
        if isinstance(last, tuple):
            holder.setdefault(last[0], []).insert(last[1], value)
        else:
            holder[last] = value
        self.origins[path] = (rule, fields)

    def put_all(self, path: str, values: Mapping[str, Any], rule: Rule, *fields: str) -> None:
        """Set several fields below a path by the same rule."""
        for name, value in values.items():
            self.put(f"{path}.{name}", value, rule, *fields)

    def length(self, path: str) -> int:
        """Return how many items the list at a path has so far."""
        return len(self.get(path) or ())

    def get(self, path: str) -> Any:
        """Return what stands at a path that goes through objects alone; None where nothing does."""
        found: Any = self.bodies
        for part in path.split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found

    def drop(self, rule: Rule, *fields: str) -> None:
        """Say why fields of v1 go nowhere. What goes somewhere else as well keeps that."""
        for field in fields:
            self.gone.setdefault(field, rule)

    def because(
        self,
        code: str,
        message: str,
        field: str | None = None,
        subject: str | None = None,
        suggestions: tuple[Suggestion, ...] = (),
    ) -> None:
        """Add a reason, once."""
        reason = Reason(REASONS[code], message, field, subject, suggestions)
        if reason not in self.reasons:
            self.reasons.append(reason)

    def decided(self, kind: str, subject: str | None) -> Any:
        """Return what the team decided: for this configuration, else for the subject wherever it occurs."""
        return self.decisions.find(kind, subject, self.record.name)


def _steps(path: str) -> tuple[Step, ...]:
    """Return the steps of a path: the name of a field, or that of a list and an index."""
    steps = _KNOWN_STEPS.get(path)
    if steps is None:
        steps = tuple(
            (found[1], int(found[2])) if (found := _INDEX.fullmatch(part)) else part
            for part in path.split(".")
        )
        if len(_KNOWN_STEPS) < MAX_KNOWN_STEPS:
            _KNOWN_STEPS[path] = steps
    return steps


def _inside(holder: Any, step: Step) -> Any:
    if not isinstance(step, tuple):
        return holder.setdefault(step, {})
    items = holder.setdefault(step[0], [])
    if step[1] == len(items):
        items.append({})
    return items[step[1]]
