"""Configurations as they are served: each row is JSON already, each order a list of positions.

Answering with 1,000 rows of 100,000 is then a slice and a join. A catalogue never changes; a change makes a
new one, so that a request sees one state from beginning to end.
"""

import json
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

SORT_FIELDS = {"config_name": "name", "config_desc": "description", "create_time": "created"}
SEARCHES_KEPT = 32

# What only the detail call answers with. Every other key of a row is in the list, unknown keys included.
DETAIL_FIELDS = frozenset(
    (
        *("worker_server_num", "app_url", "boot_file_url", "model_id", "parameter"),
        *("spec_id", "spec_code", "cpu", "core", "gpu_num", "gpu_type"),
        *(
            "data_url",
            "dataset_id",
            "dataset_version_id",
            "dataset_name",
            "dataset_version_name",
            "data_source",
        ),
        *("train_url", "log_url", "pool_id", "pool_name"),
        *("volumes", "nas_mount_path", "nas_share_addr", "nas_type"),
    )
)

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def encode_json(value: Any) -> bytes:
    """Return compact UTF-8 JSON; escaped where UTF-8 cannot say it (a lone surrogate).

    Raises ValueError for NaN and infinities, TypeError for what is not JSON.
    """
    try:
        return _encode(value).encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


class StoredRow(NamedTuple):
    """A row: the values to sort and search by, and its JSON. `detailed` only if the row came with details."""

    name: Any
    description: Any
    created: Any
    listed: bytes
    detailed: bytes | None

    @classmethod
    def of(cls, wire: Mapping[str, Any]) -> "StoredRow":
        """Return the row of a configuration as it came, under the wire's names."""
        row = dict(wire)
        listed, detailed = row, None
        if not DETAIL_FIELDS.isdisjoint(row):
            listed = {key: value for key, value in row.items() if key not in DETAIL_FIELDS}
            detailed = encode_json(row)
        return cls(
            row.get("config_name"),
            row.get("config_desc"),
            row.get("create_time"),
            encode_json(listed),
            detailed,
        )


class Catalogue:
    """Configurations that can be listed in any documented order, searched, and found by name."""

    def __init__(self, rows: Iterable[StoredRow] = ()) -> None:
        self._rows = list(rows)
        self._orders: dict[tuple[str, str], list[int]] = {}
        self._searches: OrderedDict[tuple[str, str, str], list[int]] = OrderedDict()

    @classmethod
    def of(cls, configurations: Iterable[Mapping[str, Any]]) -> "Catalogue":
        """Return a catalogue of configurations in the order given."""
        return cls(map(StoredRow.of, configurations))

    def __len__(self) -> int:
        return len(self._rows)

    def with_row(self, wire: Mapping[str, Any]) -> "Catalogue":
        """Return this catalogue and one row more, at the end."""
        return Catalogue([*self._rows, StoredRow.of(wire)])

    def without(self, name: str) -> "Catalogue":
        """Return this catalogue without the rows of that name. Raises KeyError if there are none."""
        kept = [row for row in self._rows if row.name != name]
        if len(kept) == len(self._rows):
            raise KeyError(name)
        return Catalogue(kept)

    def replacing(self, name: str, wire: Mapping[str, Any]) -> "Catalogue":
        """Return this catalogue with another row in place of the first of that name, or raise KeyError."""
        if name not in self._positions:
            raise KeyError(name)
        rows = list(self._rows)
        rows[self._positions[name]] = StoredRow.of(wire)
        return Catalogue(rows)

    def names(self) -> list[str]:
        """Return the names that are texts, in the order of the rows, each once."""
        return sorted(self._positions, key=self._positions.__getitem__)

    def page(self, search: str, sort_by: str, order: str, page: int, per_page: int) -> bytes:
        """Return the list call's answer."""
        found = self._search(search, sort_by, order) if search.strip() else self._order(sort_by, order)
        rows = self._rows
        shown = b",".join([rows[i].listed for i in found[(page - 1) * per_page : page * per_page]])
        return b'{"is_success":true,"config_total_count":%d,"configs":[%b]}' % (len(found), shown)

    def find(self, name: str) -> StoredRow | None:
        """Return the first row of that name."""
        position = self._positions.get(name)
        return None if position is None else self._rows[position]

    @cached_property
    def _positions(self) -> dict[str, int]:
        numbered = list(enumerate(self._rows))
        return {row.name: position for position, row in reversed(numbered) if isinstance(row.name, str)}

    @cached_property
    def _searchable(self) -> list[tuple[str, str]]:
        return [(_folded(row.name), _folded(row.description)) for row in self._rows]

    def _order(self, sort_by: str, order: str) -> list[int]:
        """Return positions in an order: ties by name in the same direction, then by position (ascending)."""
        if (sort_by, order) not in self._orders:
            reverse = order == "desc"
            positions = sorted(range(len(self._rows)), key=self._keys("name").__getitem__, reverse=reverse)
            if sort_by != "config_name":
                positions.sort(key=self._keys(SORT_FIELDS[sort_by]).__getitem__, reverse=reverse)
            self._orders[sort_by, order] = positions
        return self._orders[sort_by, order]

    def _keys(self, field: str) -> Sequence[Any]:
        column = [getattr(row, field) for row in self._rows]
        # The common case, a column of one type, sorts several times faster without the tuples.
        if {type(value) for value in column} in ({str}, {int}):
            return column
        return [_sort_key(value) for value in column]

    def _search(self, search: str, sort_by: str, order: str) -> list[int]:
        key = (search, sort_by, order)
        if key not in self._searches:
            needle, texts = search.casefold(), self._searchable
            matches = [needle in name or needle in description for name, description in texts]
            self._searches[key] = [i for i in self._order(sort_by, order) if matches[i]]
            if len(self._searches) > SEARCHES_KEPT:
                self._searches.popitem(last=False)
        self._searches.move_to_end(key)
        return self._searches[key]


def _folded(value: Any) -> str:
    return value.casefold() if isinstance(value, str) else ""


def _sort_key(value: Any) -> tuple[int, Any]:
    """Return any JSON value's place: nothing first, then numbers, then text by code point, then the rest."""
    if value is None:
        return (0, 0)
    if isinstance(value, int | float):
        return (1, value)
    if isinstance(value, str):
        return (2, value)
    return (3, json.dumps(value, sort_keys=True))
