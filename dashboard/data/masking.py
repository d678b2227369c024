"""The service's records without their secrets, column by column where there are many. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

from dashboard.parsing.secrets import Mask, SecretFound, mask, mask_all, mask_value, mask_with_places
from dashboard.parsing.secrets.masking import LABELLED
from dashboard.parsing.secrets.names import meaning_of

Record = dict[str, Any]
_PLAIN: Final = frozenset({str, int, float, bool, type(None)})


@dataclass(frozen=True, eq=False)
class Masked:
    """Records without secrets, in their order.

    `secrets` has, by position, what was masked in a record; those without are not in it. `changed` are the
    positions of all records that are not as they came.
    """

    records: Sequence[Record]
    secrets: Mapping[int, tuple[SecretFound, ...]]
    changed: Sequence[int]


def mask_record(record: Mapping[str, Any], key: bytes) -> tuple[Record, tuple[SecretFound, ...]]:
    """Return a record without its secrets, and what was masked. `key` is that of the fingerprints.

    A dictionary without secrets is returned itself.
    """
    found: list[SecretFound] = []

    def note(path: str, one: Mask) -> None:
        found.append(one.found(path, key))

    masked = mask_value(record if isinstance(record, dict) else dict(record), note=note)
    assert isinstance(masked, dict)
    return masked, tuple(found)


def mask_records(records: Iterable[Mapping[str, Any]], key: bytes) -> Masked:
    """Return copies of records without their secrets, as `mask_record` does it one by one.

    Plain texts, most of which have none, are looked at together; records with anything else one by one.
    """
    copies = [dict(record) for record in records]
    secrets: dict[int, tuple[SecretFound, ...]] = {}
    odd = set[int]()
    for name in sorted(set[str]().union(*copies)):
        values = _values(copies, name)
        kinds = set(map(type, values))
        odd.update(_odd(copies, name, values, kinds))
        for position, text, masks in _masked_texts(values, kinds):
            if position not in odd:
                copies[position][name] = text
                found = tuple(one.found(name, key) for one in masks)
                secrets[position] = (*secrets.get(position, ()), *found)
    changed = set(secrets)
    for position in odd:
        record = copies[position]
        copies[position], more = mask_record(record, key)
        if copies[position] is not record:
            changed.add(position)
        if found := (*secrets.get(position, ()), *more):
            secrets[position] = found
    return Masked(copies, secrets, sorted(changed))


def _values(records: Sequence[Record], name: str) -> list[object]:
    try:
        return list(map(itemgetter(name), records))  # faster, where all records have the field
    except KeyError:
        return [record.get(name) for record in records]


def _odd(records: Sequence[Record], name: str, values: Sequence[object], kinds: set[type]) -> Iterable[int]:
    """Return the positions of the records that have to be looked at on their own because of one field."""
    if name in LABELLED or meaning_of(name) is not None or mask(name) is not name:
        return [position for position, record in enumerate(records) if name in record]
    if kinds <= _PLAIN:
        return ()
    return [position for position, value in enumerate(values) if type(value) not in _PLAIN]


def _masked_texts(values: Sequence[object], kinds: set[type]) -> Iterable[tuple[int, str, tuple[Mask, ...]]]:
    """Yield the position of each text that has secrets, the text without them, and its masks."""
    if str not in kinds:
        return
    texts = values if kinds == {str} else (value for value in values if type(value) is str)
    different: list[Any] = list(dict.fromkeys(texts))
    masked = mask_all(different)
    hits: dict[object, tuple[str, tuple[Mask, ...]]] = {
        old: mask_with_places(old) for old, new in zip(different, masked, strict=True) if new is not old
    }
    if hits:
        for position, value in enumerate(values):
            if type(value) is str and value in hits:
                yield position, *hits[value]
