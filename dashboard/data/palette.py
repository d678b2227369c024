"""An engine's colour and pattern: the same on every chart, under every filter, in every project.

Eight colours for light and eight for dark backgrounds, found by search: every pair of a theme differs by at
least 0.11 in OKLab as seen with normal sight, protanopia, deuteranopia and tritanopia (Machado, Oliveira and
Fernandes 2009), and each has a contrast of 3:1 to the background (WCAG 2.2, 1.4.11). More than eight engines
share colours, told apart by hatching; no chart tells anything by colour alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.data.rows import NO_ENGINE, ONLY_IMAGE

LIGHT_TO_DARK: Mapping[str, str] = {
    "#9b5201": "#f16702",
    "#733027": "#b23b12",
    "#4f92ff": "#5956d5",
    "#18608e": "#9ad3f7",
    "#e660b5": "#82577f",
    "#648770": "#5fa38e",
    "#a39407": "#e3c88e",
    "#442e5f": "#be82f5",
    "#6b7785": "#8b98a5",
}
"""Every colour a figure may use, as it is on a light background, and what it becomes on a dark one."""

HATCH = "#ffffff"
"""Hatching has the background's colour, to which every colour above has its contrast."""
ON_DARK: Mapping[str, str] = {**LIGHT_TO_DARK, HATCH: "#10161d"}
"""LIGHT_TO_DARK and the hatching."""

_COLOURS = tuple(LIGHT_TO_DARK)[:-1]
NEUTRAL = "#6b7785"
"""For what is no engine of its own: the folded tail, rows without an engine, sparklines."""


@dataclass(frozen=True)
class Style:
    """How an engine is drawn: a colour (for light backgrounds) and a Plotly fill pattern ("" is solid)."""

    colour: str
    pattern: str = ""


_KNOWN: Mapping[str, Style] = {
    "TensorFlow": Style(_COLOURS[0]),
    "PyTorch": Style(_COLOURS[1]),
    "MindSpore-GPU": Style(_COLOURS[2]),
    "MXNet": Style(_COLOURS[3]),
    "Ascend-Powered-Engine": Style(_COLOURS[4]),
    "XGBoost-Sklearn": Style(_COLOURS[5]),
    "Spark_MLlib": Style(_COLOURS[6]),
    ONLY_IMAGE: Style(_COLOURS[7]),
    "Caffe": Style(_COLOURS[2], "/"),
    "Scikit_Learn": Style(_COLOURS[5], "/"),
    "Horovod": Style(_COLOURS[0], "/"),
    "Ray": Style(_COLOURS[3], "/"),
    NO_ENGINE: Style(NEUTRAL, "."),
}


def engine_style(engine: str) -> Style:
    """The style of an engine. One that is not known gets a hatched one by its name, always the same."""
    if engine in _KNOWN:
        return _KNOWN[engine]
    return Style(_COLOURS[zlib.crc32(engine.encode()) % len(_COLOURS)], "x")
