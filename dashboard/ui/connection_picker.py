"""The choice between several connections, in the sidebar and in the address."""

from __future__ import annotations

import streamlit as st

from dashboard.connections import labels
from dashboard.data.parameters import CONNECTION, DETAILS, PAGE, SAME_NAME
from dashboard.report.notices import unknown_connection
from dashboard.ui import messages, state
from dashboard.ui.context import Entry, Viewer


def draw(viewer: Viewer) -> Entry:
    """Draw the choice between several connections by their labels; return the one that is chosen.

    The address has its name: a control that is bound to the address would write its label there.
    """
    chosen = viewer.entry
    _tell_unknown(viewer, chosen)
    if len(viewer.entries) > 1:
        names = labels(viewer.entries)
        if st.session_state.get(CONNECTION) != chosen.name:
            st.session_state[CONNECTION] = chosen.name
        st.sidebar.selectbox(
            "Connection", list(names), key=CONNECTION, format_func=names.__getitem__, on_change=_on_choice
        )
        _write(chosen.name)
    return chosen


def _tell_unknown(viewer: Viewer, shown: Entry) -> None:
    """Say that the address names a connection that is not there, until the viewer chooses one.

    Where there is but one there is nothing to choose, and it is said as long as the address names the other.
    """
    wanted = st.query_params.get(CONNECTION)
    if wanted and wanted not in {entry.name for entry in viewer.entries}:
        st.session_state[state.UNKNOWN_CONNECTION] = wanted
    elif len(viewer.entries) == 1:
        st.session_state.pop(state.UNKNOWN_CONNECTION, None)
    if unknown := st.session_state.get(state.UNKNOWN_CONNECTION):
        words = unknown_connection(unknown, labels(viewer.entries)[shown.name])
        st.warning(messages.escaped(words), icon=":material/link_off:")


def _write(name: str) -> None:
    """Write the choice into the address, also the first one: whoever gets the link may have another first.

    A switch of the page drops it.
    """
    if st.query_params.get(CONNECTION) != name:
        st.query_params[CONNECTION] = name


def _on_choice() -> None:
    choose(st.session_state[CONNECTION])


def choose(name: str) -> None:
    """Look at another connection from now on."""
    st.session_state.pop(state.UNKNOWN_CONNECTION, None)
    st.session_state[CONNECTION] = name
    st.query_params[CONNECTION] = name
    to_another_connection()


def to_another_connection() -> None:
    """Begin at the first page, with no details open and no row selected: those were the other connection's.

    Filters stay.
    """
    for name in (DETAILS, SAME_NAME):
        st.query_params.pop(name, None)
    st.session_state[PAGE.name] = 1
    st.session_state[state.DRAWN_ROWS] = ()
