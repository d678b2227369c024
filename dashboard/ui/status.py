"""Where the data comes from, what narrows it down, how old it is, and what a slow load is waiting for."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any

import streamlit as st

from dashboard.data.background import JobState
from dashboard.data.projects import LoadState, Project
from dashboard.ui.context import Context, fragment, look_again
from dashboard.ui.formatting import age_words, filter_words, waiting_words

STATUS_SECONDS, LOADING_SECONDS = 20, 1


def draw(here: Context) -> None:
    """Draw where the data comes from and how old it is; again now and then, so that the age stays true."""
    connection = here.connection
    icon = ":material/science:" if connection.is_sample else ":material/cloud_done:"
    unread = here.state.error is not None and here.inventory is None
    st.markdown(":material/cloud_off: **Cannot read from**" if unread else f"{icon} **Connected to**")
    st.html(
        f'<div class="connection"><b><bdi>{escape(connection.title)}</bdi></b>'
        f"<div>{escape(connection.endpoint)}<br>project <bdi>{escape(connection.project)}</bdi></div></div>"
    )
    seconds = LOADING_SECONDS if here.state.running else STATUS_SECONDS
    fragment(partial(_draw_age, drawn=here.state.finished), here, look_again, run_every=seconds)


def draw_beside_closed_sidebar(here: Context) -> None:
    """Draw the connection and the filters in one line, seen only where the sidebar is closed."""
    words = " · ".join([here.connection.title, *filter_words(here.view)])
    with st.container(key="elsewhere"):
        st.html(f'<div class="elsewhere"><bdi>{escape(words)}</bdi></div>')


def _draw_age(here: Context, *, drawn: int) -> None:
    """Draw the age and Refresh; and everything again when a load has ended since it was `drawn`."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(_age_text(here.state), width="stretch")
        if st.button(
            "Refresh", icon=":material/refresh:", key="refresh", disabled=here.state.running, type="tertiary"
        ):
            here.project.renew(here.view)
            st.rerun()
    draw_wait(here.project, here.state)
    if here.state.finished != drawn and not here.state.running:
        st.rerun()


def draw_wait(project: Project, state: LoadState) -> None:
    """Draw what a load that takes long is waiting for, and since when; nothing while all goes well."""
    if words := wait_text(project, state):
        st.html(f'<div class="waiting">{escape(words)}</div>')


def wait_text(project: Project, state: JobState[Any, Any]) -> str:
    """Return what work in the background waits for, and since when; "" while all goes well or none runs."""
    if not state.running:
        return ""
    trouble = project.traffic.trouble_since(state.began)
    return waiting_words(state.seconds, trouble, answered=state.progress is not None)


def _age_text(state: LoadState) -> str:
    if state.result is None:
        return "Loading…" if state.running else "Nothing loaded"
    age = age_words(state.result.age_seconds)
    return f"Data of {age}, renewing…" if state.running else f"Data of {age}"
