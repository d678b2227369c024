"""When garbage is collected: after every run a little, all of it now and then.

Streamlit has all of it collected after every run, which walks what all sessions hold. Here that happens at
most every 20 s, or sooner when the process has grown by so much; after other runs it is the youngest objects.
Where there is much to walk everybody waits meanwhile. So it takes a small share of the time at most, and is
put off while a project is loaded and gone through, whose rows are no garbage. What a large one has left then
is frozen as it is: nothing walks it. Python's own rule, by numbers alone, is off.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from typing import Final

from dashboard.data.memory import resident_bytes

FULL_SECONDS: Final = 20.0
GROWTH_BYTES: Final = 64_000_000
PAUSES: Final = 50
"""So many times as long as collecting all took it is not done again."""
LOADING_SECONDS: Final = 300.0
"""So long a load, and what goes through its rows, put it off."""
FREEZE_SECONDS: Final = 0.1
"""Where collecting all took so long, what is left is not walked again: an audit's findings, mostly."""
THAW_SECONDS: Final = 3600.0
"""Until it is, so long later: some of it is garbage by then."""
THRESHOLDS: Final = (10_000, 5, 1_000_000_000)
"""After how many new objects, and how many times of that, the young ones are collected; never all."""
FULL, YOUNG, YOUNGEST = 2, 1, 0


class Garbage:
    """Collects in place of `gc.collect`; called by all threads that run scripts."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        memory: Callable[[], int] = resident_bytes,
        is_loading: Callable[[], bool] = lambda: False,
        is_working: Callable[[], bool] = lambda: False,
    ) -> None:
        self._clock, self._memory, self._is_loading, self._is_working = clock, memory, is_loading, is_working
        self._lock = threading.Lock()
        self._is_owed = self._has_worked = False
        self._collected_at, self._grown_from, self._took = clock(), memory(), 0.0
        self._thawed_at = clock()

    def collect(self, generation: int = FULL) -> int:
        """Collect up to this generation, or the youngest if it is not time for all; how many objects."""
        if generation < FULL:
            return gc.collect(generation)
        with self._lock:
            if self._freeze_work():
                return 0
            is_due = self._is_due()
            self._is_owed = not is_due
            if is_due:
                self._collected_at = self._clock()
        return self._collect_all() if is_due else gc.collect(YOUNGEST)

    def catch_up(self) -> None:
        """Collect all if that was put off, or the process has grown: without runs nobody else would."""
        if self._is_owed or self._has_worked or self._is_working() or self._has_grown():
            self.collect()

    def _freeze_work(self) -> bool:
        """Freeze what work on a large project has left, once, when it is over."""
        is_over = self._has_worked and not self._is_working()
        self._has_worked = self._is_working()
        if is_over:
            gc.collect(YOUNG)
            gc.freeze()
            self._grown_from, self._collected_at = self._memory(), self._clock()
        return is_over

    def _is_due(self) -> bool:
        since = self._clock() - self._collected_at
        is_busy = self._is_loading() or self._is_working()
        if since < PAUSES * self._took or (since < LOADING_SECONDS and is_busy):
            return False
        return since >= FULL_SECONDS or self._has_grown()

    def _has_grown(self) -> bool:
        return self._memory() - self._grown_from >= GROWTH_BYTES

    def _collect_all(self) -> int:
        began = self._clock()
        if began - self._thawed_at >= THAW_SECONDS:
            self._thawed_at = began
            gc.unfreeze()
        found = gc.collect(FULL)
        self._took, self._grown_from = self._clock() - began, self._memory()
        if self._took >= FREEZE_SECONDS:
            gc.freeze()
        return found
