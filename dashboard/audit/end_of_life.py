"""When product lines have ended or will, as published, and on what basis: official, policy or derived."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final, Literal

from dashboard.parsing import ProductLine

Basis = Literal["official", "policy", "derived"]
FILE: Final = "end_of_life.json"
BASES: Final[Mapping[Basis, str]] = {
    "official": "its makers have announced the date",
    "policy": "the date follows from a published support rule",
    "derived": "the date is our inference, no end was announced",
}
MODELARTS: Final = "ModelArts"
OLD_TRAINING: Final = ProductLine(MODELARTS, "training management, old version")


@dataclass(frozen=True, slots=True)
class End:
    """The end of a product line: the day it ended, on what basis, a note on the date, and where it stands."""

    line: ProductLine
    ended: date
    basis: Basis
    note: str
    source: str

    @property
    def words(self) -> str:
        """Return the end in words: "TensorFlow 1.x ended on 2021-01-06 (official: …)"."""
        note = f"; {self.note}" if self.note else ""
        return f"{self.line} ended on {self.ended.isoformat()} ({self.basis}: {BASES[self.basis]}{note})"


@dataclass(frozen=True, slots=True)
class EndOfLife:
    """The ends of all lines that are known."""

    ends: Mapping[ProductLine, End]

    def of(self, line: ProductLine) -> End | None:
        """Return a line's end; None where none is known."""
        return self.ends.get(line)

    def over(self, lines: Iterable[ProductLine], day: date) -> tuple[End, ...]:
        """Return the ends, up to a day, of those lines that are known."""
        ends = (self.ends.get(line) for line in lines)
        return tuple(end for end in ends if end is not None and end.ended <= day)


@cache
def published_ends() -> EndOfLife:
    """Return the ends that come with the package (`end_of_life.json`)."""
    rows = json.loads(files(__package__).joinpath(FILE).read_text(encoding="utf-8"))
    ends = (
        End(
            ProductLine(row["product"], row["line"]),
            date.fromisoformat(row["ended"]),
            row["basis"],
            row["note"],
            row["source"],
        )
        for row in rows
    )
    return EndOfLife({end.line: end for end in ends})
