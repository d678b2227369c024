"""The two charts of the overview, and what a click or a drag on them sets."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

import pandas as pd
import streamlit as st
from streamlit_plotly_basic import plotly_chart, selected

from dashboard.data import periods
from dashboard.data.analysis import Selection, ranked
from dashboard.data.figures import (
    MAX_ENGINES,
    MAX_STACKED,
    engine_usage_figure,
    folded_engines,
    timeline_figure,
)
from dashboard.data.loads import LoadedInventory
from dashboard.data.palette import ON_DARK
from dashboard.data.parameters import GRANULARITIES, GRANULARITY
from dashboard.data.periods import MAX_BARS
from dashboard.data.view import View
from dashboard.ui import state
from dashboard.ui.context import Context

HEIGHT = 360


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
        st.session_state[state.ALL_ENGINES] = True


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
            st.toggle("All engines", key=state.ALL_ENGINES, bind="query-params")
    unfolded = bool(st.session_state.get(state.ALL_ENGINES))
    bars = len(ranked(usage)) if unfolded else MAX_ENGINES + 1
    plotly_chart(
        engine_usage_figure(usage, view.facets["engine"], unfolded=unfolded),
        key="engine_usage",
        alt=_usage_alt(selection),
        height=max(HEIGHT, 30 * bars),
        on_select=_on_usage_click,
        selection="points",
        dark_colors=ON_DARK,
    )


def _draw_timeline(inventory: LoadedInventory, selection: Selection, view: View) -> None:
    wide, granularity = inventory.timeline(view.facets, view.granularity)
    _draw_timeline_head()
    st.session_state[state.DRAWN_GRANULARITY] = granularity
    if wide.empty:
        st.info(_no_timeline(view), icon=":material/event_busy:")
        return
    engines = list(dict.fromkeys([*view.facets["engine"], *wide.columns]))[:MAX_STACKED]
    plotly_chart(
        timeline_figure(wide, granularity, engines, view.facets.period, inventory.today),
        key="timeline",
        alt=_timeline_alt(wide, granularity),
        height=HEIGHT,
        on_select=_on_timeline_select,
        selection="both",
        dark_colors=ON_DARK,
    )
    if view.granularity not in {"auto", granularity}:
        st.caption(
            f"By {view.granularity} there would be more than {MAX_BARS} bars, so this is by {granularity}."
        )
    if missing := selection.key_figures.without_created:
        st.caption(f"{missing:,} without a readable creation time are not on it.")


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


def _no_timeline(view: View) -> str:
    if view.config_type == "sample":
        return "Samples carry no creation time, so there is no timeline of them."
    return "None of these configurations carries a creation time that can be read."


def _usage_alt(selection: Selection) -> str:
    counts = selection.counts["engine"]
    first = ", ".join(f"{_plain(name)} {number:,}" for name, number in list(counts.items())[:5])
    return f"Configurations by engine, stacked by version: {first or 'none'}; {len(counts)} engines in all."


def _timeline_alt(wide: pd.DataFrame, granularity: str) -> str:
    totals = wide.sum(axis="columns")
    return (
        f"Configurations created by {granularity} from {wide.index[0]:%Y-%m-%d} to {wide.index[-1]:%Y-%m-%d},"
        f" stacked by engine; {int(totals.sum()):,} in all, most ({int(totals.max()):,}) in the {granularity}"
        f" of {totals.idxmax():%Y-%m-%d}."
    )


def _plain(name: str) -> str:
    return " ".join(name.split())[:40]
