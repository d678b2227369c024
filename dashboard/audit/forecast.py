"""What configurations run on that has ended by some day: engines, Pythons, systems, accelerators. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.audit.end_of_life import End, EndOfLife
from dashboard.parsing import ProductLine, image_hints, parse_engine_version, parse_image_reference


@dataclass(frozen=True)
class LineInUse:
    """A product line that configurations run on, how many, and when it ends; None: nobody has said."""

    line: ProductLine
    configurations: int
    end: End | None


@dataclass(frozen=True)
class Forecast:
    """The lines in use, those that end first in front, and how many run on one that has ended by a day.

    `by_image` are those of them that only their image's name tells of.
    """

    lines: tuple[LineInUse, ...]
    ended: int
    by_image: int
    configurations: int


def forecast(frame: pd.DataFrame, rows: npt.NDArray[np.bool_], ends: EndOfLife, day: date) -> Forecast:
    """Return what the chosen rows of an inventory's frame run on, and how many of that has ended by a day."""
    chosen = frame.loc[rows, ["version", "image"]].astype(object)
    pairs = Counter(zip(chosen["version"], chosen["image"], strict=True))
    counts: Counter[ProductLine] = Counter()
    ended = by_image = 0
    for pair, count in pairs.items():
        version, image = (text if isinstance(text, str) else "" for text in pair)
        lines = _lines(version, image)
        counts.update(dict.fromkeys(lines, count))
        if ends.over(lines, day):
            ended += count
            by_image += 0 if ends.over(_lines(version, ""), day) else count
    used = [LineInUse(line, count, ends.of(line)) for line, count in counts.items()]
    used.sort(key=lambda one: (one.end.ended if one.end else date.max, str(one.line)))
    return Forecast(tuple(used), ended, by_image, len(chosen))


@lru_cache(maxsize=8192)
def _lines(version: str, image: str) -> frozenset[ProductLine]:
    """Return the lines that an engine's version and an image's name say."""
    engine = parse_engine_version(version) if version else None
    reference = parse_image_reference(image) if image else None
    hints = image_hints(reference) if reference else ()
    said = {hint.line for hint in hints if hint.line is not None}
    return frozenset({*(engine.product_lines if engine else ()), *said})
