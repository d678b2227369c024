"""What a connection's requests have come to: counts, latency, failures, and the service's clock.

Fed with every HTTP request by the client's `on_exchange`. Bounded, however long it runs and whatever the
service answers.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus
from statistics import quantiles
from typing import Final

from dashboard.connections.masked_paths import masked_path
from modelarts_api import Exchange

OK: Final = "ok"
NOT_THERE: Final = "not there"
"""The answer to a question for the details of one configuration that is not there (any more)."""
NO_FAILURES: Final = (OK, NOT_THERE)
KEPT_SECONDS: Final = 1_000
KEPT_FAILURES: Final = 50
MAX_CODES: Final = 50
OTHER: Final = "other"
NO_ANSWER: Final = "no answer"
MAX_CODE: Final = 64


@dataclass(frozen=True)
class Summary:
    """The traffic of one connection since the process began.

    `failures` counts by code, most first; codes beyond the first fifty are counted as "other". `median` and
    `p95` are seconds, of the last thousand answered requests; None before there are any. `clock_difference`
    is how many seconds this computer's clock is ahead of the service's. `last_failures` begins with the
    newest.
    """

    requests: int
    failures: Mapping[str, int]
    median: float | None
    p95: float | None
    clock_difference: float | None
    last_failures: tuple[Exchange, ...]


@dataclass(frozen=True)
class Trouble:
    """Requests that have failed since some moment.

    How many, since when (UTC and seconds ago), and the last.
    """

    failures: int
    since: datetime
    seconds: float
    last: Exchange


class Traffic:
    """Counts the requests of one connection. Safe to share between threads.

    `clock` gives seconds and never jumps: what is told since when must not change with this computer's clock.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._outcomes: Counter[tuple[str, str]] = Counter()
        self._seconds: deque[float] = deque(maxlen=KEPT_SECONDS)
        self._failures: deque[tuple[float, Exchange]] = deque(maxlen=KEPT_FAILURES)
        self._clock_difference: float | None = None

    def record(self, exchange: Exchange) -> None:
        """Take note of one request; called in the thread that made it."""
        with self._lock:
            self._outcomes[self._counted(exchange)] += 1
            if exchange.status is not None:
                self._seconds.append(exchange.seconds)
            if exchange.clock_difference is not None:
                self._clock_difference = exchange.clock_difference
            if is_failure(exchange):
                kept = replace(exchange, path=masked_path(exchange.path))
                self._failures.append((self._clock() - exchange.seconds, kept))

    def _counted(self, exchange: Exchange) -> tuple[str, str]:
        if not is_failure(exchange):
            return (OK if exchange.outcome == OK else NOT_THERE, "")
        key = (exchange.outcome, code_of(exchange))
        known = key in self._outcomes or len(self._outcomes) < MAX_CODES
        return key if known else (exchange.outcome, OTHER)

    def outcomes(self) -> Mapping[tuple[str, str], int]:
        """Return the number of requests by outcome ("ok" or an exception's name) and code ("" if ok)."""
        with self._lock:
            return dict(self._outcomes)

    def seconds(self) -> tuple[float, ...]:
        """Return how long the last answered requests took, oldest first."""
        with self._lock:
            return tuple(self._seconds)

    def trouble_since(self, moment: float) -> Trouble | None:
        """Return what has failed of the requests begun since a moment of the clock; None if nothing has."""
        with self._lock:
            failed = [(began, exchange) for began, exchange in self._failures if began >= moment]
        if not failed:
            return None
        began, first = failed[0]
        return Trouble(len(failed), first.at, self._clock() - began, failed[-1][1])

    def summary(self) -> Summary:
        """Return how it stands now."""
        with self._lock:
            outcomes, seconds = Counter(self._outcomes), list(self._seconds)
            last = tuple(exchange for _, exchange in reversed(self._failures))
            clock = self._clock_difference
        failures: Counter[str] = Counter()
        for (outcome, code), count in outcomes.items():
            if outcome not in NO_FAILURES:
                failures[code] += count
        median, p95 = _median_and_p95(seconds)
        return Summary(outcomes.total(), dict(failures.most_common()), median, p95, clock, last)


def is_failure(exchange: Exchange) -> bool:
    """Return whether a request failed. That a configuration is not there is an answer, and no failure."""
    asked_for_one = "/training-job-configs/" in exchange.path
    return exchange.outcome != OK and not (asked_for_one and exchange.status == HTTPStatus.NOT_FOUND)


def code_of(exchange: Exchange) -> str:
    """Return the provider's code, else the HTTP status, else that no answer came; "" for a success."""
    if exchange.outcome == OK:
        return ""
    status = f"HTTP {exchange.status}" if exchange.status is not None else NO_ANSWER
    return (exchange.error_code or status)[:MAX_CODE]


def _median_and_p95(seconds: list[float]) -> tuple[float | None, float | None]:
    if len(seconds) < 2:
        return (seconds[0], seconds[0]) if seconds else (None, None)
    cuts = quantiles(seconds, n=20, method="inclusive")
    return cuts[9], cuts[18]
