"""Calls at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence


def in_threads(calls: Sequence[Callable[[], object]]) -> list[object]:
    """What each call returned or raised, in order; all begin together."""
    outcomes: list[object] = [None] * len(calls)
    together = threading.Barrier(len(calls), timeout=10)

    def run(index: int) -> None:
        together.wait()
        try:
            outcomes[index] = calls[index]()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            outcomes[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
