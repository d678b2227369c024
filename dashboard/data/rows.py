"""THE door from the wire to the screen: whatever may reach a viewer goes through here.

First rows, table, drawer, raw JSON, search in loaded text, exports: all take their values from these
functions, and there is no second way round. Secrets are masked here, so that nothing beyond sees one; in
errors that quote the service, failures.py does it. What the columns of the rows are stands in frame.py.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.data.frame import configurations_frame
from dashboard.data.masking import RecordDict, mask_record, mask_records
from dashboard.data.record import NAME
from dashboard.parsing.secrets import SecretFound
from modelarts_api import Configuration, ConfigurationDetail, ResultPage
from modelarts_api.models import read_configurations
from modelarts_api.reading import wire_of

_SHARED: Final = frozenset({str, int, bool, type(None)})


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows as they may be shown.

    Their frame (see frame.py), the service's own records, and by position what was masked in them; `hidden`
    are the names by which the service knows rows whose names had to be masked, `seals` tell whether what was
    masked is still the same.
    """

    frame: pd.DataFrame
    records: tuple[RecordDict, ...]
    secrets: Mapping[int, tuple[SecretFound, ...]]
    hidden: Mapping[int, str] = field(default_factory=dict, repr=False)
    seals: Mapping[int, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, eq=False)
class FirstRows:
    """One page of rows before the inventory is there, and how many there are in all."""

    frame: pd.DataFrame
    total: int


@dataclass(frozen=True, eq=False)
class Detail:
    """The details of one configuration as they may be shown, and what was masked in them."""

    configuration: ConfigurationDetail
    secrets: tuple[SecretFound, ...] = ()

    @property
    def record(self) -> Mapping[str, object]:
        """Return the service's own record without its secrets."""
        return self.configuration.raw


def arrived(configurations: Sequence[Configuration], key: bytes) -> Rows:
    """Return the service's rows as they may be shown. `key` is that of the fingerprints.

    The records are plain dicts of texts and numbers, which the garbage collector does not walk.
    """
    came = [wire_of(configuration) for configuration in configurations]
    masked = mask_records(came, key)
    shown, hidden = list(configurations), {}
    read = read_configurations([masked.records[position] for position in masked.changed])
    for position, configuration in zip(masked.changed, read, strict=True):
        shown[position] = configuration
        name = configurations[position].name
        if name is not None and name != configuration.name:
            hidden[position] = name
    seals = {position: seal(came[position], key) for position in masked.changed}
    return Rows(configurations_frame(shown), tuple(masked.records), masked.secrets, hidden, seals)


def part(rows: Rows, positions: npt.NDArray[np.intp]) -> Rows:
    """Return some of the rows, in their order, as rows of their own; not to be compared with what comes.

    What a column can hold is what these rows hold, but for an order of its own.
    """
    frame = rows.frame.iloc[positions].reset_index(drop=True)
    for name in frame.columns:
        column = frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype) and not column.cat.ordered:
            frame[name] = column.cat.remove_unused_categories()
        elif column.dtype == bool and not column.any():
            del frame[name]
    place_of = {int(position): place for place, position in enumerate(positions)}
    return Rows(
        frame,
        tuple(rows.records[position] for position in positions),
        {place_of[old]: found for old, found in rows.secrets.items() if old in place_of},
        {place_of[old]: name for old, name in rows.hidden.items() if old in place_of},
    )


def seal(record: Mapping[str, object], key: bytes) -> bytes:
    """Return what tells a record from another one, without telling what it says."""
    return hashlib.blake2b(json.dumps(record).encode(), key=key[: hashlib.blake2b.MAX_KEY_SIZE]).digest()


def are_same(came: Sequence[Configuration], known: Rows, key: bytes) -> bool:
    """Return whether rows as they came are, one by one, those that are known already.

    Those that are the same are shared with them (see `shared_with`), but for the ones with secrets.
    """
    return len(came) == len(known.records) and all(
        wire is record
        or (
            seal(wire, key) == known.seals[position]
            if position in known.seals
            else _say_the_same(wire, record)
        )
        for position, (wire, record) in enumerate(zip(map(wire_of, came), known.records, strict=True))
    )


def shared_with(known: Rows) -> Callable[[RecordDict], RecordDict]:
    """Return a function that takes a record as it came, and returns the known one that says the same."""
    by_name = {name: record for record in known.records if isinstance(name := record.get(NAME), str)}

    def shared(came: RecordDict) -> RecordDict:
        name = came.get(NAME)
        there = by_name.get(name) if isinstance(name, str) else None
        return there if there is not None and _say_the_same(there, came) else came

    return shared


def _say_the_same(one: RecordDict, other: RecordDict) -> bool:
    """Return whether two flat records are written alike: 1, 1.0 and true are three."""
    kinds = list(map(type, one.values()))
    return (
        one == other
        and list(one) == list(other)
        and kinds == list(map(type, other.values()))
        and (_SHARED.issuperset(kinds))
    )


def first_rows(page: ResultPage, key: bytes) -> FirstRows:
    """Return a page of the service as it may be shown."""
    return FirstRows(arrived(page.configurations, key).frame, page.total)


def detail(found: ConfigurationDetail, key: bytes) -> Detail:
    """Return the details of one configuration as they may be shown."""
    record, secrets = mask_record(found.raw, key)
    return Detail(ConfigurationDetail.from_wire(record), secrets)
