"""Repeated measurements and their medians."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


class Samples(defaultdict[Hashable, list[float]]):
    """Measured values by what was measured."""

    def __init__(self) -> None:
        super().__init__(list)

    def median(self, key: Hashable) -> float | None:
        """Return the median of ``key``'s values; None when it was not measured."""
        return statistics.median(self[key]) if self.get(key) else None

    def spread(self, key: Hashable) -> tuple[float, float] | None:
        """Return the smallest and the largest of ``key``'s values."""
        return (min(self[key]), max(self[key])) if self.get(key) else None


def interleaved(tasks: Mapping[Key, Callable[[], float]], repetitions: int) -> Samples:
    """Run every task once a round, the order turned by one each round, so that all meet the same machine."""
    samples = Samples()
    names = list(tasks)
    for repetition in range(repetitions):
        for offset in range(len(names)):
            name = names[(offset + repetition) % len(names)]
            samples[name].append(tasks[name]())
    return samples
