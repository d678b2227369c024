"""Tolerant reading of what comes over the wire.

A field that is missing or null reads as None. One that cannot be read reads as None too, and leaves
a sentence in `problems`; it never costs the row.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

# Creation times outside of this are somebody's mistake: seconds for milliseconds, 0, year 3000.
EARLIEST_MS: Final = 946_684_800_000  # 2000-01-01
LATEST_MS: Final = 4_102_444_800_000  # 2100-01-01
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER: Final = re.compile(r"\s*([+-]?[0-9]{1,20})(?:\.0{1,20})?\s*")
MIN_LONG: Final = -(2**63)
MAX_LONG: Final = 2**63 - 1
# Every escape, so that an escaped backslash before a "u" is not taken for one.
_SURROGATES: Final = re.compile(
    r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|(?P<lone>\\u[dD][89a-fA-F]..)|\\.", re.DOTALL
)

Wire = Mapping[str, Any]
Problems = list[str]


def text(wire: Wire, field: str, problems: Problems, path: str = "") -> str | None:
    """A string. `path` leads to the object, for the problems.

    >>> problems = []
    >>> text({"config_desc": ["a"]}, "config_desc", problems), problems
    (None, ['config_desc: expected text, got an array of 1'])
    """
    value = wire.get(field)
    if value is None or isinstance(value, str):
        return value
    problems.append(f"{path}{'.' if path else ''}{field}: expected text, got {_shown(value)}")
    return None


def integer(wire: Wire, field: str, problems: Problems) -> int | None:
    """A whole number of 64 bits; one written as text counts.

    >>> integer({"engine_id": "13"}, "engine_id", [])
    13
    """
    value = wire.get(field)
    number = _whole(value)
    if number is None and value is not None:
        problems.append(f"{field}: expected a whole number, got {_shown(value)}")
    return number


def moment(wire: Wire, field: str, problems: Problems) -> datetime | None:
    """A time in UTC, from milliseconds since 1970, between the years 2000 and 2100.

    >>> moment({"create_time": 1524189990635}, "create_time", []).isoformat()
    '2018-04-20T02:06:30.635000+00:00'
    """
    value = wire.get(field)
    milliseconds = _whole(value)
    if milliseconds is not None and EARLIEST_MS <= milliseconds < LATEST_MS:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    if value is not None:
        problems.append(f"{field}: expected milliseconds between 2000 and 2100, got {_shown(value)}")
    return None


def flag(wire: Wire, field: str, problems: Problems, path: str) -> bool:
    """True or false, also as text; False if it is missing or cannot be read."""
    value = wire.get(field)
    word = value.strip().lower() if isinstance(value, str) else value
    if word is True or word == "true":
        return True
    if word not in (None, False, "false"):
        problems.append(f"{path}.{field}: expected true or false, got {_shown(value)}")
    return False


def objects(wire: Wire, field: str, problems: Problems) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of an array, each with its path (`volumes[0]`) for the problems."""
    value = wire.get(field)
    if value is None:
        return
    if not isinstance(value, list):
        problems.append(f"{field}: expected an array, got {_shown(value)}")
        return
    for position, item in enumerate(value):
        path = f"{field}[{position}]"
        if isinstance(item, dict):
            yield path, item
        else:
            problems.append(f"{path}: expected an object, got {_shown(item)}")


def parse_json(body: bytes) -> Any:
    """The JSON value of a body in UTF-8. Raises ValueError if it is none.

    Half a surrogate pair, which no file or socket would take, becomes U+FFFD; a whole number too
    long for Python becomes infinite.
    """
    document = body.decode("utf-8-sig")
    # Most pages have no backslash at all, and one byte is found much faster than three.
    if b"\\" in body and (b"\\ud" in body or b"\\uD" in body):
        document = _SURROGATES.sub(_whole_pair, document)
    try:
        return json.loads(document)
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:  # int() refuses more than 4,300 digits
        return json.loads(document, parse_int=_any_int)


def _whole_pair(escape: re.Match[str]) -> str:
    return "\\ufffd" if escape["lone"] else escape[0]


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
    """A value in at most 60 characters; arrays and objects are only named."""
    if isinstance(value, list):
        return f"an array of {len(value)}"
    if isinstance(value, dict):
        return f"an object of {len(value)}"
    if isinstance(value, int) and not MIN_LONG <= value <= MAX_LONG:
        return "a number beyond 64 bits"
    shown = ascii(value[:60] if isinstance(value, str) else value)
    return shown if len(shown) <= 60 else shown[:59] + "\N{HORIZONTAL ELLIPSIS}"
