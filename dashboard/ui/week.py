"""What is new, edited and removed in seven days, on the overview: each a way into the changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import streamlit as st
from streamlit_plotly_basic import pressable, pressed

from dashboard.data.database import shared_database
from dashboard.data.parameters import BEFORE, SHOWN_CHANGES
from dashboard.history import recall
from dashboard.history.noise import ignored_fields
from dashboard.history.points import held_days_ago
from dashboard.report.week import KINDS, NOTHING, note, week
from dashboard.store.errors import StoreError
from dashboard.ui import state
from dashboard.ui.context import Context
from dashboard.ui.snapshots import snapshots_of

KEY: Final = "week"
DAYS: Final = 7
SCREEN: Final = "../pages/changes.py"


def draw(here: Context) -> None:
    """Draw the counts, or that none are known; where the store fails, its own screens say why."""
    if kind := st.session_state.pop(state.OPENS_CHANGES, ""):
        st.switch_page(SCREEN, query_params={BEFORE: f"{DAYS}d", SHOWN_CHANGES: kind})
    try:
        database = shared_database()
        snapshots = snapshots_of(here, database)
        if not snapshots:
            _draw_note(here)
            return
        before = held_days_ago(snapshots, DAYS, datetime.now(UTC))
        ignored = ignored_fields(database, here.connection.name)
        found = recall.changes_between(database, before, snapshots[-1], ignored)
    except StoreError:
        _draw_note(here)
        return
    is_whole = before.taken_at <= snapshots[-1].taken_at and before is not snapshots[0]
    whole = "All samples" if here.view.config_type == "sample" else "Whole project"
    when = f"in {DAYS} days" if is_whole else f"since {before.taken_at.astimezone(here.zone):%Y-%m-%d %H:%M}"
    pressable(week(f"{whole}, {when}", found), key=KEY, on_press=_on_press)


def _draw_note(here: Context) -> None:
    if not here.connection.is_sample:
        pressable(note(NOTHING), key=KEY, on_press=_on_press)


def _on_press() -> None:
    word, _, kind = (pressed(KEY) or "").partition(" ")
    if word == "changes" and kind in KINDS:
        st.session_state[state.OPENS_CHANGES] = kind
