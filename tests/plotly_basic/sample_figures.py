"""The figures that the tests draw."""

import plotly.graph_objects as go
from streamlit_plotly_basic import escape

MONTHS = ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"]
HOSTILE = (
    '<b>bold</b> <a href="https://evil.example/">x</a> $\\alpha$ & "quoted" <img src=https://evil.example/i>'
)


def timeline(factor: int) -> go.Figure:
    bars = [
        go.Bar(
            x=MONTHS,
            y=[factor, 0, 3, 4],
            name="TensorFlow",
            marker_color="#aa0000",
            customdata=["a", "b", "c", "d"],
        ),
        go.Bar(x=MONTHS, y=[5, 6, 7, 8], name="#aa0000", marker_color=["#aa0000"] * 3 + ["#00aa00"]),
    ]
    return go.Figure(bars, {"barmode": "stack"})


def usage() -> go.Figure:
    """Horizontal bars with the hostile text in every place that shows text."""
    label = escape(HOSTILE)
    bars = [go.Bar(y=["MindSpore", label], x=[3, 1], name=label, orientation="h", text=[label, label])]
    return go.Figure(bars, {"title": label, "showlegend": True})
