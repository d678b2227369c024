"""The two bodies while they are being made, the origin of every field and the fate of every field of v1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.migration.decisions import Decisions
from dashboard.migration.lookups import Lookups, Origin, Part
from dashboard.migration.offers import Offers
from dashboard.migration.reasons import REASONS, Reason, Suggestion
from dashboard.migration.record import Record
from dashboard.migration.statements import Rule

ALGORITHM, JOB = "algorithm", "job"


class Draft:
    """What is known so far of what a configuration becomes.

    Paths of the result begin with its body: ``algorithm.job_config.code_dir``, ``job.spec.volumes[0].nfs``.
    """

    def __init__(self, record: Record, decisions: Decisions, lookups: Lookups) -> None:
        """Begin with two empty bodies."""
        self.record, self.decisions, self.lookups = record, decisions, lookups
        self.bodies: dict[str, Any] = {ALGORITHM: {}, JOB: {}}
        self._holders: dict[str, dict[str, Any]] = {"": self.bodies}
        self.origins: dict[str, Origin] = {}
        self.gone: dict[str, Rule] = {}
        self.reasons: list[Reason] = []
        self.changes: tuple[tuple[str, str], ...] = ()

    def put(self, path: str, value: Any, rule: Rule, *fields: str) -> None:
        """Set a field of the result by a rule, from fields of v1. A list grows by its next index."""
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
            holder = self._holder(parent)
            name, _, index = last.partition("[")
            found = holder.setdefault(name, {}) if not index else _item(holder.setdefault(name, []), index)
            self._holders[path] = found
        return found

    def put_all(self, path: str, values: Mapping[str, Any], rule: Rule, *fields: str) -> None:
        """Set several fields below a path by the same rule."""
        self._holder(path).update(values)
        origin = self.lookups.origin(rule, fields)
        self.origins.update({f"{path}.{name}": origin for name in values})

    def append(self, path: str, part: Part) -> None:
        """Add a part that many have to the list at a path."""
        parent, _, last = path.rpartition(".")
        items = self._holder(parent).setdefault(last, [])
        where = f"{path}[{len(items)}]"
        items.append(part.value)
        self.origins.update({where + below: origin for below, origin in part.origins.items()})

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
        reason = Reason(REASONS[code], *said[1:], suggestions) if suggestions else self.lookups.reason(*said)
        if reason not in self.reasons:
            self.reasons.append(reason)

    @property
    def offers(self) -> Offers:
        """Return what the connection offers."""
        return self.lookups.offers

    def decided(self, kind: str, subject: str | None) -> Any:
        """Return what the team decided: for this configuration, else for the subject wherever it occurs."""
        return self.decisions.find(kind, subject, self.record.name)


def _item(items: list[dict[str, Any]], index: str) -> dict[str, Any]:
    """Return the object of a list at an index that is written ``3]``; the list grows by its next one."""
    if int(index[:-1]) == len(items):
        items.append({})
    return items[int(index[:-1])]
