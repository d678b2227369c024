"""An engine's colour and pattern, and a severity's: the same on every chart and in every project.

Six hues, each the same on light and on dark backgrounds and only lighter or darker there, and a grey, found
by search: every pair of a theme differs by at least 0.11 in OKLab as seen with normal sight, protanopia,
deuteranopia and tritanopia (Machado, Oliveira and Fernandes 2009), and each has a contrast of 3:1 to the
background (WCAG 2.2, 1.4.11). More engines share colours, told apart by hatching; no chart tells anything by
colour alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.data.record import NO_ENGINE, ONLY_IMAGE

LIGHT_TO_DARK: Mapping[str, str] = {
    "#b94515": "#f77e52",
    "#d6792d": "#bc6103",
    "#28410e": "#bbdaa3",
    "#1c71c0": "#2175c3",
    "#074c96": "#6dacfe",
    "#925b78": "#8a5471",
    "#8794a1": "#8c98a6",
}
"""Every colour a figure may use, as it is on a light background, and what it becomes on a dark one."""

HATCH = "#ffffff"
"""Hatching has the background's colour, to which every colour above has its contrast."""
ON_DARK: Mapping[str, str] = {**LIGHT_TO_DARK, HATCH: "#10161d"}
"""LIGHT_TO_DARK and the hatching."""

_COLOURS = tuple(LIGHT_TO_DARK)[:-1]
NEUTRAL = "#8794a1"
"""For what is no engine of its own: the folded tail, rows without an engine, sparklines."""


@dataclass(frozen=True)
class Style:
    """How an engine is drawn: a colour (for light backgrounds) and a Plotly fill pattern ("" is solid)."""

    colour: str
    pattern: str = ""


_KNOWN: Mapping[str, Style] = {
    "PyTorch": Style(_COLOURS[0]),
    "TensorFlow": Style(_COLOURS[1]),
    "XGBoost-Sklearn": Style(_COLOURS[2]),
    "Ascend-Powered-Engine": Style(_COLOURS[3]),
    "MindSpore-GPU": Style(_COLOURS[4]),
    ONLY_IMAGE: Style(_COLOURS[5]),
    "Horovod": Style(_COLOURS[0], "/"),
    "Spark_MLlib": Style(_COLOURS[1], "/"),
    "Scikit_Learn": Style(_COLOURS[2], "/"),
    "MXNet": Style(_COLOURS[3], "/"),
    "Caffe": Style(_COLOURS[4], "/"),
    "Ray": Style(_COLOURS[5], "/"),
    NO_ENGINE: Style(NEUTRAL, "."),
}


def engine_style(engine: str) -> Style:
    """Return the style of an engine.

    One that is not known gets a hatched one by its name, always the same.
    """
    if engine in _KNOWN:
        return _KNOWN[engine]
    return Style(_COLOURS[zlib.crc32(engine.encode()) % len(_COLOURS)], "x")


_SEVERITIES: Mapping[str, Style] = {
    "critical": Style(_COLOURS[0]),
    "high": Style(_COLOURS[1]),
    "medium": Style(_COLOURS[5]),
    "low": Style(_COLOURS[3]),
    "info": Style(NEUTRAL, "."),
}


def severity_style(severity: str) -> Style:
    """Return the style of a severity."""
    return _SEVERITIES[severity]
