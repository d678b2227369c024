"""Records as they are kept: the list's row with what is known of its details."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dashboard.data.record import Record, name_of, root_of
from dashboard.history.fields import DETAIL_SECRETS, KEPT_LIST_FIELDS, SECRETS, has_details
from dashboard.history.values import alike
from dashboard.parsing.secrets import SecretFound


def row_of(record: Record, secrets: Sequence[SecretFound] = ()) -> Record:
    """Return a row of the list with the fingerprints of what was masked: a changed secret is a change."""
    return {**record, SECRETS: _fingerprints(secrets)} if secrets else record


def detail_of(record: Record, secrets: Sequence[SecretFound] = ()) -> Record:
    """Return details with the fingerprints of what was masked in them, but for what the list has, too."""
    own = [one for one in secrets if root_of(one.field) not in KEPT_LIST_FIELDS]
    return {**record, DETAIL_SECRETS: _fingerprints(own)} if own else record


def with_details(row: Record, detail: Record | None) -> Record:
    """Return a row with its details; without them where there are none, or where they are older than the row.

    They are older if they say something else of a field that the list has, too.
    """
    if detail is None or not all(alike(row[key], value) for key, value in detail.items() if key in row):
        return row
    return {**detail, **row}


def kept_details(rows: Iterable[Record], before: Iterable[Record]) -> Iterator[Record]:
    """Yield rows, those without details with the ones they had before, if the list says the same as then.

    A restart forgets what was loaded; a configuration does not change by that. Names that several share are
    left out of it, since nobody can say whose details they are.
    """
    known = {name: record for name, record in by_single_name(before).items() if has_details(record)}
    rows = list(rows)
    single = by_single_name(rows)
    for row in rows:
        name = name_of(row)
        if has_details(row) or name not in known or name not in single:
            yield row
        else:
            yield known[name] if _says_same(row, known[name]) else row


def by_single_name(records: Iterable[Record]) -> dict[str, Record]:
    """Return records by name, without those that have none or share it."""
    found: dict[str, Record] = {}
    several = {""}
    for record in records:
        name = name_of(record)
        if name in found:
            several.add(name)
        found[name] = record
    return {name: record for name, record in found.items() if name not in several}


def _fingerprints(secrets: Sequence[SecretFound]) -> dict[str, str]:
    """Return the fingerprints in each field, in the order in which they stand there."""
    found: dict[str, list[str]] = {}
    for one in sorted(secrets, key=lambda one: (one.field, one.start)):
        found.setdefault(one.field, []).append(one.fingerprint)
    return {field: ", ".join(fingerprints) for field, fingerprints in found.items()}


def detailed(rows: Iterable[Record], details: Mapping[str, Record]) -> Iterator[Record]:
    """Yield rows with their details, by name."""
    for row in rows:
        yield with_details(row, details.get(name_of(row))) if details else row


def _says_same(row: Record, before: Record) -> bool:
    """Return whether a row without details is the list's part of an earlier record."""
    gone = KEPT_LIST_FIELDS & (before.keys() - row.keys())
    return not gone and all(key in before and alike(value, before[key]) for key, value in row.items())
