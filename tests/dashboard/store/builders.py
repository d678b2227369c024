"""What the store is filled with in tests."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from dashboard.store.database import Database
from dashboard.store.series import Snapshot
from dashboard.store.snapshots import put_snapshot
from dashboard.store.waiver import NewWaiver

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


def day(number: float) -> datetime:
    """A moment so many days after the first of March."""
    return BEGIN + timedelta(days=number)


def waiver(**changes: Any) -> NewWaiver:
    """A waiver with all that one needs."""
    values = {
        "connection": "production",
        "check": "old-engine",
        "configuration": "resnet50-0001",
        "fields_fingerprint": "f1",
        "reason": "is retrained in May",
        "owner": "vision",
        "expires": date(2026, 5, 31),
    }
    return NewWaiver(**values | changes)


def configurations(count: int, **edited: str) -> list[dict[str, Any]]:
    """Configurations c0, c1, …; `c3="x"` gives that one another command, `c3="-"` leaves it out."""
    rows = [{"config_name": f"c{number}", "user_command": "python train.py"} for number in range(count)]
    rows = [row | {"user_command": edited.get(row["config_name"], row["user_command"])} for row in rows]
    return [row for row in rows if row["user_command"] != "-"]


def put(
    database: Database, at: float, rows: list[dict[str, Any]], connection: str = "production"
) -> Snapshot:
    """Store a snapshot of so many days after the first of March, which has to be a new one."""
    snapshot, stored = put_snapshot(database, connection, "custom", day(at), rows)
    assert stored
    return snapshot
