"""What becomes of one configuration: verdict, reasons, both bodies, and the way of every field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self

from dashboard.data.record import DETAIL_FIELDS, LIST_FIELDS
from dashboard.migration import rules
from dashboard.migration.lookups import Origin, Origins
from dashboard.migration.reasons import Reason
from dashboard.migration.record import ANSWER
from dashboard.migration.statements import Rule, Verdict, Weight
from dashboard.migration.variables import Variable, leaves

if TYPE_CHECKING:
    from dashboard.migration.draft import Draft

Shape = Literal["preset", "custom"]
"""A preset engine, or an image of one's own: the two are never mixed."""


@dataclass(frozen=True, slots=True)
class FieldOrigin:
    """A field of the result: its path, its value, the rule that made it, and v1's fields it was made of."""

    path: str
    value: Any
    rule: Rule
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldFate:
    """A field of v1: its path, its value (secrets are variables), and the paths of the result it went to.

    Without such paths, `rule` says why it goes nowhere.
    """

    path: str
    value: Any
    targets: tuple[str, ...]
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class Migration:
    """What a configuration becomes. The bodies hold no secret: ``@@NAME@@`` stands for each of `variables`.

    ``@@ALGORITHM_ID@@`` in the job stands for the id that the service gives the algorithm. `reasons` are
    blockers and decisions, the blockers first; `warnings` change nothing. `command_changes` tells what was
    replaced by what in the start command.
    """

    name: str | None
    verdict: Verdict
    shape: Shape
    reasons: tuple[Reason, ...]
    warnings: tuple[Reason, ...]
    algorithm: Mapping[str, Any]
    job: Mapping[str, Any]
    variables: tuple[Variable, ...]
    engine_version: str | None
    engine_name: str | None
    command_changes: tuple[tuple[str, str], ...]
    wire: Mapping[str, Any] = field(repr=False)
    _origins: Mapping[str, Origin | Origins] = field(repr=False)
    _gone: Mapping[str, Rule] = field(repr=False)

    @classmethod
    def of(cls, draft: Draft, shape: Shape) -> Self:
        """Return what a draft has become."""
        weights: dict[Weight, list[Reason]] = {weight: [] for weight in Weight}
        for reason in draft.reasons:
            weights[reason.type.weight].append(reason)
        reasons = (*weights[Weight.BLOCKER], *weights[Weight.DECISION])
        verdict = Verdict.READY
        if reasons:
            verdict = Verdict.BLOCKED if weights[Weight.BLOCKER] else Verdict.DECISION
        record = draft.record
        return cls(
            name=record.name,
            verdict=verdict,
            shape=shape,
            reasons=reasons,
            warnings=tuple(weights[Weight.WARNING]),
            algorithm=draft.bodies["algorithm"],
            job=draft.bodies["job"],
            variables=record.variables,
            engine_version=record.text("engine_version"),
            engine_name=record.text("engine_name"),
            command_changes=draft.changes,
            wire=record.wire,
            _origins=draft.origins,
            _gone=draft.gone,
        )

    def origins(self) -> tuple[FieldOrigin, ...]:
        """Return every field of both bodies with its origin, in the order of the bodies."""
        bodies, known = {"algorithm": self.algorithm, "job": self.job}, dict(self._every_origin())
        return tuple(FieldOrigin(path, value, *known[path]) for path, value in _fields(bodies, known))

    def _every_origin(self) -> Iterator[tuple[str, Origin]]:
        for path, found in self._origins.items():
            if isinstance(found, tuple):
                yield path, found
            else:
                yield from ((path + below, origin) for below, origin in found.items())

    def fates(self) -> tuple[FieldFate, ...]:
        """Return every field of v1 with where it went, in the order in which they came."""
        targets: dict[str, list[str]] = {}
        for path, (_, sources) in self._every_origin():
            for source in sources:
                targets.setdefault(source, []).append(path)
        return tuple(
            FieldFate(
                leaf.path,
                leaf.value,
                tuple(targets.get(leaf.path, ())),
                self._why(leaf.path, leaf.value, targets),
            )
            for leaf in leaves(self.wire)
        )

    def _why(self, path: str, value: Any, targets: Mapping[str, list[str]]) -> Rule | None:
        """Return why a field goes nowhere; None where it goes somewhere."""
        if path in targets:
            return None
        found = next((self._gone[one] for one in _ancestors(path) if one in self._gone), None)
        if value in (None, "", [], {}, ()) and not isinstance(value, bool | int | float):
            return rules.GONE_EMPTY
        return found or _rule_of(path)

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object, as the command line writes it."""
        return {
            "name": self.name,
            "verdict": self.verdict,
            "reasons": [one.to_json() for one in self.reasons],
            "warnings": [one.to_json() for one in self.warnings],
            "variables": [
                {"name": one.name, "what": one.what, "fields": list(one.fields)} for one in self.variables
            ],
            "not_carried": [
                {"field": one.path, "why": one.rule.text, "basis": one.rule.basis}
                for one in self.fates()
                if one.rule is not None and one.rule is not rules.GONE_EMPTY
            ],
            "algorithm": self.algorithm,
            "job": self.job,
        }


def _fields(bodies: Mapping[str, Any], known: Mapping[str, object]) -> Iterator[tuple[str, Any]]:
    """Yield the fields of both bodies that were set, with their paths, in order."""
    stack: list[tuple[str, Any]] = [(name, bodies[name]) for name in reversed(list(bodies))]
    while stack:
        path, value = stack.pop()
        if path in known:
            yield path, value
        elif isinstance(value, Mapping):
            stack += [(f"{path}.{key}", item) for key, item in reversed(list(value.items()))]
        elif isinstance(value, list):
            stack += [(f"{path}[{index}]", value[index]) for index in reversed(range(len(value)))]


def _rule_of(path: str) -> Rule:
    """Return why a field of v1 goes nowhere, whatever the configuration."""
    field = path.partition(".")[0].partition("[")[0]
    if field in ANSWER:
        return rules.GONE_ANSWER
    if field not in LIST_FIELDS and field not in DETAIL_FIELDS:
        return rules.GONE_UNKNOWN
    return rules.NEVER_CARRIED.get(field, rules.GONE_UNREADABLE)


def _ancestors(path: str) -> Iterator[str]:
    """Yield a path and everything that it lies within: ``a[0].b``, ``a[0]``, ``a``."""
    yield path
    while path:
        cut = max(path.rfind("."), path.rfind("["))
        path = path[:cut] if cut > 0 else ""
        if path:
            yield path
