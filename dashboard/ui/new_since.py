"""Findings of what is new or has changed since a day, as the stored snapshots tell."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard.audit.live import Audited
from dashboard.data.database import shared_database
from dashboard.data.parameters import FIRST_DAY, LAST_DAY, NEW_SINCE
from dashboard.history.recall import state_at
from dashboard.history.since import new_or_changed
from dashboard.store.errors import StoreError
from dashboard.store.series import Snapshot
from dashboard.ui import messages
from dashboard.ui.context import Context


def draw(here: Context, audited: Audited) -> npt.NDArray[np.bool_] | None:
    """Draw the choice of a day; return which configurations are new or other since then, None without one."""
    day = st.date_input(
        NEW_SINCE.label,
        None,
        key=NEW_SINCE.name,
        bind="query-params",
        format="YYYY-MM-DD",
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        help=NEW_SINCE.help,
        width=220,
    )
    if not isinstance(day, date):
        return None
    try:
        snapshot = _snapshot(here, day)
        if snapshot is None:
            st.info("No snapshot is as old as that: everything counts as new.", icon=":material/history:")
            return np.ones(len(audited.inventory.frame), dtype=bool)
        return _changed(audited, snapshot)
    except StoreError as error:
        st.warning(messages.escaped(f"The history cannot be read. {error}"), icon=":material/database_off:")
        return None


def _snapshot(here: Context, day: date) -> Snapshot | None:
    """Return the snapshot that held when a day (UTC) began."""
    from dashboard.store.snapshots import snapshot_at  # noqa: PLC0415 - SQLAlchemy, for who asks

    begins = datetime.combine(day, datetime.min.time(), UTC)
    return snapshot_at(
        shared_database(), here.connection.name, here.view.config_type, begins - timedelta(microseconds=1)
    )


def _changed(audited: Audited, snapshot: Snapshot) -> npt.NDArray[np.bool_]:
    inventory = audited.inventory
    found: npt.NDArray[np.bool_] = inventory.derived(
        ("new since", snapshot.id),
        lambda: np.array(
            new_or_changed(inventory.records, state_at(shared_database(), snapshot)), dtype=np.bool_
        ),
    )
    return found
