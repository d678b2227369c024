"""The figures that the tests draw."""

import numpy as np
import plotly.graph_objects as go
from streamlit_plotly_basic import escape

MONTHS = ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"]
HOSTILE = (
    '<b>bold</b> <a href="https://evil.example/">x</a> $\\alpha$ & "quoted" <img src=https://evil.example/i>'
)


def timeline(factor: int) -> go.Figure:
    """Months of two engines, the second named like a colour; some of it in arrays that travel as base64."""
    first = go.Bar(x=MONTHS, y=np.array([factor, 0, 3, 4]), name="TensorFlow", customdata=[*"abcd"])
    first.marker.color = "#aa0000"
    second = go.Bar(x=MONTHS, y=[5, 6, 7, 8], name="#aa0000", customdata=np.arange(8).reshape(4, 2))
    second.marker.color = ["#aa0000"] * 3 + ["#00aa00"]
    return go.Figure([first, second], {"barmode": "stack"})


def usage() -> go.Figure:
    """Horizontal bars with the hostile text in every place that shows text."""
    label = escape(HOSTILE)
    bars = [go.Bar(y=["MindSpore", label], x=[3, 1], name=label, orientation="h", text=[label, label])]
    return go.Figure(bars, {"title": label, "showlegend": True})
