"""Where the data comes from, what narrows it down, how old it is, and what a slow load is waiting for."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import Any

import streamlit as st

from dashboard.data.background import JobState
from dashboard.data.projects import LoadState, Project
from dashboard.report.ages import age_text
from dashboard.ui.context import POLL_SECONDS, Context, fragment, look_again
from dashboard.ui.formatting import waiting_words

STATUS_SECONDS, LOADING_SECONDS = 20.0, 1.0


def draw(here: Context) -> None:
    """Draw where the data comes from and how old it is; again now and then, so that the age stays true."""
    connection = here.connection
    st.html(
        f'<div class="connection" translate="no"><b><bdi>{escape(connection.title)}</bdi></b>'
        f'<div title="{escape(connection.endpoint)}">project'
        f" <bdi>{escape(connection.project)}</bdi></div></div>"
    )
    seconds = LOADING_SECONDS if here.state.running else STATUS_SECONDS
    if here.is_ahead and here.state.running:
        seconds = POLL_SECONDS
    fragment(partial(_draw_age, drawn=here), here, look_again, run_every=seconds)


def _draw_age(here: Context, *, drawn: Context) -> None:
    """Draw the age and Refresh; and everything again when what was `drawn` is no longer what there is.

    A load has ended, or somebody else has accepted a finding.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="age"):
        words = age_text(here.inventory, running=here.state.running, is_ahead=here.is_ahead)
        st.text(words, width="stretch")
        if st.button(
            "Refresh", icon=":material/refresh:", key="refresh", disabled=here.state.running, type="tertiary"
        ):
            here.project.renew(here.view)
            st.rerun()
    draw_wait(here.project, here.state)
    has_loaded = here.state.finished != drawn.state.finished and not here.state.running
    if has_loaded or here.audited is not drawn.audited:
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
