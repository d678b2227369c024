"""Colours that can be told apart, and seen, by everybody; and one style an engine."""

from __future__ import annotations

import math
import subprocess
import sys
import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.data.palette import HATCH, LIGHT_TO_DARK, NEUTRAL, ON_DARK, Style, engine_style
from dashboard.data.record import NO_ENGINE, ONLY_IMAGE
from modelarts_local import LocalService
from tests.dashboard.builders import EXAMPLES, HOSTILE_TEXTS, client_of

Colour = npt.NDArray[np.float64]
LIGHT, DARK = tuple(LIGHT_TO_DARK), tuple(LIGHT_TO_DARK.values())

SIGHTS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
"""Machado, Oliveira and Fernandes (2009), severity 1.0, for linear RGB."""


def _linear(colour: str) -> Colour:
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _luminance(colour: str) -> float:
    return float(_linear(colour) @ np.array([0.2126, 0.7152, 0.0722]))


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _oklab(linear: Colour) -> Colour:
    """Ottosson (2020), from linear sRGB."""
    to_lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    lab: Colour = to_lab @ np.cbrt(to_lms @ linear)
    return lab


def _distance(one: str, other: str, sight: str) -> float:
    seen = [np.clip(SIGHTS[sight] @ _linear(colour), 0, 1) for colour in (one, other)]
    return math.dist(_oklab(seen[0]), _oklab(seen[1]))


def test_the_measures_agree_with_published_values() -> None:
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert _oklab(_linear("#ffffff")) == pytest.approx([1, 0, 0], abs=1e-3)
    assert _oklab(_linear("#ff0000")) == pytest.approx([0.62796, 0.22486, 0.12585], abs=1e-3)
    for matrix in SIGHTS.values():
        assert matrix.sum(axis=1) == pytest.approx([1, 1, 1], abs=1e-5)


def test_a_colour_keeps_its_hue_in_both_themes() -> None:
    """An engine is recognised by it when the theme changes; greys have none."""
    hues = [
        [math.degrees(math.atan2(*_oklab(_linear(colour))[:0:-1])) for colour in pair]
        for pair in LIGHT_TO_DARK.items()
        if pair[0] != NEUTRAL
    ]
    assert [pair for pair in hues if abs((pair[0] - pair[1] + 180) % 360 - 180) > 3] == []


@pytest.mark.parametrize(("colours", "background"), [(LIGHT, "#ffffff"), (DARK, "#10161d")])
def test_every_colour_stands_out_from_its_background(colours: tuple[str, ...], background: str) -> None:
    """WCAG 2.2, 1.4.11: 3:1 for what must be seen to understand a graphic."""
    assert {c: round(_contrast(c, background), 2) for c in colours if _contrast(c, background) < 3} == {}


def test_hatching_has_the_colour_of_the_themes_background() -> None:
    """So every colour that stands out from the background stands out from its own hatching."""
    theme = tomllib.loads((Path(__file__).parents[3] / ".streamlit/config.toml").read_text())["theme"]
    assert theme["light"]["backgroundColor"] == HATCH
    assert ON_DARK[HATCH] == theme["dark"]["backgroundColor"]


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_engine_colours_differ_for_every_sight(colours: tuple[str, ...], sight: str) -> None:
    close = {
        pair: round(distance, 3)
        for pair in combinations(colours[:-1], 2)
        if (distance := _distance(*pair, sight)) < 0.11
    }
    assert close == {}


def test_the_neutral_colour_is_the_last_and_no_engine_of_its_own_is_solid_in_it() -> None:
    assert LIGHT[-1] == NEUTRAL
    for engine in ("PyTorch", "TensorFlow", ONLY_IMAGE, "something new", NO_ENGINE):
        assert engine_style(engine) != Style(NEUTRAL)


def test_each_colour_of_one_theme_is_one_of_the_other() -> None:
    assert len(set(DARK)) == len(LIGHT) == 7
    assert all(len(colour) == 7 and colour == colour.lower() for colour in (*LIGHT, *DARK))


def test_the_engines_of_the_api_all_look_different() -> None:
    with LocalService(0) as service, client_of(service) as client:
        names = {engine.engine_name for engine in client.list_engines()}
    engines = {*(name for name in names if name), ONLY_IMAGE, NO_ENGINE}
    assert len(engines) >= 10
    assert len({engine_style(engine) for engine in engines}) == len(engines)


@EXAMPLES
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=10))
def test_any_engine_has_one_style_with_a_colour_of_the_palette(engine: str) -> None:
    assert engine_style(engine) == engine_style(engine)
    assert engine_style(engine).colour in LIGHT_TO_DARK


def test_a_style_is_the_same_in_every_process() -> None:
    """Python's own hash of a text is not; colours would change at every restart."""
    names = ("PyTorch", "something new", "日本語")
    code = (
        f"from dashboard.data.palette import engine_style\nprint([engine_style(name) for name in {names!a}])"
    )
    root = Path(__file__).parents[3]
    told = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str([engine_style(name) for name in names])


@pytest.mark.parametrize("name", HOSTILE_TEXTS, ids=lambda text: ascii(text[:20]))
def test_hostile_names_have_a_hatched_style(name: str) -> None:
    """An unknown engine never passes for a known one."""
    assert engine_style(name).pattern
