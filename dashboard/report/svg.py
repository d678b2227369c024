"""What our charts of HTML and SVG are made of: bars with a colour and a hatching, texts, widths of texts.

Horizontally everything is a share of the width, so that a chart fits wherever it stands, without a script.
What depends on the width in pixels (which ticks there are) is drawn for each range of widths; style rules
show one.
"""

from __future__ import annotations

import html
import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from dashboard.data.palette import HATCH, LIGHT_TO_DARK, ON_DARK

ON_PAPER: Final = (700, 320)
"""As wide and as high as a bar on paper can be, in pixels."""
SOLIDITY: Final = 0.65
"""What share of a hatched bar has its colour; the figures say the same."""
WIDTHS: Final = (
    (275, "'"),
    (278, "ijl"),
    (295, "IJ"),
    (318, " ,.·"),
    (337, "/:;\\|"),
    (352, "f"),
    (361, "-"),
    (390, "()[]"),
    (392, "t"),
    (401, "!"),
    (411, "r"),
    (460, '"'),
    (500, "*_`"),
    (523, "sz"),
    (531, "?"),
    (550, "c"),
    (557, "L"),
    (577, "Fk"),
    (592, "vxy"),
    (603, "P"),
    (612, "TYoae"),
    (635, "EhnuSbdgpq"),
    (636, "0123456789${}"),
    (656, "K"),
    (685, "AVXZB"),
    (696, "RC"),
    (732, "U"),
    (750, "NH"),
    (772, "DG"),
    (780, "&"),
    (787, "OQ"),
    (818, "w"),
    (838, "#+<=>^~"),
    (863, "M"),
    (950, "%"),
    (974, "m"),
    (989, "W"),
    (1000, "@…"),
)
"""In thousandths of the font's size, of a wide sans-serif (DejaVu Sans): narrower ones leave some room."""
_WIDTHS: Final = {letter: width for width, letters in WIDTHS for letter in letters}


@dataclass(frozen=True)
class Hatching:
    """How a bar is filled: a colour of the palette for light backgrounds, and Plotly's name of a pattern."""

    colour: str
    pattern: str = ""
    size: int = 6

    @property
    def fill(self) -> str:
        """Return the name of the class that fills a solid bar, or of the pattern that fills a hatched one."""
        return f"c{_NUMBERS[self.colour]}{_NAMES[self.pattern]}{self.size if self.pattern else ''}"


_NUMBERS: Final = {colour: number for number, colour in enumerate(LIGHT_TO_DARK)}
_NAMES: Final = {"": "", "/": "u", "\\": "d", "x": "x", ".": "p"}


def plain(label: str) -> str:
    """Return a label or a hover text of a figure as text: Plotly reads these as HTML, so they are escaped."""
    return html.unescape(label)


def text_width(text: str, size: float) -> float:
    """Return about how many pixels a text takes at a size of the font; what it really is, no server knows."""
    return sum(_WIDTHS.get(letter) or _wide(letter) for letter in text) * size / 1000


def percent(share: float) -> str:
    """Return a share of the whole as a length: "12.3%", with more digits than any screen has pixels."""
    return f"{100 * share:.3f}".rstrip("0").rstrip(".") + "%"


def rect(x: str, y: str, width: str, height: str, opacity: float = 1) -> Markup:
    """Return a rectangle; places and sizes are numbers of ours, as SVG takes them."""
    faded = "" if opacity == 1 else f' opacity="{opacity:.3g}"'
    return Markup(f'<rect x="{x}" y="{y}" width="{width}" height="{height}"{faded}/>')  # noqa: S704 - numbers


def upright(x: str, height: int) -> Markup:
    """Return a line downwards."""
    return Markup(f'<line x1="{x}" x2="{x}" y2="{height}"/>')  # noqa: S704 - numbers


def level(y: str) -> Markup:
    """Return a line across the whole drawing."""
    return Markup(f'<line x2="100%" y1="{y}" y2="{y}"/>')  # noqa: S704 - numbers


def text(words: str, x: str, y: str, shift: str = "") -> Markup:
    """Return a text at a place; `shift` is a further attribute of ours."""
    return Markup(f'<text x="{x}" y="{y}"{shift and " "}{shift}>{escape(words)}</text>')  # noqa: S704 - escaped


def group(attributes: str, inside: Iterable[Markup]) -> Markup:
    """Return a group; `attributes` are ours."""
    return Markup(f"<g {attributes}>{''.join(inside)}</g>")  # noqa: S704 - of Markup


Place = tuple[str, str, str, str, float]
"""Where a bar is: x, y, width, height as SVG takes them, and its opacity."""


def bars(places: Iterable[Place], hatching: Hatching, prefix: str, *, on_paper: bool = False) -> Markup:
    """Return bars of one colour and hatching."""
    if on_paper and hatching.pattern:
        return group('fill="none"', [_lined(place, hatching, prefix) for place in places])
    return group(filled(hatching, prefix), [rect(*place) for place in places])


def patterns(used: Iterable[Hatching], prefix: str, *, on_paper: bool = False) -> Markup:
    """Return the definitions of the hatchings that a chart uses; `prefix` is the chart's own.

    On paper they are lines that each bar cuts out of: browsers print patterns as pictures, of many megabytes.
    """
    hatched = {hatching.fill: hatching for hatching in used if hatching.pattern}
    define = _lines if on_paper else _pattern
    return Markup("").join(define(hatching, f"{prefix}-{name}") for name, hatching in hatched.items())


def filled(hatching: Hatching, prefix: str) -> str:
    """Return the attribute that fills a bar."""
    return f'fill="url(#{prefix}-{hatching.fill})"' if hatching.pattern else f'class="{hatching.fill}"'


def swatch(hatching: Hatching, prefix: str, *, on_paper: bool = False) -> Markup:
    """Return the little square of a legend."""
    square = bars([("0", "0", "12", "12", 1)], hatching, prefix, on_paper=on_paper)
    return Markup(f'<svg class="swatch" viewBox="0 0 12 12">{square}</svg>')  # noqa: S704 - of ours alone


def colours() -> str:
    """Return the style rules of the palette: each colour's class, as fill and stroke, light and dark."""
    rules = [f".chart .bars{{stroke:{_both(HATCH, ON_DARK[HATCH])}}}"]
    for number, (light, dark) in enumerate(LIGHT_TO_DARK.items()):
        value = _both(light, dark)
        rules.append(f".chart .c{number}{{fill:{light};fill:{value}}}")
        rules.append(f".chart .s{number}{{stroke:{light};stroke:{value}}}")
    return "".join(rules)


def _both(light: str, dark: str) -> str:
    return f"light-dark({light},{dark})"


def _pattern(hatching: Hatching, name: str) -> Markup:
    number = _NUMBERS[hatching.colour]
    if hatching.pattern == ".":
        size: float = hatching.size
        radius = math.sqrt(SOLIDITY * size * size / math.pi)
        inside = Markup('<circle class="c{}" cx="{}" cy="{}" r="{}"/>').format(
            number, size / 2, size / 2, f"{radius:.2f}"
        )
    else:
        size = hatching.size * math.sqrt(2)
        width = hatching.size * (1 - math.sqrt(1 - SOLIDITY) if hatching.pattern == "x" else SOLIDITY)
        inside = Markup('<path class="s{}" stroke-width="{}" d="{}"/>').format(
            number, f"{width:.2f}", _strokes(hatching.pattern, size)
        )
    return Markup(
        '<pattern id="{}" width="{}" height="{}" patternUnits="userSpaceOnUse">{}</pattern>'
    ).format(name, f"{size:.3f}", f"{size:.3f}", inside)


def _lined(place: Place, hatching: Hatching, prefix: str) -> Markup:
    """Return a bar that is a window on the lines of its hatching, with the bar's own outline."""
    x, y, width, height, opacity = place
    lines = f'<use class="s{_NUMBERS[hatching.colour]}" href="#{prefix}-{hatching.fill}"/>'
    window = f'<svg x="{x}" y="{y}" width="{width}" height="{height}" opacity="{opacity:.3g}" class="window">'
    return Markup(f"{window}{lines}</svg>") + rect(x, y, width, height)  # noqa: S704 - numbers


def _lines(hatching: Hatching, name: str) -> Markup:
    """Return the lines of a hatching over as much as a bar on paper can take."""
    if hatching.pattern == ".":
        size: float = hatching.size
        wide, dashes = 2 * math.sqrt(SOLIDITY * size * size / math.pi), f"0 {size}"
        d = "".join(f"M{size / 2},{(row + 0.5) * size}h{ON_PAPER[0]}" for row in range(ON_PAPER[1] // 6))
    else:
        size, wide = hatching.size * math.sqrt(2), hatching.size * SOLIDITY
        dashes, (right, down) = "none", ON_PAPER
        steps = [round(step * size, 2) for step in range(round((right + down) / size))]
        up = "".join(f"M{at},0l-{down},{down}" for at in steps)
        falling = "".join(f"M{round(at - down, 2)},0l{down},{down}" for at in steps)
        d = {"/": up, "\\": falling, "x": up + falling}[hatching.pattern]
        wide = hatching.size * (1 - math.sqrt(1 - SOLIDITY)) if hatching.pattern == "x" else wide
    return Markup(
        '<path id="{}" stroke-width="{}" stroke-linecap="round" stroke-dasharray="{}" d="{}"/>'
    ).format(name, f"{wide:.2f}", dashes, d)


def _strokes(pattern: str, size: float) -> str:
    """Return the lines of a tile as Plotly draws them: up for "/", down for a backslash, or both."""
    q, h, w = f"{size / 4:.2f}", f"{size / 2:.2f}", f"{size:.2f}"
    three, five = f"{3 * size / 4:.2f}", f"{5 * size / 4:.2f}"
    up = f"M-{q},{q}l{h},-{h}M0,{w}L{w},0M{three},{five}l{h},-{h}"
    down = f"M{three},-{q}l{h},{h}M0,0L{w},{w}M-{q},{three}l{h},{h}"
    return {"/": up, "\\": down, "x": up + down}[pattern]


def _wide(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
        return 0
    return 1000 if unicodedata.east_asian_width(letter) in "WF" else 620
