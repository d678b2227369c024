"""How well a finder of secrets does on cases: recall and precision, by case and by span."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tests.dashboard.parsing.secret_cases import Case

Span = tuple[int, int]
Finder = Callable[[Case], Sequence[Span]]


@dataclass(frozen=True)
class Share:
    """A share of a whole: `right` of `all`."""

    right: int
    all: int

    @property
    def value(self) -> float:
        """Return the share as a number; of nothing, everything is right."""
        return self.right / self.all if self.all else 1.0

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.right} of {self.all})"


@dataclass(frozen=True)
class Scores:
    """What a finder gets right.

    A case with secrets counts as found if each of them is covered in full; a benign case in which something
    is found counts against the precision. A span is right only from its first to its last character.
    """

    case_recall: Share
    case_precision: Share
    span_recall: Share
    span_precision: Share
    missed: tuple[Case, ...]
    false_alarms: tuple[Case, ...]
    inexact: tuple[Case, ...]


def scores(find: Finder, cases: Iterable[Case]) -> Scores:
    """Run a finder over the cases."""
    told: list[tuple[Case, list[Span]]] = [(case, sorted(find(case))) for case in cases]
    positive = [(case, spans) for case, spans in told if case.planted]
    missed = [case for case, spans in positive if not _covers(spans, case)]
    alarms = [case for case, spans in told if spans and not case.planted]
    noticed = sum(bool(spans) for _, spans in positive)
    exact = sum(len(set(spans) & _spans(case)) for case, spans in told)
    inexact = [case for case, spans in positive if _covers(spans, case) and set(spans) != _spans(case)]
    return Scores(
        case_recall=Share(len(positive) - len(missed), len(positive)),
        case_precision=Share(noticed, noticed + len(alarms)),
        span_recall=Share(exact, sum(len(case.planted) for case, _ in told)),
        span_precision=Share(exact, sum(len(spans) for _, spans in told)),
        missed=tuple(missed),
        false_alarms=tuple(alarms),
        inexact=tuple(inexact),
    )


def _spans(case: Case) -> set[Span]:
    return {(planted.start, planted.end) for planted in case.planted}


def _covers(spans: Sequence[Span], case: Case) -> bool:
    return all(any(start <= a and b <= end for start, end in spans) for a, b in _spans(case))
