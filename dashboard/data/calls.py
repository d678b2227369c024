"""Single calls of the service, each in a thread of its own, so that a slow answer holds no viewer up.

A call that is under way, or whose outcome is fresh, is shared by all who ask for the same. Knows no
Streamlit: loading.py holds the one collection of a process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from modelarts_api import ModelArtsError

T = TypeVar("T")
KEPT_FAILURE_SECONDS = 10.0
MAX_CALLS = 256

_log = logging.getLogger(__name__)


class Call(Generic[T]):
    """One call that has begun. `outcome` is None until it is over, then what it gave or what went wrong."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self.began_at = datetime.now(UTC)
        self.outcome: T | Exception | None = None
        self.ended: float | None = None  # monotonic
        self._done = threading.Event()
        threading.Thread(target=self._run, args=(ask,), name="call", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Wait until it is over, at most so long; True when it is."""
        return self._done.wait(seconds)

    def _run(self, ask: Callable[[], T]) -> None:
        try:
            outcome: T | Exception = ask()
        except (ModelArtsError, ValueError) as error:  # ValueError: what an address asks for cannot be sent
            outcome = error
        except Exception as error:  # noqa: BLE001 - a fault of ours must reach the screen, not die here
            _log.exception("a call failed unexpectedly")
            outcome = error
        self.outcome = outcome
        self.ended = time.monotonic()
        self._done.set()


class Calls:
    """The calls of this process by what they ask for; the longest unused go first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: OrderedDict[Hashable, Call[Any]] = OrderedDict()

    def get(self, key: Hashable, ask: Callable[[], T], kept_seconds: float) -> Call[T]:
        """The call for a key, begun unless one is under way or has ended less than `kept_seconds` ago.

        A failure is kept for KEPT_FAILURE_SECONDS at most.
        """
        with self._lock:
            call = self._calls.get(key)
            if call is None or _is_over(call, kept_seconds):
                call = self._calls[key] = Call(ask)
            self._calls.move_to_end(key)
            while len(self._calls) > MAX_CALLS:
                self._calls.popitem(last=False)
            return call

    def forget_failure(self, key: Hashable) -> None:
        """Let the next look begin the call anew, if it has failed."""
        with self._lock:
            call = self._calls.get(key)
            if call is not None and isinstance(call.outcome, Exception):
                del self._calls[key]

    def forget_all(self) -> None:
        """Forget every call; one that is under way goes on for those who wait for it."""
        with self._lock:
            self._calls.clear()


def _is_over(call: Call[Any], kept_seconds: float) -> bool:
    if call.ended is None:
        return False
    failed = isinstance(call.outcome, Exception)
    kept = min(kept_seconds, KEPT_FAILURE_SECONDS) if failed else kept_seconds
    return time.monotonic() - call.ended >= kept
