"""A frame's columns as numbers, to count and to filter by: made once a frame, and kept as long as it is.

Rows that say the same in all columns of categories are one group. There are a few hundred of them in a
hundred thousand rows, so what is asked of categories is asked of the groups, and the rows are gone through
once. Texts are looked through once each, however many rows have them.
"""

from __future__ import annotations

import weakref
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.data.parameters import FACETS, Choices, Contains, Members

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
GROUPED: Final = tuple(
    facet.column for facet in FACETS if isinstance(facet, Choices) and not isinstance(facet, Members)
)
SEARCHED: Final = tuple(
    dict.fromkeys(column for facet in FACETS if isinstance(facet, Contains) for column in facet.columns)
)
NO_DAY: Final = np.iinfo(np.int32).min
"""The day of a row without a creation time."""
MAX_GROUP: Final = 2**62
MAX_TEXTS_FOUND: Final = 8
"""Of so many looked-for texts it is kept which rows have them."""


class Columns:
    """The columns of a frame of frame.configurations_frame, with those of the audit where they are there."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.rows = len(frame)
        given = [name for name in GROUPED if name in frame]
        self.categories: dict[str, tuple[str, ...]] = {
            name: tuple(map(str, frame[name].cat.categories.tolist())) for name in given
        }
        self.ordered = {name for name in given if frame[name].cat.ordered}
        self.members: dict[tuple[str, ...], Mask] = {
            tuple(name.split(":")): frame[name].to_numpy() for name in frame.columns if ":" in name
        }
        self.group, self._codes = _grouped({name: frame[name].cat.codes.to_numpy() for name in given})
        self.created: npt.NDArray[np.int64] = frame["created"].to_numpy("datetime64[ms]").astype(np.int64)
        texts = _Texts({name: frame[name] for name in SEARCHED})
        self.with_text = lru_cache(MAX_TEXTS_FOUND)(texts.rows_with)

    @property
    def groups(self) -> int:
        """Return how many groups there are."""
        return len(self._codes[""])

    def codes(self, name: str) -> Numbers:
        """Return each group's category of a column by its number, from 1; 0 where there is none."""
        return self._codes[name]

    def are_one_of(self, name: str, values: Sequence[str]) -> Mask:
        """Return which groups have one of some values of a column."""
        chosen = set(values)
        wanted = [False, *(category in chosen for category in self.categories[name])]
        return np.array(wanted)[self._codes[name]]

    def with_member(self, wanted: Mapping[int, Collection[str]]) -> Mask:
        """Return which rows have a member that is named by one of the words wanted at each place."""
        found = np.zeros(self.rows, dtype=bool)
        for words, rows in self.members.items():
            if all(words[place] in there for place, there in wanted.items()):
                found |= rows
        return found

    @cached_property
    def days(self) -> npt.NDArray[np.int32]:
        """Return the UTC day that each row was created on, from 1970-01-01; NO_DAY where it is not known."""
        moments = self.created.view("datetime64[ms]")
        days = moments.astype("datetime64[D]").astype(np.int64)
        days[np.isnat(moments)] = NO_DAY
        return days.astype(np.int32)


@dataclass(frozen=True, eq=False)
class Part:
    """Some rows of a frame: which ones, and how many of them are in each group."""

    columns: Columns
    mask: Mask

    @classmethod
    def of(cls, frame: pd.DataFrame, mask: Mask) -> Part:
        """Return the rows of a mask."""
        return cls(columns_of(frame), mask)

    @cached_property
    def numbers(self) -> Numbers:
        """Return how many of the rows are in each group."""
        return np.bincount(self.columns.group[self.mask], minlength=self.columns.groups)

    @cached_property
    def rows(self) -> int:
        """Return how many rows there are."""
        return int(self.numbers.sum())

    def counts(self, name: str) -> Numbers:
        """Return how many of the rows have each category of a column."""
        columns = self.columns
        found = np.bincount(columns.codes(name), self.numbers, len(columns.categories[name]) + 1)
        return found[1:].astype(np.int64)


class _Texts:
    """Columns of texts, each different text once."""

    def __init__(self, columns: dict[str, pd.Series]) -> None:
        self._columns = columns
        self._different: dict[str, tuple[pa.Array, npt.NDArray[np.int32]]] = {}

    def rows_with(self, columns: tuple[str, ...], text: str) -> Mask:
        """Return which rows have a text in one of some columns, without regard to case."""
        found = np.zeros(len(self._columns[columns[0]]), dtype=bool)
        for name in columns:
            if name not in self._different:
                self._different[name] = _different(self._columns[name])
            texts, codes = self._different[name]
            has = pc.match_substring(texts, text, ignore_case=True).to_numpy(zero_copy_only=False)
            found |= np.append(has, [False])[codes]
        found.flags.writeable = False  # it is given to all who look for the same
        return found


def _different(column: pd.Series) -> tuple[pa.Array, npt.NDArray[np.int32]]:
    """Return the different texts of a column, and which of them each row has; -1 for none."""
    encoded = pa.array(column).dictionary_encode()
    whole = encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded
    codes = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return whole.dictionary, codes.astype(np.int32)


def _grouped(codes: dict[str, npt.NDArray[Any]]) -> tuple[npt.NDArray[np.int32], dict[str, Numbers]]:
    """Return the group of each row, and each group's code of every column, from 1; "" is for the groups."""
    rows = len(next(iter(codes.values())))
    group, radix = np.zeros(rows, dtype=np.int64), 1
    for column in codes.values():
        width = int(column.max(initial=-1)) + 2
        if radix * width > MAX_GROUP:
            group = pd.factorize(group)[0]
            radix = rows
        group = group * width + column + 1
        radix *= width
    dense, kinds = pd.factorize(group)
    first = np.zeros(len(kinds), dtype=np.intp)
    first[dense[::-1]] = np.arange(rows - 1, -1, -1)
    found = {name: column[first].astype(np.int64) + 1 for name, column in codes.items()}
    return dense.astype(np.int32), {**found, "": np.zeros(len(kinds), dtype=np.int64)}


_KEPT: Final[dict[int, Columns]] = {}


def columns_of(frame: pd.DataFrame) -> Columns:
    """Return the columns of a frame, which nobody changes; they go when it goes."""
    kept = _KEPT.get(id(frame))
    if kept is None:
        kept = _KEPT[id(frame)] = Columns(frame)
        weakref.finalize(frame, _KEPT.pop, id(frame), None).atexit = False
    return kept
