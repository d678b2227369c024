"""All connections at once: a row each, filled in as the loads of each come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ButtonColumnResult, ColumnConfig

from dashboard.connections import Connection, ConnectionProblem
from dashboard.data.projects import LoadState, projects
from dashboard.data.view import Facets, View
from dashboard.ui import formatting, messages, state
from dashboard.ui.connection_picker import choose
from dashboard.ui.context import Entry, Viewer, ask_viewer_again, fragment
from dashboard.ui.status import wait_text

WHOLE: Final = View()
LOADING_SECONDS, QUIET_SECONDS = 1, 20
ROW_HEIGHT: Final = 35
OPEN: Final = ":material/open_in_full: Open"


@dataclass(frozen=True)
class Row:
    """One connection in the table; what is not known is None."""

    open: str
    state: str
    title: str
    configurations: int | None = None
    engines: int | None = None
    newest: datetime | None = None
    age: str | None = None
    happened: str | None = None
    endpoint: str | None = None
    project: str | None = None
    credentials: str | None = None


def draw(viewer: Viewer) -> None:
    """Draw the table; it draws itself again, often while anything loads."""
    busy = any(load is not None and load.running for load in _loads(viewer))
    st.markdown("## All connections")
    run_every = LOADING_SECONDS if busy else QUIET_SECONDS
    fragment(partial(_draw_table, busy=busy), viewer, ask_viewer_again, run_every=run_every)


def _draw_table(viewer: Viewer, *, busy: bool) -> None:
    if st.session_state.pop(state.OPENS_OVERVIEW, False):
        st.switch_page("../pages/overview.py")
    loads = _loads(viewer)
    if busy and not any(load is not None and load.running for load in loads):
        st.rerun()  # less often from now on
    rows = [row_of(entry, load) for entry, load in zip(viewer.entries, loads, strict=True)]
    st.session_state[state.DRAWN_CONNECTIONS] = tuple(entry.name for entry in viewer.entries)
    with st.container(key="connections"):
        _draw_rows(rows)


def _draw_rows(rows: Sequence[Row]) -> None:
    st.dataframe(
        _frame(rows),
        height=ROW_HEIGHT * (len(rows) + 1) + 3,
        row_height=ROW_HEIGHT,
        hide_index=True,
        placeholder="",
        column_config=_columns(),
        alt="All connections: state, counts, age and address of each",
    )


def _loads(viewer: Viewer) -> list[LoadState | None]:
    """Return how the load of everything stands for each entry, begun where due; None for a broken one."""
    return [
        projects().project(entry).inventory(WHOLE).state if isinstance(entry, Connection) else None
        for entry in viewer.entries
    ]


def row_of(entry: Entry, load: LoadState | None) -> Row:
    """Return what the table tells of a connection."""
    if isinstance(entry, ConnectionProblem) or load is None:
        faults = "; ".join(entry.faults) if isinstance(entry, ConnectionProblem) else None
        return Row(OPEN, "✕ settings", entry.title, happened=faults)
    found = load.result
    figures = found.selection(Facets()).key_figures if found else None
    waits = wait_text(projects().project(entry), load) or None
    return Row(
        OPEN,
        state_words(load),
        entry.title,
        figures.configurations if figures else None,
        figures.engines if figures else None,
        figures.newest if figures else None,
        formatting.age_words(found.age_seconds) if found else None,
        messages.describe(load.error).happened if load.error else waits,
        urlsplit(entry.endpoint).netloc,
        entry.project,
        entry.shown_credentials,
    )


def state_words(load: LoadState) -> str:
    """Return how a connection is doing, in a sign and a word: neither alone, and no colour."""
    if load.running:
        if load.result:
            return "… renewing"
        come = load.progress
        return f"… {come.loaded:,} of {come.total:,}" if come else "… loading"
    if load.error is not None:
        return "△ old data" if load.result else "✕ failed"
    if load.result is None:
        return "… waiting"
    return "✓ up to date" if load.result.complete else "△ not whole"


def _frame(rows: Sequence[Row]) -> pd.DataFrame:
    frame = pd.DataFrame([astuple(row) for row in rows], columns=[field.name for field in fields(Row)])
    frame["newest"] = pd.to_datetime(frame["newest"], utc=True)
    numbers = dict.fromkeys(("configurations", "engines"), "Int64")
    texts = dict.fromkeys(("state", "title", "age", "endpoint", "project", "credentials", "happened"), "str")
    return frame.astype(numbers | texts)


def _columns() -> dict[str, ColumnConfig | ButtonColumnResult]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    return {
        "open": st.column_config.ButtonColumn(
            "Overview", width=95, pinned=True, key="open_connection", on_click=_on_open
        ),
        "state": text("State", width=140),
        "title": text("Connection", width=180),
        "configurations": number("Configurations", format="localized", width=110),
        "engines": number("Engines", width=75),
        "newest": st.column_config.DatetimeColumn(
            "Newest", format="YYYY-MM-DD", timezone=st.context.timezone or "UTC", width=95
        ),
        "age": text("Data of", width=100),
        "happened": text("What happened", width=380),
        "endpoint": text("Endpoint", width=260),
        "project": text("Project", width=260),
        "credentials": text("Credentials", width=200),
    }


def _on_open() -> None:
    """Choose the connection of the row whose button was clicked, and go to its overview."""
    click = st.session_state["open_connection"]
    names = st.session_state.get(state.DRAWN_CONNECTIONS, ())
    if click is not None and 0 <= click["row"] < len(names):
        choose(names[click["row"]])
        st.session_state[state.OPENS_OVERVIEW] = True
