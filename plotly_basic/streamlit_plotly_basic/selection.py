"""What a viewer selected in a chart, as plain values."""

from datetime import datetime
from typing import Any, TypedDict, cast

import streamlit as st


class Point(TypedDict):
    """One clicked value. Dates are ISO 8601 text; `trace`, `x` and `y` are as the figure holds them."""

    trace: str
    x: str | float | None
    y: str | float | None
    customdata: Any


# `from` is a keyword, hence the functional form.
Period = TypedDict("Period", {"from": str, "to": str})
Period.__doc__ = "A dragged stretch of a date axis: ISO 8601 text in the figure's own clock, from before to."


class Selection(TypedDict):
    """A click (`points`), a drag (`period`), or a click on an entry of the legend (`legend`): one of them.

    `legend` is the `meta` of the entry's trace, a text.
    """

    points: list[Point]
    period: Period | None
    legend: str | None


def selected(key: str) -> Selection | None:
    """Return what was just selected in the chart of this key, or None.

    It is None in every run that no selection in this chart started. Meant for the `on_select` callback, which
    runs before the script and so may set other widgets' state.
    """
    state = st.session_state.get(key)
    return parse_selection(state.get("selection")) if isinstance(state, dict) else None


def parse_selection(value: object) -> Selection | None:
    """Return the selection a browser sent, or None where it sent none or something else than a selection."""
    if not isinstance(value, dict):
        return None
    points = [point for raw in _as_list(value.get("points")) if (point := _point(raw)) is not None]
    period, legend = _period(value.get("period")), value.get("legend")
    entry = legend if isinstance(legend, str) and legend else None
    return Selection(points=points, period=period, legend=entry) if points or period or entry else None


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _point(raw: object) -> Point | None:
    if not isinstance(raw, dict) or not isinstance(raw.get("trace"), str):
        return None
    x, y = raw.get("x"), raw.get("y")
    if not all(value is None or isinstance(value, str | int | float) for value in (x, y)):
        return None
    return Point(trace=raw["trace"], x=x, y=y, customdata=raw.get("customdata"))


def _period(raw: object) -> Period | None:
    if not isinstance(raw, dict):
        return None
    ends = (raw.get("from"), raw.get("to"))
    if not all(isinstance(end, str) and _is_iso(end) for end in ends):
        return None
    try:
        start, end = sorted(cast("tuple[str, str]", ends), key=datetime.fromisoformat)
    except TypeError:  # one with an offset and one without
        return None
    return {"from": start, "to": end}


def _is_iso(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
