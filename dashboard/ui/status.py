"""Where the data comes from, what narrows it down, how old it is, and what a slow load is waiting for."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

import streamlit as st

from dashboard.connections import Connection
from dashboard.data import loading
from dashboard.data.loads import LoadState
from dashboard.data.view import View
from dashboard.ui.connection_picker import current_entry
from dashboard.ui.formatting import age_words, filter_words, waiting_words

STATUS_SECONDS, LOADING_SECONDS = 20, 1


def draw(connection: Connection, view: View, state: LoadState) -> None:
    """Where the data comes from and how old it is; redrawn now and then, so that the age stays true."""
    icon = ":material/science:" if connection.is_sample else ":material/cloud_done:"
    unread = state.error is not None and state.snapshot is None
    st.markdown(":material/cloud_off: **Cannot read from**" if unread else f"{icon} **Connected to**")
    st.html(
        f'<div class="connection"><b><bdi>{escape(connection.title)}</bdi></b>'
        f"<div>{escape(connection.endpoint)}<br>project <bdi>{escape(connection.project)}</bdi></div></div>"
    )
    seconds = LOADING_SECONDS if state.loading else STATUS_SECONDS
    st.fragment(_draw_age, run_every=seconds)(connection, view, state.finished)


def draw_beside_closed_sidebar(connection: Connection, view: View) -> None:
    """The connection and the filters in one line, seen only where the sidebar that tells them is closed."""
    words = " · ".join([connection.title, *filter_words(view)])
    with st.container(key="elsewhere"):
        st.html(f'<div class="elsewhere"><bdi>{escape(words)}</bdi></div>')


def _draw_age(connection: Connection, view: View, drawn: int) -> None:
    """The age and Refresh; draws everything again when a load has ended since it was `drawn`.

    So it does when the settings have changed: what they no longer tell must not be asked for by an open tab.
    """
    if current_entry() != connection:
        st.rerun()
    state = loading.inventory(connection, view).state
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(_age_text(state), width="stretch")
        if st.button(
            "Refresh", icon=":material/refresh:", key="refresh", disabled=state.loading, type="tertiary"
        ):
            loading.renew(connection, view)
            st.rerun()
    draw_wait(connection, state)
    if state.finished != drawn and not state.loading:
        st.rerun()


def draw_wait(connection: Connection, state: LoadState) -> None:
    """What a load that takes long is waiting for, and since when; nothing while all goes well."""
    if state.began_at is not None:
        trouble = loading.traffic(connection).trouble_since(state.began_at)
        words = waiting_words(datetime.now(UTC), state.began_at, trouble, answered=state.total is not None)
        if words:
            st.html(f'<div class="waiting">{escape(words)}</div>')


def _age_text(state: LoadState) -> str:
    if state.snapshot is None:
        return "Loading…" if state.loading else "Nothing loaded"
    age = age_words((datetime.now(UTC) - state.snapshot.loaded_at).total_seconds())
    return f"Data of {age}, renewing…" if state.loading else f"Data of {age}"
