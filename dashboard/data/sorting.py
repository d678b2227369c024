"""In which order rows stand, and which of its name each one is.

`frame` is always the one of frame.configurations_frame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.data.columns import Mask
from dashboard.data.facet_values import is_audited
from dashboard.data.frame import ROWS_A_PIECE, TEXT
from dashboard.data.parameters import SORTS

Positions = npt.NDArray[np.intp]
"""Of rows in the frame, from 0."""


@dataclass(frozen=True)
class Orders:
    """What is worked out of rows alone, each once: it outlasts a load that has brought the same rows.

    Of the frame and not of the inventory: what refers to itself stays in memory until it is searched for.
    """

    numbers: Callable[[], Positions]
    ordering: Callable[[str], Positions]

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Orders:
        """Return the orders of a frame, none of them worked out yet."""
        return cls(
            lru_cache(1)(partial(numbers_of_names, frame)), lru_cache(len(SORTS))(partial(ordering, frame))
        )


def ordering(frame: pd.DataFrame, word: str) -> Positions:
    """Return row positions in ascending order by a sorting word; the reverse is descending, ties included.

    By name the order is the service's own, as it was loaded. Which collation it uses is not documented, so
    texts are compared as the names turn out to be: by code point, or without regard to case.
    """
    by_name = np.arange(len(frame), dtype=np.intp)[::-1]
    if word == "name":
        return by_name
    if word == "created":
        created = (
            frame["created"].to_numpy(dtype="datetime64[ms]").astype("int64")
        )  # NaT is the smallest: first
        return by_name[np.argsort(created[by_name], kind="stable")]
    if word == "severity":
        if not is_audited(frame):
            return by_name
        # The worst is the first category, and so comes last.
        return by_name[np.argsort(-frame[word].cat.codes.to_numpy()[by_name].astype(int), kind="stable")]
    fold = str.casefold if _ignores_case(_listed(frame["name"])) else str
    return by_name[_in_order_of_texts(frame[word][::-1], fold)]


def _in_order_of_texts(column: pd.Series, fold: Callable[[str], str]) -> Positions:
    """Return the places of a column's texts in their order, as `fold` makes them; none is the least.

    Of a million texts Python's own sorting would hold up everybody for a second.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        texts = ["", *map(fold, column.cat.categories)]
        ranks = {text: rank for rank, text in enumerate(sorted(set(texts)))}
        rank_of = np.array([ranks[text] for text in texts])
        return np.argsort(rank_of[column.cat.codes.to_numpy() + 1], kind="stable")
    if fold is not str:
        column = pd.concat([pd.Series(map(fold, piece), dtype=TEXT) for piece in _pieces(column)])
    return np.asarray(column.fillna("").array.argsort(kind="stable"), dtype=np.intp)


def _pieces(column: pd.Series) -> Iterator[list[str]]:
    for first in range(0, len(column), ROWS_A_PIECE):
        yield column.iloc[first : first + ROWS_A_PIECE].fillna("").tolist()


def _listed(column: pd.Series) -> list[str]:
    return list(chain.from_iterable(_pieces(column)))


def numbers_of_names(frame: pd.DataFrame) -> Positions:
    """Return which of the rows of its name each row is, from 1; rows without a name are of one."""
    numbers, seen = np.ones(len(frame), dtype=np.intp), dict[str, int]()
    for position, name in enumerate(_listed(frame["name"])):
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            numbers[position] = seen[name]
    return numbers


def in_order(mask: Mask, ascending: Positions, order: str) -> Positions:
    """Return the positions of rows in the mask, "asc" or "desc"; `ascending` is what `ordering` returns."""
    positions = ascending if order == "asc" else ascending[::-1]
    return positions[mask[positions]]


def _ignores_case(descending: list[str]) -> bool:
    """Return whether names in this order are sorted without regard to case, and not by code point."""
    if all(a >= b for a, b in pairwise(descending)):
        return False
    folded = [name.casefold() for name in descending]
    return all(a >= b for a, b in pairwise(folded))
