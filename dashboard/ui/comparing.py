"""Ticking configurations to compare them, on any screen, and the way to where they are side by side."""

from __future__ import annotations

import streamlit as st

from dashboard.data.parameters import COMPARED
from dashboard.history.chosen import checked, toggled, word_of
from dashboard.history.compare import MIN_COLUMNS
from dashboard.ui import state

SCREEN = "../pages/compare.py"


def ticked() -> tuple[str, ...]:
    """Return the configurations that are ticked, as words of `history.chosen`."""
    return checked(st.session_state.get(state.COMPARED, ()))


def tick(name: str, number: int) -> None:
    """Tick a configuration, or take the tick away."""
    st.session_state[state.COMPARED] = toggled(ticked(), word_of(name, number))


def draw_button() -> None:
    """Draw the way to the comparison; it is of use from two on."""
    count = len(ticked())
    if st.button(
        f"Compare {count}" if count else "Compare",
        icon=":material/compare_arrows:",
        key="compare_ticked",
        disabled=count < MIN_COLUMNS,
        help="Tick two to ten configurations in the table.",
    ):
        go()


def go() -> None:
    """Go to the comparison of what is ticked."""
    st.session_state.pop(COMPARED, None)
    st.switch_page(SCREEN, query_params={COMPARED: list(ticked())})
