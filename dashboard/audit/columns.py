"""The fields of all records as columns, so that those with the same content are found together."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.data.courtesy import politely

_PLAIN: Final = frozenset({str, int, type(None)})


class FieldColumns:
    """The columns of an inventory, each made when it is first asked for."""

    def __init__(self, records: Sequence[Mapping[str, object]]) -> None:
        self._records = records
        self._columns: dict[str, list[Hashable]] = {}

    def places(self, fields: Sequence[str]) -> Mapping[Hashable, list[int]]:
        """Return the numbers of the records by what these fields hold."""
        columns = [self._column(name) for name in fields]
        keys: Iterable[Hashable] = columns[0] if len(columns) == 1 else zip(*columns, strict=True)
        places: dict[Hashable, list[int]] = {}
        for number, key in enumerate(politely(keys)):
            if key in places:
                places[key].append(number)
            else:
                places[key] = [number]
        return places

    def _column(self, name: str) -> list[Hashable]:
        if name not in self._columns:
            values: list[Hashable] = [record.get(name) for record in self._records]
            if not set(map(type, values)) <= _PLAIN:
                values = [one if type(one) in _PLAIN else _Other(_text(one)) for one in values]
            self._columns[name] = values
        return self._columns[name]


@dataclass(frozen=True, slots=True)
class _Other:
    """A value that is no text and no whole number, as it is compared: 1, 1.0 and true are three."""

    text: str


def _text(value: object) -> str:
    return f"{type(value).__name__} {json.dumps(value, sort_keys=True, default=str)}"
