"""Streamlit components: Plotly figures with the basic bundle, updated in place; HTML that can be pressed."""

from streamlit_plotly_basic.chart import BUNDLE_URL_PATH, escape, plotly_chart
from streamlit_plotly_basic.pressable import pressable, pressed
from streamlit_plotly_basic.selection import Period, Point, Selection, selected

__all__ = [
    "BUNDLE_URL_PATH",
    "Period",
    "Point",
    "Selection",
    "escape",
    "plotly_chart",
    "pressable",
    "pressed",
    "selected",
]
