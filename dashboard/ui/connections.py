"""All connections at once: a row each, filled in as the loads of each come back."""

from __future__ import annotations

from functools import partial
from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from streamlit_plotly_basic import pressable, pressed

from dashboard.connections import Connection, ConnectionProblem
from dashboard.data.frame import STAND_INS
from dashboard.data.projects import LoadState, projects
from dashboard.data.view import Facets, View
from dashboard.report import ages
from dashboard.report.connections import ConnectionRow, State, table
from dashboard.ui import messages, state
from dashboard.ui.connection_picker import choose
from dashboard.ui.context import Entry, Viewer, ask_viewer_again, fragment
from dashboard.ui.status import wait_text

KEY: Final = "connections"
WHOLE: Final = View()
LOADING_SECONDS, QUIET_SECONDS = 1, 20


def draw(viewer: Viewer) -> None:
    """Draw the table; it draws itself again, often while anything loads."""
    busy = any(load is not None and load.running for load in _loads(viewer))
    st.html('<div class="heading"><h1>All connections</h1></div>')
    run_every = LOADING_SECONDS if busy else QUIET_SECONDS
    fragment(partial(_draw_table, busy=busy), viewer, ask_viewer_again, run_every=run_every)


def _draw_table(viewer: Viewer, *, busy: bool) -> None:
    if st.session_state.pop(state.OPENS_OVERVIEW, False):
        st.switch_page("../pages/overview.py")
    loads = _loads(viewer)
    if busy and not any(load is not None and load.running for load in loads):
        st.rerun()  # less often from now on
    rows = [row_of(entry, load) for entry, load in zip(viewer.entries, loads, strict=True)]
    pressable(table(rows, viewer.zone), key=KEY, on_press=lambda: _on_press(viewer))


def _loads(viewer: Viewer) -> list[LoadState | None]:
    """Return how the load of everything stands for each entry, begun where due; None for a broken one."""
    return [
        projects().project(entry).inventory(WHOLE).state if isinstance(entry, Connection) else None
        for entry in viewer.entries
    ]


def row_of(entry: Entry, load: LoadState | None) -> ConnectionRow:
    """Return what the table tells of a connection."""
    if isinstance(entry, ConnectionProblem) or load is None:
        faults = "; ".join(entry.faults) if isinstance(entry, ConnectionProblem) else ""
        return ConnectionRow(entry.title, State.BAD, "settings", happened=faults)
    found = load.result
    selection = found.selection(Facets()) if found else None
    sign, words = state_of(load)
    waits = wait_text(projects().project(entry), load)
    return ConnectionRow(
        title=entry.title,
        state=sign,
        words=words,
        configurations=selection.key_figures.configurations if selection else None,
        engines=frozenset(selection.counts["engine"]) - {*STAND_INS} if selection else frozenset(),
        newest=selection.key_figures.newest if selection else None,
        age=ages.age_words(found.age_seconds) if found else "",
        happened=messages.describe(load.error).happened if load.error else waits,
        since=load.failing_since,
        endpoint=urlsplit(entry.endpoint).netloc,
        project=entry.project,
        credentials=entry.shown_credentials,
    )


def state_of(load: LoadState) -> tuple[State, str]:
    """Return how a connection is doing."""
    if load.running:
        if load.result:
            return State.BUSY, "renewing"
        come = load.progress
        return State.BUSY, f"{come.loaded:,} of {come.total:,}" if come else "loading"
    if load.error is not None:
        return (State.WARNING, "old data") if load.result else (State.BAD, "failed")
    if load.result is None:
        return State.BUSY, "waiting"
    return (State.GOOD, "up to date") if load.result.complete else (State.WARNING, "not whole")


def _on_press(viewer: Viewer) -> None:
    """Go to a connection's overview, or load it again because a person wants it."""
    word, _, place = (pressed(KEY) or "").partition(" ")
    if not (place.isascii() and place.isdigit() and int(place) < len(viewer.entries)):
        return
    entry = viewer.entries[int(place)]
    if word == "open":
        choose(entry.name)
        st.session_state[state.OPENS_OVERVIEW] = True
    elif word == "retry" and isinstance(entry, Connection):
        projects().project(entry).renew(WHOLE)
