"""Snapshots as JSON Lines (https://jsonlines.org): to keep, to move elsewhere, to read with other tools.

The first line is {"format": "modelarts-snapshots", "version": 1}. Then, for each snapshot:

    {"snapshot": {"connection", "config_type", "taken_at", "confirmed_at", "count", "details", "digest"}}
    {"remove": {a configuration}}    as many as are not there any more
    {"add": {a configuration}}       as many as have come

Both are told from the snapshot before it in the file of the same connection and type, and from nothing for
the first; an edit removes one and adds another. Times are ISO 8601 with a zone; the digest is that of
`canonical.digest_of`. The last line is {"end": {"snapshots": how many}}: a file without it has been cut
off.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from dashboard.store import tables
from dashboard.store.canonical import canonical, digest_of
from dashboard.store.chain import Chain
from dashboard.store.columns import in_utc
from dashboard.store.database import Database
from dashboard.store.errors import FaultyFileError, UnstorableError
from dashboard.store.series import TABLE, TOPIC, append, chain_at, described, replay, snapshot_of

HEADER: Final = {"format": "modelarts-snapshots", "version": 1}
TEXTS: Final = ("connection", "config_type", "digest")
TIMES: Final = ("taken_at", "confirmed_at")
COUNTS: Final = ("count", "details")


@dataclass(frozen=True)
class ImportedSnapshots:
    """How many snapshots of a file were stored, and how many were there already."""

    stored: int
    known: int


def export_snapshots(
    database: Database, connection: str | None = None, config_type: str | None = None
) -> Iterator[str]:
    """Yield the lines of the file, each with its line feed: of a connection or all, of a type or all.

    One state of the database; it is being read until the last line. Raises DatabaseDamagedError.
    """
    count = 0
    yield _line(HEADER)
    with database.reading() as reading:
        query = described().order_by(TABLE.c.id)
        wanted = [(TABLE.c.connection, connection), (TABLE.c.config_type, config_type)]
        query = query.where(*(column == value for column, value in wanted if value is not None))
        snapshots = {row.id: snapshot_of(row) for row in reading.execute(query)}
        for series in dict.fromkeys(snapshot.series for snapshot in snapshots.values()):
            before: set[int] = set()
            for number, chain in replay(reading, database.location, series):
                told = {name: getattr(snapshots[number], name) for name in (*TEXTS, *COUNTS)}
                times = {name: getattr(snapshots[number], name).isoformat() for name in TIMES}
                yield _line({"snapshot": told | times})
                yield from _changes(chain, before)
                before = set(chain.held)
                count += 1
    yield _line({"end": {"snapshots": count}})


def import_snapshots(database: Database, lines: Iterable[str]) -> ImportedSnapshots:
    """Store the snapshots of such a file, all or none; those that are there already are left alone.

    Raises FaultyFileError, which names the line.
    """
    read = _read(lines)
    stored = 0
    chains: dict[str, Chain] = {}
    with database.writing(TOPIC) as writing:
        for new, configurations in read:
            series = tables.key_of(new["connection"], new["config_type"])
            same = (
                TABLE.c.series == series,
                TABLE.c.taken_at == new["taken_at"],
                TABLE.c.digest == new["digest"],
            )
            if writing.execute(select(TABLE.c.id).where(*same)).first() is None:
                if series not in chains:
                    chains[series] = chain_at(writing, database.location, series)
                append(writing, chains[series], new, configurations)
                stored += 1
    return ImportedSnapshots(stored, len(read) - stored)


def _line(value: object) -> str:
    return f"{canonical(value)}\n"


def _changes(chain: Chain, before: set[int]) -> Iterator[str]:
    for word, numbers in (("remove", before - chain.held), ("add", chain.held - before)):
        for number in sorted(numbers):
            yield f'{{"{word}":{chain.lines[number]}}}\n'


Read = tuple[dict[str, Any], list[str]]
"""The values of a Snapshot without its number, and its configurations as canonical JSON."""


def _read(lines: Iterable[str]) -> list[Read]:
    """Read and check everything before the database is touched, so that nobody waits for it."""
    reader = _Reader()
    number = 0
    for number, line in enumerate(lines, 1):
        try:
            reader.take(line)
        except (ValueError, RecursionError, UnstorableError) as error:
            raise FaultyFileError([f"line {number}: {error}"]) from error
    if not reader.ended:
        raise FaultyFileError([f"line {number}: the file ends before its end line"])
    return reader.snapshots


class _Reader:
    """Takes line after line. Raises ValueError with what is wrong with one."""

    def __init__(self) -> None:
        self.snapshots: list[Read] = []
        self.ended = False
        self._begun = False
        self._held: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._current: dict[str, Any] | None = None

    def take(self, line: str) -> None:
        """Read the next line of the file."""
        value = json.loads(line)
        if not self._begun:
            if value != HEADER:
                raise ValueError(f"the first line has to be {json.dumps(HEADER)}")
            self._begun = True
            return
        if self.ended or not isinstance(value, dict) or len(value) != 1:
            raise ValueError("it is no object with one key, or behind the end")
        ((word, content),) = value.items()
        if not isinstance(content, dict):
            raise ValueError(f"{word[:80]!a} holds no object")  # noqa: TRY004 - a fault of the file
        self._take(word, content)

    def _take(self, word: str, content: dict[str, Any]) -> None:
        if word in {"add", "remove"}:
            self._change(word, content)
        elif word == "snapshot":
            self._finish()
            self._current = _snapshot(content)
        elif word == "end":
            self._finish()
            if content != {"snapshots": len(self.snapshots)}:
                raise ValueError(
                    f"the file holds {len(self.snapshots):,} snapshots, and its end says otherwise"
                )
            self.ended = True
        else:
            raise ValueError(f"{word[:80]!a} is none of snapshot, add, remove and end")

    def _change(self, word: str, configuration: dict[str, Any]) -> None:
        if self._current is None:
            raise ValueError("no snapshot has begun")
        held, line = self._of_current(), canonical(configuration)
        if word == "add":
            held[line] += 1
        elif held[line]:
            held[line] -= 1
        else:
            raise ValueError("what is removed is not there")

    def _of_current(self) -> Counter[str]:
        assert self._current is not None
        return self._held[tables.key_of(self._current["connection"], self._current["config_type"])]

    def _finish(self) -> None:
        if self._current is None:
            return
        lines = list(self._of_current().elements())
        if len(lines) != self._current["count"]:
            raise ValueError(
                f"the snapshot above holds {len(lines):,} of {self._current['count']:,} configurations"
            )
        if digest_of(lines) != self._current["digest"]:
            raise ValueError("the snapshot above does not hold what its digest says")
        self.snapshots.append((self._current, lines))
        self._current = None


def _snapshot(content: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a snapshot without its number."""
    if set(content) != {*TEXTS, *TIMES, *COUNTS}:
        raise ValueError(f"a snapshot has the keys {', '.join((*TEXTS, *TIMES, *COUNTS))}")
    for names, kind in ((TEXTS, str), (TIMES, str), (COUNTS, int)):
        if wrong := [name for name in names if type(content[name]) is not kind]:
            raise ValueError(f"{wrong[0]} is of the wrong type")
    return content | {name: in_utc(datetime.fromisoformat(content[name])) for name in TIMES}
