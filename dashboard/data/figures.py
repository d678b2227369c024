"""Aggregates to Plotly figures. Plotly reads labels and hover texts as HTML, so every name is escaped here.

Figures carry the colours for a light background (palette.ON_DARK) and nothing else of a theme.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from itertools import count, groupby
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.data import periods
from dashboard.data.analysis import fold, ranked
from dashboard.data.palette import HATCH, NEUTRAL, Style, engine_style, severity_style

MAX_ENGINES = 8
"""So many engines are drawn on their own; a longer tail folds into one."""
MAX_UNFOLDED = 100
"""So many of them where all engines are asked for."""
MAX_VERSIONS = 24
"""So many versions of an engine are parts of its bar; the least used beyond them are one part."""
MIN_PLACES = 7
"""Few engines leave room below them: three bars are no slabs."""
LABEL_LENGTH = 24
FADED, HALF, FULL = 0.25, 0.6, 1.0
_OTHER = 0  # the folded column: not a text, so no engine can be called this
OTHER_STYLE = Style(NEUTRAL, "\\")
_SHADES = (1.0, 0.78, 0.6, 0.46, 0.36)
MAX_STACKED = 6
"""So many engines are stacked on their own in the timeline; the others are one."""
_ISOLATES = re.compile("[\u2066-\u2069]")
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


@dataclass(frozen=True)
class Spec:
    """What a figure is made of, as Plotly's schema has it: its traces and its layout."""

    data: list[dict[str, Any]]
    layout: dict[str, Any]


@dataclass(frozen=True)
class Stack:
    """What a timeline stacks: what is counted, what has happened to it in a period, how each part looks."""

    counted: str
    happened: str
    style: Callable[[str], Style]


CREATED = Stack("Configurations", "Created", engine_style)
SEEN = Stack("Configurations", "Seen", engine_style)
FOUND = Stack("Findings", "Seen", severity_style)


def share_text(count: int, total: int) -> str:
    """Return a share in whole per cent: "< 1 %" and "> 99 %" where rounding would say none or all."""
    if not total:
        return "–"
    share = 100 * count / total
    if 0 < share < 1:
        return "< 1 %"
    return "> 99 %" if 99 < share < 100 else f"{share:.0f} %"


def other_name(engines: Sequence[str]) -> str:
    """Return what the folded tail is called."""
    return f"Other ({len(engines):,} engines)"


def folded_engines(usage: pd.DataFrame, *, unfolded: bool = False) -> list[str]:
    """Return the engines that fold into one bar.

    Those past the most used, if there are two or more of them; `unfolded`, only what no chart can hold.
    """
    rest = ranked(usage)[MAX_UNFOLDED if unfolded else MAX_ENGINES :]
    return rest if len(rest) > 1 else []


def engine_usage_figure(
    usage: pd.DataFrame, selected: Collection[str], *, unfolded: bool = False
) -> go.Figure:
    """Return engine_usage_spec as a figure."""
    return _figure(engine_usage_spec(usage, selected, unfolded=unfolded))


def engine_usage_spec(usage: pd.DataFrame, selected: Collection[str], *, unfolded: bool = False) -> Spec:
    """Return bars by engine, longest on top, stacked by version. `usage` is that of analysis.engine_usage.

    A point's customdata is [engine, version], both empty on the bar of the folded tail; the version of an
    engine's folded versions is None. With a selection, the other engines fade.
    """
    tail = folded_engines(usage, unfolded=unfolded)
    numbered, folded = _numbered(usage), set(tail)
    shown = [row for row in numbered if _engine_of(row) not in folded]
    engines = [engine for engine in ranked(usage) if engine not in folded]
    rows = [row for _, parts in groupby(shown, _engine_of) for row in _segments(list(parts))]
    if tail:
        rest = [row for _, row in numbered if row["engine"] in folded]
        count, share = (sum(row[name] for row in rest) for name in ("count", "share"))
        rows.append(_tail(other_name(tail), tail, count, share))
    labels = [_label(engine) for engine in engines] + ([other_name(tail)] if tail else [])
    names = engines + ([""] if tail else [])
    total = int(usage["count"].sum())
    counts = {name: sum(int(str(row["count"])) for row in rows if row["engine"] == name) for name in names}
    return Spec(
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
    """Return the engines from top to bottom, each under its label."""
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": names[::-1],
        "tickmode": "array",
        "tickvals": names,
        "ticktext": labels,
        "range": [len(names) - max(len(names), MIN_PLACES) - 0.5, len(names) - 0.5],
        "automargin": True,
    }


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
    return _figure(timeline_spec(wide, granularity, engines, span, today, stack=stack))


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
    return Spec(
        traces,
        {
            **_LAYOUT,
            "bargap": 0,
            "showlegend": True,
            "legend": {"orientation": "h", "y": -0.2, "x": 0, "traceorder": "normal", "font": {"size": 11}},
            "xaxis": {
                "type": "date",
                "title": {"text": f"{stack.happened}, by {granularity} (UTC)", "font": _SMALL},
                "range": [bars[0].start, bars[-1].end] if bars else ["1970-01-01", "1970-01-02"],
            },
            "yaxis": _count_axis(wide.sum(axis="columns").max() if len(wide) else 0, stack.counted),
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
            (after - first).days * 86_400_000,
            FULL if whole else HALF if partly else FADED,
        )


def _count_axis(most: int, counted: str = CREATED.counted) -> dict[str, object]:
    """Return an axis of whole numbers from zero. `most` is the largest count on it."""
    return {
        "title": {"text": counted, "font": _SMALL},
        "rangemode": "tozero",
        "tickformat": ",d",
        "dtick": 1 if most <= _FEW else None,
    }


def _figure(spec: Spec) -> go.Figure:
    """Return a figure without plotly's validation, which costs ten times as much as the rest.

    The tests validate.
    """
    return go.Figure({"data": spec.data, "layout": spec.layout}, skip_invalid=False, _validate=False)


def _numbered(usage: pd.DataFrame) -> list[tuple[int, dict[str, Any]]]:
    """Return rows with the version's number within its engine, which picks its shade."""
    numbers: dict[str, Iterator[int]] = defaultdict(count)
    names = ("engine", "version", "count", "share")
    columns = [usage[name].tolist() for name in names]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return [(next(numbers[row["engine"]]), row) for row in rows]


def _engine_of(numbered: tuple[int, dict[str, Any]]) -> object:
    return numbered[1]["engine"]


def _segments(numbered: list[tuple[int, dict[str, Any]]]) -> list[dict[str, object]]:
    """Return the parts of one engine's bar: its versions, the least used of very many as one."""
    rest = numbered[MAX_VERSIONS:] if len(numbered) > MAX_VERSIONS + 1 else []
    parts = [_segment(row, index) for index, row in numbered[: len(numbered) - len(rest)]]
    if rest:
        parts.append(_more_versions([row for _, row in rest]))
    return parts


def _more_versions(rows: list[dict[str, Any]]) -> dict[str, object]:
    engine = rows[0]["engine"]
    row = {"engine": engine, **{name: sum(row[name] for row in rows) for name in ("count", "share")}}
    hover = f"{_short(engine, 60)}<br>{len(rows):,} more versions<br>{_counted(row)}"
    return {**_segment({**row, "version": ""}, MAX_VERSIONS), "hover": hover, "custom": [engine, None]}


def _counted(row: dict[str, Any]) -> str:
    return f"{row['count']:,} configurations, {row['share']:.1%}"


def _segment(row: dict[str, object], index: int) -> dict[str, object]:
    engine, version = str(row["engine"]), str(row["version"])
    style = engine_style(engine)
    hover = f"{_short(engine, 60)}<br>{_short(version or 'no version given', 80)}<br>"
    return {
        "engine": engine,
        "count": row["count"],
        "hover": hover + _counted(row),
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
    """Return an engine's count and share, written where its bar ends. `place` is the bar's, from below."""
    return {
        "x": count,
        "y": place,
        "text": f"{count:,} · {share_text(count, total)}",
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
            "line": {"width": 1, "color": HATCH},
            "pattern": _hatching([row["pattern"] for row in rows], 6),
        },
    }


def _hatching(shape: object, size: int) -> dict[str, object]:
    return {"shape": shape, "bgcolor": HATCH, "solidity": 0.65, "size": size}


def _period_trace(
    counts: list[int], name: Hashable, bars: list[_Bar], style_of: Callable[[str], Style]
) -> dict[str, object]:
    style = OTHER_STYLE if name == _OTHER else style_of(str(name))
    # A bar of no height is drawn all the same, and there can be hundreds: the axis shows the gap without it.
    drawn = [(bar, number) for bar, number in zip(bars, counts, strict=True) if number]
    return {
        "type": "bar",
        # In a legend Plotly takes %{…} for a template of its own.
        "name": "Other" if name == _OTHER else _label(str(name)).replace("%{", "%&#123;"),
        "meta": None if name == _OTHER else str(name),
        "x": [bar.start for bar, _ in drawn],
        "y": [number for _, number in drawn],
        "offset": 0,
        "width": [bar.milliseconds for bar, _ in drawn],
        "hoverinfo": "skip",
        "marker": {
            "color": style.colour,
            "opacity": [bar.emphasis for bar, _ in drawn],
            "pattern": _hatching(style.pattern, 5),
            "line": {"width": 1, "color": HATCH},
        },
    }


def _whole_periods(
    folded: pd.DataFrame, granularity: str, bars: list[_Bar], today: date
) -> dict[str, object]:
    """Return a trace that is not seen: over each period's bars one that tells its name, total and parts."""
    totals = folded.sum(axis="columns").tolist()
    labels = ["Other" if isinstance(name, int) else _short(str(name), 30) for name in folded.columns]
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


def _label(name: str) -> str:
    return _short(name, LABEL_LENGTH)


def _short(text: str, length: int) -> str:
    """Return at most `length` characters, escaped, kept from turning its surroundings around.

    It is isolated (Unicode Bidirectional Algorithm, UAX 9); marks that could end that are shown as codes.
    """
    cut = text if len(text) <= length else text[: length - 1] + "…"
    flat = _ISOLATES.sub(lambda mark: f"\\u{ord(mark[0]):04x}", " ".join(cut.split()))
    safe = escape(flat, quote=False)  # Plotly knows no &quot;
    if safe.isascii():
        return safe
    return f"\u2068{safe}\u2069" if any(ord(character) >= 0x590 for character in safe) else safe
