"""Findings by severity over time: what today's checks say of every configuration that is remembered.

Each is judged by itself, without the checks over several. What has the same content is judged once, however
many snapshots hold it; a new snapshot costs what is new in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from dashboard.audit.outcome import SEVERITIES
from dashboard.audit.run import Auditor
from dashboard.audit.settings import AuditSettings
from dashboard.data.record import Record
from dashboard.history.fields import has_details
from dashboard.history.reading import read
from dashboard.history.subjects import subject_of
from dashboard.history.timeline import CountsOverTime

if TYPE_CHECKING:
    from dashboard.store.series_steps import SeriesStep

CONFIGURATIONS: Final = "configurations"
DETAILS: Final = "details"
KINDS: Final = (*map(str, SEVERITIES), CONFIGURATIONS, DETAILS)
"""What is counted: the findings of each severity, configurations, and those whose details are known."""
Judgement = tuple[int, ...]
"""What one configuration counts for, in the order of KINDS."""
NOTHING: Final[Judgement] = (0,) * len(KINDS)


class Judge:
    """Judges the configurations of one series of snapshots. Not to be shared between threads."""

    def __init__(self) -> None:
        self._known: dict[bytes, Judgement] = {}
        self._known_by: tuple[date, AuditSettings] | None = None

    def counts(self, steps: Sequence[SeriesStep], now: datetime, settings: AuditSettings) -> CountsOverTime:
        """Return how many there were of each of KINDS at each snapshot. `now` is aware."""
        if self._known_by != (now.date(), settings):
            self._known, self._known_by = {}, (now.date(), settings)
        self._judge({_digest(line): line for step in steps for line in step.come}, now, settings)
        changes = [self._sum(step.come) - self._sum(step.gone) for step in steps]
        totals = np.cumsum(np.reshape(changes, (len(steps), len(KINDS))), axis=0).T.tolist()
        counts = {kind: tuple(map(int, numbers)) for kind, numbers in zip(KINDS, totals, strict=True)}
        return CountsOverTime(tuple(step.snapshot.taken_at for step in steps), counts)

    def _judge(self, lines: Mapping[bytes, str], now: datetime, settings: AuditSettings) -> None:
        """Judge what is new among these lines; forget what is not there any more."""
        new = [digest for digest in lines if digest not in self._known]
        found = judgements(read([lines[digest] for digest in new]), now, settings)
        self._known.update(zip(new, found, strict=True))
        self._known = {digest: self._known[digest] for digest in lines}

    def _sum(self, lines: Iterable[str]) -> npt.NDArray[np.int64]:
        found = np.array([NOTHING, *(self._known[_digest(line)] for line in lines)], dtype=np.int64)
        total: npt.NDArray[np.int64] = found.sum(axis=0)
        return total


def judgements(records: Sequence[Record], now: datetime, settings: AuditSettings) -> list[Judgement]:
    """Return what each record counts for, in their order. `now` is aware."""
    subjects = [
        subject_of(number, record, detailed=has_details(record)) for number, record in enumerate(records)
    ]
    audit = Auditor(settings, alone=True).audit(subjects, now, complete=False, whole=False)
    found: npt.NDArray[np.int64] = np.zeros((len(records), len(KINDS)), dtype=np.int64)
    np.add.at(found, (audit.numbers, audit.severity_of), 1)
    found[:, KINDS.index(CONFIGURATIONS)] = 1
    found[:, KINDS.index(DETAILS)] = [subject.detail is not None for subject in subjects]
    same: dict[Judgement, Judgement] = {}
    return [same.setdefault(one, one) for one in map(tuple, found.tolist())]


def _digest(line: str) -> bytes:
    return hashlib.blake2b(line.encode("ascii"), digest_size=16).digest()
