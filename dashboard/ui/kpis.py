"""The top of the overview: heading, filters and key figures, one block whose buttons filter."""

from __future__ import annotations

import streamlit as st

from dashboard.report import overview
from dashboard.report.searched import search_words
from dashboard.report.severities import strip_of
from dashboard.ui import audit, state
from dashboard.ui.buttons import draw_pressable
from dashboard.ui.context import Context


def draw(here: Context) -> None:
    """Draw the heading with the filters, and the figures where there is data."""
    if st.session_state.pop(state.OPENS_FINDINGS, False):
        st.switch_page("../pages/findings.py")
    words = search_words(
        here.view.search,
        here.inventory,
        here.whole,
        is_ahead=here.is_ahead,
        has_failed=here.state.error is not None,
    )
    html = overview.heading(here.connection.title, here.view, words)
    if here.inventory is not None:
        html += overview.on_paper(
            here.connection.endpoint,
            here.connection.project,
            here.inventory.loaded_at,
            complete=here.inventory.complete,
        )
        figures = here.inventory.selection(here.view.facets).key_figures
        html += overview.figures_row(figures, here.view, len(here.inventory.frame), here.zone)
        html += strip_of(here.view, here.inventory, "" if here.is_ahead else audit.progress_words(here))
        st.session_state[state.DRAWN_TODAY] = figures.today
    draw_pressable(html, "top")
