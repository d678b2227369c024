"""How fast the loads of a client ask: as fast as they can, until the service answers 429.

A 429 slows all of the client's threads together: a pause of what Retry-After says, or of 2 to 5 s, then half
as many requests at once, and at least twice as far apart (0.1 s at first, 60 s at most). The 429s of one
burst count as one. Every page that comes then speeds them up: 10 % less between requests, but 1 % near the
spacing that was refused last, for a minute; and one request more at once for every round of them. Ten
minutes after the last 429 all is forgotten.

Only loads wait for their turn. A single call asks at once and repeats as it always does, and so does a load
until its first page has come; but what they are answered is heeded too. A page that is asked for once more
after another failure keeps its turn.
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from modelarts_api.errors import RateLimitError, TransportError
from modelarts_api.http.retrying import RetryPolicy

_FIRST_SPACING: Final = 0.1
_LONGEST_SPACING: Final = 60.0
_NO_SPACING: Final = 0.001
_CAREFUL_SECONDS: Final = 60.0
_FORGOTTEN_SECONDS: Final = 600.0


class Speed:
    """The arithmetic: `limit` requests at once, `spacing` seconds apart. `now` is any clock's, in seconds."""

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self.limit = connections
        self.spacing = 0.0
        self._refused_spacing = 0.0
        self._refused_at = self._slowed_at = float("-inf")
        self._accepted = self._pages = 0

    @property
    def is_full(self) -> bool:
        """Whether nothing slows the requests."""
        return not self.spacing and self.limit == self._connections

    def accept(self, now: float) -> None:
        """A page has come."""
        careful = now - self._refused_at < _CAREFUL_SECONDS and self.spacing < 1.25 * self._refused_spacing
        self.spacing *= 0.99 if careful else 0.9
        if self.spacing < _NO_SPACING:
            self.spacing = 0.0
        self._accepted += 1
        self._pages += 1
        if self._accepted >= self.limit:
            self._accepted = 0
            self.limit = min(self.limit + 1, self._connections)

    def refuse(self, asked_at: float, now: float) -> None:
        """A 429 to what was asked then: those asked before the last slowing are of the same burst."""
        self._refused_at = now
        if asked_at < self._slowed_at:
            return
        # Half of what was seen to pass since then; not all of that time was used for asking.
        seen = (now - self._slowed_at) / self._pages / 2 if self._pages else 0.0
        self._slowed_at, self._pages = now, 0
        self._refused_spacing = self.spacing
        doubled = max(2 * self.spacing, _FIRST_SPACING)
        self.spacing = min(max(doubled, min(seen, 4 * doubled)), _LONGEST_SPACING)
        self.limit = max(1, self.limit // 2)
        self._accepted = 0

    def forget(self, now: float) -> None:
        """Be at full speed again if the last 429 was long ago."""
        if now - self._refused_at > _FORGOTTEN_SECONDS:
            self.limit, self.spacing = self._connections, 0.0


class Pace:
    """The speed that the threads of a client share, and the last 429."""

    def __init__(self, connections: int) -> None:
        self._changed = threading.Condition()
        self._speed = Speed(connections)
        self._under_way = 0
        self._next = float("-inf")
        self._refusal: RateLimitError | None = None

    def begin(self, turns: Turns) -> None:
        """Wait for a turn. Raises the last 429 when patience ends; TransportError if the load is given up."""
        with self._changed:
            while (wait := self._wait(turns)) != 0.0:
                self._changed.wait(wait)
            self._under_way += 1
            self._next = max(time.monotonic(), self._next) + self._speed.spacing

    def _wait(self, turns: Turns) -> float | None:
        """Seconds to wait before another look, None: until something changes."""
        if turns.given_up:
            raise TransportError("the load was given up")
        now = time.monotonic()
        if not self._speed.is_full:
            self._speed.forget(now)
        place = self._under_way < self._speed.limit
        if place and now >= self._next:
            return 0.0
        wait = self._next - now if place else None
        if self._speed.is_full or self._refusal is None:
            return wait
        patience = turns.patience(now)
        if patience <= 0:
            raise copy.copy(self._refusal)
        return patience if wait is None else min(wait, patience)

    def end(self) -> None:
        """The turn is over."""
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()

    def accepted(self) -> None:
        """The service has answered."""
        if self._speed.is_full:
            return
        with self._changed:
            self._speed.accept(time.monotonic())
            self._changed.notify_all()

    def refused(self, error: RateLimitError, asked_at: float, pause: float) -> float:
        """The service has answered 429 to what was asked then: pause. Gives the seconds to the next turn."""
        with self._changed:
            now = time.monotonic()
            self._refusal = copy.copy(error)
            self._speed.refuse(asked_at, now)
            self._next = max(self._next, now + pause)
            self._changed.notify_all()
            return self._next - now

    def wake(self) -> None:
        """Let those who wait look again."""
        with self._changed:
            self._changed.notify_all()


class Turns:
    """One load's turns, or one call's. Once its first page has come it waits for them, and is patient."""

    def __init__(self, pace: Pace, policy: RetryPolicy) -> None:
        self._pace = pace
        self._policy = policy
        self._given_up = threading.Event()
        self._last_page: float | None = None

    @property
    def has_begun(self) -> bool:
        """Whether its first page has come."""
        return self._last_page is not None

    @property
    def given_up(self) -> bool:
        """Whether nobody waits for an answer any more."""
        return self._given_up.is_set()

    def patience(self, now: float) -> float:
        """Seconds left for the next page to come."""
        return self._policy.patience - (now - (now if self._last_page is None else self._last_page))

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Held while a page is asked for, repetitions included. Raises what `Pace.begin` raises."""
        if not self.has_begun:
            yield
            return
        self._pace.begin(self)
        try:
            yield
        finally:
            self._pace.end()

    def accepted(self) -> None:
        """A page has come."""
        self._last_page = time.monotonic()
        self._pace.accepted()

    def refused(self, error: RateLimitError, asked_at: float) -> bool:
        """A 429 has come: whether to take another turn. Not if that would be too long after the last page."""
        asked = error.retry_after
        pause = self._policy.draw(*self._policy.throttled_wait) if asked is None else asked
        repeats = self.has_begun and self._policy.retries > 0
        patient = repeats and pause <= self.patience(time.monotonic())
        # What is not waited for is not to keep others waiting either.
        wait = self._pace.refused(
            error, asked_at, pause if patient else min(pause, self._policy.longest_retry_after)
        )
        return patient and wait <= self.patience(time.monotonic())

    def give_up(self) -> None:
        """Ask for nothing more: requests under way end, none is repeated, nobody waits for a turn."""
        self._given_up.set()
        self._pace.wake()
