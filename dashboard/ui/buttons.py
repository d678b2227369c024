"""What the buttons of our own HTML do: filter, clear, take a filter away."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta

import streamlit as st
from markupsafe import Markup
from streamlit_plotly_basic import pressable, pressed

from dashboard.data.analysis import RECENT_DAYS
from dashboard.data.parameters import ALL_ENGINES, EVERY
from dashboard.ui import state


def draw_pressable(html: Markup, key: str) -> None:
    """Draw HTML of ours whose buttons change the view."""
    pressable(html, key=key, on_press=lambda: press(pressed(key) or ""))


def press(words: str) -> None:
    """Do what a button says; whatever else a browser sends does nothing."""
    word, _, rest = words.partition(" ")
    first, _, second = rest.partition(" ")
    if word == "clear":
        clear_filters()
    elif word == "drop" and first in state.FILTER_NAMES:
        clear_filters((first,))
    elif word == "choose" and first in state.FACET_NAMES and second:
        state.toggle_choice(first, second)
    elif word == "period":
        with suppress(ValueError):
            state.toggle_period(date.fromisoformat(first), date.fromisoformat(second))
    elif word == "recent" and (today := st.session_state.get(state.DRAWN_TODAY)):
        state.toggle_period(today - timedelta(days=RECENT_DAYS - 1), today)
    elif word == "worst":
        state.toggle_worst_first()
    elif word == "findings":
        st.session_state[state.OPENS_FINDINGS] = True
    elif word == "engines":
        st.session_state[ALL_ENGINES] = not st.session_state.get(ALL_ENGINES)


def clear_filters(names: Iterable[str] = state.FILTER_NAMES) -> None:
    """Set filters back to their defaults."""
    for name in names:
        default = EVERY[name].default
        st.session_state[name] = [] if default == () else default
    state.to_first_page()
