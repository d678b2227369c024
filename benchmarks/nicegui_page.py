"""A peer: one NiceGUI page with the dashboard's table and charts. Run by `benchmarks.nicegui`.

Written with care: the data is loaded once, selections are cached, charts are aggregated, and one page of 25
rows goes to the browser.
"""

from __future__ import annotations

import os
from functools import cache, lru_cache
from typing import Any

import pandas as pd
import requests
from nicegui import ui  # type: ignore[import-not-found]  # installed in this process's own environment

PER_PAGE = 25
COLUMNS = (
    "config_name",
    "config_desc",
    "create_time",
    "engine_name",
    "engine_version",
    "user_image_url",
    "user_command",
)
CHART = {"animation": False, "tooltip": {}, "grid": {"containLabel": True, "top": 10}}


@cache
def configurations() -> pd.DataFrame:
    """Load every configuration of the project, oldest first; read-only, shared by all viewers."""
    rows: list[dict[str, Any]] = []
    url = f"{os.environ['MODELARTS_ENDPOINT']}/v1/{os.environ['MODELARTS_PROJECT_ID']}/training-job-configs"
    with requests.Session() as session:
        while True:
            query = f"per_page=1000&page={len(rows) // 1000 + 1}&sortBy=create_time&order=asc"
            answer = session.get(f"{url}?{query}", timeout=60).json()
            rows += answer["configs"]
            if not answer["configs"] or len(rows) >= answer["config_total_count"]:
                break
    frame = pd.DataFrame(rows).reindex(columns=list(COLUMNS))
    frame["month"] = pd.to_datetime(frame["create_time"], unit="ms").dt.strftime("%Y-%m")
    for column in set(COLUMNS) - {"create_time"}:
        frame[column] = frame[column].fillna("").astype("category" if "engine" in column else "str")
    return frame


@lru_cache(200)
def matching(search: str, engines: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows that pass the filters."""
    frame = configurations()
    keep = pd.Series(True, index=frame.index)
    if search:
        keep &= has(frame["config_name"], search) | has(frame["config_desc"], search)
    if engines:
        keep &= frame["engine_name"].isin(engines)
    return frame[keep]


def has(column: pd.Series[str], text: str) -> pd.Series[bool]:
    """Return which texts of a column contain another."""
    return column.str.contains(text, case=False, regex=False)


@lru_cache(200)
def counts(search: str, engines: tuple[str, ...]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Count rows by engine and version, and by month and engine."""
    frame = matching(search, engines)
    usage = frame.groupby(["engine_name", "engine_version"], observed=True).size().unstack(fill_value=0)
    usage = usage.loc[usage.sum(axis="columns").sort_values().index]
    return usage, frame.groupby(["month", "engine_name"], observed=True).size().unstack(fill_value=0)


def stacked(table: pd.DataFrame, value: str, category: str) -> dict[str, Any]:
    """Return the options of a chart of stacked bars, one for each row of a table."""
    series = [
        {
            "type": "bar",
            "stack": "all",
            "name": name,
            "data": [count or None for count in table[name].tolist()],
        }
        for name in table
    ]
    return {
        **CHART,
        value: {"type": "value"},
        category: {"type": "category", "data": list(table.index)},
        "series": series,
    }


@ui.page("/")  # type: ignore[untyped-decorator]
def overview() -> None:
    """Draw the page of one viewer."""
    state: dict[str, Any] = {"search": "", "engines": [], "order": "desc", "page": 1}
    usage, timeline = counts("", ())

    def show(**changes: Any) -> None:
        state.update({"page": 1} | changes)
        key = state["search"], tuple(state["engines"])
        found = matching(*key)
        last = max(1, -(-len(found) // PER_PAGE))
        first = (state["page"] - 1) * PER_PAGE
        ordered = found if state["order"] == "asc" else found[::-1]
        table.rows = ordered.iloc[first : first + PER_PAGE][list(COLUMNS)].astype(object).to_dict("records")
        total.text = f"{first + 1:,}–{first + len(table.rows):,} of {len(found):,}"
        pages.max = last
        pages.value = state["page"]
        if {"search", "engines"} & set(changes):
            for chart, options in zip(
                (usage_chart, timeline_chart),
                (stacked(counts(*key)[0], "xAxis", "yAxis"), stacked(counts(*key)[1], "yAxis", "xAxis")),
                strict=True,
            ):
                chart.options.clear()
                chart.options.update(options)

    with ui.left_drawer():
        text = ui.input("Search").classes("key-search w-full")
        text.on("keydown.enter", lambda: show(search=text.value))
        engines = list(configurations()["engine_name"].cat.categories)
        ui.select(
            engines, label="Engine", multiple=True, with_input=True, on_change=lambda e: show(engines=e.value)
        ).classes("key-engine w-full")
        ui.toggle(["desc", "asc"], value="desc", on_change=lambda e: show(order=e.value)).classes("key-order")
    total = ui.label("").classes("key-total")
    with ui.grid(columns=2).classes("w-full"):
        usage_chart = ui.echart(stacked(usage, "xAxis", "yAxis"), renderer="svg").classes("key-usage h-96")
        timeline_chart = ui.echart(stacked(timeline, "yAxis", "xAxis"), renderer="svg").classes(
            "key-timeline h-96"
        )
    table = (
        ui.table(
            columns=[{"name": column, "label": column, "field": column} for column in COLUMNS],
            rows=[],
            row_key="config_name",
            pagination=PER_PAGE,
        )
        .props("hide-pagination")
        .classes("key-rows w-full")
    )
    pages = (
        ui.pagination(1, 1, value=1, on_change=lambda e: show(page=e.value))
        .props("max-pages=9")
        .classes("key-page")
    )
    show()


configurations()
ui.run(host="127.0.0.1", port=int(os.environ["PORT"]), title="Configurations", reload=False, show=False)
