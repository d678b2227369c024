"""One way to write a JSON value, so that equal values are equal texts.

Keys sorted, no blanks, ASCII only: lone surrogates and line breaks in texts survive as escapes, and a value
is one line. What Python reads from JSON is written so that it is read again as the same, NaN and infinities
by Python's names included; 1 and 1.0 are two values.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from heapq import merge
from itertools import islice
from typing import Any

from dashboard.store.errors import UnstorableError


def canonical(value: object) -> str:
    """Return the canonical JSON text of a value. Raises UnstorableError for what JSON does not have."""
    try:
        return _ENCODER.encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise UnstorableError(
            f"A value cannot be written as JSON: {error}.", "Nothing was stored."
        ) from error


def digest_of(lines: Iterable[str], at_once: int = 20_000) -> str:
    """Return the SHA-256, in hexadecimal digits, of canonical texts: sorted, each with a line feed behind it.

    The order in which they come does not count; how often each comes does.
    """
    found = hashlib.sha256()
    # Piece by piece: at once nobody else could compute meanwhile, and all of it is there twice.
    given = iter(lines)
    in_order = merge(*iter(lambda: sorted(islice(given, at_once)), []))
    while piece := "".join(f"{line}\n" for line in islice(in_order, at_once)):
        found.update(piece.encode("ascii"))
    return found.hexdigest()


def _plain(value: object) -> dict[str, Any]:
    """Return what the encoder does not know by itself: read-only mappings."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_plain)
