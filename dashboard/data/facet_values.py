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
        found = {one: int(frame[facet.column + one].to_numpy()[mask].sum()) for one in offered(frame, facet)}
        pairs = [(one, count) for one, count in found.items() if count]
    elif facet.column not in frame:
        return {}
    else:
        codes = frame[facet.column].cat.codes.to_numpy()[mask]
        names = frame[facet.column].cat.categories
        numbers = np.bincount(codes[codes >= 0], minlength=len(names))
        pairs = [(str(name), int(count)) for name, count in zip(names, numbers, strict=True) if count]
        if frame[facet.column].cat.ordered:
            return dict(pairs)
    return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))
