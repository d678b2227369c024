"""JSON values side by side: which are alike, which hold nothing, and what kind of thing each is."""

from __future__ import annotations

import marshal
import math
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, Literal

MAX_DEPTH: Final = 100
"""Levels of nesting that are looked into one by one."""
MASK: Final = "•••"
"""What stands in place of a secret begins so."""
WITHOUT_REFERENCES: Final = 2
"""The version of marshal's format in which equal values are equal bytes."""
_PLAIN: Final = frozenset({str, int, float, type(None)})


class Missing(Enum):
    """What stands where there is no value."""

    ABSENT = "not there"
    """The field is not there."""
    UNKNOWN = "not known"
    """It belongs to the details, and these were not loaded."""


ABSENT: Final = Missing.ABSENT
UNKNOWN: Final = Missing.UNKNOWN


def alike(one: object, other: object) -> bool:
    """Return whether two JSON values say the same: 1 and 1.0 do, 1 and "1" or 1 and true do not."""
    return _alike(one, other, 0)


def _alike(one: object, other: object, depth: int) -> bool:
    if depth > MAX_DEPTH:
        return one == other
    if isinstance(one, Mapping):
        return (
            isinstance(other, Mapping)
            and one.keys() == other.keys()
            and all(_alike(value, other[key], depth + 1) for key, value in one.items())
        )
    if isinstance(one, list | tuple):
        return (
            isinstance(other, list | tuple)
            and len(one) == len(other)
            and all(_alike(*pair, depth + 1) for pair in zip(one, other, strict=True))
        )
    if kind_of_value(one) != kind_of_value(other):
        return False
    return one == other or (_is_nan(one) and _is_nan(other))


def alike_records(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return the same as `alike` for two records, in a microsecond for most."""
    if one != other:
        return alike(one, other)
    # Equal, so only Python's True for 1 could still deceive: not where there are no booleans, and no depth.
    if _PLAIN.issuperset(map(type, one.values())) and _PLAIN.issuperset(map(type, other.values())):
        return True
    return _bytes(one) == _bytes(other) is not None or alike(one, other)


def _bytes(record: Mapping[str, Any]) -> bytes | None:
    """Return bytes that tell true from 1, quickly; None for what has none."""
    try:
        return marshal.dumps(record, WITHOUT_REFERENCES)  # type: ignore[arg-type]  # that is the question
    except ValueError:
        return None


ValueKind = Literal["nothing", "boolean", "number", "text", "list", "object", "other"]


def kind_of_value(value: object) -> ValueKind:
    """Return what a JSON value is; null, and what is not there, are nothing."""
    if value is None or isinstance(value, Missing):
        return "nothing"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, Mapping):
        return "object"
    return "list" if isinstance(value, list | tuple) else "other"


def is_empty(value: object) -> bool:
    """Return whether a value holds nothing, whatever the form: not there, null, blank, an empty list."""
    if isinstance(value, str):
        return not value.strip()
    return kind_of_value(value) == "nothing" or (isinstance(value, Mapping | list | tuple) and not value)


def number_of(value: object) -> float | None:
    """Return the number that a number is or a text says, None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def same_number(one: object, other: object) -> bool:
    """Return whether one is a number, and the other a text that says it: 0.01 and "1e-2".

    Two texts are not compared so: the versions "1.1" and "1.10" are two.
    """
    if isinstance(one, str) and isinstance(other, str):
        return False
    number = number_of(one)
    return number is not None and number == number_of(other)


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
