"""The values of facets that a frame has, which of them are offered, and how many rows carry each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.data.parameters import Choices, Members

MAX_OFFERED: Final = 200
"""So many values of a facet are offered at once; the others are found by typing."""


@dataclass(frozen=True)
class Offer:
    """What a facet offers: of `total` values the `found` ones of a text, most rows first, up to a bound.

    `values` also has what is chosen, whether the text finds it or not. `counts` is of all that it finds.
    """

    values: tuple[str, ...]
    counts: Mapping[str, int]
    total: int
    found: int
    unlisted: int

    @property
    def is_narrowed(self) -> bool:
        """Whether there are too many values to offer all of them without a text."""
        return self.total > MAX_OFFERED


def offer(
    frame: pd.DataFrame, facet: Choices, counts: Mapping[str, int], chosen: Iterable[str], text: str = ""
) -> Offer:
    """Return what a facet of a frame offers, and how many values a text finds that are not listed.

    `counts` is of the rows under the other filters, most first: values without any come last. The text is
    looked for without regard to case, and only where not all values are offered.
    """
    every = [*counts, *(value for value in offered(frame, facet) if value not in counts)]
    total = len(every)
    if total > MAX_OFFERED and text:
        every = [value for value in every if text.casefold() in value.casefold()]
        counts = {value: counts[value] for value in every if value in counts}
    values = tuple(dict.fromkeys([*every[:MAX_OFFERED], *chosen]))
    return Offer(values, counts, total, len(every), len(set(every).difference(values)))


def is_audited(frame: pd.DataFrame) -> bool:
    """Return whether a frame has the columns of the audit: see audit.live."""
    return "severity" in frame


def offered(frame: pd.DataFrame, facet: Choices) -> list[str]:
    """Return the values of a facet that a frame has; none before it is audited, where that is needed."""
    if isinstance(facet, Members):
        columns = [name for name in frame.columns if name.startswith(facet.column)]
        return [name.removeprefix(facet.column) for name in columns]
    return frame[facet.column].cat.categories.tolist() if facet.column in frame else []


def counts(frame: pd.DataFrame, mask: npt.NDArray[np.bool_], facet: Choices) -> dict[str, int]:
    """How many rows of the mask carry each value of a facet: most first, then by name.

    Values that have an order of their own keep it.
    """
    if isinstance(facet, Members):
        found = {
            one: int(np.count_nonzero(frame[facet.column + one].to_numpy() & mask))
            for one in offered(frame, facet)
        }
        pairs = [(one, count) for one, count in found.items() if count]
    elif facet.column not in frame:
        return {}
    else:
        column = frame[facet.column].cat
        numbers = numbers_of(frame[facet.column], mask)
        pairs = [
            (str(name), int(count)) for name, count in zip(column.categories, numbers, strict=True) if count
        ]
        if column.ordered:
            return dict(pairs)
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def numbers_of(column: pd.Series, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Return how many rows of the mask have each category of a column."""
    codes = column.cat.codes.to_numpy()[mask] + 1  # the code of a row without one is -1
    return np.bincount(codes, minlength=len(column.cat.categories) + 1)[1:]
