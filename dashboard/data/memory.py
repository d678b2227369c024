"""How much memory this process has and may have, and whether what is being loaded fits into that."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

KEPT, PASSING = 4.0, 0.5
"""What a new row takes at most until it is loaded, audited and stored, and one that was there before while it
is loaded again: as measured, as multiples of its record."""
MIN_TOTAL: Final = 20_000
"""Fewer fit anywhere."""
MAX_WEIGHED: Final = 2_000
ALLOWED_SHARE: Final = 0.95
_STATM: Final = Path("/proc/self/statm")


@dataclass(frozen=True)
class MemoryLimit:
    """So many bytes this process may have, and what says so."""

    size: int
    source: str


class TooLargeError(ValueError):
    """A project that does not fit: so many rows would need so much memory."""

    def __init__(self, rows: int, needed: int, limit: MemoryLimit) -> None:
        super().__init__(f"{rows:,} rows would need {needed:,} of {limit.size:,} bytes ({limit.source})")
        self.rows, self.needed, self.limit = rows, needed, limit


def resident_bytes() -> int:
    """Return the memory of this process that is in RAM; where the system does not say, its peak."""
    try:
        return int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def memory_limit(root: Path = Path("/")) -> MemoryLimit:
    """Return the least of what this process' control groups (v2, v1) and the machine allow."""
    physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limits = [MemoryLimit(physical, "the memory of this machine"), *_of_groups(root)]
    return min(limits, key=lambda limit: limit.size)


def _of_groups(root: Path) -> Iterable[MemoryLimit]:
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, group = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        top = root / "sys/fs/cgroup" / ("memory" if controllers else "")
        name = "memory.limit_in_bytes" if controllers else "memory.max"
        inner = top / group.lstrip("/")
        # Within a container the path may be one of the host's, which is not seen there.
        for folder in (inner, *(each for each in inner.parents if each.is_relative_to(top))):
            if (size := _number(folder / name)) is not None:
                yield MemoryLimit(size, f"{name} of the control group")


def _number(path: Path) -> int | None:
    """Return the number in a file; None for "max", or without one."""
    try:
        text = path.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isascii() and text.isdigit() else None


class Room:
    """Whether the rest of a load fits, judged by its first rows. `known` rows are there already."""

    def __init__(self, known: int) -> None:
        self._known, self._before = known, resident_bytes()
        self._rows = self._bytes = 0

    def weigh(self, record: Mapping[str, object]) -> None:
        """Take note of a record's size; of the first ones, which stand for all."""
        if self._rows < MAX_WEIGHED:
            self._rows += 1
            self._bytes += sys.getsizeof(record) + sum(map(sys.getsizeof, record.values()))

    def check(self, total: int, limit: MemoryLimit | None = None) -> None:
        """Raise TooLargeError if so many rows do not fit below the limit; by default the one in force."""
        if total < MIN_TOTAL or not self._rows:
            return
        limit = limit if limit is not None else memory_limit()
        new = max(total - self._known, 0)
        needed = self._before + int(self._bytes / self._rows * (KEPT * new + PASSING * (total - new)))
        if needed > ALLOWED_SHARE * limit.size:
            raise TooLargeError(total, needed, limit)
