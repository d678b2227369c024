"""The whole over time, from snapshots: configurations by engine, and their findings by severity."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st
from streamlit_plotly_basic import plotly_chart

from dashboard.audit.live import settings_in_force
from dashboard.audit.outcome import SEVERITIES
from dashboard.data.palette import ON_DARK
from dashboard.data.parameters import AFTER, BEFORE
from dashboard.data.projects import GRACE_SECONDS
from dashboard.data.timeline import FOUND, MAX_STACKED, SEEN, Stack, timeline_figure
from dashboard.history.by_day import by_day
from dashboard.history.severities import CONFIGURATIONS, DETAILS
from dashboard.history.story import Story, StoryJob, teller_of
from dashboard.report.over_time import adoption_table, day_table, severity_table
from dashboard.ui import addressed, messages
from dashboard.ui.buttons import draw_pressable
from dashboard.ui.context import POLL_SECONDS, Context, fragment, look_again

if TYPE_CHECKING:
    import pandas as pd

    from dashboard.history.timeline import CountsOverTime, DayCounts
    from dashboard.store.database import Database
    from dashboard.store.series import Snapshot

HEIGHT: Final = 360
JUDGED: Final = (
    "Each configuration by itself, judged by today’s checks; accepted findings count, and checks that compare"
    " configurations are left out."
)
FEWER_DETAILS: Final = (
    " Of some periods fewer details are known, so fewer findings are seen: the table says of how many."
)


def draw(here: Context, database: Database, last: Snapshot) -> None:
    """Draw the whole up to a series' last snapshot, once it is told."""
    st.markdown("## Over time")
    teller = teller_of(here.project, last.config_type)
    job = teller.job(database, last, datetime.now(UTC), settings_in_force()[0])
    waits = not job.wait(GRACE_SECONDS)
    draw_part = partial(_draw, job=job, waits=waits)
    fragment(draw_part, here, look_again, run_every=POLL_SECONDS if waits else None)


def _draw(here: Context, *, job: StoryJob, waits: bool) -> None:
    now = job.state
    if waits and not now.running:
        st.rerun()  # from now on it is drawn no more by itself
    if now.result is not None:
        _draw_engines(here, now.result)
        _draw_severities(now.result.findings)
    elif now.error is not None:
        messages.show_error(now.error, heading="What there was over time could not be told.")
    else:
        st.text("Going through every snapshot…")
        st.skeleton(height=HEIGHT)


def _draw_engines(here: Context, story: Story) -> None:
    wide, granularity = by_day(story.counts)
    alt = f"How many configurations each engine had, by {granularity}, from snapshots"
    with st.container(border=True, key="over_time_card"):
        _draw_chart(wide, granularity, SEEN, "over_time", alt)
    with st.grid(2, min_column_width=380, gap="small"):
        with st.container(key="adoptions"):
            st.markdown("## Engines")
            st.html(adoption_table(story.adoptions, here.zone))
        with st.container(key="days"):
            st.markdown("## Days")
            draw_pressable(day_table(story.days, partial(_address, here)), "changes_by_day")


def _address(here: Context, day: DayCounts) -> str:
    points = {BEFORE: day.since.isoformat(), AFTER: day.until.isoformat()}
    return addressed.link(here, "changes", points)


def _draw_severities(counts: CountsOverTime) -> None:
    st.markdown("## Findings over time")
    wide, granularity = by_day(counts)
    alt = f"How many findings there were of each severity, by {granularity}, from snapshots"
    with st.container(border=True, key="severities_card"):
        _draw_chart(wide[list(map(str, SEVERITIES))], granularity, FOUND, "severities_over_time", alt)
        fewer = bool((wide[DETAILS] < wide[CONFIGURATIONS]).any())
        st.caption(JUDGED + (FEWER_DETAILS if fewer else ""))
        with st.expander("As a table", icon=":material/table:"):
            st.html(severity_table(wide))


def _draw_chart(wide: pd.DataFrame, granularity: str, stack: Stack, key: str, alt: str) -> None:
    kinds, today = list(wide.columns)[:MAX_STACKED], datetime.now(UTC).date()
    figure = timeline_figure(wide, granularity, kinds, today=today, stack=stack)
    plotly_chart(figure, key=key, alt=alt, height=HEIGHT, dark_colors=ON_DARK)
