"""The controls of the table's order and length. They are drawn at the table, alone."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitAPIException

from dashboard.data.parameters import ORDER, PER_PAGE, PER_PAGE_COUNT, SORT_BY
from dashboard.data.view import View, sorts_for
from dashboard.ui import state


def draw(view: View) -> None:
    """Draw by what and which way rows are sorted."""
    sorts = sorts_for(view.config_type)
    st.selectbox(
        SORT_BY.label,
        sorts,
        index=sorts.index(str(SORT_BY.default)) if SORT_BY.default in sorts else 0,
        key=SORT_BY.name,
        bind="query-params",
        on_change=redraw,
        width=130,
    )
    st.selectbox(
        ORDER.label,
        ORDER.allowed,
        index=ORDER.allowed.index(ORDER.default),
        key=ORDER.name,
        bind="query-params",
        on_change=redraw,
        width=90,
    )


def draw_per_page() -> None:
    """Draw how many rows a page has."""
    st.selectbox(
        PER_PAGE_COUNT.label,
        PER_PAGE,
        index=PER_PAGE.index(25),
        key=PER_PAGE_COUNT.name,
        bind="query-params",
        on_change=redraw,
        width=110,
    )


def redraw() -> None:
    """Begin at the first page in another order: only the table changes, so only the table is drawn again."""
    state.to_first_page()
    if st.session_state.get(state.TABLE_DRAWN):
        # Before the first run is over there is no table to name; then all is drawn again.
        with suppress(StreamlitAPIException):
            st.rerun(state.TABLE)
