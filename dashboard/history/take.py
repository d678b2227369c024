"""Taking a snapshot of what a connection has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from dashboard.data.record import Record
from dashboard.history.fields import has_details
from dashboard.history.records import detailed, kept_details, row_of
from dashboard.parsing.secrets import SecretFound

if TYPE_CHECKING:
    from dashboard.store.database import Database
    from dashboard.store.series import Snapshot


class IncompleteInventoryError(ValueError):
    """The service did not tell everything, so there is no snapshot to take."""


class Inventory(Protocol):
    """What a snapshot is taken of; `data.loads.LoadedInventory` is one."""

    @property
    def records(self) -> Sequence[Mapping[str, Any]]:
        """Return the service's rows as they may be shown."""

    @property
    def secrets(self) -> Mapping[int, Sequence[SecretFound]]:
        """Return what was masked in them, by position."""

    @property
    def complete(self) -> bool:
        """Return whether the service told everything."""

    @property
    def loaded_at(self) -> datetime:
        """Return when the load began (aware)."""


@dataclass(frozen=True)
class Taken:
    """A snapshot, and whether it is a new one; otherwise it is an earlier one, which holds the same."""

    snapshot: Snapshot
    stored: bool


def records_of(inventory: Inventory, details: Mapping[str, Record]) -> Iterable[Record]:
    """Yield the records of an inventory as they are kept, with the details that are known, by name.

    Raises IncompleteInventoryError.
    """
    if not inventory.complete:
        raise IncompleteInventoryError("The service did not tell everything, so nothing was stored.")
    rows = (
        row_of(record, inventory.secrets.get(position, ()))
        for position, record in enumerate(inventory.records)
    )
    return detailed(rows, details)


def take_snapshot(
    database: Database, connection: str, config_type: str, taken_at: datetime, records: Iterable[Record]
) -> Taken:
    """Store what a connection has, and say whether that is new.

    Of a configuration whose details are not known now, and whose row in the list is as it was in the last
    snapshot, they are kept as they were then. Raises StoreError.
    """
    from dashboard.store.snapshots import configurations_of, latest, put_snapshot  # noqa: PLC0415 - SQLAlchemy

    rows = list(records)
    last = latest(database, connection, config_type)
    if last is not None and last.details and not all(map(has_details, rows)):
        rows = list(kept_details(rows, configurations_of(database, last)))
    count = sum(map(has_details, rows))
    return Taken(*put_snapshot(database, connection, config_type, taken_at, rows, details=count))
