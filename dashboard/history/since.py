"""Which configurations are new, or say something else, since an earlier time. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from dashboard.data.record import Record, name_of


def new_or_changed(now: Sequence[Record], then: Iterable[Record]) -> list[bool]:
    """Return for each listed record of now whether there was none that said the same.

    What only records of then hold does not count: they may hold details, too.
    """
    before: dict[object, list[Record]] = defaultdict(list)
    for record in then:
        before[name_of(record)].append(record)
    return [not any(_says(old, record) for old in before.get(name_of(record), ())) for record in now]


def _says(old: Record, record: Record) -> bool:
    return all(name in old and old[name] == value for name, value in record.items())
