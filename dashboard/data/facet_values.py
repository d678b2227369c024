"""The values of facets that a frame has, and how many rows carry each."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.data.parameters import Choices, Members


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
