"""The service's records without their secrets, column by column where there are many. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

from dashboard.data.courtesy import in_turns
from dashboard.parsing.secrets import Mask, SecretFound, mask, mask_all, mask_value, mask_with_places
from dashboard.parsing.secrets.masking import LABELLED
from dashboard.parsing.secrets.names import meaning_of

RecordDict = dict[str, Any]
Hit = tuple[str, tuple[Mask, ...]]
ROWS_AT_ONCE: Final = 5_000
_PLAIN: Final = frozenset({str, int, float, bool, type(None)})


@dataclass(frozen=True, eq=False)
class Masked:
    """Records without secrets, in their order.

    `secrets` has, by position, what was masked in a record; those without are not in it. `changed` are the
    positions of all records that are not as they came.
    """

    records: Sequence[RecordDict]
    secrets: Mapping[int, tuple[SecretFound, ...]]
    changed: Sequence[int]


def mask_record(record: Mapping[str, Any], key: bytes) -> tuple[RecordDict, tuple[SecretFound, ...]]:
    """Return a record without its secrets, and what was masked. `key` is that of the fingerprints.

    A dictionary without secrets is returned itself.
    """
    masks: list[tuple[str, Mask]] = []

    def note(path: str, one: Mask) -> None:
        masks.append((path, one))

    plain = record if isinstance(record, dict) else dict(record)
    masked = mask_value(plain, note=note)
    if known := {one.value: one.kind for _, one in masks}:
        # The same value may stand where nothing announces it.
        masks.clear()
        masked = mask_value(plain, note=note, known=known)
    assert isinstance(masked, dict)
    return masked, tuple(one.found(path, key) for path, one in masks)


def mask_records(records: Sequence[RecordDict], key: bytes) -> Masked:
    """Return records without their secrets, as `mask_record` does it one by one; those without are the same.

    Plain texts, most of which have none, are looked at together; records with anything else one by one.
    """
    copies, secrets, changed = list[RecordDict](), dict[int, tuple[SecretFound, ...]](), list[int]()
    for piece in in_turns(len(records), ROWS_AT_ONCE):
        masked = _mask_together(records[piece], key)
        copies += masked.records
        secrets |= {piece.start + position: found for position, found in masked.secrets.items()}
        changed += [piece.start + position for position in masked.changed]
    return Masked(copies, secrets, changed)


def _mask_together(records: Sequence[RecordDict], key: bytes) -> Masked:
    copies = list(records)
    odd, hits = set[int](), dict[int, dict[str, Hit]]()
    for name in sorted(set[str]().union(*copies)):
        values = _values(copies, name)
        kinds = set(map(type, values))
        odd.update(_odd(copies, name, values, kinds))
        for position, hit in _masked_texts(values, kinds):
            hits.setdefault(position, {})[name] = hit
    secrets, changed = dict[int, tuple[SecretFound, ...]](), set[int]()
    for position in sorted(odd.union(hits)):
        found, record = hits.get(position, {}), copies[position]
        if position in odd or _echoes(record, found):
            copies[position], told = mask_record(record, key)
        else:
            copies[position] = record | {name: text for name, (text, _) in found.items()}
            told = tuple(one.found(name, key) for name, (_, masks) in found.items() for one in masks)
        if copies[position] is not record:
            changed.add(position)
        if told:
            secrets[position] = told
    return Masked(copies, secrets, sorted(changed))


def _echoes(record: RecordDict, found: Mapping[str, Hit]) -> bool:
    """Return whether a value that was found in some fields stands in another one, too."""
    values = {one.value for _, masks in found.values() for one in masks}
    texts = [found[name][0] if name in found else text for name, text in record.items()]
    return any(value in text for text in texts if isinstance(text, str) for value in values)


def _values(records: Sequence[RecordDict], name: str) -> list[object]:
    try:
        return list(map(itemgetter(name), records))  # faster, where all records have the field
    except KeyError:
        return [record.get(name) for record in records]


def _odd(
    records: Sequence[RecordDict], name: str, values: Sequence[object], kinds: set[type]
) -> Iterable[int]:
    """Return the positions of the records that have to be looked at on their own because of one field."""
    if name in LABELLED or meaning_of(name) is not None or mask(name) is not name:
        return [position for position, record in enumerate(records) if name in record]
    if kinds <= _PLAIN:
        return ()
    return [position for position, value in enumerate(values) if type(value) not in _PLAIN]


def _masked_texts(values: Sequence[object], kinds: set[type]) -> Iterable[tuple[int, Hit]]:
    """Yield the position of each text that has secrets, and with it the text without them and its masks."""
    if str not in kinds:
        return
    texts = values if kinds == {str} else (value for value in values if type(value) is str)
    different: list[Any] = list(dict.fromkeys(texts))
    masked = mask_all(different)
    hits: dict[object, Hit] = {
        old: mask_with_places(old) for old, new in zip(different, masked, strict=True) if new is not old
    }
    if hits:
        for position, value in enumerate(values):
            if type(value) is str and value in hits:
                yield position, hits[value]
