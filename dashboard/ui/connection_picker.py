"""Which connection the screens are about: the choice between several, in the sidebar and in the address."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.connections import Connection, ConnectionProblem
from dashboard.data import loading
from dashboard.data.view import CONNECTION, DETAILS


def current_entry() -> Connection | ConnectionProblem:
    """What the viewer has chosen, by the control or in the address; for junk the first usable one."""
    entries = loading.entries()
    wanted = st.session_state.get(CONNECTION, st.query_params.get(CONNECTION))
    chosen = next((entry for entry in entries if entry.name == wanted), None)
    return chosen or _first_usable(entries)


def current_connection() -> Connection:
    """The connection that the screens are about; the frame shows none of them without one."""
    entry = current_entry()
    if not isinstance(entry, Connection):
        raise TypeError(f"the connection {entry.name!r} cannot be used")
    return entry


def draw() -> Connection | ConnectionProblem:
    """Draw the choice between several connections; the one that is chosen."""
    entries = loading.entries()
    if len(entries) > 1:
        names = [entry.name for entry in entries]
        st.sidebar.selectbox(
            "Connection",
            names,
            index=names.index(_first_usable(entries).name),
            key=CONNECTION,
            bind="query-params",
            on_change=to_another_connection,
        )
    return current_entry()


def _first_usable(entries: Sequence[Connection | ConnectionProblem]) -> Connection | ConnectionProblem:
    return next((entry for entry in entries if isinstance(entry, Connection)), entries[0])


def to_another_connection() -> None:
    """Begin at the first page, with no details open and no row selected: those were the other connection's.

    Filters stay. The grid is another one, so that no selection of its rows can arrive late.
    """
    st.query_params.pop(DETAILS, None)
    st.session_state["page"] = 1
    st.session_state["drawn_names"] = ()
    st.session_state["rows_generation"] = st.session_state.get("rows_generation", 0) + 1
