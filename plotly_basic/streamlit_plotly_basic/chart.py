"""The component: a Plotly figure as JSON on its way to the browser."""

import functools
import html
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import plotly.graph_objects as go
import streamlit as st
from plotly.io.json import to_json_plotly

from streamlit_plotly_basic.selection import Selection, parse_selection

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

_COMPONENT = "streamlit-plotly-basic.chart"

BUNDLE_URL_PATH = f"/_stcore/bidi-components/{_COMPONENT}/plotly-basic-4.1.1.min.js"
"""Where a server offers the Plotly bundle. The version is in the name: it may be cached for ever."""


def plotly_chart(
    figure: go.Figure,
    *,
    key: str,
    alt: str,
    height: int,
    on_select: Callable[[], None] | None = None,
    selection: Literal["points", "period", "both"] = "points",
    dark_colors: Mapping[str, str] | None = None,
) -> Selection | None:
    """Draw a figure and keep it up to date in place; return what the viewer just selected, if anything.

    Args:
        figure: traces of the basic bundle: bar, pie and scatter. Its template gives way to the app's theme;
            whatever else its layout says wins over the theme. The colours it names are those of light mode.
        key: the element's identity; a chart with the same key is updated, never drawn anew.
        alt: the accessible name: one sentence of plain text saying what the chart shows.
        height: in pixels; reserved from the first moment.
        on_select: called before the script runs again, after a click or a drag; `selected(key)` is then the
            selection. None leaves the figure unselectable.
        selection: "points" sends clicks (and Enter on a value), "period" a stretch dragged on a date axis.
        dark_colors: for dark mode, each colour of the figure that changes and what it changes to.

    Raises:
        ValueError: if `alt` is blank or `height` is not positive.
    """
    if not alt.strip():
        raise ValueError(f"alt must say what the chart shows, got {alt!r}")
    if height <= 0:
        raise ValueError(f"height must be a positive number of pixels, got {height!r}")
    data = {
        "figure": figure_json(figure),
        "alt": alt,
        "height": height,
        "selection": selection if on_select else None,
        "filename": key,
        "darkColors": dict(dark_colors or {}),
    }
    result = _component()(key=key, data=data, height=height, on_selection_change=on_select)
    return parse_selection(result.get("selection"))


def escape(text: str) -> str:
    """Return text that Plotly shows literally in any label, name or hover; for this page's figures only.

    Plotly reads `<b>`, `<a href>` and the like, and entities. It knows `&lt;`, `&gt;` and `&amp;` but not
    `&quot;`, which it would show as it stands: quotes stay.
    """
    return html.escape(text, quote=False)


def figure_json(figure: go.Figure) -> str:
    """Return the figure as JSON without its template; numeric arrays become base64 (plotly's `bdata`)."""
    spec: dict[str, Any] = figure.to_dict()
    spec["layout"].pop("template", None)
    return str(to_json_plotly({"data": spec["data"], "layout": spec["layout"]}))


@functools.cache
def _component() -> "ComponentRenderer":
    # Not at import: Streamlit finds the manifest only once its runtime exists.
    return st.components.v2.component(_COMPONENT, css="chart.css", js="chart.js", isolate_styles=False)
