"""Two clocks at once: the one on the wall, and how long this process had a processor."""

import time

Took = tuple[float, float]
"""Milliseconds by the wall, and of the processor. The second hardly changes when a machine is busy."""


class Stopwatch:
    """Runs from the moment that it is made."""

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def read(self) -> Took:
        """Return milliseconds since then by both clocks."""
        return (time.perf_counter() - self._wall) * 1000, (time.process_time() - self._processor) * 1000
