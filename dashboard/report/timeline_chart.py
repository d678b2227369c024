"""The creation timeline without a script: the bars of timeline.timeline_spec, drawn as Plotly draws them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from dashboard.data import periods
from dashboard.data.timeline import DATES_STANDOFF, MAX_STACKED, timeline_spec
from dashboard.data.view import View
from dashboard.report.stepped import Steps, at, spans, stepped
from dashboard.report.svg import (
    Hatching,
    Place,
    group,
    level,
    patterns,
    percent,
    plain,
    swatch,
    text,
    text_width,
)
from dashboard.report.svg import bars as svg_bars
from dashboard.report.ticks import Y_PIXELS, DateTick, count_step, date_step, date_ticks

HEIGHT: Final = 360
ABOVE, BELOW, ASIDE, BEYOND = 30, 12, 44, 12
"""The figure's margins: above the bars, below the legend, left of them, right of them."""
TITLE_ROOM: Final = 25
"""What the title of the counts takes beside their ticks."""
LEGEND_ROW, LEGEND_PADDING, SWATCH_ROOM, ENTRY_GAP = 19, 10, 43, 2.5
TOP_SHARE: Final = 0.95
"""What share of the height the highest bar takes."""
SMALL, FONT = 11, 12
DATES_Y, LINE, TITLE_Y = 13 + DATES_STANDOFF, 1.3 * FONT, 16.3
"""Below the bars: where the first line of dates stands, what a line takes, and the title after the lines."""


@dataclass(frozen=True)
class _Size:
    """How the legend stands at a width, and what is left for the bars."""

    columns: int
    entry: int
    height: int
    top: int


def engines(view: View, wide: pd.DataFrame) -> list[str]:
    """Return the engines that are stacked on their own: those that are filtered by, then the most used."""
    return list(dict.fromkeys([*view.facets["engine"], *wide.columns]))[:MAX_STACKED]


def description(wide: pd.DataFrame, granularity: str) -> str:
    """Return what the chart of a timeline (not empty) shows, in a sentence of plain text."""
    totals = wide.sum(axis="columns")
    highest = wide.index[int(totals.to_numpy().argmax())].date()
    first, last = wide.index[0], periods.last_day(wide.index[-1].date(), granularity)
    return (
        f"Configurations created by {granularity} from {first:%Y-%m-%d} to {last}, stacked by engine;"
        f" {int(totals.sum()):,} in all, most ({int(totals.max()):,}) in"
        f" {periods.name(highest, granularity)}."
    )


def absence(view: View) -> str:
    """Return why there is no chart where no row has a time."""
    if view.config_type == "sample":
        return "Samples carry no creation time, so there is no timeline of them."
    return "None of these configurations carries a creation time that can be read."


def notes(view: View, granularity: str, missing: int) -> Iterator[str]:
    """Yield what has to be said below the chart; `missing` is how many rows are not on it."""
    if view.granularity not in {"auto", granularity}:
        more = f"more than {periods.MAX_BARS} bars"
        yield f"By {view.granularity} there would be {more}, so this is by {granularity}."
    if missing:
        yield f"{missing:,} without a readable creation time are not on it."


def draw(
    wide: pd.DataFrame,
    granularity: str,
    shown: Sequence[str],
    span: tuple[date | None, date | None],
    *,
    alt: str,
    prefix: str = "timeline",
    on_paper: bool = False,
) -> Markup:
    """Return the chart of a timeline (analysis.timeline, not empty). `prefix` is its own on the page."""
    # In one piece: measures that hang on each other, and then the template's parts.
    spec = timeline_spec(wide, granularity, shown, span)
    axis, layout = spec.layout["xaxis"], spec.layout
    begin, end = (datetime.fromisoformat(day) for day in axis["range"])
    traces = [trace for trace in spec.data if trace.get("showlegend", True)]
    most = max(int(wide.sum(axis="columns").max()), 1)
    used = [Hatching(t["marker"]["color"], t["marker"]["pattern"]["shape"], 5) for t in traces]
    names = [plain(trace["name"]) for trace in traces]
    ones, daily = layout["yaxis"]["dtick"] == 1, axis["dtick"] is not None
    left = max(ASIDE, round(text_width(f"{most:,}", FONT)) + TITLE_ROOM)
    rules, sizes = _sizes(prefix, names, left, -layout["legend"]["y"])
    upward_rules, upward = stepped(prefix + "-y", lambda w: _counts(most, _at(sizes, w), ones=ones))
    across_rules, across = stepped(
        prefix + "-x", lambda w: date_step(begin, end, w - left - BEYOND, daily=daily)
    )
    return _CHART.format(
        alt=alt,
        pixels=HEIGHT,
        prefix=prefix,
        rules=Markup(rules + upward_rules + across_rules),  # noqa: S704 - of numbers alone
        left=left,
        patterns=patterns(used, prefix, on_paper=on_paper),
        grid=Markup("").join(_upward(name, steps, most) for name, steps in upward.items()),
        bars=Markup("").join(
            svg_bars(places, hatching, prefix, on_paper=on_paper)
            for places, hatching in zip(_places(traces, begin, end, most), used, strict=True)
        ),
        ticks=Markup("").join(
            _across(name, date_ticks(begin, end, step), begin, end, axis["title"]["text"])
            for name, step in across.items()
        ),
        upward_title=layout["yaxis"]["title"]["text"],
        legend=Markup("").join(
            Markup("<li>{}<bdi>{}</bdi></li>").format(swatch(hatching, prefix, on_paper=on_paper), name)
            for hatching, name in zip(used, names, strict=True)
        ),
    )


_CHART: Final = Markup(
    '<div class="chart timeline" role="img" aria-label="{alt}" style="height:{pixels}px">'
    '<div class="{prefix}"><style>{rules}</style><span class="upward-title">{upward_title}</span>'
    '<svg class="plot" style="left:{left}px"><defs>{patterns}</defs><g class="grid">{grid}</g>'
    '<g class="bars">{bars}</g>'
    '<line class="zero" x2="100%" y1="100%" y2="100%"/>'
    '<g class="dates">{ticks}</g>'
    '</svg><ul class="legend" style="left:{left}px">{legend}</ul></div></div>'
)


def _sizes(
    prefix: str, names: Sequence[str], left: int, below: float
) -> tuple[str, list[tuple[int, int | None, _Size]]]:
    """Return the rules for the legend's columns and the bars' height, and what they are at which widths.

    The legend begins `below` the bars, in their heights.
    """
    widths = [text_width(name, SMALL) * 1.02 + SWATCH_ROOM - 3 + ENTRY_GAP for name in names]
    sizes = list(spans(lambda width: _size(widths, width - left - BEYOND, below)))
    rules = [
        at(
            begin,
            end,
            f".{prefix}{{--height:{size.height}px;--legend:{size.top}px;--columns:{size.columns};"
            f"--entry:{f'{size.entry}px' if size.entry else 'auto'}}}",
        )
        for begin, end, size in sizes
    ]
    return "".join(rules), sizes


def _size(widths: Sequence[float], length: float, below: float) -> _Size:
    """Return how a legend of entries of these widths stands on an axis of a length: in one row if it can."""
    widest = max(widths, default=1)
    one_row = sum(widths) <= length
    columns = len(widths) if one_row else max(1, int(length // widest))
    rows = -(-len(widths) // max(columns, 1))
    legend = LEGEND_PADDING + LEGEND_ROW * rows
    height = int((HEIGHT - ABOVE - BELOW - legend) / (1 + below))
    return _Size(columns, 0 if one_row else round(widest), height, round(ABOVE + (1 + below) * height))


def _at(sizes: Sequence[tuple[int, int | None, _Size]], width: int) -> _Size:
    return next(size for begin, end, size in reversed(sizes) if begin <= width)


def _counts(most: int, size: _Size, *, ones: bool) -> Steps:
    reach = most / TOP_SHARE
    step = count_step(reach, size.height, Y_PIXELS, ones=ones)
    return tuple(range(0, int(reach) + 1, step))


def _upward(name: str, steps: Steps, most: int) -> Markup:
    """Return the counts beside the bars, and a line for each but zero."""
    rows = [(percent(1 - TOP_SHARE * step / most), step) for step in steps]
    lines = [level(y) for y, step in rows if step]
    texts = [text(f"{step:,}", "-1", y, 'dy="4.2"') for y, step in rows]
    return group(f'class="{name}"', [*lines, *texts])


def _across(name: str, ticks: Sequence[DateTick], begin: datetime, end: datetime, title: str) -> Markup:
    """Return the dates below the bars, and the axis' title below them."""
    texts = [
        text(words, percent((tick.moment - begin) / (end - begin)), "100%", f'dy="{dy}"')
        for tick in ticks
        for dy, words in ((DATES_Y, tick.label), (DATES_Y + LINE, tick.below))
        if words
    ]
    lines = 1 + any(tick.below for tick in ticks)
    texts.append(text(title, "50%", "100%", f'class="across-title" dy="{TITLE_Y + LINE * lines:g}"'))
    return group(f'class="{name}"', texts)


def _places(
    traces: Sequence[Mapping[str, Any]], begin: datetime, end: datetime, most: int
) -> Iterator[list[Place]]:
    """Yield where the bars of each trace are, each stacked on those of the traces before."""
    reached: dict[str, int] = {}
    for trace in traces:
        places: list[Place] = []
        columns = (trace["x"], trace["y"], trace["width"], trace["marker"]["opacity"])
        for first, count, milliseconds, opacity in zip(*columns, strict=True):
            below = reached.get(first, 0)
            reached[first] = below + count
            places.append(
                (
                    percent((datetime.fromisoformat(first) - begin) / (end - begin)),
                    percent(1 - TOP_SHARE * (below + count) / most),
                    percent(timedelta(milliseconds=milliseconds) / (end - begin)),
                    percent(TOP_SHARE * count / most),
                    opacity,
                )
            )
        yield places
