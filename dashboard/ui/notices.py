"""What is on screen while an inventory loads, when nothing matches, and when something went wrong."""

from __future__ import annotations

import streamlit as st

from dashboard.audit.live import audit_of
from dashboard.data.analysis import elsewhere
from dashboard.data.parameters import SEARCH, Contains
from dashboard.report.notices import left_out, loading, not_renewed, not_whole
from dashboard.ui import messages, state
from dashboard.ui.buttons import clear_filters
from dashboard.ui.context import POLL_SECONDS, Context, fragment, look_again
from dashboard.ui.status import draw_wait

KPI_HEIGHT, CARD_HEIGHT = 135, 435
"""What key figures and a chart with its heading take, in pixels."""


def draw(here: Context) -> None:
    """Draw what a viewer must know of the data: a failure, old data, an inventory that is not whole."""
    found = here.inventory
    if here.state.error is not None:
        heading = not_renewed(found) if found is not None and not here.is_ahead else ""
        messages.show_error(here.state.error, heading=heading, kept=found is not None)
        _draw_ways_out(here)
    all_of = here.whole if here.is_ahead else found
    if all_of is not None and not all_of.complete:
        st.warning(not_whole(all_of), icon=":material/rule:")


def draw_left_out(here: Context) -> None:
    """Draw what is left out of the filters since no configuration has it, until these are changed.

    It is known in one run only: a control lets go of it when it is drawn.
    """
    now = (here.connection.name, here.view.config_type, here.view.facets)
    if here.left_out:
        st.session_state[state.LEFT_OUT] = here.left_out, now
    values, then = st.session_state.get(state.LEFT_OUT, ((), now))
    if values and then == now:
        st.warning(
            messages.escaped(left_out(values, here.view.config_type)), icon=":material/filter_alt_off:"
        )
    elif here.inventory is not None:
        st.session_state.pop(state.LEFT_OUT, None)


def _draw_ways_out(here: Context) -> None:
    """Draw one press each: try again; or drop the search, if it is new and there is no older data of it."""
    with st.container(horizontal=True, key="ways_out"):
        st.button(
            "Retry",
            icon=":material/refresh:",
            key="retry",
            on_click=here.project.renew,
            args=(here.view,),
            disabled=here.state.running,
            help="Asks again now. Credentials that were refused are sent once more.",
        )
        if here.state.result is None and here.view.search:
            st.button(
                "Drop search",
                icon=":material/close:",
                key="drop_failed_search",
                on_click=clear_filters,
                args=((SEARCH.name,),),
            )


def draw_loading(here: Context) -> None:
    """Draw the progress, in just the room that key figures and charts will take: nothing moves later."""
    with st.grid(5, min_column_width=150, gap="small"):
        for _ in range(5):
            st.skeleton(height=KPI_HEIGHT)
    with st.grid(2, min_column_width=380, gap="small"):
        with st.container(border=True, height=CARD_HEIGHT, vertical_alignment="center"):
            fragment(_draw_progress, here, look_again, run_every=POLL_SECONDS)
        st.skeleton(height=CARD_HEIGHT)


def draw_nothing(here: Context) -> None:
    """Draw that there is nothing: an empty project, or filters that match nothing, and which to drop."""
    if not here.view.filtered:
        st.info("This project has no configurations of this type.", icon=":material/inbox:")
        return
    st.info("No configuration matches all of these filters. Drop one:", icon=":material/filter_alt:")
    with st.container(horizontal=True, key="drop_filters"):
        for parameter, _ in here.view.filters():
            st.button(
                f"Drop {parameter.label.lower()}{_frees(here, parameter.name)}",
                key=f"drop_{parameter.name}",
                icon=":material/close:",
                on_click=clear_filters,
                args=((parameter.name,),),
            )
    _draw_elsewhere(here)


def _draw_elsewhere(here: Context) -> None:
    """Draw where the text that the service's search does not find would be found in what is loaded."""
    if here.whole is None or not here.view.search:
        return
    audited = audit_of(here.whole).result  # by which can be filtered, too
    whole = audited.inventory if audited else here.whole
    found = elsewhere(whole.frame, here.view.facets, here.view.search)
    if not found:
        return
    st.text("The service searches names and descriptions only. The same text is in other fields:")
    with st.container(horizontal=True, key="elsewhere"):
        for facet, value, count in found:
            field = "start command or image" if isinstance(facet, Contains) else facet.label.lower()
            st.button(
                f"{count:,} in {field}",
                key=f"elsewhere_{facet.name}",
                icon=":material/search:",
                on_click=state.set_parameters,
                kwargs={SEARCH.name: "", facet.name: list(value) if isinstance(value, tuple) else value},
            )


def _frees(here: Context, name: str) -> str:
    """Return what a button says of how many rows it brings back, where that is known without a request."""
    if name == SEARCH.name or here.inventory is None:
        return ""
    return f": {here.inventory.selection(here.view.without(name).facets).mask.sum():,} would match"


def _draw_progress(here: Context) -> None:
    if not here.state.running:
        st.rerun()
    come = here.state.progress
    share = min(come.loaded / come.total, 1.0) if come and come.total else 0.0
    text = loading(come)
    st.progress(share, text=text)
    draw_wait(here.project, here.state)
