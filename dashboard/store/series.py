"""Series of snapshots in the database: their rows, and the chain replayed from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, insert, select
from sqlalchemy.engine import Connection

from dashboard.store import tables
from dashboard.store.chain import Chain, DamagedStepError, PackedStep
from dashboard.store.failures import damaged
from dashboard.store.location import Location

TOPIC: Final = "snapshots"
TABLE: Final = tables.snapshots


@dataclass(frozen=True)
class Snapshot:
    """All configurations of a connection and type at one time: immutable, but for `confirmed_at`.

    `confirmed_at` is the last time at which the service was seen to hold exactly this; both times are in
    UTC. `count` are its configurations, of which `details` hold their details. `digest` is that of
    `canonical. digest_of`.
    """

    id: int
    connection: str
    config_type: str
    taken_at: datetime
    confirmed_at: datetime
    count: int
    details: int
    digest: str

    @property
    def series(self) -> str:
        """Return what its row is found by."""
        return tables.key_of(self.connection, self.config_type)


FIELDS: Final = tuple(field.name for field in fields(Snapshot))


def described() -> Select[Any]:
    """Return the query of snapshots without what they hold."""
    return select(*(TABLE.c[name] for name in FIELDS))


def snapshot_of(row: Row[Any]) -> Snapshot:
    """Return the snapshot of a row of `described`."""
    return Snapshot(*(getattr(row, name) for name in FIELDS))


def replay(
    connection: Connection, location: Location, series: str, last: int | None = None
) -> Iterator[tuple[int, Chain]]:
    """Replay a series: each snapshot's number, in the order of storing, with the chain that ends there.

    The chain is one and the same, and grows. Ends behind the snapshot `last`. Raises DatabaseDamagedError.
    """
    query = select(TABLE.c.id, TABLE.c.membership, TABLE.c.contents).where(TABLE.c.series == series)
    if last is not None:
        query = query.where(TABLE.c.id <= last)
    chain = Chain()
    for number, membership, contents in connection.execute(query.order_by(TABLE.c.id)):
        try:
            chain.take(chain.unpack(PackedStep(membership, contents)))
        except DamagedStepError as error:
            raise damaged(location, f"snapshot {number} cannot be read: {error}") from error
        yield number, chain


def chain_at(connection: Connection, location: Location, series: str, last: int | None = None) -> Chain:
    """Return the chain that ends with the snapshot `last`, or the whole. Raises DatabaseDamagedError."""
    chain = Chain()
    for _, chain in replay(connection, location, series, last):  # noqa: B007 - the last one is wanted
        pass
    return chain


def append(connection: Connection, chain: Chain, new: dict[str, Any], lines: list[str]) -> int:
    """Store a snapshot of these lines at the end of its series' chain; return its number.

    `new` are the values of a Snapshot without its number.
    """
    step = chain.step_to(lines)
    packed = chain.pack(step)
    chain.take(step)
    values = new | {
        "series": tables.key_of(new["connection"], new["config_type"]),
        "membership": packed.membership,
        "contents": packed.contents,
    }
    key = connection.execute(insert(TABLE).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])
