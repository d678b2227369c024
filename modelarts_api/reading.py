"""Tolerant reading of what comes over the wire.

A field that is missing or null reads as None. One that cannot be read reads as None too, and leaves
a sentence in `problems`; it never costs the row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self, cast

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
    """What is read from a JSON object, a frozen dataclass with `problems` and `_raw`, the object as it came.

    Its fields of the types in READERS are read by their names on the wire: their own, or those of WIRE_NAMES.
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
            values = {**read_fields(cls, wire, problems), **cls._more(wire, problems), "_raw": wire}
        else:
            problems.append(f"expected an object, got {type(wire).__name__}")
        return cls(**values | {"problems": tuple(problems)})

    @classmethod
    def _more(cls, wire: Wire, problems: Problems) -> dict[str, Any]:  # noqa: ARG003 - for those that have more
        """Read the fields of other types."""
        return {}


def text(wire: Wire, field: str, problems: Problems, path: str = "") -> str | None:
    """Read a string. `path` leads to the object, for the problems.

    >>> problems = []
    >>> text({"config_desc": ["a"]}, "config_desc", problems), problems
    (None, ['config_desc: expected text, got an array of 1'])
    """
    value = wire.get(field)
    if isinstance(value, str) and LOST in value:
        problems.append(f"{path}{field}: some of its bytes were not text; U+FFFD stands for them")
    elif value is not None and not isinstance(value, str):
        problems.append(f"{path}{field}: expected text, got {_shown(value)}")
    return value if isinstance(value, str) else None


def integer(wire: Wire, field: str, problems: Problems, path: str = "") -> int | None:
    """Read a whole number of 64 bits; one written as text counts.

    >>> integer({"engine_id": "13"}, "engine_id", [])
    13
    """
    value = wire.get(field)
    number = _whole(value)
    if number is None and value is not None:
        problems.append(f"{path}{field}: expected a whole number, got {_shown(value)}")
    return number


def moment(wire: Wire, field: str, problems: Problems, path: str = "") -> datetime | None:
    """Read a time in UTC, from milliseconds since 1970, between the years 2000 and 2100.

    >>> moment({"create_time": 1524189990635}, "create_time", []).isoformat()
    '2018-04-20T02:06:30.635000+00:00'
    """
    value = wire.get(field)
    milliseconds = _whole(value)
    if milliseconds is not None and EARLIEST_MS <= milliseconds < LATEST_MS:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    if value is not None:
        problems.append(f"{path}{field}: expected milliseconds between 2000 and 2100, got {_shown(value)}")
    return None


def flag(wire: Wire, field: str, problems: Problems, path: str = "") -> bool:
    """Read true or false, also as text; False if it is missing or cannot be read."""
    value = wire.get(field)
    word = value.strip().lower() if isinstance(value, str) else value
    if word is True or word == "true":
        return True
    if word not in (None, False, "false"):
        problems.append(f"{path}{field}: expected true or false, got {_shown(value)}")
    return False


def part(wire: Wire, field: str, problems: Problems) -> Wire:
    """Read an object within an object; an empty one if it is missing or cannot be read."""
    value = wire.get(field)
    if value is not None and not isinstance(value, dict):
        problems.append(f"{field}: expected an object, got {_shown(value)}")
    return value if isinstance(value, dict) else {}


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


Reader = Callable[[Wire, str, Problems, str], Any]
READERS: Final[Mapping[str, Reader]] = {
    "str | None": text, "int | None": integer, "datetime | None": moment, "bool": flag
}  # fmt: skip


def read_fields(kind: type[Any], wire: Wire, problems: Problems, path: str = "") -> dict[str, Any]:
    """Read the fields of a dataclass that are of the types in READERS."""
    return {name: read(wire, source, problems, path) for name, source, read in _plan(kind)}  # type: ignore[arg-type]


@cache
def _plan(kind: Hashable) -> list[tuple[str, str, Reader]]:
    names = getattr(kind, "WIRE_NAMES", {})
    known = [field for field in fields(cast(Any, kind)) if field.type in READERS]
    return [(field.name, names.get(field.name, field.name), READERS[str(field.type)]) for field in known]


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


def _whole(value: object) -> int | None:
    if isinstance(value, str):
        match = _NUMBER.fullmatch(value)
        value = int(match[1]) if match else None
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and MIN_LONG <= value <= MAX_LONG:
        return value
    return None


def _shown(value: object) -> str:
    """Return a value in at most 60 characters; arrays and objects are only named."""
    if isinstance(value, list | dict):
        return f"{'an array' if isinstance(value, list) else 'an object'} of {len(value)}"
    if isinstance(value, int) and not MIN_LONG <= value <= MAX_LONG:
        return "a number beyond 64 bits"
    shown = ascii(value[:60] if isinstance(value, str) else value)
    return shown if len(shown) <= 60 else shown[:59] + "\N{HORIZONTAL ELLIPSIS}"
