"""The sidebar: where the data comes from, and every control that decides what is on screen.

Each control is bound to the address bar under its key, so that a link reproduces the view. Option texts are
the address bar's words and stay as they are when the wording of the screen changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from html import escape

import streamlit as st
from streamlit.errors import StreamlitAPIException

from dashboard.connections import Connection
from dashboard.data import loading
from dashboard.data.loads import LoadState
from dashboard.data.view import (
    CONFIG_TYPES,
    DEFAULTS,
    FILTERS,
    MAX_TEXT,
    ORDERS,
    PER_PAGE,
    Facets,
    View,
    read_view,
    sorts_for,
)
from dashboard.ui import status

SEARCH_PAUSE = "300ms"
LISTED_COUNTS = 6
TABLE = "table_fragment"
"""The table's fragment, to be redrawn alone."""


def current_view() -> View:
    """The view the widgets ask for, validated again; before they are drawn, the one of the address bar."""
    drawn = {key: st.session_state[key] for key in DEFAULTS if key in st.session_state}
    address = {key: st.query_params.get_all(key) for key in DEFAULTS if key in st.query_params}
    firsts = {key: values if key in {"engine", "version"} else values[-1] for key, values in address.items()}
    return read_view({**firsts, **drawn})


def draw(connection: Connection) -> None:
    """Draw the whole sidebar for a connection, beginning the load that its facets need."""
    st.session_state["table_drawn"] = False
    with st.sidebar:
        top = st.container(key="status")
        _draw_order(_draw_query())
        view = current_view()
        load = loading.inventory(connection, view)
        if load.state.snapshot is None:
            load.wait(loading.GRACE_SECONDS)
        state = load.state
        _draw_facets(state, view)
        st.selectbox(
            "Rows per page",
            PER_PAGE,
            index=PER_PAGE.index(25),
            key="per_page",
            bind="query-params",
            on_change=redraw_table,
        )
        if current_view().filtered:
            st.button(
                "Clear filters", icon=":material/filter_alt_off:", on_click=clear_filters, width="stretch"
            )
        with top:
            status.draw(connection, view, state)


def to_first_page() -> None:
    """Whatever changes the rows or their order begins again at the first page, with no row selected."""
    st.session_state["page"] = 1
    clear_selection()


def redraw_table() -> None:
    """Begin at the first page in another order: only the table changes, so only the table is drawn again."""
    to_first_page()
    if st.session_state.get("table_drawn"):
        # Before the first run is over there is no table to name; then all is drawn again.
        with suppress(StreamlitAPIException):
            st.rerun(TABLE)


def clear_selection() -> None:
    """Deselect the table's row: a selection goes by position, and other rows are about to stand there."""
    st.session_state[rows_key()] = {"selection": {"rows": [], "columns": [], "cells": []}}


def rows_key() -> str:
    """The key of the table's grid: another one after each click on a header."""
    generation = st.session_state.get("rows_generation", 0)
    return f"rows_{generation}" if generation else "rows"


def clear_filters(names: Iterable[str] = FILTERS) -> None:
    """Set filters back to their defaults."""
    for name in names:
        st.session_state[name] = DEFAULTS[name]
    to_first_page()


def _draw_query() -> str:
    """The controls that the service answers: what to search, and in which type, which is returned."""
    st.text_input(
        "Search",
        key="search",
        bind="query-params",
        type="search",
        live=SEARCH_PAUSE,
        max_chars=MAX_TEXT,
        placeholder="Name or description",
        on_change=to_first_page,
        help="Searched by the service.",
    )
    return st.radio(
        "Configuration type",
        CONFIG_TYPES,
        key="config_type",
        bind="query-params",
        horizontal=True,
        on_change=to_first_page,
        help="custom: your project's own. sample: the provider's examples.",
    )


def _draw_order(config_type: str) -> None:
    """By what to sort, and which way round."""
    sort_column, order_column = st.columns([3, 2])
    with sort_column:
        st.selectbox(
            "Sort by",
            sorts_for(config_type),
            key="sort_by",
            bind="query-params",
            on_change=redraw_table,
            help="Of samples the service knows no creation time, so they cannot be sorted by it.",
        )
    with order_column:
        st.selectbox(
            "Order",
            ORDERS,
            index=ORDERS.index("desc"),
            key="order",
            bind="query-params",
            on_change=redraw_table,
        )


def _draw_facets(state: LoadState, view: View) -> None:
    """The controls that work on the loaded inventory. Until it is there, wanted values stay as they are."""
    engines: Mapping[str, int] = {}
    versions: Mapping[str, int] = {}
    if state.snapshot is not None:
        selection = loading.selection(state.snapshot, view.facets)
        engines, versions = selection.engine_counts, selection.version_counts
    known = state.snapshot is not None and not view.search
    _draw_facet("Engine", "engine", engines, view.facets.engines, _all_of(state, "engine"), known=known)
    _draw_facet("Version", "version", versions, view.facets.versions, _all_of(state, "version"), known=known)
    st.text_input(
        "Contains",
        key="contains",
        bind="query-params",
        type="search",
        live=SEARCH_PAUSE,
        max_chars=MAX_TEXT,
        placeholder="In start command or image",
        on_change=to_first_page,
        help="Looked for in the loaded start commands and images, without regard to case.",
    )
    _draw_period(view.facets)


def _draw_period(facets: Facets) -> None:
    """From which day to which; a period that ends before it begins is allowed, and said to be empty."""
    for key, label in (("created_from", "Created from"), ("created_to", "Created to")):
        st.date_input(
            label,
            value=None,
            key=key,
            bind="query-params",
            format="YYYY-MM-DD",
            on_change=to_first_page,
            help="A day in UTC, included.",
        )
    if facets.created_from and facets.created_to and facets.created_from > facets.created_to:
        st.warning("Created from is after Created to, so nothing can match.", icon=":material/event_busy:")


def _draw_facet(
    label: str,
    key: str,
    counts: Mapping[str, int],
    chosen: tuple[str, ...],
    all_values: list[str],
    *,
    known: bool,
) -> None:
    """One facet: a choice of values, and under it how many rows each has under the other filters.

    A chosen value that is nowhere in the whole set is junk and goes; one that only the search hides stays.
    """
    ordered = [*counts, *(value for value in all_values if value not in counts)]
    options = ordered if known else [*ordered, *(value for value in chosen if value not in ordered)]
    st.multiselect(
        label,
        options,
        key=key,
        bind="query-params",
        on_change=to_first_page,
        placeholder=f"All {len(options)}" if options else "All",
    )
    if counts:
        st.html(_listed(counts))


def _all_of(state: LoadState, column: str) -> list[str]:
    return [] if state.snapshot is None else state.snapshot.frame[column].cat.categories.tolist()


def _listed(counts: Mapping[str, int]) -> str:
    """The most frequent values as small bars with their counts, escaped, and how many more there are."""
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
