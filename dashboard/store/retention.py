"""Which snapshots are kept, and the others deleted: by age and by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.engine import Connection

from dashboard.store.chain import Chain, ChainStep, PackedStep
from dashboard.store.columns import in_utc
from dashboard.store.database import Database
from dashboard.store.location import Location
from dashboard.store.series import TABLE, TOPIC, Snapshot, described, replay, snapshot_of


def prune(
    database: Database,
    now: datetime,
    *,
    keep_days: float | None = None,
    keep_last: int = 1,
    connection: str | None = None,
) -> tuple[Snapshot, ...]:
    """Delete the snapshots that no rule keeps, of a connection or of all; return them, the oldest first.

    Of each connection and type are kept: the last `keep_last` (at least 1), and, with `keep_days`, those of
    so many days before `now` (aware) and the one that held when these began. Raises ValueError.
    """
    if keep_last < 1 or (keep_days is not None and keep_days < 0):
        raise ValueError("keep_last is at least 1, and keep_days at least 0")
    since = None if keep_days is None else _before(in_utc(now), keep_days)
    deleted: list[Snapshot] = []
    with database.writing(TOPIC) as writing:
        for series, snapshots in _by_series(writing, connection):
            kept = _kept(snapshots, since, keep_last)
            if len(kept) < len(snapshots):
                deleted += [snapshot for snapshot in snapshots if snapshot.id not in kept]
                _rewrite(writing, database.location, series, kept)
        if deleted and database.is_sqlite:
            _give_back_pages(writing)
    return tuple(sorted(deleted, key=lambda snapshot: (snapshot.taken_at, snapshot.id)))


def _before(now: datetime, days: float) -> datetime | None:
    try:
        return now - timedelta(days=days)
    except OverflowError:  # earlier than any time that there is: nothing is too old
        return datetime.min.replace(tzinfo=now.tzinfo)


def _by_series(connection: Connection, name: str | None) -> Iterator[tuple[str, list[Snapshot]]]:
    query = described().order_by(TABLE.c.series, TABLE.c.taken_at, TABLE.c.id)
    if name is not None:
        query = query.where(TABLE.c.connection == name)
    everything = [snapshot_of(row) for row in connection.execute(query)]
    for series, snapshots in groupby(everything, key=lambda snapshot: snapshot.series):
        yield series, list(snapshots)


def _kept(snapshots: Sequence[Snapshot], since: datetime | None, keep_last: int) -> set[int]:
    """Return which of one series' snapshots stay; they are in the order of time."""
    kept = {snapshot.id for snapshot in snapshots[-keep_last:]}
    if since is not None:
        kept |= {snapshot.id for snapshot in snapshots if snapshot.taken_at > since}
        kept |= {snapshot.id for snapshot in [one for one in snapshots if one.taken_at <= since][-1:]}
    return kept


def _rewrite(connection: Connection, location: Location, series: str, kept: set[int]) -> None:
    """Rewrite the steps of those that stay, from one to the next, without what only the others held."""
    steps = [
        {"number": number, "membership": packed.membership, "contents": packed.contents}
        for number, packed in rechained(replay(connection, location, series), kept)
    ]
    this = TABLE.c.id == bindparam("number")
    ids = connection.execute(select(TABLE.c.id).where(TABLE.c.series == series)).scalars()
    connection.execute(delete(TABLE).where(this), [{"number": one} for one in ids if one not in kept])
    new: dict[str, object] = {name: bindparam(name) for name in ("membership", "contents")}
    connection.execute(update(TABLE).where(this).values(new), steps)


def rechained(snapshots: Iterable[tuple[int, Chain]], kept: set[int]) -> Iterator[tuple[int, PackedStep]]:
    """Return the steps of the kept snapshots of a replayed series as a chain of their own."""
    chain = Chain()
    numbers: dict[int, int] = {}
    held: set[int] = set()
    for snapshot, old in snapshots:
        if snapshot not in kept:
            continue
        came = sorted(old.held - held)
        new = [number for number in came if number not in numbers]
        step = ChainStep(
            removed=sorted(numbers[number] for number in held - old.held),
            restored=sorted(numbers[number] for number in came if number in numbers),
            added=[old.lines[number] for number in new],
        )
        numbers.update(zip(new, range(len(chain.lines), len(chain.lines) + len(new)), strict=True))
        held = set(old.held)
        yield snapshot, chain.pack(step)
        chain.take(step)


def _give_back_pages(connection: Connection) -> None:
    """Free one by one: SQLite takes a page a step, and Python's driver one step where no columns come."""
    ((free,),) = connection.exec_driver_sql("PRAGMA freelist_count").all()
    cursor = connection.connection.cursor()
    for _ in range(free):
        cursor.execute("PRAGMA incremental_vacuum(1)")
    cursor.close()
