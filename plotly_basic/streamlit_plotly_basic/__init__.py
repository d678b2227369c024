"""Plotly figures in Streamlit, drawn with Plotly's basic bundle and updated in place."""

from streamlit_plotly_basic.chart import BUNDLE_URL_PATH, escape, plotly_chart
from streamlit_plotly_basic.selection import Period, Point, Selection, selected

__all__ = ["BUNDLE_URL_PATH", "Period", "Point", "Selection", "escape", "plotly_chart", "selected"]
