"""Aggregates to Plotly figures. Plotly reads labels and hover texts as HTML, so every name is escaped here.

Figures carry the colours for a light background (palette.ON_DARK) and nothing else of a theme.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Sequence
from datetime import date, timedelta
from html import escape
from itertools import count

import pandas as pd
import plotly.graph_objects as go

from dashboard.data.analysis import fold, ranked
from dashboard.data.palette import HATCH, NEUTRAL, Style, engine_style

MAX_ENGINES = 8
"""So many engines are drawn on their own; a longer tail folds into one."""
LABEL_LENGTH = 24
FADED, FULL = 0.3, 1.0
_OTHER = 0  # the folded column: not a text, so no engine can be called this
OTHER_STYLE = Style(NEUTRAL, "\\")
_SHADES = (1.0, 0.72, 0.5)
MAX_STACKED = 6
"""So many engines are stacked on their own in the timeline; the others are one."""
_PERIOD_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91}
_ISOLATES = re.compile("[\u2066-\u2069]")
_HATCHED = {"bgcolor": HATCH, "solidity": 0.65}
_SMALL = {"size": 12}
_MARGIN = {"t": 30, "r": 12, "b": 40, "l": 44}
_LAYOUT = {
    "template": {"layout": {}},  # none: the page's theme stands in for it, and a default one costs 2 ms
    "barmode": "stack",
    "bargap": 0.25,
    "showlegend": False,
    "margin": _MARGIN,
    "font": _SMALL,
}
_FEW = 6
"""Up to so many, every count has a tick of its own; Plotly would set some between them."""


def other_name(engines: Sequence[str]) -> str:
    """What the folded tail is called."""
    return f"Other ({len(engines)} engines)"


def folded_engines(usage: pd.DataFrame) -> list[str]:
    """The engines that fold into one bar: those past the most used, if there are two or more of them."""
    rest = ranked(usage)[MAX_ENGINES:]
    return rest if len(rest) > 1 else []


def engine_usage_figure(
    usage: pd.DataFrame, selected: Collection[str], *, unfolded: bool = False
) -> go.Figure:
    """Bars by engine, longest on top, stacked by version. `usage` is that of analysis.engine_usage.

    A point's customdata is [engine, version], both empty on the bar of the folded tail. With a selection,
    the other engines fade.
    """
    tail = [] if unfolded else folded_engines(usage)
    shown = usage[~usage["engine"].isin(tail)]
    engines = ranked(shown)
    rows = [_segment(row, index) for index, row in _numbered(shown)]
    if tail:
        rest = usage[usage["engine"].isin(tail)]
        rows.append(_tail(other_name(tail), tail, int(rest["count"].sum()), float(rest["share"].sum())))
    labels = [_label(engine) for engine in engines] + ([other_name(tail)] if tail else [])
    names = engines + ([""] if tail else [])
    total = int(usage["count"].sum())
    counts = {name: sum(int(str(row["count"])) for row in rows if row["engine"] == name) for name in names}
    return _figure(
        [_usage_trace(rows, [FULL if not selected or row["engine"] in selected else FADED for row in rows])],
        {
            **_LAYOUT,
            "margin": {**_MARGIN, "t": 8},
            "annotations": [
                _bar_end(place, counts[name], total) for place, name in enumerate(reversed(names))
            ],
            "xaxis": _count_axis(max(counts.values(), default=0)),
            "yaxis": _engine_axis(names, labels),
        },
    )


def _engine_axis(names: list[str], labels: list[str]) -> dict[str, object]:
    """The engines from top to bottom, each under its label."""
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": names[::-1],
        "tickmode": "array",
        "tickvals": names,
        "ticktext": labels,
        "automargin": True,
    }


def timeline_figure(
    wide: pd.DataFrame,
    granularity: str,
    engines: Sequence[str],
    span: tuple[date | None, date | None] = (None, None),
) -> go.Figure:
    """Configurations created in each period, stacked by engine. `wide` is that of analysis.timeline.

    `engines` are those drawn on their own. What lies outside of `span` (days, both included) is shaded.
    """
    folded = fold(wide, engines, _OTHER)
    starts = [stamp.date().isoformat() for stamp in wide.index]
    bounds = _bounds(wide, granularity)
    return _figure(
        [_period_trace(folded[name], name, granularity, starts) for name in folded.columns],
        {
            **_LAYOUT,
            "shapes": _shades(bounds, span) if any(span) else [],
            "bargap": 0.12,
            "showlegend": True,
            "legend": {"orientation": "h", "y": -0.2, "x": 0, "traceorder": "normal", "font": {"size": 11}},
            "xaxis": {
                "type": "date",
                "title": {"text": f"Created, by {granularity} (UTC)", "font": _SMALL},
                "range": [day.isoformat() for day in bounds],
            },
            "yaxis": _count_axis(wide.sum(axis="columns").max() if len(wide) else 0),
        },
    )


def _count_axis(most: int) -> dict[str, object]:
    """An axis of whole numbers from zero. `most` is the largest count on it."""
    return {
        "title": {"text": "Configurations", "font": _SMALL},
        "rangemode": "tozero",
        "tickformat": ",d",
        "dtick": 1 if most <= _FEW else None,
    }


def _figure(traces: list[dict[str, object]], layout: dict[str, object]) -> go.Figure:
    """A figure without plotly's validation, which costs ten times as much as the rest; the tests validate."""
    return go.Figure({"data": traces, "layout": layout}, skip_invalid=False, _validate=False)


def _numbered(usage: pd.DataFrame) -> list[tuple[int, dict[str, object]]]:
    """Rows with the version's number within its engine, which picks its shade."""
    numbers: dict[str, Iterator[int]] = defaultdict(count)
    names = ("engine", "version", "count", "share")
    columns = [usage[name].tolist() for name in names]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return [(next(numbers[row["engine"]]), row) for row in rows]


def _segment(row: dict[str, object], index: int) -> dict[str, object]:
    engine, version = str(row["engine"]), str(row["version"])
    style = engine_style(engine)
    hover = f"{_short(engine, 60)}<br>{_short(version or 'no version given', 80)}<br>"
    return {
        "engine": engine,
        "count": row["count"],
        "hover": hover + f"{row['count']:,} configurations, {row['share']:.1%}",
        "custom": [engine, version],
        "colour": style.colour,
        "pattern": style.pattern,
        "shade": _SHADES[index % len(_SHADES)],
    }


def _tail(name: str, engines: Sequence[str], count: int, share: float) -> dict[str, object]:
    listed = ", ".join(_short(engine, 30) for engine in engines[:6]) + (", …" if len(engines) > 6 else "")
    return {
        "engine": "",
        "count": count,
        "hover": f"{name}<br>{listed}<br>{count:,} configurations, {share:.1%}",
        "custom": ["", ""],
        "colour": OTHER_STYLE.colour,
        "pattern": OTHER_STYLE.pattern,
        "shade": FULL,
    }


def _bar_end(place: int, count: int, total: int) -> dict[str, object]:
    """An engine's count and share, written where its bar ends. `place` is the bar's, from below."""
    return {
        "x": count,
        "y": place,
        "text": f"{count:,} · {count / total:.0%}",
        "showarrow": False,
        "xanchor": "left",
        "xshift": 4,
        "font": {"size": 11},
    }


def _usage_trace(rows: list[dict[str, object]], emphasis: list[float]) -> dict[str, object]:
    shades = [float(str(row["shade"])) * factor for row, factor in zip(rows, emphasis, strict=True)]
    return {
        "type": "bar",
        "orientation": "h",
        "x": [row["count"] for row in rows],
        "y": [row["engine"] for row in rows],
        "customdata": [row["custom"] for row in rows],
        "hovertext": [row["hover"] for row in rows],
        "hoverinfo": "text",
        "textposition": "none",
        "marker": {
            "color": [row["colour"] for row in rows],
            "opacity": shades,
            "line": {"width": 1, "color": "rgba(128,128,128,0.35)"},
            "pattern": {
                "shape": [row["pattern"] for row in rows],
                **_HATCHED,
                "size": 6,
            },
        },
    }


def _period_trace(
    counts: pd.Series, name: Hashable, granularity: str, starts: list[str]
) -> dict[str, object]:
    style = OTHER_STYLE if name == _OTHER else engine_style(str(name))
    # A bar of no height is drawn all the same, and there can be hundreds: the axis shows the gap without it.
    bars = [(start, number) for start, number in zip(starts, counts.tolist(), strict=True) if number]
    return {
        "type": "bar",
        "name": "Other" if name == _OTHER else _label(str(name)),
        "x": [start for start, _ in bars],
        "y": [number for _, number in bars],
        "width": 0.88 * _PERIOD_DAYS[granularity] * 86_400_000,
        "marker": {
            "color": style.colour,
            "pattern": {"shape": style.pattern, **_HATCHED, "size": 5},
            "line": {"width": 0},
        },
        "hovertemplate": (
            "%{fullData.name}<br>%{y:,d} in the " + granularity + " from %{x|%Y-%m-%d}<extra></extra>"
        ),
    }


def _bounds(wide: pd.DataFrame, granularity: str) -> tuple[date, date]:
    """From half a period before the first bar to half a period after the last: no filter moves the axis."""
    half = timedelta(days=_PERIOD_DAYS[granularity] // 2 + 1)
    if wide.empty:
        return date(1970, 1, 1), date(1970, 1, 2)
    return wide.index[0].date() - half, wide.index[-1].date() + half


def _shades(bounds: tuple[date, date], span: tuple[date | None, date | None]) -> list[dict[str, object]]:
    """Grey over what the period filter leaves out, so that a dragged period stays visible."""
    start, end = span
    outside = [(bounds[0], min(start, bounds[1]))] if start else []
    outside += [(max(end + timedelta(days=1), bounds[0]), bounds[1])] if end and end < bounds[1] else []
    grey = {"type": "rect", "yref": "paper", "y0": 0, "y1": 1, "line": {"width": 0}, "layer": "above"}
    return [
        {**grey, "x0": left.isoformat(), "x1": right.isoformat(), "fillcolor": "rgba(128,128,128,0.28)"}
        for left, right in outside
        if left < right
    ]


def _label(name: str) -> str:
    return _short(name, LABEL_LENGTH)


def _short(text: str, length: int) -> str:
    """At most `length` characters, escaped, kept from turning its surroundings around.

    It is isolated (Unicode Bidirectional Algorithm, UAX 9); marks that could end that are shown as codes.
    """
    cut = text if len(text) <= length else text[: length - 1] + "…"
    flat = _ISOLATES.sub(lambda mark: f"\\u{ord(mark[0]):04x}", " ".join(cut.split()))
    safe = escape(flat, quote=False)  # Plotly knows no &quot;
    return f"\u2068{safe}\u2069" if any(ord(character) >= 0x590 for character in safe) else safe
