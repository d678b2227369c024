"""The sidebar: where the data comes from, and every control that decides what is on screen.

Each control is bound to the address bar under its parameter's name, so that a link reproduces the view.
Option texts are the address bar's words and stay as they are when the wording of the screen changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from html import escape

import streamlit as st
from streamlit.errors import StreamlitAPIException

from dashboard.data.parameters import (
    CONFIG_TYPE,
    CONFIG_TYPES,
    EVERY,
    FACETS,
    FILTERS,
    MAX_TEXT,
    ORDER,
    ORDERS,
    PER_PAGE,
    PER_PAGE_COUNT,
    SEARCH,
    SORT_BY,
    Choices,
    Contains,
    Day,
    Text,
)
from dashboard.data.view import sorts_for
from dashboard.ui import state, status
from dashboard.ui.context import Context
from dashboard.ui.state import to_first_page

SEARCH_PAUSE = "300ms"
LISTED_COUNTS = 6
FILTER_NAMES = tuple(parameter.name for parameter in FILTERS)


def draw(here: Context) -> None:
    """Draw the whole sidebar."""
    st.session_state[state.TABLE_DRAWN] = False
    with st.sidebar:
        status.draw(here)
        _draw_text(SEARCH)
        _draw_config_type()
        _draw_order(here.view.config_type)
        _draw_facets(here)
        st.selectbox(
            PER_PAGE_COUNT.label,
            PER_PAGE,
            index=PER_PAGE.index(25),
            key=PER_PAGE_COUNT.name,
            bind="query-params",
            on_change=redraw_table,
        )
        if here.view.filtered:
            st.button(
                "Clear filters", icon=":material/filter_alt_off:", on_click=clear_filters, width="stretch"
            )


def redraw_table() -> None:
    """Begin at the first page in another order: only the table changes, so only the table is drawn again."""
    to_first_page()
    if st.session_state.get(state.TABLE_DRAWN):
        # Before the first run is over there is no table to name; then all is drawn again.
        with suppress(StreamlitAPIException):
            st.rerun(state.TABLE)


def clear_filters(names: Iterable[str] = FILTER_NAMES) -> None:
    """Set filters back to their defaults."""
    for name in names:
        default = EVERY[name].default
        st.session_state[name] = [] if default == () else default
    to_first_page()


def _draw_config_type() -> None:
    st.radio(
        CONFIG_TYPE.label,
        CONFIG_TYPES,
        key=CONFIG_TYPE.name,
        bind="query-params",
        horizontal=True,
        on_change=to_first_page,
        help=CONFIG_TYPE.help,
    )


def _draw_order(config_type: str) -> None:
    """Draw by what to sort, and which way round."""
    sort_column, order_column = st.columns([3, 2])
    with sort_column:
        st.selectbox(
            SORT_BY.label,
            sorts_for(config_type),
            key=SORT_BY.name,
            bind="query-params",
            on_change=redraw_table,
            help=SORT_BY.help,
        )
    with order_column:
        st.selectbox(
            ORDER.label,
            ORDERS,
            index=ORDERS.index("desc"),
            key=ORDER.name,
            bind="query-params",
            on_change=redraw_table,
        )


def _draw_facets(here: Context) -> None:
    """Draw the controls that work on loaded rows. Until these are there, wanted values stay as they are."""
    for facet in FACETS:
        match facet:
            case Choices():
                _draw_choices(facet, here)
            case Contains():
                _draw_text(facet)
            case Day():
                _draw_day(facet)
    first, last = here.view.facets.period
    if first and last and first > last:
        st.warning("Created from is after Created to, so nothing can match.", icon=":material/event_busy:")


def _draw_text(parameter: Text) -> None:
    st.text_input(
        parameter.label,
        key=parameter.name,
        bind="query-params",
        type="search",
        live=SEARCH_PAUSE,
        max_chars=MAX_TEXT,
        placeholder=parameter.placeholder,
        on_change=to_first_page,
        help=parameter.help,
    )


def _draw_day(facet: Day) -> None:
    """Draw a day; a period that ends before it begins is allowed, and said to be empty."""
    st.date_input(
        facet.label,
        value=None,
        key=facet.name,
        bind="query-params",
        format="YYYY-MM-DD",
        on_change=to_first_page,
        help=facet.help,
    )


def _draw_choices(facet: Choices, here: Context) -> None:
    """Draw a choice of values, and under it how many rows each has under the other filters.

    A chosen value that is nowhere in the whole set is junk and goes; one that only the search hides stays.
    """
    counts: Mapping[str, int] = {}
    every: list[str] = []
    if here.inventory is not None:
        counts = here.inventory.selection(here.view.facets).counts[facet.name]
        every = here.inventory.frame[facet.column].cat.categories.tolist()
    options = [*counts, *(value for value in every if value not in counts)]
    if here.inventory is None or here.view.search:
        options += [value for value in here.view.facets[facet.name] if value not in options]
    st.multiselect(
        facet.label,
        options,
        key=facet.name,
        bind="query-params",
        on_change=to_first_page,
        placeholder=f"All {len(options)}" if options else "All",
    )
    if counts:
        st.html(_listed(counts))


def _listed(counts: Mapping[str, int]) -> str:
    """Return the most frequent values as small bars with their counts, escaped, and how many are left."""
    top = max(counts.values())
    listed, rest = list(counts.items())[:LISTED_COUNTS], list(counts.values())[LISTED_COUNTS:]
    if len(rest) == 1:
        listed, rest = list(counts.items()), []
    rows = [
        f'<div style="--share:{100 * number / top:.0f}%">'
        f"<bdi>{escape(name)}</bdi><span>{number:,}</span></div>"
        for name, number in listed
    ]
    more = f'<div class="more">{len(rest)} more: {sum(rest):,}</div>' if rest else ""
    return f'<div class="facet">{"".join(rows)}{more}</div>'
