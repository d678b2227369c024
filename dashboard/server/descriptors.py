"""File descriptors: as many as the system gives, for how many viewers, and few words when none is left."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import resource
import time
from collections.abc import Callable
from typing import Any, Final

RESERVED: Final = 40
"""Of a process without viewers: modules, logs, connections to the services, answers that are being given."""
SPARE: Final = 8
"""So many are left when no new session is taken any more."""
LOG_SECONDS: Final = 60.0
_log = logging.getLogger(__name__)


def raise_limit() -> None:
    """Let this process open as many files and sockets as it may at all."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError) as error:  # macOS names a hard limit that it does not grant
            _log.warning("The limit of open files stays at %d: %s", soft, error)


def limit() -> int:
    """Return how many descriptors this process may have open."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def max_viewers() -> int:
    """Return how many viewers that is enough for: one descriptor each."""
    return max(1, limit() - RESERVED)


def are_short() -> bool:
    """Return whether no session should be taken any more: the last descriptors are needed otherwise."""
    return len(os.listdir("/dev/fd")) > limit() - SPARE  # noqa: PTH208 - names are counted, nothing else


class AcceptErrors:
    """An event loop's exception handler: of sockets that could not be accepted one line a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told_at: float | None = None
        self._untold = 0

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Tell of an error, as asyncio calls it."""
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in {errno.EMFILE, errno.ENFILE}:
            loop.default_exception_handler(context)
            return
        self._untold += 1
        now = self._clock()
        if self._told_at is None or now - self._told_at >= LOG_SECONDS:
            _log.error(
                "No file descriptor is left for another connection: %d may be open (%d attempts failed since"
                " the last such line). Raise the limit: LimitNOFILE= of the service, or ulimit -n.",
                limit(),
                self._untold,
            )
            self._told_at, self._untold = now, 0
