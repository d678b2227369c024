"""How the loads of a connection have gone since the process began: counts, and how long they took."""

from __future__ import annotations

import threading
from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

BOUNDS: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 90.0)
"""Seconds up to which loads are counted together; what takes longer is in the last count."""


@dataclass(frozen=True)
class LoadCounts:
    """`started` loads, of which `succeeded` and `failed` are over; these took `seconds` together.

    `within` says how many took no longer than each of BOUNDS, and last, how many are over at all.
    """

    started: int
    succeeded: int
    failed: int
    seconds: float
    within: tuple[int, ...]


class LoadHistory:
    """Counts the loads of one connection. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._started = self._failed = 0
        self._seconds = 0.0
        self._taking = [0] * (len(BOUNDS) + 1)

    def began(self) -> None:
        """A load has begun."""
        with self._lock:
            self._started += 1

    def ended(self, seconds: float, *, failed: bool) -> None:
        """A load is over."""
        with self._lock:
            self._failed += failed
            self._seconds += seconds
            self._taking[bisect_left(BOUNDS, seconds)] += 1

    def counts(self) -> LoadCounts:
        """How it stands now."""
        with self._lock:
            within = tuple(accumulate(self._taking))
            return LoadCounts(self._started, within[-1] - self._failed, self._failed, self._seconds, within)
