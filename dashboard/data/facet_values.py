"""The values of facets that a frame has, which of them are offered, and how many rows carry each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
import pandas as pd

from dashboard.data.columns import Part, columns_of
from dashboard.data.parameters import Choices, Members

MAX_OFFERED: Final = 200
"""So many values of a facet are offered at once; the others are found by typing."""

NO_MEMBERS: Final[Mapping[int, Collection[str]]] = MappingProxyType({})


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
        """Return whether there are too many values to offer all of them without a text."""
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
    columns = columns_of(frame)
    if isinstance(facet, Members):
        words = facet.allowed or dict.fromkeys(name[facet.place] for name in columns.members)
        return list(words) if columns.members else []
    return list(columns.categories.get(facet.column, ()))


def counts(part: Part, facet: Choices, members: Mapping[int, Collection[str]] = NO_MEMBERS) -> dict[str, int]:
    """Return how many rows carry each value of a facet: most first, then by name.

    Values that have an order of their own keep it. `members` is what is chosen of them: see Facets.members.
    """
    columns, name = part.columns, facet.column
    if isinstance(facet, Members):
        found = {
            value: int(np.count_nonzero(columns.with_member({**members, facet.place: [value]}) & part.mask))
            for value in dict.fromkeys(words[facet.place] for words in columns.members)
        }
    elif name in columns.categories:
        found = dict(zip(columns.categories[name], part.counts(name).tolist(), strict=True))
    else:
        return {}
    pairs = [(value, count) for value, count in found.items() if count]
    return dict(pairs if name in columns.ordered else sorted(pairs, key=lambda pair: (-pair[1], pair[0])))
