"""THE door from the wire to the screen: whatever may reach a viewer goes through here.

First rows, table, drawer, raw JSON, search in loaded text, exports: all take their values from these
functions, and there is no second way round. Secrets are masked here, so that nothing beyond sees one; in
errors that quote the service, failures.py does it.
Every column and its dtype is stated here.

| column | dtype | what |
|---|---|---|
| name | str | the configuration's name; missing where the service gave none |
| description | str | missing where there is none, or only blanks |
| created | datetime64[ms, UTC] | NaT where the service gave none, or none that can be true |
| engine | category | the engine's name, or one of the two stand-ins below |
| version | category | the engine's version; missing where there is none |
| framework | category | the framework's line, "TensorFlow 1.x"; missing where the version does not tell |
| python | category | Python's line, "2.7"; missing where the version does not tell |
| image | str | address of the custom image; missing where there is none |
| image_kind | category | "custom" where there is an image, else "none" |
| image_tag | category | "latest", "none", "digest", "other"; missing without an image that can be read |
| described | category | "yes" where there is a description, else "no" |
| command | str | start command of the custom image; missing where there is none |
| problems | str | what could not be read of this row, "; " between; missing where all is well |

The index is the row's position in the inventory, which is in the service's own order of names, descending.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from dashboard.data.courtesy import in_turns
from dashboard.data.masking import RecordDict, mask_record, mask_records
from dashboard.data.record import NAME, NO_ENGINE, ONLY_IMAGE
from dashboard.parsing import EngineVersion, ImageReference, parse_engine_version, parse_image_reference
from dashboard.parsing.secrets import SecretFound
from modelarts_api import Configuration, ConfigurationDetail, ResultPage
from modelarts_api.models import read_configurations
from modelarts_api.reading import wire_of

T = TypeVar("T")
STAND_INS = (ONLY_IMAGE, NO_ENGINE)
"""What stands for an engine and is none: not among the engines in use."""

ROWS_A_PIECE: Final = 25_000
"""So many rows of a column are made at once."""
MISSING: Final = np.iinfo("int64").min
"""The number that is no time (NaT)."""
_SHARED: Final = frozenset({str, int, bool, type(None)})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
TEXT = "str"
COLUMNS: Mapping[str, str] = {
    "name": TEXT,
    "description": TEXT,
    "created": "datetime64[ms, UTC]",
    "engine": "category",
    "version": "category",
    "framework": "category",
    "python": "category",
    "image": TEXT,
    "image_kind": "category",
    "image_tag": "category",
    "described": "category",
    "command": TEXT,
    "problems": TEXT,
}


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows as they may be shown.

    Their frame (see above), the service's own records, and by position what was masked in them; `hidden` are
    the names by which the service knows rows whose names had to be masked, `seals` tell whether what was
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


def configurations_frame(configurations: Sequence[Configuration]) -> pd.DataFrame:
    """Return one row a configuration, in the order given; columns and dtypes as in the module's text.

    Masks nothing: `arrived` does that before.
    """
    engines = _each({c.engine_version for c in configurations}, parse_engine_version)
    lines = {version: (_line(engine), _python(engine)) for version, engine in engines.items()}
    images = _each({c.image_url for c in configurations}, parse_image_reference)
    tags = {url: _tag_kind(image) for url, image in images.items()}
    return pd.DataFrame(
        {
            "name": _text(c.name for c in configurations),
            "description": _text(c.description for c in configurations),
            "created": _moments(c.created_at for c in configurations),
            "engine": _categories([_engine(c) for c in configurations]),
            "version": _categories([_given(c.engine_version) for c in configurations]),
            "framework": _categories([lines[c.engine_version][0] for c in configurations]),
            "python": _categories([lines[c.engine_version][1] for c in configurations]),
            "image": _text(c.image_url for c in configurations),
            "image_kind": _categories(["custom" if _given(c.image_url) else "none" for c in configurations]),
            "image_tag": _categories([tags[c.image_url] for c in configurations]),
            "described": _categories(["yes" if _given(c.description) else "no" for c in configurations]),
            "command": _text(c.command for c in configurations),
            "problems": _text("; ".join(c.problems) for c in configurations),
        },
        columns=list(COLUMNS),
    )


def _engine(configuration: Configuration) -> str:
    name = _given(configuration.engine_name)
    if name is not None:
        return name
    return ONLY_IMAGE if _given(configuration.image_url) else NO_ENGINE


def _given(text: str | None) -> str | None:
    return text if text and not text.isspace() else None


def _text(values: Iterable[str | None]) -> pd.Series:
    """Return a column of texts, made of pieces: pandas lets nobody else compute while it makes one.

    They are put together: of a column in pieces, Arrow takes ten times as long to read a page of rows.
    """
    given = [_given(value) for value in values]
    pieces = [
        pa.array(pd.Series(given[piece], dtype=TEXT).array) for piece in in_turns(len(given), ROWS_A_PIECE)
    ]
    if not pieces:
        return pd.Series([], dtype=TEXT)
    array: Any = pd.arrays.ArrowStringArray  # the stubs do not know its dtype
    return pd.Series(array(pa.concat_arrays(pieces), dtype=pd.StringDtype(na_value=np.nan)))


def _moments(values: Iterable[datetime | None]) -> pd.Series:
    milliseconds = [MISSING if value is None else (value - _EPOCH) // _MILLISECOND for value in values]
    column = np.array(milliseconds, dtype="int64").view("datetime64[ms]")
    return pd.Series(pd.DatetimeIndex(column).tz_localize("UTC"))


def _categories(values: list[str | None]) -> pd.Series:
    categories = sorted({value for value in values if value is not None})
    codes: dict[str | None, int] = {None: -1, **{category: code for code, category in enumerate(categories)}}
    dtype = pd.CategoricalDtype(pd.Index(categories, dtype=TEXT))
    found = np.empty(len(values), dtype="int32")
    for piece in in_turns(len(values), ROWS_A_PIECE):
        found[piece] = [codes[value] for value in values[piece]]
    return pd.Series(pd.Categorical.from_codes(found, dtype=dtype))


def _each(texts: Iterable[str | None], parse: Callable[[str], T | None]) -> dict[str | None, T | None]:
    """Read every different text once."""
    return {text: parse(text) if text else None for text in texts}


def _line(engine: EngineVersion | None) -> str | None:
    return engine.framework_line if engine else None


def _python(engine: EngineVersion | None) -> str | None:
    line = engine.python_line if engine else None
    return line.removeprefix("Python ") if line else None


def _tag_kind(image: ImageReference | None) -> str | None:
    return image.tag_kind if image else None
