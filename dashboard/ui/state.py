"""The keys of st.session_state that are neither a parameter of the address nor data: each named here, once.

A parameter's control has the parameter's own name as its key; see data/parameters.py.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import streamlit as st

from dashboard.data.parameters import (
    CONNECTION,
    EVERY,
    FACETS,
    FILTERS,
    GRANULARITY,
    IN_ADDRESS,
    ORDER,
    PAGE,
    PER_PAGE_COUNT,
    SORT_BY,
    Choices,
)
from dashboard.server import streamlit_private

SCREEN: Final = "screen"
"""The screen that was drawn last."""
TABLE: Final = "table_fragment"
"""The table's fragment, to be redrawn alone."""
TABLE_DRAWN: Final = "table_drawn"
"""Whether this run has drawn the table, so that its fragment can be named."""
DRAWN_ROWS: Final = "drawn_rows"
"""Name and number among those of the same name of each row of the table that is on screen."""
DRAWN_TODAY: Final = "drawn_today"
"""The day (UTC) that the key figures on screen count back from."""
DRAWN_GRANULARITY: Final = "drawn_granularity"
"""The granularity that the timeline on screen has."""
OPENS_OVERVIEW: Final = "opens_overview"
"""Whether the next run of the table of all connections is to lead to the overview."""
TICKED: Final = "compared"
"""The configurations that are ticked to be compared, as words of `history.chosen`."""
VISITS: Final = "visits"
"""By connection: when this viewer looked at its changes before this session, None for never."""
SNAPSHOT_ASKED: Final = "snapshot_asked"
"""What the viewer who has asked for a snapshot waits for, and what was said of it."""
RESTORED: Final = "restored"
"""The name and the number of the version whose restoring request is shown."""
OPENS_CHANGES: Final = "opens_changes"
"""The kind of changes that the next run of the overview is to lead to, "" for none."""
OPENS_FINDINGS: Final = "opens_findings"
"""Whether the next run of the overview is to lead to the findings."""
UNKNOWN_CONNECTION: Final = "unknown_connection"
"""The connection that the address named, where there is none of this name for the viewer."""
LEFT_OUT: Final = "left_out"
"""What was chosen although nothing has it, of which connection and type, and the filters without that."""
SAID: Final = "said"
"""What accepting or taking back findings has come to, and until when it is told."""
FILTER_NAMES: Final = tuple(parameter.name for parameter in FILTERS)
OF_THE_SCREEN: Final = (SORT_BY.name, ORDER.name, PER_PAGE_COUNT.name, GRANULARITY.name)
"""Whose controls stand at what they change, on one screen alone."""
FACET_NAMES: Final = tuple(facet.name for facet in FACETS if isinstance(facet, Choices))


def narrowing(facet: str) -> str:
    """Return the key of the text that narrows down which values a facet offers; it filters nothing itself."""
    return f"offered_{facet}"


def follow_back_and_forward() -> None:
    """Let go of what controls hold after the browser's Back or Forward. Before anything is read.

    Streamlit gives a control the value of the restored address when it is drawn; what was read before that
    would be of the address that the viewer has left.
    """
    if streamlit_private.is_back_or_forward():
        for name in IN_ADDRESS:
            st.session_state.pop(name, None)


def tell_again(screen: str) -> None:
    """Have the browser told again what its controls show, as long as it does not know. Before they are drawn.

    A control whose code is loaded late shows what it is told last; a value is told once. So whoever goes on
    before the controls are there would find other filters in them, and another connection.
    """
    everywhere = (CONNECTION, *FILTER_NAMES)
    # On another screen Streamlit itself brings values over, which then look as if they had been sent.
    is_new = st.session_state.get(SCREEN) != screen
    for name in everywhere if is_new else streamlit_private.unsent((*everywhere, *OF_THE_SCREEN)):
        if name in st.session_state and not _is_told(name, st.session_state[name]):
            st.session_state[name] = st.session_state[name]
    st.session_state[SCREEN] = screen


def _is_told(name: str, value: object) -> bool:
    """Return whether the browser shows a value anyway: its control's default, or what the address says."""
    return name != CONNECTION and (not value or value == EVERY[name].default or name in st.query_params)


def to_first_page() -> None:
    """Begin again at the first page: the rows or their order change."""
    st.session_state[PAGE.name] = 1


def set_parameters(**values: Any) -> None:
    """Set controls by the names of their parameters; what is on screen begins at its first page."""
    for name, value in {**values, PAGE.name: 1}.items():
        st.session_state[name] = value


def toggle_choice(facet: str, value: str) -> None:
    """Filter by one value of a facet; where it is the one that is chosen, take the filter away."""
    set_parameters(**{facet: [] if st.session_state.get(facet) == [value] else [value]})


def toggle_period(first: date, last: date) -> None:
    """Filter by the days from first to last, both included.

    For those that are chosen take the filter away.
    """
    chosen = (st.session_state.get("created_from"), st.session_state.get("created_to"))
    wanted = (None, None) if chosen == (first, last) else (first, last)
    set_parameters(created_from=wanted[0], created_to=wanted[1])


def toggle_worst_first() -> None:
    """Sort by severity, the worst first; where it is sorted so, by the default again."""
    is_so = (st.session_state.get(SORT_BY.name), st.session_state.get(ORDER.name)) == ("severity", "desc")
    set_parameters(**{SORT_BY.name: SORT_BY.default if is_so else "severity", ORDER.name: "desc"})
