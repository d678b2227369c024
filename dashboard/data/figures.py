"""How much each engine is used, as a Plotly figure: bars by engine, stacked by version."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import count, groupby
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.data.analysis import ranked
from dashboard.data.figure_parts import (
    FADED,
    FULL,
    LAYOUT,
    MARGIN,
    OTHER_STYLE,
    Spec,
    count_axis,
    figure_of,
    hatching,
    label,
    short,
)
from dashboard.data.number_words import count_of
from dashboard.data.palette import HATCH, engine_style

MAX_ENGINES = 8
"""So many engines are drawn on their own; a longer tail folds into one."""
MAX_UNFOLDED = 100
"""So many of them where all engines are asked for."""
MAX_VERSIONS = 24
"""So many versions of an engine are parts of its bar; the least used beyond them are one part."""
MAX_OUTLINED = 100
"""A part that is shorter than one in so many of the longest bar has no outline: it would be that alone."""
MIN_PLACES = 7
"""Few engines leave room below them: three bars are no slabs."""
_SHADES = (1.0, 0.78, 0.6, 0.46, 0.36)


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
    return figure_of(engine_usage_spec(usage, selected, unfolded=unfolded))


def _usage_rows(usage: pd.DataFrame, tail: list[str]) -> list[dict[str, Any]]:
    """Return the segments of all bars, one after another; of the folded `tail` one."""
    numbered, folded = _numbered(usage), set(tail)
    shown = [row for row in numbered if _engine_of(row) not in folded]
    rows = [row for _, parts in groupby(shown, _engine_of) for row in _segments(list(parts))]
    if tail:
        rest = [row for _, row in numbered if row["engine"] in folded]
        count, share = (sum(row[name] for row in rest) for name in ("count", "share"))
        rows.append(_tail(other_name(tail), tail, count, share))
    return rows


def engine_usage_spec(usage: pd.DataFrame, selected: Collection[str], *, unfolded: bool = False) -> Spec:
    """Return bars by engine, longest on top, stacked by version. `usage` is that of analysis.engine_usage.

    A point's customdata is [engine, version], both empty on the bar of the folded tail; the version of an
    engine's folded versions is None. With a selection, the other engines fade.
    """
    tail = folded_engines(usage, unfolded=unfolded)
    folded = set(tail)
    engines = [engine for engine in ranked(usage) if engine not in folded]
    rows = _usage_rows(usage, tail)
    labels = [label(engine) for engine in engines] + ([other_name(tail)] if tail else [])
    names = engines + ([""] if tail else [])
    total = int(usage["count"].sum())
    counts = {name: sum(int(str(row["count"])) for row in rows if row["engine"] == name) for name in names}
    most = max(counts.values(), default=0)
    opacities = [FULL if not selected or row["engine"] in selected else FADED for row in rows]
    return Spec(
        [_usage_trace(rows, opacities, most)],
        {
            **LAYOUT,
            "margin": {**MARGIN, "t": 8},
            "annotations": [
                _bar_end(place, counts[name], total) for place, name in enumerate(reversed(names))
            ],
            "xaxis": count_axis(most),
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
    hover = f"{short(engine, 60)}<br>{len(rows):,} more versions<br>{_counted(row)}"
    return {**_segment({**row, "version": ""}, MAX_VERSIONS), "hover": hover, "custom": [engine, None]}


def _counted(row: dict[str, Any]) -> str:
    return f"{count_of(row['count'], 'configuration')}, {row['share']:.1%}"


def _segment(row: dict[str, object], index: int) -> dict[str, object]:
    engine, version = str(row["engine"]), str(row["version"])
    style = engine_style(engine)
    hover = f"{short(engine, 60)}<br>{short(version or 'no version given', 80)}<br>"
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
    listed = ", ".join(short(engine, 30) for engine in engines[:6]) + (", …" if len(engines) > 6 else "")
    return {
        "engine": "",
        "count": count,
        "hover": f"{name}<br>{listed}<br>{count_of(count, 'configuration')}, {share:.1%}",
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


def _usage_trace(rows: list[dict[str, object]], emphasis: list[float], longest: int) -> dict[str, object]:
    """Return the bars; the `longest` has so many configurations."""
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
            "line": {
                "width": [int(int(str(row["count"])) * MAX_OUTLINED >= longest) for row in rows],
                "color": HATCH,
            },
            "pattern": hatching([row["pattern"] for row in rows], 6),
        },
    }
