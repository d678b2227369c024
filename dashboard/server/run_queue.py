"""How many runs of scripts are begun at once in this process, and whose turn is next.

Streamlit starts a thread for every run, from the event loop, which waits until that thread has got hold of
the interpreter. Where many run, that takes long, and nothing else happens meanwhile: no answer to a health
check, no end on SIGTERM. So there are places for a few runs, and who finds none waits for a turn.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import threading
import time
from typing import Final

PLACE_SECONDS: Final = 0.5
"""A run that takes longer waits for a service rather than for the interpreter: its place goes to the next."""
MAX_THREADS: Final = 200
"""Of this process, as Python counts them: TasksMax of the systemd unit leaves room for those of libraries."""
RETRY_SECONDS: Final = 0.1
CROWD_SECONDS: Final = 1.0
"""So long after somebody had to wait there is said to be a crowd."""


class RunQueue:
    """Places for runs. Who has one is named by any object; one that ends gives its place back."""

    def __init__(self, places: int, place_seconds: float = PLACE_SECONDS) -> None:
        self._places, self._place_seconds = places, place_seconds
        self._begun: dict[object, float] = {}  # who has a place, since when: the oldest first
        self._waiting: list[tuple[float, int, object, asyncio.Future[None]]] = []  # a heap
        self._count = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._waited_at = -CROWD_SECONDS

    def is_crowded(self) -> bool:
        """Return whether somebody waits for a turn, or has waited a moment ago. Any thread may ask."""
        return bool(self._waiting) or time.monotonic() - self._waited_at < CROWD_SECONDS

    def try_take(self, who: object) -> bool:
        """Take a place if one is free and nobody waits for it; whether that is so."""
        self._forget()
        if who not in self._begun and (self._waiting or not self._is_free()):
            return False
        self._begin(who)
        return True

    async def take(self, who: object, delay: float = 0.0) -> None:
        """Wait for a place. Turns go by the time of asking, put off by `delay` seconds."""
        if self.try_take(who):
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (time.monotonic() + delay, next(self._count), who, turn))
        self._fill()
        if not turn.done():
            self._waited_at = time.monotonic()
        await turn

    def give_back(self, who: object) -> None:
        """Leave the place, if there is one; the next in turn gets it."""
        if self._begun.pop(who, None) is not None:
            self._fill()

    def is_busy(self) -> bool:
        """Return whether a run is under way that may hold its place. Any thread may ask."""
        if not self._begun:
            return False
        latest = time.monotonic() - self._place_seconds
        return any(since > latest for since in list(self._begun.values()))

    def _begin(self, who: object) -> None:
        self._begun.pop(who, None)
        self._begun[who] = time.monotonic()

    def _forget(self) -> None:
        """Free the places that are held for too long."""
        latest = time.monotonic() - self._place_seconds
        for who, since in list(self._begun.items()):
            if since > latest:
                break
            del self._begun[who]

    def _is_free(self) -> bool:
        return len(self._begun) < self._places and threading.active_count() < MAX_THREADS

    def _fill(self) -> None:
        self._forget()
        while self._waiting and self._is_free():
            _, _, who, turn = heapq.heappop(self._waiting)
            if not turn.done():  # whoever waited is still there
                self._begin(who)
                turn.set_result(None)
        if self._waiting and self._timer is None:
            oldest = next(iter(self._begun.values()), time.monotonic())
            delay = min(RETRY_SECONDS, max(0.0, oldest + self._place_seconds - time.monotonic()) + 0.001)
            self._timer = asyncio.get_running_loop().call_later(delay, self._look_again)

    def _look_again(self) -> None:
        self._timer = None
        self._fill()
