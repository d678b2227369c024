"""The frame of rows: its columns, their dtypes, and how each is made. rows.py has masked what comes.

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

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from dashboard.data.courtesy import in_turns
from dashboard.data.record import NO_ENGINE, ONLY_IMAGE
from dashboard.parsing import EngineVersion, ImageReference, parse_engine_version, parse_image_reference
from modelarts_api import Configuration

T = TypeVar("T")
STAND_INS = (ONLY_IMAGE, NO_ENGINE)
"""What stands for an engine and is none: not among the engines in use."""

ROWS_A_PIECE: Final = 25_000
"""So many rows of a column are made at once."""
MISSING: Final = np.iinfo("int64").min
"""The number that is no time (NaT)."""
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


def configurations_frame(configurations: Sequence[Configuration]) -> pd.DataFrame:
    """Return one row a configuration, in the order given; columns and dtypes as in the module's text."""
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
