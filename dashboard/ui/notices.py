"""What is on screen while an inventory loads, when nothing matches, and when something went wrong."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st

from dashboard.connections import Connection
from dashboard.data import loading
from dashboard.data.loads import LoadState
from dashboard.data.view import View
from dashboard.ui import messages
from dashboard.ui.formatting import age_words
from dashboard.ui.sidebar import clear_filters, current_view
from dashboard.ui.status import draw_wait

POLL_SECONDS = 0.4
KPI_HEIGHT, CARD_HEIGHT = 135, 435
"""What key figures and a chart with its heading take, in pixels."""
_FILTER_LABELS = {
    "search": "Search",
    "engine": "Engine",
    "version": "Version",
    "contains": "Contains",
    "created_from": "Created from",
    "created_to": "Created to",
}


def draw_notices(connection: Connection, state: LoadState, view: View) -> None:
    """Say what a viewer must know of the data: a failure, old data, an inventory that is not whole."""
    if state.error is not None:
        heading = ""
        if state.snapshot is not None:
            age = age_words((datetime.now(UTC) - state.snapshot.loaded_at).total_seconds())
            heading = f"This is the data of {age}; renewing it failed."
        messages.show_error(state.error, heading=heading, kept=state.snapshot is not None)
        _draw_ways_out(connection, state, view)
    snapshot = state.snapshot
    if snapshot is not None and not snapshot.complete:
        st.warning(
            f"This inventory is not whole: {len(snapshot.frame):,} configurations could be read and the"
            f" service reports {snapshot.reported_total:,}. It kept changing while it was read, or its total"
            " is wrong. Refresh in a moment.",
            icon=":material/rule:",
        )


def _draw_ways_out(connection: Connection, state: LoadState, view: View) -> None:
    """One press each: try again; or drop the search, if it is a new one and there is no older data of it."""
    with st.container(horizontal=True, key="ways_out"):
        st.button(
            "Retry",
            icon=":material/refresh:",
            key="retry",
            on_click=loading.renew,
            args=(connection, view),
            disabled=state.loading,
            help="Asks again now. Credentials that were refused are sent once more.",
        )
        if state.snapshot is None and view.search:
            st.button(
                "Drop search",
                icon=":material/close:",
                key="drop_failed_search",
                on_click=clear_filters,
                args=(("search",),),
            )


def draw_loading(connection: Connection) -> None:
    """Progress, in just the room that key figures and charts will take, so that nothing moves later."""
    with st.grid(5, min_column_width=150, gap="small"):
        for _ in range(5):
            st.skeleton(height=KPI_HEIGHT)
    with st.grid(2, min_column_width=380, gap="small"):
        with st.container(border=True, height=CARD_HEIGHT, vertical_alignment="center"):
            _draw_progress(connection)
        st.skeleton(height=CARD_HEIGHT)


def draw_nothing(connection: Connection, view: View) -> None:
    """Nothing to show: an empty project, or filters that match nothing, and which of them to drop."""
    if not view.filtered:
        st.info("This project has no configurations of this type.", icon=":material/inbox:")
        return
    st.info("No configuration matches all of these filters. Drop one:", icon=":material/filter_alt:")
    with st.container(horizontal=True, key="drop_filters"):
        for name, _ in view.filters():
            st.button(
                f"Drop {_FILTER_LABELS[name].lower()}{_frees(connection, view, name)}",
                key=f"drop_{name}",
                icon=":material/close:",
                on_click=clear_filters,
                args=((name,),),
            )


def _frees(connection: Connection, view: View, name: str) -> str:
    """How many rows dropping a filter would bring back, where that is known without a request."""
    snapshot = loading.inventory(connection, view).state.snapshot
    if name == "search" or snapshot is None:
        return ""
    return f": {loading.selection(snapshot, view.without(name).facets).mask.sum():,} would match"


@st.fragment(run_every=POLL_SECONDS)
def _draw_progress(connection: Connection) -> None:
    state = loading.inventory(connection, current_view()).state
    if not state.loading:
        st.rerun()
    total = state.total or 0
    share = min(state.loaded / total, 1.0) if total else 0.0
    text = f"{state.loaded:,} of {total:,} configurations loaded" if total else "Asking the service…"
    st.progress(share, text=text)
    draw_wait(connection, state)
