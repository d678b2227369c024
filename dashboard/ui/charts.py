"""The two charts of the overview, and what a click or a drag on them sets."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

import streamlit as st
from streamlit_plotly_basic import plotly_chart, selected

from dashboard.data import periods
from dashboard.data.analysis import Selection
from dashboard.data.figures import engine_usage_figure, folded_engines
from dashboard.data.loads import LoadedInventory
from dashboard.data.palette import ON_DARK
from dashboard.data.parameters import ALL_ENGINES, GRANULARITIES, GRANULARITY
from dashboard.data.timeline import timeline_figure
from dashboard.data.view import View
from dashboard.report import engine_chart, timeline_chart
from dashboard.ui import state
from dashboard.ui.context import Context


def draw(here: Context, inventory: LoadedInventory, selection: Selection) -> None:
    """Draw engine usage beside the creation timeline; one above the other where it is narrow."""
    with st.grid(2, min_column_width=380, gap="small"):
        with st.container(border=True, key="engine_usage_card", gap="xsmall", height="stretch"):
            _draw_usage(selection, here.view)
        with st.container(border=True, key="timeline_card", gap="xsmall", height="stretch"):
            _draw_timeline(inventory, selection, here.view)


def _on_usage_click() -> None:
    event = selected("engine_usage")
    point = event["points"][0] if event and event["points"] else None
    if point is None:
        return
    engine = point["customdata"][0] if isinstance(point["customdata"], list) and point["customdata"] else None
    if engine:
        state.toggle_choice("engine", str(engine))
    elif engine == "":
        st.session_state[ALL_ENGINES] = True


def _on_timeline_select() -> None:
    """Filter by the whole periods of a click or a drag, or by the engine of the legend's entry."""
    event, granularity = selected("timeline"), st.session_state[state.DRAWN_GRANULARITY]
    if event and event["legend"]:
        state.toggle_choice("engine", event["legend"])
    elif event and event["period"]:
        begin, end = (datetime.fromisoformat(event["period"][side]) for side in ("from", "to"))
        with suppress(ValueError, OverflowError):  # a browser can send any moment
            state.toggle_period(
                *periods.snapped(begin.replace(tzinfo=None), end.replace(tzinfo=None), granularity)
            )
    elif event and event["points"]:
        with suppress(ValueError, OverflowError):
            day = date.fromisoformat(str(event["points"][0]["x"])[:10])
            state.toggle_period(periods.first_day(day, granularity), periods.last_day(day, granularity))


def _draw_usage(selection: Selection, view: View) -> None:
    usage = selection.usage
    with st.container(horizontal=True, vertical_alignment="center", key="engine_usage_head"):
        st.markdown("## Engine usage", width="stretch")
        if folded_engines(usage):
            st.toggle("All engines", key=ALL_ENGINES, bind="query-params")
    unfolded = bool(st.session_state.get(ALL_ENGINES))
    plotly_chart(
        engine_usage_figure(usage, view.facets["engine"], unfolded=unfolded),
        key="engine_usage",
        alt=engine_chart.description(selection.counts["engine"]),
        height=engine_chart.height(usage, unfolded=unfolded),
        on_select=_on_usage_click,
        selection="points",
        dark_colors=ON_DARK,
    )


def _draw_timeline(inventory: LoadedInventory, selection: Selection, view: View) -> None:
    wide, granularity = inventory.timeline(view.facets, view.granularity)
    _draw_timeline_head()
    st.session_state[state.DRAWN_GRANULARITY] = granularity
    if wide.empty:
        st.info(timeline_chart.absence(view), icon=":material/event_busy:")
        return
    engines = timeline_chart.engines(view, wide)
    plotly_chart(
        timeline_figure(wide, granularity, engines, view.facets.period, inventory.today),
        key="timeline",
        alt=timeline_chart.description(wide, granularity),
        height=timeline_chart.HEIGHT,
        on_select=_on_timeline_select,
        selection="both",
        dark_colors=ON_DARK,
    )
    for note in timeline_chart.notes(view, granularity, selection.key_figures.without_created):
        st.caption(note)


def _draw_timeline_head() -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="timeline_head"):
        st.markdown("## Creation timeline", width="stretch")
        st.selectbox(
            GRANULARITY.label,
            GRANULARITIES,
            key=GRANULARITY.name,
            bind="query-params",
            label_visibility="collapsed",
            width=120,
        )
