"""When a request is repeated, and how fast the loads of a client ask.

As fast as they can, until the service answers 429: then after a pause half as many requests at once, at least
twice as far apart. The 429s of one burst count as one. Every answer speeds them up again, by little near the
spacing that was refused last. Only loads wait for permits. A single call asks at once and repeats as always,
and so does a load until its first answer has come; but what they are answered is heeded too.
"""

from __future__ import annotations

import copy
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Final

from modelarts_api.errors import ApiError, ModelArtsError, RateLimitError, TransportError

TIME_LIMIT: Final = 60.0
_RETRIED: Final = frozenset({429, 500, 502, 503, 504})
_FIRST_SPACING, _MAX_SPACING, _MIN_SPACING = 0.1, 60.0, 0.001
_CAREFUL_SECONDS, _FORGOTTEN_SECONDS = 60.0, 600.0


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Times are in seconds. `patience` is how long a load that is throttled goes on without an answer."""

    retries: int = 3
    total: float = TIME_LIMIT
    first_wait: float = 0.5
    longest_wait: float = 8.0
    longest_retry_after: float = 30.0
    throttled_wait: tuple[float, float] = (2.0, 5.0)
    patience: float = 90.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[float, float], float] = random.uniform

    def wait(self, attempt: int, error: ModelArtsError, retry_after: float | None = None) -> float | None:
        """Return the seconds to wait after the failure of `attempt` (from 0), None for no repetition."""
        status = error.status if isinstance(error, ApiError) else None
        passes = isinstance(error, TransportError) and error.may_pass
        if attempt >= self.retries or not (passes or status in _RETRIED):
            return None
        if retry_after is not None:
            return min(retry_after, self.longest_retry_after)
        longest = min(self.longest_wait, self.first_wait * 2**attempt)
        return self.draw(*self.throttled_wait) if status == 429 else self.draw(0.0, longest)


class Rate:
    """The arithmetic: `limit` requests at once, `spacing` seconds apart. `now` is any clock's, in seconds."""

    def __init__(self, connections: int) -> None:
        self._connections = connections
        self.limit = connections
        self.spacing = 0.0
        self._refused_spacing = 0.0
        self._refused_at = self._slowed_at = float("-inf")
        self._accepted = self._answers = 0

    @property
    def is_full(self) -> bool:
        """Return whether nothing slows the requests."""
        return not self.spacing and self.limit == self._connections

    def accept(self, now: float) -> None:
        """Speed up: an answer has come."""
        careful = now - self._refused_at < _CAREFUL_SECONDS and self.spacing < 1.25 * self._refused_spacing
        self.spacing *= 0.99 if careful else 0.9
        if self.spacing < _MIN_SPACING:
            self.spacing = 0.0
        self._accepted += 1
        self._answers += 1
        if self._accepted >= self.limit:
            self._accepted = 0
            self.limit = min(self.limit + 1, self._connections)

    def refuse(self, asked_at: float, now: float) -> None:
        """Slow down: a 429 to what was asked then. Those asked before the last slowing are of its burst."""
        self._refused_at = now
        if asked_at < self._slowed_at:
            return
        # Half of what was seen to pass since then; not all of that time was used for asking.
        seen = (now - self._slowed_at) / self._answers / 2 if self._answers else 0.0
        self._slowed_at, self._answers = now, 0
        self._refused_spacing = self.spacing
        doubled = max(2 * self.spacing, _FIRST_SPACING)
        self.spacing = min(max(doubled, min(seen, 4 * doubled)), _MAX_SPACING)
        self.limit = max(1, self.limit // 2)
        self._accepted = 0

    def forget(self, now: float) -> None:
        """Be at full speed again if the last 429 was long ago."""
        if now - self._refused_at > _FORGOTTEN_SECONDS:
            self.limit, self.spacing = self._connections, 0.0


class Pacer:
    """The rate that the threads of a client share, and the last 429."""

    def __init__(self, connections: int) -> None:
        self._changed = threading.Condition()
        self.rate = Rate(connections)
        self._under_way = 0
        self._next = float("-inf")
        self._refusal: RateLimitError | None = None

    @contextmanager
    def permit(self, load: LoadPacing) -> Iterator[None]:
        """Wait for a permit and hold it.

        Raises the last 429 when patience ends, TransportError for a cancelled load.
        """
        with self._changed:
            while (wait := self._wait(load)) != 0.0:
                self._changed.wait(wait)
            self._under_way += 1
            self._next = max(time.monotonic(), self._next) + self.rate.spacing
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def _wait(self, load: LoadPacing) -> float | None:
        """Return the seconds to wait before another look, None: until something changes."""
        if load.cancelled:
            raise TransportError("the load was given up")
        now = time.monotonic()
        if not self.rate.is_full:
            self.rate.forget(now)
        free = self._under_way < self.rate.limit
        if free and now >= self._next:
            return 0.0
        wait = self._next - now if free else None
        if self.rate.is_full or self._refusal is None:
            return wait
        patience = load.patience(now)
        if patience <= 0:
            raise copy.copy(self._refusal)
        return patience if wait is None else min(wait, patience)

    def accepted(self) -> None:
        """Heed that the service has answered."""
        if self.rate.is_full:
            return
        with self._changed:
            self.rate.accept(time.monotonic())
            self._changed.notify_all()

    def refused(self, error: RateLimitError, asked_at: float, pause: float) -> float:
        """Heed a 429 to what was asked then: pause. Return the seconds to the next permit."""
        with self._changed:
            now = time.monotonic()
            self._refusal = copy.copy(error)
            self.rate.refuse(asked_at, now)
            self._next = max(self._next, now + pause)
            self._changed.notify_all()
            return self._next - now

    def wake(self) -> None:
        """Let those who wait look again."""
        with self._changed:
            self._changed.notify_all()


class LoadPacing:
    """The pace of one load or call. Once its first answer has come it needs permits, and is patient."""

    def __init__(self, pacer: Pacer, policy: RetryPolicy) -> None:
        self._pacer = pacer
        self._policy = policy
        self.cancelled = False  # nobody waits for an answer any more
        self._last_answer: float | None = None

    @property
    def has_begun(self) -> bool:
        """Return whether its first answer has come."""
        return self._last_answer is not None

    def patience(self, now: float) -> float:
        """Return the seconds left for the next answer to come."""
        return self._policy.patience - (now - (now if self._last_answer is None else self._last_answer))

    def permit(self) -> AbstractContextManager[None]:
        """Hold a permit while something is asked, repetitions included. Raises what `Pacer.permit` raises."""
        return self._pacer.permit(self) if self.has_begun else nullcontext()

    def accepted(self) -> None:
        """Take note of an answer."""
        self._last_answer = time.monotonic()
        self._pacer.accepted()

    def refused(self, error: RateLimitError, asked_at: float) -> bool:
        """Return whether to ask again after a 429: not if that is too long after the last answer."""
        asked = error.retry_after
        pause = self._policy.draw(*self._policy.throttled_wait) if asked is None else asked
        repeats = self.has_begun and self._policy.retries > 0
        patient = repeats and pause <= self.patience(time.monotonic())
        # What is not waited for is not to keep others waiting either.
        heeded = pause if patient else min(pause, self._policy.longest_retry_after)
        wait = self._pacer.refused(error, asked_at, heeded)
        return patient and wait <= self.patience(time.monotonic())

    def cancel(self) -> None:
        """Ask for nothing more: requests under way end, none is repeated, nobody waits for a permit."""
        self.cancelled = True
        self._pacer.wake()
