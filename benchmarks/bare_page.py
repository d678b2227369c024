"""The yardstick: one Streamlit script, written with care, with the dashboard's controls, table and charts.

It is what a good afternoon's work gives: every control bound to the URL, the data loaded once and kept in
``st.cache_resource``, selections cached by their filters, categorical engines, one page of 25 rows sent to
the browser, aggregated ``go`` figures. It has no fragments, no tuning of the server and no components of
its own.

Run by ``benchmarks.streamlit_servers`` with MODELARTS_ENDPOINT and MODELARTS_PROJECT_ID set.
"""

import os
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import requests
import streamlit as st

COLUMNS = [
    "config_name",
    "config_desc",
    "create_time",
    "engine_name",
    "engine_version",
    "user_image_url",
    "user_command",
]
SORT_COLUMNS = {"name": "config_name", "description": "config_desc", "created": "create_time"}


@st.cache_resource(ttl=3600, max_entries=4)
def configurations(endpoint: str, project_id: str, config_type: str) -> pd.DataFrame:
    """Load every configuration of the project, one row each; read-only, shared by all sessions."""
    rows: list[dict[str, Any]] = []
    with requests.Session() as session:
        for page in range(1, 1_000):
            query = f"per_page=1000&page={page}&config_type={config_type}"
            url = f"{endpoint}/v1/{project_id}/training-job-configs?{query}"
            answer = session.get(url, timeout=30).json()
            rows += answer["configs"]
            if not answer["configs"] or len(rows) >= answer["config_total_count"]:
                break
    frame = pd.DataFrame(rows).reindex(columns=COLUMNS)
    frame["create_time"] = pd.to_datetime(frame["create_time"], unit="ms", utc=True, errors="coerce")
    for column in COLUMNS:
        if column.startswith("engine"):
            frame[column] = frame[column].fillna("").astype("category")
        elif column != "create_time":
            frame[column] = frame[column].fillna("").astype("str")
    return frame


@st.cache_resource(ttl=3600, max_entries=200)
def matching(
    source: tuple[str, str, str],
    search: str,
    engines: tuple[str, ...],
    versions: tuple[str, ...],
    contains_and_period: tuple[str, date | None, date | None],
) -> pd.DataFrame:
    """Return the rows that pass the filters, in no order; cached by the filters."""
    frame = configurations(*source)
    keep = pd.Series(True, index=frame.index)
    if search:
        keep &= _has(frame["config_name"], search) | _has(frame["config_desc"], search)
    if engines:
        keep &= frame["engine_name"].isin(engines)
    if versions:
        keep &= frame["engine_version"].isin(versions)
    contains, created_from, created_to = contains_and_period
    if contains:
        keep &= _has(frame["user_command"], contains) | _has(frame["user_image_url"], contains)
    if created_from:
        keep &= frame["create_time"] >= pd.Timestamp(created_from, tz="UTC")
    if created_to:
        keep &= frame["create_time"] < pd.Timestamp(created_to, tz="UTC") + pd.Timedelta(days=1)
    return frame[keep]


def _has(column: pd.Series, text: str) -> pd.Series:
    return column.str.contains(text, case=False, regex=False)


@st.cache_resource(ttl=3600, max_entries=200)
def ordered(filters: tuple[Any, ...], sort_by: str, ascending: bool) -> pd.DataFrame:
    """Sort the matching rows as asked for; cached, so that paging does not sort again."""
    return matching(*filters).sort_values(SORT_COLUMNS[sort_by], ascending=ascending, kind="stable")


@st.cache_resource(ttl=3600, max_entries=200)
def counts(filters: tuple[Any, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count rows by engine and version, and by month and engine."""
    frame = matching(*filters)
    usage = frame.groupby(["engine_version", "engine_name"], observed=True).size().unstack(0, fill_value=0)
    created = frame.dropna(subset=["create_time"])
    month = created["create_time"].dt.tz_convert(None).dt.to_period("M").dt.to_timestamp()
    timeline = created.groupby([month, "engine_name"], observed=True).size().unstack(fill_value=0)
    return usage.loc[usage.sum(axis=1).sort_values().index], timeline


def usage_figure(usage: pd.DataFrame) -> go.Figure:
    """Draw horizontal bars by engine, stacked by version; no bar where there is nothing."""
    columns = {version: usage[version][usage[version] > 0] for version in usage}
    bars = [go.Bar(x=rows, y=rows.index, orientation="h", name=name) for name, rows in columns.items()]
    figure = go.Figure(
        bars, go.Layout(barmode="stack", showlegend=False, height=380, margin={"t": 10, "b": 30})
    )
    return figure.update_yaxes(categoryorder="array", categoryarray=list(usage.index))


def timeline_figure(timeline: pd.DataFrame) -> go.Figure:
    """Draw bars by month, stacked by engine; no bar where there is nothing."""
    columns = {engine: timeline[engine][timeline[engine] > 0] for engine in timeline}
    bars = [go.Bar(x=rows.index, y=rows, name=name) for name, rows in columns.items()]
    return go.Figure(bars, go.Layout(barmode="stack", height=380, margin={"t": 10, "b": 30}))


def filter_clicked_engine() -> None:
    """Make a clicked bar the engine filter."""
    points = st.session_state["engine_usage"]["selection"]["points"]
    if points:
        st.session_state["engine"] = [points[0]["y"]]
        st.session_state["page"] = 1


def to_first_page() -> None:
    """Begin again at page 1, as every filter does."""
    st.session_state["page"] = 1


st.set_page_config(page_title="Configurations", layout="wide")
bound: dict[str, Any] = {"bind": "query-params", "on_change": to_first_page}
with st.sidebar:
    text = st.text_input("Search", key="search", type="search", **bound)
    kind = st.radio("Type", ["custom", "sample"], horizontal=True, key="config_type", **bound)
    sort_column = st.selectbox("Sort by", list(SORT_COLUMNS), index=2, key="sort_by", **bound)
    direction = st.selectbox("Order", ["desc", "asc"], key="order", **bound)
    key = (os.environ["MODELARTS_ENDPOINT"], os.environ["MODELARTS_PROJECT_ID"], kind)
    everything = configurations(*key)
    engine_names = st.multiselect(
        "Engine", list(everything["engine_name"].cat.categories), key="engine", **bound
    )
    version_names = st.multiselect(
        "Version", list(everything["engine_version"].cat.categories), key="version", **bound
    )
    fragment = st.text_input("Command or image contains", key="contains", **bound)
    first_day = st.date_input("Created from", value=None, key="created_from", **bound)
    last_day = st.date_input("Created to", value=None, key="created_to", **bound)
    per_page = st.selectbox("Rows per page", [10, 25, 50, 100], index=1, key="per_page", **bound)

chosen = (key, text, tuple(engine_names), tuple(version_names), (fragment, first_day, last_day))
rows_in_order = ordered(chosen, sort_column, direction == "asc")
by_engine, by_month = counts(chosen)

left, right = st.columns(2)
with left:
    st.plotly_chart(
        usage_figure(by_engine), key="engine_usage", on_select=filter_clicked_engine, selection_mode="points"
    )
with right:
    st.plotly_chart(timeline_figure(by_month), key="timeline")

total = len(rows_in_order)
pages = max(1, -(-total // per_page))
number = st.pagination(pages, key="page", bind="query-params")
start = (number - 1) * per_page
st.text(f"{min(start + 1, total):,}–{min(start + per_page, total):,} of {total:,}")
with st.container(key="table"):
    st.dataframe(rows_in_order.iloc[start : start + per_page], hide_index=True)
