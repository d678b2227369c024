"""What all figures are made of. Plotly reads labels and hover texts as HTML, so every name is escaped here.

Figures carry the colours for a light background (palette.ON_DARK) and nothing else of a theme.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Any

import plotly.graph_objects as go

from dashboard.data.palette import HATCH, NEUTRAL, Style

LABEL_LENGTH = 24
FADED, HALF, FULL = 0.25, 0.6, 1.0
OTHER_STYLE = Style(NEUTRAL, "\\")
_ISOLATES = re.compile("[\u2066-\u2069]")
SMALL = {"size": 12}
MARGIN = {"t": 30, "r": 12, "b": 40, "l": 44}
LAYOUT = {
    "template": {"layout": {}},  # none: the page's theme stands in for it, and a default one costs 2 ms
    "barmode": "stack",
    "bargap": 0.25,
    "showlegend": False,
    "margin": MARGIN,
    "font": SMALL,
}
_FEW = 6
"""Up to so many, every count has a tick of its own; Plotly would set some between them."""


@dataclass(frozen=True)
class Spec:
    """What a figure is made of, as Plotly's schema has it: its traces and its layout."""

    data: list[dict[str, Any]]
    layout: dict[str, Any]


def count_axis(most: int, counted: str = "Configurations") -> dict[str, object]:
    """Return an axis of whole numbers from zero. `most` is the largest count on it."""
    return {
        "title": {"text": counted, "font": SMALL},
        "rangemode": "tozero",
        "tickformat": ",d",
        "dtick": 1 if most <= _FEW else None,
    }


def figure_of(spec: Spec) -> go.Figure:
    """Return a figure without plotly's validation, which costs ten times as much as the rest.

    The tests validate.
    """
    return go.Figure({"data": spec.data, "layout": spec.layout}, skip_invalid=False, _validate=False)


def hatching(shape: object, size: int) -> dict[str, object]:
    """Return a pattern over a bar's colour; `shape` is Plotly's, one or one a bar."""
    return {"shape": shape, "bgcolor": HATCH, "solidity": 0.65, "size": size}


def label(name: str) -> str:
    """Return an engine's name as it stands at an axis and in a legend."""
    return short(name, LABEL_LENGTH)


def short(text: str, length: int) -> str:
    """Return at most `length` characters, escaped, kept from turning its surroundings around.

    It is isolated (Unicode Bidirectional Algorithm, UAX 9); marks that could end that are shown as codes.
    """
    cut = text if len(text) <= length else text[: length - 1] + "…"
    flat = _ISOLATES.sub(lambda mark: f"\\u{ord(mark[0]):04x}", " ".join(cut.split()))
    safe = escape(flat, quote=False)  # Plotly knows no &quot;
    return f"\u2068{safe}\u2069" if any(ord(character) >= 0x590 for character in safe) else safe
