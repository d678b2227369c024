"""Viewers first: work that goes through all rows of a project stands still while something is drawn.

Python's threads take turns at one interpreter. A script run beside a load, an audit or a snapshot would get a
share of it, and wait at every step for the turn of the others. So these ask now and then whether a viewer
waits, and if so do nothing for a moment. They get half of the time at least: viewers who never stop asking
slow them down, and do not end them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Final, TypeVar

T = TypeVar("T")

MAX_SECONDS: Final = 0.5
"""So long work stands still at most; after that it goes on for as long at least."""
LOOK_SECONDS: Final = 0.003
AT_ONCE: Final = 200
"""So many rows are gone through before somebody looks: a few milliseconds."""
GREEDY_ROWS: Final = 5_000
"""So many rows are gone through first, whoever waits: it may be for them."""
MANY_ROWS: Final = 50_000
"""Work on so many rows makes so many objects that nobody wants to walk them."""


class Courtesy:
    """Says when to give way. `is_awaited` tells whether something is drawn; safe to share between threads."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.is_awaited: Callable[[], bool] = lambda: False
        self._clock, self._sleep = clock, sleep
        self._works_until = 0.0
        self._lock, self._working = threading.Lock(), 0
        self._turn = threading.Lock()

    def give_way(self) -> None:
        """Wait until nothing is drawn any more, for a moment at most. Costs next to nothing otherwise."""
        if not self.is_awaited():
            return
        began = self._clock()
        if began < self._works_until:
            return
        while self.is_awaited() and self._clock() - began < MAX_SECONDS:
            self._sleep(LOOK_SECONDS)
        now = self._clock()
        self._works_until = now + (now - began)

    @contextmanager
    def working(self, rows: int) -> Iterator[None]:
        """Have it known, until the block ends, that something goes through so many rows."""
        counts = rows >= MANY_ROWS
        with self._lock:
            self._working += counts
        try:
            yield
        finally:
            with self._lock:
                self._working -= counts

    @contextmanager
    def in_turn(self, rows: int) -> Iterator[None]:
        """Do the same for work that nobody waits for: one at a time, for the memory that it takes."""
        with self.working(rows), self._turn if rows >= MANY_ROWS else nullcontext():
            yield

    def is_working(self) -> bool:
        """Return whether something goes through many rows."""
        return self._working > 0


COURTESY: Final = Courtesy()
"""That of the process: it has one interpreter."""


def politely(items: Iterable[T], at_once: int = AT_ONCE) -> Iterator[T]:
    """Yield items; from GREEDY_ROWS on give way after every so many."""
    for number, item in enumerate(items, 1):
        yield item
        if number % at_once == 0 and number >= GREEDY_ROWS:
            COURTESY.give_way()


def in_turns(total: int, at_once: int) -> Iterator[slice]:
    """Yield slices of so many rows, giving way between two.

    What Python does in one call with all of a million rows holds up everybody until it is done.
    """
    for first in range(0, total, at_once):
        if first:
            COURTESY.give_way()
        yield slice(first, first + at_once)


def let_go(items: list[T], at_once: int = 10_000) -> None:
    """Empty a list that is needed no more bit by bit: a million objects at once are half a second."""
    for _ in in_turns(len(items), at_once):
        del items[-at_once:]
