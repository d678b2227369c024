"""Run parameters of a configuration: parameters of v2, or environment variables of an image of one's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from dashboard.migration import rules
from dashboard.migration.data import INPUTS, OUTPUTS
from dashboard.migration.decision_values import DROP, TYPES
from dashboard.migration.draft import Draft
from dashboard.migration.folders import CONFIG
from dashboard.migration.lookups import Origins
from dashboard.migration.parameters import (
    MAX_ENVIRONMENT,
    environment_fault,
    guess_type,
    text_of_value,
)
from dashboard.migration.reasons import Suggestion
from dashboard.migration.record import text_of
from dashboard.migration.statements import Basis, Rule

ENVIRONMENTS: Final = "job.algorithm.environments"
_FREE: Final[Mapping[str, Any]] = {
    "editable": True, "required": False, "valid_type": "None", "valid_range": []
}  # fmt: skip
_CONSTRAINTS: Final[Mapping[str | None, Mapping[str, Any]]] = {
    None: _FREE, **{kind: {"type": kind, **_FREE} for kind in TYPES}
}  # fmt: skip
"""The constraint of a parameter by its type: as free as in v1."""


class _Parameter(NamedTuple):
    name: str
    value: Any
    rule: Rule
    fields: tuple[str, ...]
    value_fields: tuple[str, ...]


def put_parameters(draft: Draft, from_command: tuple[tuple[str, str], ...] = ()) -> None:
    """Put in parameters that are passed to the script, behind inputs and outputs, whose names are taken."""
    places = [item for path in (INPUTS[1], OUTPUTS[1]) for item in draft.get(path) or ()]
    taken = {item["name"]: item["remote"].get("obs", {}).get("obs_url") for item in places}
    for parameter in _unique(draft, from_command):
        text = text_of_value(parameter.value)
        if parameter.name not in taken:
            _put_parameter(draft, parameter, text)
        elif text.rstrip("/") == (taken[parameter.name] or "").rstrip("/"):
            draft.drop(rules.GONE_REPEATED, *parameter.fields)
        else:
            _ask_for_value(
                draft, parameter, f"{parameter.name} is a parameter and an input or output as well."
            )
    if draft.get(f"{CONFIG}.parameters"):
        draft.put(f"{CONFIG}.parameters_customization", True, rules.CUSTOMIZATION)


def _all(draft: Draft, from_command: tuple[tuple[str, str], ...]) -> Iterator[_Parameter]:
    for path, item in draft.record.objects("parameter"):
        name = text_of(item, "label")
        fields = tuple(f"{path}.{key}" for key in ("label", "value") if key in item)
        if name is None:
            draft.because("parameter-unnamed", "A run parameter has no name.", path)
            draft.drop(rules.GONE_UNREADABLE, *fields)
            continue
        value_fields = (f"{path}.value",) if "value" in item else ()
        yield _Parameter(name, item.get("value"), rules.PARAMETER, fields, value_fields)
    for name, value in from_command:
        where = ("user_command",)
        yield _Parameter(name, value, rules.PARAMETER_OF_COMMAND, where, where)


def _unique(draft: Draft, from_command: tuple[tuple[str, str], ...] = ()) -> Iterator[_Parameter]:
    """Yield each name once; of a name with different values the decided one, or none."""
    groups: dict[str, list[_Parameter]] = {}
    for parameter in _all(draft, from_command):
        groups.setdefault(parameter.name, []).append(parameter)
    for name, group in groups.items():
        if len(group) == 1:
            yield group[0]
            continue
        first, *others = group
        texts = tuple(dict.fromkeys(text_of_value(one.value) for one in group))
        if len(texts) == 1:
            for one in others:
                draft.drop(rules.GONE_REPEATED, *(field for field in one.fields if field != "user_command"))
            yield first
            continue
        fields = tuple(dict.fromkeys(field for one in group for field in one.fields))
        values = tuple(dict.fromkeys(field for one in group for field in one.value_fields))
        decided = draft.decided("parameter-value", name)
        if decided is None:
            merged = _Parameter(name, None, rules.PARAMETER_CHOSEN, fields, values)
            _ask_for_value(
                draft, merged, f"{name} is there {len(group)} times, with different values.", texts
            )
        else:
            yield _Parameter(name, decided, rules.PARAMETER_CHOSEN, fields, values)


def _ask_for_value(draft: Draft, one: _Parameter, message: str, values: tuple[str, ...] = ()) -> None:
    suggestions = tuple(Suggestion(value, "it is there", Basis.JUDGEMENT, "ours") for value in values[:8])
    draft.because("parameter-repeated", message, one.fields[0], one.name, suggestions)
    draft.drop(rules.GONE_UNDECIDED, *one.fields)


def _put_parameter(draft: Draft, parameter: _Parameter, text: str) -> None:
    name, rule, value_fields = parameter.name, parameter.rule, parameter.value_fields
    kind, type_rule = _type(draft, parameter)
    declared = {"name": name, "value": text, "constraint": _CONSTRAINTS[kind]}
    origins = draft.lookups.origins
    passed_by = origins(_passed, rule, parameter.fields[0], value_fields)
    declared_by = origins(_declared, rule, parameter.fields[0], value_fields, type_rule)
    draft.append(f"{CONFIG}.parameters", declared, declared_by)
    draft.append("job.algorithm.parameters", {"name": name, "value": text}, passed_by)


def _passed(rule: Rule, name_field: str, value_fields: tuple[str, ...]) -> Origins:
    """Return the origins of a parameter as the job passes it."""
    return {".name": (rule, (name_field,)), ".value": (rule, value_fields)}


def _declared(rule: Rule, name_field: str, value_fields: tuple[str, ...], type_rule: Rule | None) -> Origins:
    """Return the origins of a parameter as the algorithm declares it: with its type, if a rule told it."""
    typed = {} if type_rule is None else {".constraint.type": (type_rule, value_fields)}
    free = {f".constraint.{name}": (rules.PARAMETER_CONSTRAINT, ()) for name in _FREE}
    return {**_passed(rule, name_field, value_fields), **typed, **free}


def _type(draft: Draft, parameter: _Parameter) -> tuple[str | None, Rule | None]:
    """Return the type of a parameter and the rule that tells it; ask where only the team can say."""
    decided = draft.decided("parameter", parameter.name)
    if decided is not None:
        return decided, rules.PARAMETER_TYPE_CHOSEN
    guess = guess_type(parameter.name, parameter.value)
    if guess.type is not None:
        return guess.type, rules.PARAMETER_TYPE
    message = f"The type of {parameter.name} cannot be told: {guess.why}."
    suggestions = tuple(Suggestion(one, guess.why, Basis.JUDGEMENT, "ours") for one in guess.candidates)
    draft.because("parameter-type", message, parameter.fields[-1], parameter.name, suggestions)
    return None, None


def put_environment(draft: Draft) -> None:
    """Put in parameters as the environment variables that they are for an image of one's own."""
    count = 0
    for parameter in _unique(draft):
        name, value, rule = parameter.name, text_of_value(parameter.value), rules.ENVIRONMENT
        decided = draft.decided("environment", parameter.name)
        if decided == DROP:
            draft.drop(rules.GONE_DECIDED, *parameter.fields)
            continue
        if decided is not None:
            name, value = decided.get("name", name), decided.get("value", value)
            rule = rules.ENVIRONMENT_CHOSEN
        fault = environment_fault(name, value)
        if fault is not None:
            _ask_for_variable(draft, parameter, *fault)
            continue
        count += 1
        draft.put(f"{ENVIRONMENTS}.{name}", value, rule, *parameter.fields)
    if count > MAX_ENVIRONMENT:
        message = f"There are {count:,} environment variables."
        draft.because("environment-too-many", message, "parameter")


def _ask_for_variable(draft: Draft, parameter: _Parameter, code: str, message: str) -> None:
    drop = Suggestion(DROP, "the code does without", Basis.JUDGEMENT, "ours")
    draft.because(code, message, parameter.fields[0], parameter.name, (drop,))
    draft.drop(rules.GONE_UNDECIDED, *parameter.fields)
