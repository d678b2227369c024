"""What `[history]` of secrets.toml says: whether snapshots are taken, and how long they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dashboard.secrets_file import unknown_key

TABLE: Final = "history"
KEYS: Final = ("enabled", "keep_days", "keep_last")
KEEP_DAYS: Final = 90
"""Reading a series takes time with every snapshot in it: 20 a day are 1,800 by then, and half a second."""
KEEP_LAST: Final = 30
MAX_KEPT: Final = 100_000


@dataclass(frozen=True)
class HistorySettings:
    """Whether snapshots are taken by themselves; kept are those of so many days, and so many at least.

    With `faults`, in words, nothing is deleted: it may have been meant to stay.
    """

    enabled: bool = True
    keep_days: int = KEEP_DAYS
    keep_last: int = KEEP_LAST
    faults: tuple[str, ...] = ()


def read_history_settings(tables: Mapping[str, object]) -> HistorySettings:
    """Return what the table says; what is wrong in it is at its default, and a fault that names the key."""
    table = tables.get(TABLE, {})
    if not isinstance(table, Mapping):
        return HistorySettings(faults=(f"{TABLE} is not a table of keys",))
    faults = [unknown_key(str(key), f"[{TABLE}]", KEYS) for key in table if key not in KEYS]
    enabled = table.get("enabled", True)
    if not isinstance(enabled, bool):
        faults.append("enabled is neither true nor false")
        enabled = True
    kept = {
        key: _count(key, table.get(key, default), default, faults)
        for key, default in (("keep_days", KEEP_DAYS), ("keep_last", KEEP_LAST))
    }
    return HistorySettings(enabled, **kept, faults=tuple(faults))


def _count(key: str, value: object, default: int, faults: list[str]) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_KEPT:
        return value
    faults.append(f"{key} is not a whole number from 1 to {MAX_KEPT:,}")
    return default
