"""No name in a figure is ever interpreted, and none turns the text around it."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.data import analysis
from dashboard.data.figure_parts import LABEL_LENGTH
from dashboard.data.figures import MAX_ENGINES, engine_usage_figure
from dashboard.data.timeline import timeline_figure
from tests.dashboard.builders import (
    EXAMPLES,
    HOSTILE_TEXTS,
    everything,
    frame_of,
)
from tests.dashboard.drawn import document_of, drawn_texts, many_engines, stacked_of, timeline_of, usage_of

OUR_MARKUP = re.compile(r"<br>|<extra></extra>")
OUR_TEMPLATES = re.compile(r"%\{(fullData\.name|y:,d|x\|%Y-%m-%d)\}")


def _figures(name: str, version: str = "1") -> dict[str, go.Figure]:
    """Every figure there is with this name in every place that a name can have."""
    pairs = [(name, version, 3), ("MXNet", name, 2), (f"{name} 2", version, 1)]
    few, long_tail = usage_of(*pairs), usage_of(*many_engines(MAX_ENGINES), *pairs)
    return {
        "usage": engine_usage_figure(few, ()),
        "selected": engine_usage_figure(few, (name,)),
        "tail": engine_usage_figure(long_tail, ()),
        "unfolded": engine_usage_figure(long_tail, (), unfolded=True),
        "timeline": timeline_figure(timeline_of(*pairs), "day", (name, "MXNet")),
        "folded": timeline_figure(timeline_of(*pairs), "day", ("MXNet",)),
    }


@pytest.mark.parametrize("name", HOSTILE_TEXTS, ids=lambda text: ascii(text[:20]))
def test_no_name_is_markup_or_a_template(name: str) -> None:
    for which, figure in _figures(name, name).items():
        for path, text in drawn_texts(figure):
            assert "<" not in OUR_MARKUP.sub("", text), (which, path)
            assert ">" not in OUR_MARKUP.sub("", text), (which, path)
            if path[-1] in {"hovertemplate", "texttemplate"}:
                assert "%{" not in OUR_TEMPLATES.sub("", text), (which, path)
        assert not [path for path, _ in drawn_texts(figure) if path[-1] == "texttemplate"]


def _read(text: str) -> str:
    """What is read on the screen: entities as characters, without the marks that keep a direction."""
    return unescape(text.strip("\u2068\u2069"))


@pytest.mark.parametrize("name", [text for text in HOSTILE_TEXTS if len(text) <= LABEL_LENGTH], ids=ascii)
def test_a_name_is_read_as_it_is(name: str) -> None:
    """Escaped once, not twice; line breaks and runs of blanks are one space."""
    flat = " ".join(name.split())
    shown = _figures(name)
    assert flat in [_read(text) for text in document_of(shown["usage"])["layout"]["yaxis"]["ticktext"]]
    assert flat in [_read(trace["name"]) for trace in stacked_of(shown["timeline"])]
    hovers = document_of(shown["usage"])["data"][0]["hovertext"]
    assert flat in [_read(line) for hover in hovers for line in hover.split("<br>")]


def test_long_names_are_cut_where_they_are_drawn() -> None:
    shown = _figures("x" * 10_000, "y" * 10_000)
    for which, figure in shown.items():
        assert max(len(text) for _, text in drawn_texts(figure)) < 350, which
    cut = document_of(shown["usage"])["layout"]["yaxis"]["ticktext"][0]
    assert _read(cut) == "x" * (LABEL_LENGTH - 1) + "…"


_NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(str.strip)
_MARKUP = st.text("<>&%{}bry/= \"'$", min_size=1, max_size=30).filter(str.strip)


@EXAMPLES
@given(_NAMES | _MARKUP, _NAMES | _MARKUP)
def test_generated_names_are_no_markup_either(engine: str, version: str) -> None:
    frame = frame_of(
        {"config_name": "a", "engine_name": engine, "engine_version": version, "create_time": 10**12}
    )
    usage = analysis.engine_usage(frame, everything(frame))
    wide = analysis.timeline(frame, everything(frame), "day")
    for figure in (engine_usage_figure(usage, ()), timeline_figure(wide, "day", (engine,))):
        for path, text in drawn_texts(figure):
            assert not {"<", ">"} & set(OUR_MARKUP.sub("", text)), path


def _keeps_its_direction(text: str) -> bool:
    """Whether each isolate that the text opens is closed at its end, and nothing outside of one turns."""
    depth = 0
    for position, character in enumerate(text):
        kind = unicodedata.bidirectional(character)
        depth += (kind in {"FSI", "LRI", "RLI"}) - (kind == "PDI")
        if depth < 0 or (depth == 0 and position and position < len(text) - 1 and text[0] == "\u2068"):
            return False
        if depth == 0 and kind in {"RLO", "LRO", "RLE", "LRE", "R", "AL"}:
            return False
    return depth == 0


@pytest.mark.parametrize(
    "name",
    [
        "שלום",
        "\u202egnp.exe",
        "a\u2069\u202egnp",
        "\u2067abc",
        "\u2068\u2068x",
        "\u2069",
        "x" * 23 + "\u2067yy",
    ],
    ids=ascii,
)
def test_a_name_cannot_turn_the_text_around_it(name: str) -> None:
    figure = _figures(name)["usage"]
    labels = document_of(figure)["layout"]["yaxis"]["ticktext"]
    lines = [line for hover in document_of(figure)["data"][0]["hovertext"] for line in hover.split("<br>")]
    assert [ascii(text) for text in (*labels, *lines) if not _keeps_its_direction(text)] == []
