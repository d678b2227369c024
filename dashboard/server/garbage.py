"""When garbage is collected: after every run a little, all of it now and then.

Streamlit has all of it collected after every run, which walks what all sessions hold. Here that happens at
most every 20 s, or sooner when the process has grown by so much; after other runs it is the youngest objects.
"""

from __future__ import annotations

import gc
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

FULL_SECONDS: Final = 20.0
GROWTH_BYTES: Final = 64_000_000
FULL, YOUNGEST = 2, 0
_STATM: Final = Path("/proc/self/statm")


def resident_bytes() -> int:
    """Return the memory of this process that is in RAM; where the system does not say, its peak."""
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


class Garbage:
    """Collects in place of `gc.collect`; called by all threads that run scripts."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        memory: Callable[[], int] = resident_bytes,
    ) -> None:
        self._clock, self._memory = clock, memory
        self._lock = threading.Lock()
        self._is_owed = False
        self._collected_at, self._grown_from = clock(), memory()

    def collect(self, generation: int = FULL) -> int:
        """Collect up to this generation, or the youngest if it is not time for all; how many objects."""
        if generation < FULL:
            return gc.collect(generation)
        with self._lock:
            is_due = self._is_due()
            self._is_owed = not is_due
            if is_due:
                self._collected_at = self._clock()
        return self._collect_all() if is_due else gc.collect(YOUNGEST)

    def catch_up(self) -> None:
        """Collect all if that was put off and it is time: after the last run nobody else would."""
        if self._is_owed:
            self.collect()

    def _is_due(self) -> bool:
        if self._clock() - self._collected_at >= FULL_SECONDS:
            return True
        return self._memory() - self._grown_from >= GROWTH_BYTES

    def _collect_all(self) -> int:
        found = gc.collect(FULL)
        self._grown_from = self._memory()
        return found
