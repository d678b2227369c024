"""All connections at once: a row each, filled in as the loads of each come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ButtonColumnResult, ColumnConfig

from dashboard.connections import Connection, ConnectionProblem
from dashboard.data import loading
from dashboard.data.loads import LoadState, Snapshot
from dashboard.data.view import CONNECTION, Facets, View
from dashboard.ui import formatting, messages
from dashboard.ui.connection_picker import to_another_connection

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


def draw() -> None:
    """The table; it draws itself again, often while anything loads."""
    states = _states()
    busy = any(state is not None and state.loading for state in states)
    st.markdown("## All connections")
    st.fragment(_draw_table, run_every=LOADING_SECONDS if busy else QUIET_SECONDS)(busy=busy)


def _draw_table(*, busy: bool) -> None:
    if st.session_state.pop("opens_overview", False):
        st.switch_page("../pages/overview.py")
    entries, states = loading.entries(), _states()
    if busy and not any(state is not None and state.loading for state in states):
        st.rerun()  # less often from now on
    rows = [row_of(entry, state) for entry, state in zip(entries, states, strict=True)]
    st.session_state["drawn_connections"] = tuple(entry.name for entry in entries)
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


def _states() -> list[LoadState | None]:
    """How the load of everything stands for each entry, begun where it is due; None for a broken one."""
    return [
        loading.inventory(entry, WHOLE).state if isinstance(entry, Connection) else None
        for entry in loading.entries()
    ]


def row_of(entry: Connection | ConnectionProblem, state: LoadState | None) -> Row:
    """What the table tells of a connection."""
    if isinstance(entry, ConnectionProblem) or state is None:
        faults = "; ".join(entry.faults) if isinstance(entry, ConnectionProblem) else None
        return Row(OPEN, "✕ settings", entry.title, happened=faults)
    figures = loading.selection(state.snapshot, Facets()).key_figures if state.snapshot else None
    return Row(
        OPEN,
        state_words(state),
        entry.title,
        figures.configurations if figures else None,
        figures.engines if figures else None,
        figures.newest if figures else None,
        _age(state.snapshot),
        messages.describe(state.error).happened if state.error else _trouble(entry, state),
        urlsplit(entry.endpoint).netloc,
        entry.project,
        entry.shown_credentials,
    )


def state_words(state: LoadState) -> str:
    """How a connection is doing, in a sign and a word: neither alone, and no colour."""
    if state.loading:
        if state.snapshot:
            return "… renewing"
        return f"… {state.loaded:,} of {state.total:,}" if state.total else "… loading"
    if state.error is not None:
        return "△ old data" if state.snapshot else "✕ failed"
    if state.snapshot is None:
        return "… waiting"
    return "✓ up to date" if state.snapshot.complete else "△ not whole"


def _trouble(connection: Connection, state: LoadState) -> str | None:
    if state.began_at is None:
        return None
    trouble = loading.traffic(connection).trouble_since(state.began_at)
    now = datetime.now(UTC)
    return formatting.waiting_words(now, state.began_at, trouble, answered=state.total is not None) or None


def _age(snapshot: Snapshot | None) -> str | None:
    if snapshot is None:
        return None
    return formatting.age_words((datetime.now(UTC) - snapshot.loaded_at).total_seconds())


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
    names = st.session_state.get("drawn_connections", ())
    if click is not None and 0 <= click["row"] < len(names):
        st.session_state[CONNECTION] = names[click["row"]]
        to_another_connection()
        st.session_state["opens_overview"] = True
