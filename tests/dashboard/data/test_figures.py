"""Figures say what the tables say, in the palette's colours."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.data import analysis, figures, periods
from dashboard.data.columns import Part
from dashboard.data.figure_parts import FADED, FULL, HALF
from dashboard.data.figures import (
    MAX_ENGINES,
    MAX_UNFOLDED,
    MAX_VERSIONS,
    engine_usage_figure,
    share_text,
)
from dashboard.data.palette import ON_DARK, engine_style
from dashboard.data.periods import GRANULARITIES
from dashboard.data.timeline import timeline_figure
from dashboard.report.ticks import date_step, date_ticks
from dashboard.report.timeline_chart import description
from tests.dashboard.builders import (
    EXAMPLES,
    everything,
    frame_of,
    masked_wires,
    milliseconds,
)
from tests.dashboard.drawn import (
    document_of,
    many_engines,
    stacked_of,
    texts_of,
    timeline_of,
    usage_of,
)

# Colours


def _colours(figure: go.Figure) -> set[str]:
    return {text for path, text in texts_of(document_of(figure)) if "color" in path[-1]}


@EXAMPLES
@given(masked_wires())
def test_colours_are_those_of_the_palette_or_a_see_through_grey(given_rows: tuple[list[Any], Any]) -> None:
    rows, mask = given_rows
    frame = frame_of(*rows)
    usage, wide = analysis.engine_usage(Part.of(frame, mask)), analysis.timeline(Part.of(frame, mask), "week")
    span = (date(2024, 1, 1), date(2024, 1, 31))
    for figure in (engine_usage_figure(usage, ()), timeline_figure(wide, "week", ("MXNet",), span)):
        others = _colours(figure) - set(ON_DARK)
        assert [c for c in others if not re.fullmatch(r"rgba\(128,128,128,0\.\d+\)", c)] == []


def test_an_engine_looks_the_same_on_both_charts() -> None:
    pairs = [("PyTorch", "1", 4), ("MXNet", "2", 3), ("Brand new", "3", 2), ("Caffe", "", 1)]
    bars = document_of(engine_usage_figure(usage_of(*pairs), ()))["data"][0]
    looks = {
        name: (colour, shape)
        for name, colour, shape in zip(
            bars["y"], bars["marker"]["color"], bars["marker"]["pattern"]["shape"], strict=True
        )
    }
    names = [name for name, *_ in pairs]
    for trace in stacked_of(timeline_figure(timeline_of(*pairs), "day", names)):
        marker = trace["marker"]
        assert looks[trace["name"]] == (marker["color"], marker["pattern"]["shape"])
        assert looks[trace["name"]] == (
            engine_style(trace["name"]).colour,
            engine_style(trace["name"]).pattern,
        )


def test_only_the_selected_engines_keep_their_strength() -> None:
    usage = usage_of(*many_engines(MAX_ENGINES + 3), ("Engine 00", "2", 5))
    plain = document_of(engine_usage_figure(usage, ()))["data"][0]
    chosen = document_of(engine_usage_figure(usage, ("Engine 00", "Engine 02", "absent")))["data"][0]
    for name, before, after in zip(
        plain["y"], plain["marker"]["opacity"], chosen["marker"]["opacity"], strict=True
    ):
        strength = 1 if name in {"Engine 00", "Engine 02"} else FADED
        assert after == pytest.approx(before * strength), name


def test_versions_of_an_engine_are_shaded_apart() -> None:
    bars = document_of(engine_usage_figure(usage_of(("PyTorch", "1", 3), ("PyTorch", "2", 2)), ()))["data"][0]
    assert len(set(bars["marker"]["opacity"])) == 2
    assert len(set(bars["marker"]["color"])) == 1


def test_the_least_used_of_very_many_versions_are_one_part_of_their_bar() -> None:
    versions = [("PyTorch", f"v{number:04}", 3 if number else 5) for number in range(MAX_VERSIONS + 1000)]
    exactly = [("MXNet", f"v{number:02}", 1) for number in range(MAX_VERSIONS + 1)]
    bars = document_of(engine_usage_figure(usage_of(*versions, *exactly), ()))["data"][0]
    assert bars["y"].count("PyTorch") == bars["y"].count("MXNet") == MAX_VERSIONS + 1
    assert bars["x"][MAX_VERSIONS] == 3000
    assert bars["customdata"][MAX_VERSIONS] == ["PyTorch", None]
    assert "1,000 more versions<br>3,000 configurations, " in bars["hovertext"][MAX_VERSIONS]
    outlines = dict(zip(bars["x"], bars["marker"]["line"]["width"], strict=True))
    assert outlines == {5: 0, 3: 0, 3000: 1, 1: 0}, "what is narrow would be covered by its own outline"
    assert sum(bars["x"]) == sum(count for _, _, count in (*versions, *exactly))


def test_very_many_engines_fold_even_where_all_are_asked_for() -> None:
    usage = usage_of(*((f"Engine {number:04}", "1", 1) for number in range(MAX_UNFOLDED + 1100)))
    bars = document_of(engine_usage_figure(usage, (), unfolded=True))["data"][0]
    assert len(bars["y"]) == MAX_UNFOLDED + 1
    assert bars["hovertext"][-1].startswith("Other (1,100 engines)")


# Numbers


@EXAMPLES
@given(masked_wires(), st.booleans())
def test_bars_add_up_to_the_usage_table(given_rows: tuple[list[Any], Any], unfolded: bool) -> None:
    rows, mask = given_rows
    usage = analysis.engine_usage(Part.of(frame_of(*rows), mask))
    bars = document_of(engine_usage_figure(usage, (), unfolded=unfolded))["data"][0]
    drawn = dict(zip(map(tuple, bars["customdata"]), bars["x"], strict=True)) if rows and mask.any() else {}
    table = {
        (engine, version): count
        for engine, version, count in zip(usage["engine"], usage["version"], usage["count"], strict=True)
    }
    assert drawn == table


@EXAMPLES
@given(masked_wires(), st.lists(st.sampled_from(["PyTorch", "MXNet", "TensorFlow"]), unique=True))
def test_the_timeline_draws_every_row_with_a_time(
    given_rows: tuple[list[Any], Any], engines: list[str]
) -> None:
    rows, mask = given_rows
    wide = analysis.timeline(Part.of(frame_of(*rows), mask), "week")
    traces = stacked_of(timeline_figure(wide, "week", engines))
    assert sum(sum(trace["y"]) for trace in traces) == int(wide.to_numpy().sum())
    for trace in traces:
        drawn = dict(zip(trace["x"], trace["y"], strict=True))
        counted = wide[trace["name"]] if trace["name"] in engines else None
        if counted is not None:
            assert [drawn.get(stamp.date().isoformat(), 0) for stamp in wide.index] == counted.tolist()
        assert set(drawn) <= {stamp.date().isoformat() for stamp in wide.index}


@pytest.mark.parametrize("name", ["Other", "\x00other", "Other (2 engines)"], ids=ascii)
def test_an_engine_with_the_name_of_the_tail_is_still_counted(name: str) -> None:
    wide = timeline_of((name, "", 3), ("PyTorch", "", 2))
    for engines in ([name], ["PyTorch"], [name, "PyTorch"], []):
        traces = stacked_of(timeline_figure(wide, "day", engines))
        assert sum(sum(trace["y"]) for trace in traces) == 5, engines


def test_an_engine_of_the_tails_name_keeps_its_own_colour() -> None:
    (trace,) = stacked_of(timeline_figure(timeline_of(("Other", "", 3)), "day", ["Other"]))
    assert trace["marker"]["color"] == engine_style("Other").colour


def test_a_tail_of_one_engine_is_drawn_as_itself() -> None:
    """As in the usage chart: "other" instead of the one name that it stands for would only hide it."""
    (trace,) = stacked_of(timeline_figure(timeline_of(("PyTorch", "", 3)), "day", []))
    assert trace["name"] == "PyTorch"
    assert trace["marker"]["color"] == engine_style("PyTorch").colour


# Folding


@pytest.mark.parametrize(
    ("count", "folded"), [(1, 0), (MAX_ENGINES, 0), (MAX_ENGINES + 1, 0), (MAX_ENGINES + 2, 2)]
)
def test_a_tail_folds_if_it_has_two_engines_or_more(count: int, folded: int) -> None:
    usage = usage_of(*many_engines(count))
    assert len(figures.folded_engines(usage)) == folded
    assert figures.folded_engines(usage) == analysis.ranked(usage)[count - folded :]
    bars = document_of(engine_usage_figure(usage, ()))["data"][0]
    assert len(bars["y"]) == count - folded + bool(folded)


def test_the_folded_tail_says_how_many_it_stands_for_and_opens() -> None:
    usage = usage_of(*many_engines(MAX_ENGINES + 12))
    figure = document_of(engine_usage_figure(usage, ()))
    bars = figure["data"][0]
    rest = usage[usage["engine"].isin(figures.folded_engines(usage))]
    assert bars["x"][-1] == int(rest["count"].sum())
    assert bars["customdata"][-1] == ["", ""]
    assert figure["layout"]["yaxis"]["ticktext"][-1] == "Other (12 engines)"
    assert f"{int(rest['count'].sum()):,} configurations" in bars["hovertext"][-1]
    assert sum(bars["x"]) == int(usage["count"].sum())
    opened = document_of(engine_usage_figure(usage, (), unfolded=True))
    assert opened["layout"]["yaxis"]["ticktext"] == analysis.ranked(usage)
    assert sum(opened["data"][0]["x"]) == int(usage["count"].sum())


def test_the_most_used_engine_is_on_top() -> None:
    axis = document_of(engine_usage_figure(usage_of(("a", "", 1), ("b", "", 3), ("c", "", 2)), ()))["layout"][
        "yaxis"
    ]
    assert axis["tickvals"] == ["b", "c", "a"]
    assert axis["categoryarray"] == ["a", "c", "b"]  # Plotly draws from the bottom
    assert axis["type"] == "category"


@pytest.mark.parametrize("name", ["2018-01-01", "1e3", "007", "NaN", "true"])
def test_a_name_that_looks_like_a_number_or_a_day_stays_a_name(name: str) -> None:
    axis = document_of(engine_usage_figure(usage_of((name, "", 1)), ()))["layout"]["yaxis"]
    assert (axis["type"], axis["ticktext"]) == ("category", [name])


def test_hover_gives_count_and_share() -> None:
    hovers = document_of(engine_usage_figure(usage_of(("PyTorch", "1.0", 3), ("MXNet", "", 1)), ()))["data"][
        0
    ]["hovertext"]
    assert "PyTorch<br>1.0<br>3 configurations, 75.0%" in hovers
    assert Counter(hover.count("<br>") for hover in hovers) == {2: 2}


# The edges


def test_each_bar_ends_in_its_engines_count_and_share() -> None:
    """The tail's as well; each stands at the place that the axis gives its engine."""
    usage = usage_of(("PyTorch", "1.0", 1200), ("PyTorch", "1.4", 400), *many_engines(MAX_ENGINES + 1))
    total = int(usage["count"].sum())
    layout = document_of(engine_usage_figure(usage, ()))["layout"]
    places = layout["yaxis"]["categoryarray"]
    told = {places[note["y"]]: (note["x"], note["text"]) for note in layout["annotations"]}
    assert set(told) == set(places)
    assert told["PyTorch"] == (1600, f"1,600 · {share_text(1600, total)}")
    tail = usage[~usage["engine"].isin(places)]["count"].sum()
    assert told[""] == (tail, f"{tail} · {share_text(tail, total)}")


@pytest.mark.parametrize(("count", "step"), [(1, 1), (6, 1), (7, None)])
def test_few_configurations_are_counted_in_whole_steps(count: int, step: int | None) -> None:
    pair = ("PyTorch", "1.0", count)
    for figure, axis in (
        (engine_usage_figure(usage_of(pair), ()), "xaxis"),
        (timeline_figure(timeline_of(pair, granularity="quarter"), "quarter", ["PyTorch"]), "yaxis"),
    ):
        assert document_of(figure)["layout"][axis].get("dtick") == step


def test_with_nothing_to_draw_there_are_no_bars() -> None:
    frame = frame_of()
    usage = analysis.engine_usage(Part.of(frame, everything(frame)))
    bars = document_of(engine_usage_figure(usage, ("PyTorch",)))["data"]
    assert all(not trace.get("x") for trace in bars)
    wide = analysis.timeline(Part.of(frame, np.zeros(0, dtype=bool)), "day")
    empty = document_of(timeline_figure(wide, "day", ("PyTorch",), (date(2024, 1, 1), None)))
    assert empty["data"] == []


@pytest.mark.parametrize(
    ("count", "total", "text"),
    [(0, 5, "0 %"), (1, 1000, "< 1 %"), (1, 100, "1 %"), (999, 1000, "> 99 %"), (5, 5, "100 %"), (0, 0, "–")],
)
def test_a_share_never_says_none_or_all_of_what_is_neither(count: int, total: int, text: str) -> None:
    assert share_text(count, total) == text


def _emphasis(figure: go.Figure) -> dict[str, float]:
    (trace,) = stacked_of(figure)
    return dict(zip(trace["x"], trace["marker"]["opacity"], strict=True))


def test_what_the_period_leaves_out_fades_bar_by_bar() -> None:
    wide = timeline_of(("PyTorch", "", 60))
    span = (date(2024, 1, 10), date(2024, 1, 20))
    drawn = _emphasis(timeline_figure(wide, "day", ("PyTorch",), span))
    assert [day for day, strength in drawn.items() if strength == FULL] == [
        f"2024-01-{day}" for day in range(10, 21)
    ]
    assert set(drawn.values()) == {FADED, FULL}
    assert set(_emphasis(timeline_figure(wide, "day", ("PyTorch",))).values()) == {FULL}
    weeks = timeline_of(("PyTorch", "", 60), granularity="week")
    partly = _emphasis(timeline_figure(weeks, "week", ("PyTorch",), span))
    assert (partly["2024-01-08"], partly["2024-01-15"], partly["2024-01-22"]) == (HALF, HALF, FADED)


def test_with_a_period_set_engines_keep_their_colours() -> None:
    wide = timeline_of(("PyTorch", "", 6), ("MXNet", "", 3), ("Caffe", "", 2))
    plain, cut = (
        [trace["marker"]["color"] for trace in stacked_of(timeline_figure(wide, "day", wide.columns, span))]
        for span in ((None, None), (date(2024, 1, 5), None))
    )
    assert plain == cut


def _whole(figure: go.Figure) -> dict[str, Any]:
    (whole,) = [trace for trace in document_of(figure)["data"] if trace.get("showlegend") is False]
    return whole


def test_the_hover_tells_the_period_by_its_name_the_total_and_the_parts() -> None:
    wide = timeline_of(("PyTorch", "", 31), ("MXNet", "", 3), granularity="month")
    whole = _whole(timeline_figure(wide, "month", ("PyTorch", "MXNet"), today=date(2024, 1, 5)))
    assert whole["hovertext"] == ["January 2024 so far: 34<br>PyTorch 31<br>MXNet 3"]
    later = _whole(timeline_figure(wide, "month", ("PyTorch", "MXNet"), today=date(2024, 2, 1)))
    assert later["hovertext"] == ["January 2024: 34<br>PyTorch 31<br>MXNet 3"]
    assert (whole["x"], whole["y"]) == (["2024-01-01"], [34])


def test_an_entry_of_the_legend_says_which_engine_it_is_of() -> None:
    """Its name is cut and escaped; what is left of several engines is of none."""
    wide = timeline_of(("x" * 60, "", 3), ("<b>", "", 2), ("a", "", 1), ("b", "", 1))
    traces = stacked_of(timeline_figure(wide, "day", ("x" * 60, "<b>")))
    assert [trace.get("meta") for trace in traces] == ["x" * 60, "<b>", None]


_SPANS = [
    (date.min, None),
    (None, date.max),
    (date.min, date.max),
    (date(1990, 1, 1), date(1991, 1, 1)),
    (date(2090, 1, 1), None),
    (None, date(1990, 1, 1)),
]


@pytest.mark.parametrize("span", _SPANS, ids=str)
def test_a_period_far_from_the_data_does_not_stretch_the_chart(span: tuple[date | None, date | None]) -> None:
    """The axis shows the data whatever the filter is."""
    wide = timeline_of(("PyTorch", "", 60))
    figure = timeline_figure(wide, "day", (), span)
    first, last = document_of(figure)["layout"]["xaxis"]["range"]
    assert (first, last) == ("2024-01-01", "2024-03-01")


@pytest.mark.parametrize("granularity", GRANULARITIES)
@pytest.mark.parametrize("moments", [("2024-01-10",), ("2022-01-01", "2024-02-29")], ids=str)
def test_a_bar_covers_its_period(moments: tuple[str, ...], granularity: str) -> None:
    """From its first moment to its last: centred on its first day April's bar began in March."""
    frame = frame_of(*({"config_name": "a", "create_time": milliseconds(moment)} for moment in moments))
    wide = analysis.timeline(Part.of(frame, everything(frame)), granularity)
    for trace in document_of(timeline_figure(wide, granularity, ()))["data"]:
        assert trace["offset"] == 0
        for start, width in zip(trace["x"], trace["width"], strict=True):
            first = date.fromisoformat(start)
            after = periods.last_day(first, granularity) + timedelta(days=1)
            assert first == periods.first_day(first, granularity)
            assert width == (after - first).days * 86_400_000


@pytest.mark.parametrize(("days", "dtick"), [(1, 86_400_000), (5, 86_400_000), (6, None)])
def test_an_axis_of_few_days_has_a_tick_a_day_and_none_an_hour(days: int, dtick: int | None) -> None:
    figure = timeline_figure(timeline_of(("PyTorch", "", days)), "day", ())
    assert document_of(figure)["layout"]["xaxis"].get("dtick") == dtick
    begin, end = (datetime.fromisoformat(day) for day in document_of(figure)["layout"]["xaxis"]["range"])
    first_view = [
        tick.label for tick in date_ticks(begin, end, date_step(begin, end, 1000, daily=dtick is not None))
    ]
    assert first_view == [f"Jan {day}" for day in range(1, days + 2)]


@pytest.mark.parametrize("days", [1, 5, 60, 150, 151, 152, 153, 154, 200, 400])
def test_the_legend_begins_lower_where_dates_can_have_a_second_line(days: int) -> None:
    layout = document_of(timeline_figure(timeline_of(("PyTorch", "", days)), "day", ()))["layout"]
    begin, end = (datetime.fromisoformat(day) for day in layout["xaxis"]["range"])
    widths = range(200, 2000, 100)
    ticks = [tick for width in widths for tick in date_ticks(begin, end, date_step(begin, end, width))]
    assert -layout["legend"]["y"] == (0.4 if any(tick.below for tick in ticks) else 0.25)


def test_a_timelines_description_ends_with_the_last_day_of_its_last_period() -> None:
    wide = timeline_of(("PyTorch", "", 3), granularity="quarter")
    told = "by quarter from 2024-01-01 to 2024-03-31, stacked by engine; 3 in all, most (3) in Q1 2024."
    assert description(wide, "quarter").endswith(told)


def test_bars_of_a_period_stand_at_its_first_day() -> None:
    frame = frame_of(
        {"config_name": "a", "engine_name": "x", "create_time": milliseconds("2024-02-29T23:59")}
    )
    for granularity, first in (("day", "2024-02-29"), ("week", "2024-02-26"), ("quarter", "2024-01-01")):
        wide = analysis.timeline(Part.of(frame, everything(frame)), granularity)
        figure = document_of(timeline_figure(wide, granularity, ("x",)))
        assert figure["data"][0]["x"] == [first]
        assert granularity in figure["layout"]["xaxis"]["title"]["text"]
