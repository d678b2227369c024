"""The whole over time, from a series of snapshots: how many on which engines, and what happened each day.

A series is told as steps: what went and what came from each snapshot to the next one. So a hundred snapshots
of 10,000 configurations are 10,000 records and the changes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import accumulate, pairwise
from typing import TypeVar

from dashboard.data.record import ENGINE, IMAGE, NO_ENGINE, ONLY_IMAGE, VERSION, Record
from dashboard.history.difference import CHANGE_KINDS, difference
from dashboard.history.edits import NOTHING_IGNORED, Ignored
from dashboard.history.values import is_empty

Key = TypeVar("Key")


@dataclass(frozen=True)
class SnapshotStep:
    """A snapshot, by when it was taken (aware): what is in it that was not in the one before, and reversed.

    An edited configuration is in both. The first step of a series has come as a whole.
    """

    at: datetime
    gone: Sequence[Record]
    come: Sequence[Record]


@dataclass(frozen=True)
class CountsOverTime:
    """How many there were of each kind at each time: `counts[kind][n]` belongs to `at[n]`."""

    at: tuple[datetime, ...]
    counts: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Adoption:
    """When an engine's version (None: of any version) was first and last seen to be in use, and by how many.

    What the first snapshot holds may be older than that: `since_beginning`. `retired_at` is when the first
    snapshot without it was taken; None while it is in use, also where it has come back.
    """

    engine: str
    version: str | None
    first_seen: datetime
    last_seen: datetime
    since_beginning: bool
    retired_at: datetime | None
    most: int
    now: int


@dataclass(frozen=True)
class DayCounts:
    """What happened on a day (UTC): counts of configurations between two snapshots.

    `since` is when the last one before the day's first change was taken, `until` when that with its last was.
    """

    day: date
    since: datetime
    until: datetime
    added: int = 0
    removed: int = 0
    renamed: int = 0
    edited: int = 0


def engine_of(record: Record) -> str:
    """Return the engine's name, or what stands for it."""
    name = record.get(ENGINE)
    if isinstance(name, str) and name.strip():
        return name
    return NO_ENGINE if is_empty(record.get(IMAGE)) else ONLY_IMAGE


def engine_counts(steps: Sequence[SnapshotStep]) -> CountsOverTime:
    """Return how many configurations each engine had at each snapshot, those that are gone included.

    Engines are in the order of their largest count.
    """
    series = _series(steps, engine_of)
    ordered = sorted(series.items(), key=lambda item: (-max(item[1]), item[0]))
    return CountsOverTime(tuple(step.at for step in steps), {name: tuple(counts) for name, counts in ordered})


def adoptions(steps: Sequence[SnapshotStep]) -> tuple[Adoption, ...]:
    """Return each engine, and each version of it, the first seen first; stand-ins are no engines."""
    found: list[Adoption] = []
    series: dict[tuple[str, str | None], list[int]] = {
        (name, None): counts for name, counts in _series(steps, engine_of).items()
    }
    series |= _series(steps, _engine_and_version)
    for (engine, version), counts in series.items():
        if engine not in {ONLY_IMAGE, NO_ENGINE} and any(counts):
            found.append(_adoption(engine, version, counts, [step.at for step in steps]))
    return tuple(sorted(found, key=lambda one: (one.first_seen, one.engine, one.version or "")))


def day_counts(steps: Sequence[SnapshotStep], ignored: Ignored = NOTHING_IGNORED) -> tuple[DayCounts, ...]:
    """Return what happened on each day on which something did; the first snapshot is where it begins."""
    days: defaultdict[date, Counter[str]] = defaultdict(Counter)
    spans: dict[date, tuple[datetime, datetime]] = {}
    for before, step in pairwise(steps):
        found = difference(step.gone, step.come, ignored)
        counts = {kind: len(getattr(found, kind)) for kind in CHANGE_KINDS if getattr(found, kind)}
        if counts:
            day = step.at.astimezone(UTC).date()
            days[day].update(counts)
            spans[day] = (spans.get(day, (before.at,))[0], step.at)
    return tuple(
        DayCounts(day, *spans[day], *(days[day][kind] for kind in CHANGE_KINDS)) for day in sorted(days)
    )


def _engine_and_version(record: Record) -> tuple[str, str | None]:
    version = record.get(VERSION)
    return engine_of(record), version if isinstance(version, str) else ""


def _series(steps: Sequence[SnapshotStep], key: Callable[[Record], Key]) -> dict[Key, list[int]]:
    """Return the counts by key at each step."""
    counts: dict[Key, list[int]] = {}
    for number, step in enumerate(steps):
        for records, change in ((step.gone, -1), (step.come, 1)):
            for record in records:
                counts.setdefault(key(record), [0] * len(steps))[number] += change
    return {name: list(accumulate(changes)) for name, changes in counts.items()}


def _adoption(engine: str, version: str | None, counts: Sequence[int], at: Sequence[datetime]) -> Adoption:
    used = [number for number, count in enumerate(counts) if count]
    last = used[-1]
    return Adoption(
        engine,
        version,
        first_seen=at[used[0]],
        last_seen=at[last],
        since_beginning=used[0] == 0,
        retired_at=None if last == len(at) - 1 else at[last + 1],
        most=max(counts),
        now=counts[-1],
    )
