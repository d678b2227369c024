"""What has happened in each period, as a Plotly figure: bars by time, stacked by engine or by severity."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd
import plotly.graph_objects as go

from dashboard.data import periods
from dashboard.data.analysis import fold
from dashboard.data.figure_parts import (
    FADED,
    FULL,
    HALF,
    LAYOUT,
    OTHER_STYLE,
    SMALL,
    Spec,
    count_axis,
    figure_of,
    hatching,
    label,
    short,
)
from dashboard.data.palette import HATCH, Style, engine_style, severity_style

MAX_STACKED = 6
"""So many engines are stacked on their own in the timeline; two others and more are one."""
DATES_STANDOFF, TITLE_STANDOFF = 4, 4
"""Pixels between the bars and the dates, which keep off the lowest count, and between dates and title."""
DAY_MS = 86_400_000
MAX_DAYS_BY_HOUR = 5
"""Plotly would part an axis of so many days by the hour; nothing here is known of an hour."""
MAX_DAYS_OF_TWO_LINES = 152
"""On an axis of so many days at most, Plotly has a second line below the days, for the year."""
LEGEND_BELOW, LEGEND_BELOW_TWO_LINES = 0.25, 0.4
"""How far below the bars the legend begins, in heights of the bars: below dates and title also on a phone."""
_OTHER = 0  # the folded column: not a text, so no engine can be called this


@dataclass(frozen=True)
class Stack:
    """What a timeline stacks: what is counted, what has happened to it in a period, how each part looks."""

    counted: str
    happened: str
    style: Callable[[str], Style]


CREATED = Stack("Configurations", "Created", engine_style)
SEEN = Stack("Configurations", "Seen", engine_style)
FOUND = Stack("Findings", "Seen", severity_style)


def timeline_figure(
    wide: pd.DataFrame,
    granularity: str,
    engines: Sequence[str],
    span: tuple[date | None, date | None] = (None, None),
    today: date = date.max,
    *,
    stack: Stack = CREATED,
) -> go.Figure:
    """Return timeline_spec as a figure."""
    return figure_of(timeline_spec(wide, granularity, engines, span, today, stack=stack))


def timeline_spec(
    wide: pd.DataFrame,
    granularity: str,
    engines: Sequence[str],
    span: tuple[date | None, date | None] = (None, None),
    today: date = date.max,
    *,
    stack: Stack = CREATED,
) -> Spec:
    """Return bars of the configurations created in each period, stacked by engine; each covers its period.

    `wide` is that of analysis.timeline, `engines` are those drawn on their own. What lies outside of `span`
    (days, both included) fades. The period that `today` (UTC) is in is said to run still. A trace's meta is
    its engine's name, None for the others together; the last trace, which is not seen, has a text for each
    whole period. Another `stack` counts something else, in parts of another kind than engines.
    """
    folded = fold(wide, engines, _OTHER)
    bars = [_Bar.of(stamp.date(), granularity, span) for stamp in wide.index]
    traces = [_period_trace(folded[name].tolist(), name, bars, stack.style) for name in folded.columns]
    if bars:
        traces.append(_whole_periods(folded, granularity, bars, today))
    below = LEGEND_BELOW_TWO_LINES if _days(bars) <= MAX_DAYS_OF_TWO_LINES else LEGEND_BELOW
    return Spec(
        traces,
        {
            **LAYOUT,
            "bargap": 0,
            "showlegend": True,
            "legend": {"orientation": "h", "y": -below, "x": 0, "traceorder": "normal", "font": {"size": 11}},
            "xaxis": _date_axis(bars, granularity, f"{stack.happened}, by {granularity} (UTC)"),
            "yaxis": count_axis(wide.sum(axis="columns").max() if len(wide) else 0, stack.counted),
        },
    )


@dataclass(frozen=True)
class _Bar:
    """One period on the axis.

    From its first day to the first after it, with a line of the background between.
    """

    first: date
    start: str
    end: str
    milliseconds: int
    emphasis: float

    @classmethod
    def of(cls, first: date, granularity: str, span: tuple[date | None, date | None]) -> _Bar:
        last = periods.last_day(first, granularity)
        begins, ends = span[0] or date.min, span[1] or date.max
        whole, partly = begins <= first and last <= ends, begins <= last and first <= ends
        after = last + timedelta(days=1)
        return cls(
            first,
            first.isoformat(),
            after.isoformat(),
            (after - first).days * DAY_MS,
            FULL if whole else HALF if partly else FADED,
        )


def _days(bars: list[_Bar]) -> int:
    """Return how many days the axis covers."""
    return (date.fromisoformat(bars[-1].end) - bars[0].first).days if bars else 1


def _date_axis(bars: list[_Bar], granularity: str, title: str) -> dict[str, object]:
    return {
        "type": "date",
        "title": {"text": title, "font": SMALL, "standoff": TITLE_STANDOFF},
        "range": [bars[0].start, bars[-1].end] if bars else ["1970-01-01", "1970-01-02"],
        "dtick": DAY_MS if granularity == "day" and len(bars) <= MAX_DAYS_BY_HOUR else None,
        "ticklabelstandoff": DATES_STANDOFF,
    }


def _period_trace(
    counts: list[int], name: Hashable, bars: list[_Bar], style_of: Callable[[str], Style]
) -> dict[str, object]:
    style = OTHER_STYLE if name == _OTHER else style_of(str(name))
    # A bar of no height is drawn all the same, and there can be hundreds: the axis shows the gap without it.
    drawn = [(bar, number) for bar, number in zip(bars, counts, strict=True) if number]
    return {
        "type": "bar",
        # In a legend Plotly takes %{…} for a template of its own.
        "name": "Other" if name == _OTHER else label(str(name)).replace("%{", "%&#123;"),
        "meta": None if name == _OTHER else str(name),
        "x": [bar.start for bar, _ in drawn],
        "y": [number for _, number in drawn],
        "offset": 0,
        "width": [bar.milliseconds for bar, _ in drawn],
        "hoverinfo": "skip",
        "marker": {
            "color": style.colour,
            "opacity": [bar.emphasis for bar, _ in drawn],
            "pattern": hatching(style.pattern, 5),
            "line": {"width": 1, "color": HATCH},
        },
    }


def _whole_periods(
    folded: pd.DataFrame, granularity: str, bars: list[_Bar], today: date
) -> dict[str, object]:
    """Return a trace that is not seen: over each period's bars one that tells its name, total and parts."""
    totals = folded.sum(axis="columns").tolist()
    labels = ["Other" if isinstance(name, int) else short(str(name), 30) for name in folded.columns]
    rows = folded.to_numpy().tolist()
    kept = [place for place, total in enumerate(totals) if total]
    heads = [_head(bars[place].first, granularity, today, totals[place]) for place in kept]
    parts = [
        [f"{label} {number:,}" for label, number in zip(labels, rows[place], strict=True) if number]
        for place in kept
    ]
    return {
        "type": "bar",
        "name": "",
        "showlegend": False,
        "x": [bars[place].start for place in kept],
        "y": [totals[place] for place in kept],
        "base": 0,
        "offset": 0,
        "width": [bars[place].milliseconds for place in kept],
        "hovertext": ["<br>".join([head, *lines]) for head, lines in zip(heads, parts, strict=True)],
        "hoverinfo": "text",
        "textposition": "none",
        "marker": {"color": "rgba(128,128,128,0.0)", "line": {"width": 0}},
    }


def _head(first: date, granularity: str, today: date, total: int) -> str:
    running = " so far" if first <= today <= periods.last_day(first, granularity) else ""
    return f"{periods.name(first, granularity)}{running}: {total:,}"
