"""Tolerant reading of what comes over the wire.

A field that is missing or null reads as None. One that cannot be read reads as None too, and leaves
a sentence in `problems`; it never costs the row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self

# Creation times outside of this are somebody's mistake: seconds for milliseconds, 0, year 3000.
EARLIEST_MS: Final = 946_684_800_000  # 2000-01-01
LATEST_MS: Final = 4_102_444_800_000  # 2100-01-01
MIN_LONG, MAX_LONG = -(2**63), 2**63 - 1
LOST: Final = "\N{REPLACEMENT CHARACTER}"
# So many bytes that are no UTF-8 are mended in a body that has nothing but ASCII otherwise.
_MENDED: Final = 8
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER: Final = re.compile(r"\s*([+-]?[0-9]{1,20})(?:\.0{1,20})?\s*")
# Every escape, so that an escaped backslash before a "u" is not taken for one.
_SURROGATES: Final = re.compile(
    r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<lone>\\u[dD][89a-fA-F]..)|\\.", re.DOTALL
)

Wire = Mapping[str, Any]
Problems = list[str]


class WireObject:
    """What is read from a JSON object: a frozen dataclass with `problems`, and `_raw`, the object as it came.

    Fields of the types in READERS are read by their own names or by WIRE_NAMES, where dots lead inwards.
    """

    __slots__ = ()
    WIRE_NAMES: ClassVar[Mapping[str, str]] = {}
    _raw: dict[str, Any]

    @property
    def raw(self) -> Mapping[str, Any]:
        """Return the JSON object that came, read-only."""
        return MappingProxyType(self._raw)

    @classmethod
    def from_wire(cls, wire: object) -> Self:
        """Read a JSON value; it never raises. What is not an object becomes one with a problem."""
        problems: Problems = []
        values: dict[str, Any] = {}
        if isinstance(wire, dict):
            values = read_fields(cls, wire, problems)
            values |= cls._more(wire, problems)
            values["_raw"] = wire
        else:
            problems.append(f"expected an object, got {type(wire).__name__}")
        values["problems"] = tuple(problems)
        return cls(**values)

    @classmethod
    def _more(cls, wire: Wire, problems: Problems) -> dict[str, Any]:  # noqa: ARG003 - for those that have more
        """Read the fields of other types."""
        return {}


def wire_of(found: WireObject) -> dict[str, Any]:
    """Return the JSON object that something was read from: itself, and so for reading only."""
    return found._raw


def text(value: object) -> str:
    """Return a string, as it is."""
    if not isinstance(value, str):
        raise ValueError("text")  # noqa: TRY004 - what was expected
    return value


def integer(value: object) -> int:
    """Return a whole number of 64 bits; one written as text counts.

    >>> integer("13"), integer(13.0)
    (13, 13)
    """
    if isinstance(value, str):
        match = _NUMBER.fullmatch(value)
        value = int(match[1]) if match else None
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and MIN_LONG <= value <= MAX_LONG:
        return value
    raise ValueError("a whole number")


def moment(value: object) -> datetime:
    """Return a time in UTC, from milliseconds since 1970, between the years 2000 and 2100.

    >>> moment(1524189990635).isoformat()
    '2018-04-20T02:06:30.635000+00:00'
    """
    try:
        milliseconds = integer(value)
    except ValueError:
        milliseconds = 0
    if not EARLIEST_MS <= milliseconds < LATEST_MS:
        raise ValueError("milliseconds between 2000 and 2100")
    return _EPOCH + timedelta(milliseconds=milliseconds)


def flag(value: object) -> bool:
    """Return true or false, also as text."""
    word = value.strip().lower() if isinstance(value, str) else value
    if isinstance(word, bool) or word in ("true", "false"):
        return word in (True, "true")
    raise ValueError("true or false")


Reader = Callable[[object], Any]
READERS: Final[Mapping[str, Reader]] = {
    "str | None": text, "int | None": integer, "datetime | None": moment, "bool": flag
}  # fmt: skip


def read(reader: Reader, wire: Wire, name: str, problems: Problems, path: str = "") -> Any:
    """Read one field; None if it is missing, or, with a problem, if it cannot be read.

    >>> problems = []
    >>> read(text, {"config_desc": ["a"]}, "config_desc", problems), problems
    (None, ['config_desc: expected text, got an array of 1'])
    """
    while "." in name:
        parent, _, name = name.partition(".")
        wire, path = _part(wire, parent, problems, path), f"{path}{parent}."
    value = wire.get(name)
    if value is None:
        return None
    try:
        found = reader(value)
    except ValueError as expected:
        problems.append(f"{path}{name}: expected {expected}, got {_shown(value)}")
        return None
    if isinstance(found, str) and LOST in found:
        problems.append(f"{path}{name}: some of its bytes were not text; U+FFFD stands for them")
    return found


def _part(wire: Wire, field: str, problems: Problems, path: str) -> Wire:
    value = wire.get(field)
    problem = f"{path}{field}: expected an object, got {_shown(value)}"
    if value is not None and not isinstance(value, dict) and problem not in problems:
        problems.append(problem)
    return value if isinstance(value, dict) else {}


def read_fields(kind: Any, wire: Wire, problems: Problems, path: str = "") -> dict[str, Any]:
    """Read the fields of a dataclass that are of the types in READERS and are not missing."""
    found: dict[str, Any] = {}
    for name, source, reader in _plan(kind):
        value = wire.get(source)
        if value is None and "." not in source:
            continue
        if reader is not text or type(value) is not str or LOST in value:
            value = read(reader, wire, source, problems, path)
        if value is not None:
            found[name] = value
    return found


def wire_names(kind: Any) -> tuple[str, ...]:
    """Return the wire's names of a dataclass' fields that are of the types in READERS, in their order."""
    return tuple(source for _, source, _ in _plan(kind))


@cache
def _plan(kind: Any) -> list[tuple[str, str, Reader]]:
    names = getattr(kind, "WIRE_NAMES", {})
    known = [field for field in fields(kind) if field.type in READERS]
    return [(field.name, names.get(field.name, field.name), READERS[str(field.type)]) for field in known]


def objects(wire: Wire, field: str, problems: Problems) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of an array, each with its path (`volumes[0].`) for the problems."""
    value = wire.get(field)
    if value is not None and not isinstance(value, list):
        problems.append(f"{field}: expected an array, got {_shown(value)}")
    for position, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            yield f"{field}[{position}].", item
        else:
            problems.append(f"{field}[{position}]: expected an object, got {_shown(item)}")


def parse_json(body: bytes) -> Any:
    """Return the JSON value of a body in UTF-8. Raises ValueError if it is none.

    What would cost the whole page for a single text becomes U+FFFD: a few bytes that are no UTF-8, a control
    character that is not escaped, half a surrogate pair, which no file or socket would take. A body that as a
    whole is in another encoding stays an error. A number too long for Python becomes infinite.
    """
    document = _decoded(body)
    # Most pages have no backslash at all, and one byte is found much faster than three.
    if b"\\" in body and (b"\\ud" in body or b"\\uD" in body):
        document = _SURROGATES.sub(lambda escape: "\\ufffd" if escape["lone"] else escape[0], document)
    try:
        return json.loads(document)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:  # a control character, or a number of more than the 4,300 digits that int() takes
        return json.loads(_CONTROL.sub(LOST, document), strict=False, parse_int=_any_int)


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        document = body.decode("utf-8-sig", "replace")
    lost = document.count(LOST)
    good = len(document) - len(document.encode("ascii", "ignore")) - lost
    # A text that was cut within a character ends with it; elsewhere, lost ones show another encoding.
    if lost - document.count(f'{LOST}"') > good + _MENDED:
        raise ValueError("not UTF-8")
    return document


def _any_int(digits: str) -> int | float:
    return int(digits) if len(digits) <= 400 else float(digits)


def _shown(value: object) -> str:
    """Return a value in at most 60 characters; arrays and objects are only named."""
    if isinstance(value, list | dict):
        return f"{'an array' if isinstance(value, list) else 'an object'} of {len(value):,}"
    if isinstance(value, int) and not MIN_LONG <= value <= MAX_LONG:
        return "a number beyond 64 bits"
    shown = ascii(value[:60] if isinstance(value, str) else value)
    return shown if len(shown) <= 60 else shown[:59] + "\N{HORIZONTAL ELLIPSIS}"
