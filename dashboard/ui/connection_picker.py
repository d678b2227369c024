"""The choice between several connections, in the sidebar and in the address."""

from __future__ import annotations

import streamlit as st

from dashboard.data.parameters import CONNECTION, DETAILS, PAGE
from dashboard.ui import state
from dashboard.ui.context import Entry, Viewer


def draw(viewer: Viewer) -> Entry:
    """Draw the choice between several connections; return the one that is chosen."""
    names = [entry.name for entry in viewer.entries]
    if len(names) > 1:
        st.sidebar.selectbox(
            "Connection",
            names,
            index=names.index(viewer.first_usable.name),
            key=CONNECTION,
            bind="query-params",
            on_change=to_another_connection,
        )
    return viewer.entry


def to_another_connection() -> None:
    """Begin at the first page, with no details open and no row selected: those were the other connection's.

    Filters stay.
    """
    st.query_params.pop(DETAILS, None)
    st.session_state[PAGE.name] = 1
    st.session_state[state.DRAWN_NAMES] = ()
    state.replace_grid()
