"""The keys of st.session_state that are neither a parameter of the address nor data: each named here, once.

A parameter's control has the parameter's own name as its key; see data/parameters.py.
"""

from __future__ import annotations

from typing import Any, Final

import streamlit as st

from dashboard.data.parameters import PAGE

TABLE: Final = "table_fragment"
"""The table's fragment, to be redrawn alone."""
TABLE_DRAWN: Final = "table_drawn"
"""Whether this run has drawn the table, so that its fragment can be named."""
DRAWN_NAMES: Final = "drawn_names"
"""The names in the rows of the table that are on screen."""
ROWS_GENERATION: Final = "rows_generation"
"""How often the table's grid has been replaced, since a grid does not forget a chosen header when told to."""
DRAWN_GRANULARITY: Final = "drawn_granularity"
"""The granularity that the timeline on screen has."""
DRAWN_CONNECTIONS: Final = "drawn_connections"
"""The connections in the rows of the table of all of them that are on screen."""
OPENS_OVERVIEW: Final = "opens_overview"
"""Whether the next run of the table of all connections is to lead to the overview."""
ALL_ENGINES: Final = "all_engines"
"""The control that unfolds the engine chart; in the address too, but for no view."""


def rows_key() -> str:
    """Return the key of the table's grid: another one after each click on a header."""
    generation = st.session_state.get(ROWS_GENERATION, 0)
    return f"rows_{generation}" if generation else "rows"


def replace_grid() -> None:
    """Let the table's grid be another one: no selection of the old one's rows can arrive late."""
    st.session_state[ROWS_GENERATION] = st.session_state.get(ROWS_GENERATION, 0) + 1


def clear_selection() -> None:
    """Deselect the table's row: it is selected by position, and other rows are about to stand there."""
    st.session_state[rows_key()] = {"selection": {"rows": [], "columns": [], "cells": []}}


def to_first_page() -> None:
    """Begin again at the first page with no row selected: the rows or their order change."""
    st.session_state[PAGE.name] = 1
    clear_selection()


def set_parameters(**values: Any) -> None:
    """Set controls by the names of their parameters; what is on screen begins at its first page."""
    st.session_state.update(values)
    st.session_state[PAGE.name] = 1


def toggle_choice(facet: str, value: str) -> None:
    """Filter by one value of a facet; where it is the one that is chosen, take the filter away."""
    set_parameters(**{facet: [] if st.session_state.get(facet) == [value] else [value]})
