"""Work that takes long, in a thread of its own: no viewer is held up, and it is done once for all of them.

Loads of inventories, single calls, details and the test of a connection are all a Job: it is begun when it is
due, shared by all who look at it while it runs, and keeps its last good result while a later attempt fails.
Needs no Streamlit.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeVar

from dashboard.parsing.secrets import mask
from modelarts_api import ModelArtsError

T = TypeVar("T")
P = TypeVar("P")
Work = Callable[[Callable[[P], None]], T]
"""What a job does: it is handed a function that takes note of its progress, and returns the result."""

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class JobState(Generic[T, P]):
    """How a job stands: the last good result, the failure of a later attempt, the progress of one that runs.

    `began_at` (UTC) is when the last attempt began, for reading, and `began` the same by a clock that nobody
    sets. `finished` counts the attempts that are over, good or not.
    """

    result: T | None = None
    error: Exception | None = None
    running: bool = False
    progress: P | None = None
    began_at: datetime | None = None
    began: float = 0.0
    finished: int = 0
    failing_since: datetime | None = None

    @property
    def seconds(self) -> float:
        """Return how long ago the last attempt began."""
        return time.monotonic() - self.began


class Job(Generic[T, P]):
    """Does one piece of work in the background, and again when its result is old.

    A result is good for `fresh_seconds`; after a failure the next automatic attempt waits `retry_seconds`.
    """

    def __init__(self, work: Work[P, T], *, fresh_seconds: float, retry_seconds: float) -> None:
        self._work = work
        self._fresh_seconds, self._retry_seconds = fresh_seconds, retry_seconds
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._state: JobState[T, P] = JobState()
        self._due_at = 0.0  # monotonic

    @property
    def state(self) -> JobState[T, P]:
        """Return how it stands now."""
        return self._state

    def start_if_due(self, *, now: bool = False) -> None:
        """Begin an attempt unless one runs; without `now`, only when there is no result yet or it is old."""
        with self._lock:
            if self._state.running or not (now or time.monotonic() >= self._due_at):
                return
            self._done.clear()
            began_at, began = datetime.now(UTC), time.monotonic()
            self._state = replace(self._state, running=True, progress=None, began_at=began_at, began=began)
        threading.Thread(target=self._run, name="background", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Wait until the attempt that runs is over, at most so long; True when it is."""
        return self._done.wait(seconds)

    def _run(self) -> None:
        try:
            state, due_in = (
                replace(self._state, result=self._work(self._note), error=None),
                self._fresh_seconds,
            )
        except (ModelArtsError, ValueError) as error:  # ValueError: what an address asks for cannot be sent
            state, due_in = replace(self._state, error=error), self._retry_seconds
        except Exception as error:  # noqa: BLE001 - a fault of ours must reach the screen, not die here
            _log.error("work in the background failed unexpectedly\n%s", mask(traceback.format_exc()))
            state, due_in = replace(self._state, error=error), self._retry_seconds
        with self._lock:
            since = (state.failing_since or datetime.now(UTC)) if state.error is not None else None
            self._state = replace(
                state,
                running=False,
                progress=self._state.progress,
                finished=state.finished + 1,
                failing_since=since,
            )
            self._due_at = time.monotonic() + due_in
            self._done.set()

    def _note(self, progress: P) -> None:
        self._state = replace(self._state, progress=progress)


class Jobs:
    """The jobs of this process by what they are about. Safe to share between threads.

    At most `maximum` are kept, the longest unused go first; those that `stays` names are kept on top.
    """

    def __init__(self, maximum: int, stays: Callable[[Any], bool] = lambda _key: False) -> None:
        self._maximum, self._stays = maximum, stays
        self._lock = threading.Lock()
        self._jobs: OrderedDict[Hashable, Job[Any, Any]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Job[T, P]]) -> Job[T, P]:
        """Return the one job of a key, made when it is first asked for."""
        with self._lock:
            if key not in self._jobs:
                self._jobs[key] = make()
            self._jobs.move_to_end(key)
            passing = [key for key in self._jobs if not self._stays(key)]
            for unused in passing[: max(0, len(passing) - self._maximum)]:
                del self._jobs[unused]
            return self._jobs[key]

    def find(self, key: Hashable) -> Job[Any, Any] | None:
        """Return the job of a key if there is one."""
        with self._lock:
            return self._jobs.get(key)

    def keep(self, wanted: Callable[[Any], bool]) -> None:
        """Forget the jobs of all other keys; one that runs goes on for those who wait for it."""
        with self._lock:
            for key in [key for key in self._jobs if not wanted(key)]:
                del self._jobs[key]

    def all(self, wanted: Callable[[Any], bool] = lambda _key: True) -> list[Job[Any, Any]]:
        """Return every job that is kept, or those whose keys are wanted."""
        with self._lock:
            return [job for key, job in self._jobs.items() if wanted(key)]

    def items(self) -> list[tuple[Any, Job[Any, Any]]]:
        """Return every job that is kept, with its key."""
        with self._lock:
            return list(self._jobs.items())
