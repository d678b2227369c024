"""Figures as they go to the browser, and the tables that they are drawn from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard.data import analysis
from dashboard.data.columns import Part
from tests.dashboard.builders import (
    engines_frame,
    everything,
)

# Values that Plotly compares and counts, and never draws as text.
DATA = {"x", "y", "customdata", "meta", "categoryarray", "tickvals"}


def usage_of(*pairs: tuple[str, str, int]) -> pd.DataFrame:
    """The usage table of so many rows of each engine and version."""
    frame = engines_frame(*pairs)
    return analysis.engine_usage(Part.of(frame, everything(frame)))


def timeline_of(*pairs: tuple[str, str, int], granularity: str = "day") -> pd.DataFrame:
    """The timeline of the same."""
    frame = engines_frame(*pairs)
    return analysis.timeline(Part.of(frame, everything(frame)), granularity)


def many_engines(count: int) -> list[tuple[str, str, int]]:
    """So many engines, each used less than the one before."""
    return [(f"Engine {number:02}", "1", count + 5 - number) for number in range(count)]


def document_of(figure: go.Figure) -> dict[str, Any]:
    """What goes to the browser; raises ValueError where Plotly knows no such property or value."""
    document: dict[str, Any] = json.loads(figure.to_json())
    go.Figure(document)
    return document


def stacked_of(figure: go.Figure) -> list[dict[str, Any]]:
    """The traces of a timeline that are seen; the one over each whole period comes after them."""
    return [trace for trace in document_of(figure)["data"] if trace.get("showlegend", True)]


def texts_of(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text of a figure with the keys that lead to it."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from texts_of(value, (*path, key))
    elif isinstance(node, list):
        for value in node:
            yield from texts_of(value, path)
    elif isinstance(node, str):
        yield path, node


def drawn_texts(figure: go.Figure) -> list[tuple[tuple[str, ...], str]]:
    """The texts of a figure that Plotly draws, or could."""
    return [(path, text) for path, text in texts_of(document_of(figure)) if path[-1] not in DATA]
