"""The snapshots of what is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dashboard.ui.context import Context

if TYPE_CHECKING:
    from dashboard.store.database import Database
    from dashboard.store.series import Snapshot


def snapshots_of(here: Context, database: Database) -> Sequence[Snapshot]:
    """Return the snapshots of a connection and the configuration type in view, the oldest first.

    Raises StoreError.
    """
    from dashboard.store.snapshots import list_snapshots  # noqa: PLC0415 - SQLAlchemy

    return list_snapshots(database, here.connection.name, here.view.config_type)
