"""Rows as a JSON array: what the service sent, unchanged."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from dashboard.data.record import Record

_NESTED: Final = frozenset({dict, list, tuple})
_flat: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",\n  ", ": ")).encode


class JsonRows:
    """Writes the text that json.dumps with indent=1 would make of all rows, piece by piece."""

    def head(self) -> str:
        """Return what comes before the first row."""
        return "["

    def rows(self, records: Iterable[Record], before: int) -> Iterator[str]:
        """Write rows of which so many others have come `before`."""
        for number, record in enumerate(records, before):
            yield f"{',' if number else ''}\n {_object(record)}"

    def tail(self, total: int) -> str:
        """Return what comes after the last of so many rows."""
        return "\n]" if total else "]"


def json_text(value: object) -> str:
    """Return a value as JSON in one line; numbers that JSON does not know become their names."""
    return json.dumps(_known(value), ensure_ascii=False)


def _object(record: Record) -> str:
    """Return an indented object. What json does in C does not indent, but does all else of flat objects."""
    if record and not any(type(value) in _NESTED for value in record.values()):
        try:
            return f"{{\n  {_flat(record)[1:-1]}\n }}"
        except ValueError:  # a number that JSON does not know
            pass
    return json.dumps([_known(record)], ensure_ascii=False, indent=1, allow_nan=False)[3:-2]


def _known(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _known(inner) for key, inner in value.items()}
    return [_known(inner) for inner in value] if isinstance(value, list | tuple) else value
