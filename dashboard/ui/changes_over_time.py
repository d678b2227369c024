"""The whole over time: configurations stacked by engine from snapshots, engines that came and went."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import streamlit as st
from streamlit_plotly_basic import plotly_chart

from dashboard.data.figures import MAX_STACKED, timeline_figure
from dashboard.data.palette import ON_DARK
from dashboard.history.engine_days import engine_days
from dashboard.history.recall import Story
from dashboard.report.over_time import adoption_table, day_table
from dashboard.ui.context import Context

HEIGHT: Final = 320


def draw(here: Context, story: Story) -> None:
    """Draw the chart of a connection's engines over time, the engines, and the days with changes."""
    wide, granularity = engine_days(story.counts)
    st.markdown("## Over time")
    with st.container(border=True, key="over_time_card"):
        figure = timeline_figure(
            wide, granularity, list(wide.columns)[:MAX_STACKED], today=datetime.now(UTC).date()
        )
        figure.layout.xaxis.title.text = f"Seen, by {granularity} (UTC)"
        plotly_chart(
            figure,
            key="over_time",
            alt=f"How many configurations each engine had, by {granularity}, from snapshots",
            height=HEIGHT,
            dark_colors=ON_DARK,
        )
    with st.grid(2, min_column_width=380, gap="small"):
        with st.container(key="adoptions"):
            st.markdown("## Engines")
            st.html(adoption_table(story.adoptions, here.zone))
        with st.container(key="days"):
            st.markdown("## Days")
            st.html(day_table(story.days))
