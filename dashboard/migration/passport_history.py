"""When a configuration was seen, and its edits, from the snapshots in the store, as its passport has them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

from dashboard.data.database import shared_database
from dashboard.migration.passport import PassportHistory
from dashboard.store.errors import StoreError


def passport_history(connection: str, config_type: str, name: str) -> PassportHistory | None:
    """Return the history of a name; None where no snapshot holds it, or the store cannot be read."""
    from dashboard.store.histories import history_of  # noqa: PLC0415 - SQLAlchemy

    try:
        found = history_of(shared_database(), connection, config_type, name)
    except StoreError:
        return None
    if found.first_seen is None or found.last_seen is None:
        return None
    edits = tuple(
        (after.first_seen, _changed(before.configuration, after.configuration))
        for before, after in pairwise(found.versions)
    )
    return PassportHistory(found.first_seen, found.last_seen, edits)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return the fields that differ between two states."""
    names = sorted(before.keys() | after.keys())
    return ", ".join(name for name in names if before.get(name) != after.get(name))
