"""The sidebar: where the data comes from, and every control that decides what is on screen.

Each control is bound to the address bar under its parameter's name, so that a link reproduces the view.
Option texts are the address bar's words and stay as they are when the wording of the screen changes.
"""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from dashboard.data.facet_values import Offer, offer
from dashboard.data.parameters import (
    CONFIG_TYPE,
    FACETS,
    FIRST_DAY,
    LAST_DAY,
    MAX_TEXT,
    SEARCH,
    Choices,
    Contains,
    Day,
    Text,
)
from dashboard.report import facets
from dashboard.ui import state, status
from dashboard.ui.buttons import draw_pressable
from dashboard.ui.context import Context
from dashboard.ui.state import to_first_page

SEARCH_PAUSE = "300ms"
_SKIP = Markup(
    '<button type="button" class="skip" data-focus=".st-key-rows :is(button, [tabindex=\'0\'])">'
    "Skip to the table</button>"
)
"""The first stop of Tab (WCAG 2.4.1); seen while it has the focus."""


def draw(here: Context, *, with_filters: bool) -> None:
    """Draw where the data comes from and the filters, out of sight on a screen on which they do nothing.

    Streamlit forgets a control that is not drawn: the browser's Back would bring it empty.
    """
    st.session_state[state.TABLE_DRAWN] = False
    with st.sidebar:
        if with_filters:
            draw_pressable(_SKIP, "skip")
        status.draw(here)
        if not with_filters:
            st.html('<i class="without-filters"></i>')
        with st.container(key="filters"):
            _draw_text(SEARCH)
            _draw_config_type()
            _draw_facets(here, are_seen=with_filters)


def _draw_config_type() -> None:
    st.radio(
        CONFIG_TYPE.label,
        CONFIG_TYPE.allowed,
        key=CONFIG_TYPE.name,
        bind="query-params",
        horizontal=True,
        on_change=to_first_page,
        help=CONFIG_TYPE.help,
    )


def _draw_facets(here: Context, *, are_seen: bool) -> None:
    """Draw the controls that work on loaded rows. Until these are there, wanted values stay as they are.

    Their values with counts and the periods beside them are drawn where they `are_seen`.
    """
    for facet in FACETS:
        match facet:
            case Choices():
                _draw_choices(facet, here, is_seen=are_seen)
            case Contains():
                _draw_text(facet)
            case Day():
                _draw_day(facet)
    first, last = here.view.facets.period
    if are_seen and here.inventory is not None:
        draw_pressable(facets.presets(here.inventory.today, (first, last)), "presets")
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
        min_value=FIRST_DAY,
        max_value=LAST_DAY,
        on_change=to_first_page,
        help=facet.help,
    )


def _offered(facet: Choices, here: Context, text: str) -> Offer:
    """Return the values to choose from, narrowed down by a text; until there are rows, what is chosen."""
    chosen = here.view.facets[facet.name]
    if here.inventory is None:
        return Offer(chosen, {}, 0, 0, 0)
    counts = here.inventory.selection(here.view.facets).counts[facet.name]
    return offer(here.inventory.frame, facet, counts, chosen, text)


def _draw_choices(facet: Choices, here: Context, *, is_seen: bool) -> None:
    """Draw a choice of values, and under it how many rows each has under the other filters.

    A chosen value that is nowhere in the whole set has left the view; one that the search hides stays.
    """
    chosen, key = here.view.facets[facet.name], state.narrowing(facet.name)
    offered = _offered(facet, here, str(st.session_state.get(key, "")).strip())
    st.multiselect(
        facet.label,
        offered.values,
        key=facet.name,
        bind="query-params",
        on_change=to_first_page,
        filter_mode="contains",
        placeholder=f"All {offered.total:,}" if offered.total else "All",
    )
    if offered.is_narrowed:
        st.text_input(
            facets.narrowing_label(facet, offered),
            key=key,
            type="search",
            live=SEARCH_PAUSE,
            max_chars=MAX_TEXT,
            placeholder=facets.NARROWING,
        )
    if offered.counts and is_seen:
        titles = here.check_titles if facet.name == "check" else facets.NO_TITLES
        html = facets.values(facet.name, offered.counts, chosen, titles)
        draw_pressable(html, f"{facet.name}_values")
