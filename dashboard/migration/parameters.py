"""Run parameters: their text, their type with the reason, and what they are as environment variables."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any, Final

from dashboard.migration.decision_values import ENVIRONMENT_NAME
from dashboard.migration.variables import MARKER

MAX_ENVIRONMENT, MAX_ENVIRONMENT_NAME, MAX_ENVIRONMENT_VALUE = 100, 8192, 4096
"""What v2 takes: pairs, characters of a name, characters of a value."""

_INTEGER: Final = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_PADDED: Final = re.compile(r"[+-]?0\d+", re.ASCII)
_DIGITS: Final = re.compile(r"[+-]?\d+", re.ASCII)
_FLOAT: Final = re.compile(
    r"[+-]?(?:\d{1,40}\.\d{0,40}|\.\d{1,40}|\d{1,40}(?=[eE]))(?:[eE][+-]?\d{1,4})?", re.ASCII
)
_NOT_FINITE: Final = frozenset({"nan", "inf", "+inf", "-inf", "infinity", "-infinity"})
_REAL_WORDS: Final = frozenset(
    {
        *("alpha", "beta", "gamma", "decay", "dropout", "epsilon", "eps", "fraction", "lambda", "lr"),
        *("momentum", "rate", "ratio", "smoothing", "temperature", "threshold", "weight", "margin"),
        *("prob", "probability", "tolerance"),
    }
)
_SWITCH_WORDS: Final = frozenset(
    {
        *("is", "use", "enable", "disable", "do", "no", "with", "without", "has", "allow", "skip"),
        "should",
    }
)
_REFERENCE: Final = re.compile(r"\$(?:\{|[A-Za-z_])")


@dataclass(frozen=True, slots=True)
class TypeGuess:
    """The type of a parameter by its value, and why; None where only the team can say, with candidates."""

    type: str | None
    why: str
    candidates: tuple[str, ...] = ()


def text_of_value(value: Any) -> str:
    """Return a value as the text that v2 takes: 0.01 is "0.01", true is "true", nothing is ""."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(value) if math.isfinite(value) else str(value).lower()
    if isinstance(value, int):
        return _text_of_integer(value)
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _text_of_integer(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # more digits than Python writes out
        return hex(value)


def guess_type(name: str, value: Any) -> TypeGuess:
    """Return the type of a parameter by its name and value."""
    if isinstance(value, bool):
        return TypeGuess("Boolean", "the value is true or false")
    text = text_of_value(value).strip()
    if _DIGITS.fullmatch(text):
        return _guess_integer(name, text)
    return _guess_other(text)


def _guess_other(text: str) -> TypeGuess:
    if MARKER.search(text):
        return TypeGuess("String", "the value is a secret")
    if not text:
        return TypeGuess(None, "it is empty", ("String",))
    if text.lower() in {"true", "false"}:
        return TypeGuess("Boolean", "the value is true or false")
    if _FLOAT.fullmatch(text):
        return TypeGuess("Float", "the value is a number with a fraction or an exponent")
    if text.lower() in _NOT_FINITE:
        return TypeGuess(None, f"{text} may be a number or a word", ("Float", "String"))
    return TypeGuess("String", "the value is text")


def _guess_integer(name: str, text: str) -> TypeGuess:
    words = set(re.findall(r"[a-z]+", name.lower()[:200]))
    if _PADDED.fullmatch(text):
        return TypeGuess(
            None, f"{text} begins with a zero: it may be a number or a word", ("String", "Integer")
        )
    if not _INTEGER.fullmatch(text):
        return TypeGuess(None, "it has more digits than a whole number of 64 bits", ("String", "Integer"))
    if text in {"0", "1"} and words & _SWITCH_WORDS:
        return TypeGuess(
            None, f"{text} may switch something on or off, or be a number", ("Integer", "Boolean")
        )
    if words & _REAL_WORDS:
        return TypeGuess(None, f"{text} is whole, but the name means a fraction", ("Float", "Integer"))
    return TypeGuess("Integer", "the value is a whole number")


def environment_fault(name: str, value: str) -> tuple[str, str] | None:
    """Return a reason's code and message where v2 does not take it; None where it takes the variable."""
    if len(name) > MAX_ENVIRONMENT_NAME or not ENVIRONMENT_NAME.fullmatch(name):
        return "environment-name", f"{_short(name)} cannot be the name of an environment variable in v2."
    if len(value) > MAX_ENVIRONMENT_VALUE:
        return "environment-too-long", f"{_short(name)} has {len(value):,} characters."
    if _REFERENCE.search(value):
        return "environment-reference", f"The value of {_short(name)} refers to another variable."
    return None


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
