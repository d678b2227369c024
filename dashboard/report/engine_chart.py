"""Engine usage without a script: the bars of figures.engine_usage_spec, drawn as Plotly draws them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from markupsafe import Markup

from dashboard.data.analysis import ranked
from dashboard.data.figures import MAX_ENGINES, MAX_UNFOLDED, engine_usage_spec
from dashboard.data.number_words import count_of
from dashboard.report.stepped import Steps, stepped
from dashboard.report.svg import (
    Hatching,
    Place,
    group,
    patterns,
    percent,
    plain,
    text,
    text_width,
    upright,
)
from dashboard.report.svg import bars as svg_bars
from dashboard.report.ticks import X_PIXELS, count_step

HEIGHT: Final = 360
ROW_HEIGHT: Final = 30
"""What a bar and its gap need at least, where all engines are shown."""
ABOVE, BELOW = 8, 40
"""What the figure's margins leave above and below the bars."""
BAR_SHARE: Final = 0.75
LABEL_GAP, COUNT_GAP = 8.5, 7.5
"""What stands beside the longest label, and beside the count at the end of the longest bar."""
FONT, SMALL = 12, 11


@dataclass(frozen=True)
class _Bar:
    """One version of one engine: from where to where, in configurations."""

    place: int
    begin: int
    count: int
    opacity: float
    hatching: Hatching
    is_outlined: bool


def height(usage: pd.DataFrame, *, unfolded: bool) -> int:
    """Return the height of the chart in pixels."""
    return max(
        HEIGHT, ROW_HEIGHT * (min(len(ranked(usage)), MAX_UNFOLDED + 1) if unfolded else MAX_ENGINES + 1)
    )


def description(counts: Mapping[str, int]) -> str:
    """Return what the chart shows in a sentence of plain text; `counts` is by engine, most first."""
    first = ", ".join(
        f"{' '.join(name.split())[:40]} {number:,}" for name, number in list(counts.items())[:5]
    )
    engines = count_of(len(counts), "engine")
    return f"Configurations by engine, stacked by version: {first or 'none'}; {engines} in all."


def draw(
    usage: pd.DataFrame,
    selected: Collection[str],
    *,
    unfolded: bool,
    alt: str,
    prefix: str = "usage",
    on_paper: bool = False,
) -> Markup:
    """Return the chart of a usage table (analysis.engine_usage). `prefix` is its own on the page."""
    # In one piece: measures that hang on each other, and then the template's parts.
    spec = engine_usage_spec(usage, selected, unfolded=unfolded)
    layout, pixels = spec.layout, height(usage, unfolded=unfolded)
    axis = layout["yaxis"]
    names, labels = axis["tickvals"], [plain(label) for label in axis["ticktext"]]
    places = axis["range"][1] - axis["range"][0]
    row = (pixels - ABOVE - BELOW) / places
    bars = _bars(spec.data[0], names)
    ends = [plain(note["text"]) for note in reversed(layout["annotations"])]
    most = max((note["x"] for note in layout["annotations"]), default=1) or 1
    room = max((text_width(end, SMALL) for end in ends[:1]), default=0) + COUNT_GAP
    aside = max((text_width(label, FONT) for label in labels), default=0) + LABEL_GAP
    ticks = stepped(prefix, lambda width: _steps(width - aside, room, most, layout["xaxis"]))
    drawn = [_drawn(bar, _place(bar, row, most), prefix, on_paper=on_paper) for bar in bars]
    written = [
        text(end, percent(note["x"] / most), f"{(place + 0.5) * row + 4:.1f}", 'dx="5.5"')
        for place, (end, note) in enumerate(zip(ends, reversed(layout["annotations"]), strict=True))
    ]
    rules, groups = ticks
    inside = pixels - ABOVE - BELOW
    grid = Markup("").join(_ticks(name, steps, most, inside) for name, steps in groups.items())
    return _CHART.format(
        alt=alt,
        pixels=pixels,
        rules=Markup(rules),  # noqa: S704 - of numbers alone
        labels=Markup("").join(
            Markup('<span style="height:{}px"><bdi>{}</bdi></span>').format(f"{row:.2f}", label)
            for label in labels
        ),
        inside=inside,
        patterns=patterns((bar.hatching for bar in bars), prefix, on_paper=on_paper),
        grid=grid,
        bars=Markup("").join(drawn),
        ends=Markup("").join(written),
        longest=ends[0] if ends else "",
        title=layout["xaxis"]["title"]["text"],
    )


_CHART: Final = Markup(
    '<div class="chart usage" role="img" aria-label="{alt}" style="height:{pixels}px"><style>{rules}</style>'
    '<div class="names">{labels}</div><svg class="plot" height="{inside}"><defs>{patterns}</defs>'
    '<g class="grid">{grid}</g><path class="zero" d="M.5 0V{inside}"/><g class="bars">{bars}</g>'
    '<g class="ends">{ends}</g></svg>'
    '<span class="room">{longest}</span><span class="axis-title">{title}</span></div>'
)


def _bars(trace: Mapping[str, Any], names: Sequence[str]) -> list[_Bar]:
    """Return the bars of the figure's trace, those of an engine one after another."""
    places, reached = {name: place for place, name in enumerate(names)}, dict.fromkeys(names, 0)
    marker, bars = trace["marker"], []
    for number, (name, count) in enumerate(zip(trace["y"], trace["x"], strict=True)):
        hatching = Hatching(marker["color"][number], marker["pattern"]["shape"][number])
        outlined = marker["line"]["width"][number] > 0
        bars.append(_Bar(places[name], reached[name], count, marker["opacity"][number], hatching, outlined))
        reached[name] += count
    return bars


def _drawn(bar: _Bar, place: Place, prefix: str, *, on_paper: bool) -> Markup:
    drawn = svg_bars([place], bar.hatching, prefix, on_paper=on_paper)
    return drawn if bar.is_outlined else group('stroke="none"', [drawn])


def _place(bar: _Bar, row: float, most: int) -> Place:
    return (
        percent(bar.begin / most),
        f"{(bar.place + (1 - BAR_SHARE) / 2) * row:.2f}",
        percent(bar.count / most),
        f"{BAR_SHARE * row:.2f}",
        bar.opacity,
    )


def _steps(length: float, room: float, most: int, axis: Mapping[str, Any]) -> Steps:
    """Return the ticks that an axis of a length in pixels has; `room` of it is beyond the longest bar."""
    if length - room < 20:
        return ()
    reach = most * length / (length - room)
    step = count_step(reach, length, X_PIXELS, ones=axis["dtick"] == 1)
    return tuple(range(0, int(reach) + 1, step))


def _ticks(name: str, steps: Steps, most: int, inside: int) -> Markup:
    lines = [upright(percent(step / most), inside) for step in steps[1:]]
    texts = [text(f"{step:,}", percent(step / most), f"{inside + 13}") for step in steps]
    return group(f'class="{name}"', [*lines, *texts])
