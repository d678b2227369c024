"""When a request is repeated, and how long to wait first."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from modelarts_api.errors import ApiError, ModelArtsError, TransportError

TIME_LIMIT: Final = 60.0
_RETRIED: Final = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Times are in seconds. `patience` is how long a load that is throttled goes on without a new page."""

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
        """Seconds to wait after the failure of `attempt` (0 is the first); None: do not repeat it."""
        status = error.status if isinstance(error, ApiError) else None
        if attempt >= self.retries or not (isinstance(error, TransportError) or status in _RETRIED):
            return None
        if retry_after is not None:
            return min(retry_after, self.longest_retry_after)
        if status == 429:
            return self.draw(*self.throttled_wait)
        return self.draw(0.0, min(self.longest_wait, self.first_wait * 2**attempt))
