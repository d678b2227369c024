"""The two bodies while they are being made, the origin of every field and the fate of every field of v1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dashboard.migration.decisions import Decisions
from dashboard.migration.lookups import Lookups, Origin, Origins, Said
from dashboard.migration.offers import Offers
from dashboard.migration.reasons import REASONS, Reason, Suggestion
from dashboard.migration.record import V1Record
from dashboard.migration.statements import Rule

ALGORITHM, JOB = "algorithm", "job"


class Draft:
    """What is known so far of what a configuration becomes.

    Paths of the result begin with its body: ``algorithm.job_config.code_dir``, ``job.spec.volumes[0].nfs``.
    """

    def __init__(self, record: V1Record, decisions: Decisions, lookups: Lookups) -> None:
        """Begin with two empty bodies."""
        self.record, self.decisions, self.lookups = record, decisions, lookups
        self.bodies: dict[str, Any] = {ALGORITHM: {}, JOB: {}}
        self._holders: dict[str, dict[str, Any]] = {"": self.bodies}
        self.origins: dict[str, Origin | Origins] = {}
        self.gone: dict[str, Rule] = {}
        self._reasons: dict[Said, Reason] = {}
        self.changes: tuple[tuple[str, str], ...] = ()

    def put(self, path: str, value: Any, rule: Rule, *fields: str) -> None:
        """Set a field of the result by a rule, from fields of v1."""
        parent, _, last = path.rpartition(".")
        holder = self._holders.get(parent)
        if holder is None:
            holder = self._holder(parent)
        holder[last] = value
        self.origins[path] = self.lookups.origin(rule, fields)

    def _holder(self, path: str) -> dict[str, Any]:
        """Return the object at a path, made where it is not there yet."""
        found = self._holders.get(path)
        if found is None:
            parent, _, last = path.rpartition(".")
            self._holders[path] = found = self._holder(parent).setdefault(last, {})
        return found

    def append(self, path: str, item: Mapping[str, Any], origins: Origins) -> None:
        """Add an item to the list at a path, with the origins of its fields."""
        parent, _, last = path.rpartition(".")
        items = self._holder(parent).setdefault(last, [])
        self.origins[f"{path}[{len(items)}]"] = origins
        items.append(item)

    def length(self, path: str) -> int:
        """Return how many items the list at a path has so far."""
        return len(self.get(path) or ())

    def get(self, path: str) -> Any:
        """Return what was put at a path; None where nothing was."""
        parent, _, last = path.rpartition(".")
        holder = self._holders.get(parent)
        return None if holder is None else holder.get(last)

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
        said = (code, message, field, subject)
        if said not in self._reasons:
            self._reasons[said] = (
                Reason(REASONS[code], message, field, subject, suggestions)
                if suggestions
                else self.lookups.reason(said)
            )

    @property
    def reasons(self) -> Iterable[Reason]:
        """Return all reasons so far, in the order in which they were found."""
        return self._reasons.values()

    @property
    def offers(self) -> Offers:
        """Return what the connection offers."""
        return self.lookups.offers

    def decided(self, kind: str, subject: str | None) -> Any:
        """Return what the team decided: for this configuration, else for the subject wherever it occurs."""
        return self.decisions.find(kind, subject, self.record.name)
