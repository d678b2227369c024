"""A rate with room for a burst: the token bucket, as networks use it."""

from __future__ import annotations

import time
from collections.abc import Callable


class TokenBucket:
    """So many tokens at first, and so many more a second up to that number; what is done costs some."""

    def __init__(
        self, capacity: float, per_second: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.capacity, self._per_second, self._clock = capacity, per_second, clock
        self._level, self._seen = capacity, clock()

    @property
    def level(self) -> float:
        """Return the tokens that are there now."""
        now = self._clock()
        self._level = min(self.capacity, self._level + (now - self._seen) * self._per_second)
        self._seen = now
        return self._level

    def take(self, cost: float = 1.0) -> bool:
        """Take so many tokens if they are there; whether they were."""
        if self.level < cost:
            return False
        self._level -= cost
        return True

    def seconds_until(self, cost: float = 1.0) -> float:
        """Return after how many seconds so many tokens are there, if none is taken until then."""
        return max(0.0, (cost - self.level) / self._per_second)
