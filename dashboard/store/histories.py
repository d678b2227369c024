"""The history of one configuration over all snapshots: when it came, each state it had, when it went."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dashboard.store import tables
from dashboard.store.database import Database
from dashboard.store.series import TABLE, Snapshot, described, replay, snapshot_of
from dashboard.store.snapshots import NAME


@dataclass(frozen=True)
class Version:
    """A state that a configuration had for a time.

    `first_seen` is when the first snapshot with it was taken, `last_seen` when it was confirmed last;
    `gone_at` is when the first snapshot without it was taken, None while it is there.
    """

    configuration: Mapping[str, Any]
    first_seen: datetime
    last_seen: datetime
    gone_at: datetime | None = None


@dataclass(frozen=True)
class ConfigurationHistory:
    """All versions of a configuration in the order of their time; a state that comes back is a new one.

    Where a service lists the name more than once, versions overlap.
    """

    name: str
    versions: tuple[Version, ...]

    @property
    def first_seen(self) -> datetime | None:
        """Return when it was seen first, None for a name that was never there."""
        return min((version.first_seen for version in self.versions), default=None)

    @property
    def last_seen(self) -> datetime | None:
        """Return when it was seen last."""
        return max((version.last_seen for version in self.versions), default=None)


def history_of(database: Database, connection: str, config_type: str, name: str) -> ConfigurationHistory:
    """Return the history of the configurations with a name. Raises DatabaseDamagedError."""
    series = tables.key_of(connection, config_type)
    needle = f'"{NAME}":{json.dumps(name)}'
    numbers: set[int] = set()
    held: dict[int, frozenset[str]] = {}
    looked_at = 0
    with database.reading() as reading:
        snapshots = {
            row.id: snapshot_of(row) for row in reading.execute(described().where(TABLE.c.series == series))
        }
        for number, chain in replay(reading, database.location, series):
            new = range(looked_at, len(chain.lines))
            numbers.update(at for at in new if needle in chain.lines[at] and _is(name, chain.lines[at]))
            looked_at = len(chain.lines)
            held[number] = frozenset(chain.lines[at] for at in numbers & chain.held)
    in_time = sorted(snapshots.values(), key=lambda snapshot: (snapshot.taken_at, snapshot.id))
    return ConfigurationHistory(name, _versions([(snapshot, held[snapshot.id]) for snapshot in in_time]))


def _versions(seen: Iterable[tuple[Snapshot, frozenset[str]]]) -> tuple[Version, ...]:
    there: dict[str, Version] = {}
    gone: list[Version] = []
    for snapshot, lines in seen:
        for line in sorted(there.keys() - lines):
            gone.append(replace(there.pop(line), gone_at=snapshot.taken_at))
        for line in sorted(lines):
            version = there.get(line) or Version(json.loads(line), snapshot.taken_at, snapshot.confirmed_at)
            there[line] = replace(version, last_seen=snapshot.confirmed_at)
    return tuple(
        sorted([*gone, *there.values()], key=lambda version: (version.first_seen, version.last_seen))
    )


def _is(name: str, line: str) -> bool:
    """Tell whether it is the name: the text was found somewhere in the line, perhaps in a nested field."""
    return bool(json.loads(line).get(NAME) == name)
