"""How a figure travels to the browser, and what the Python side refuses."""

import base64
import json
from importlib.resources import files

import numpy as np
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest
from streamlit_plotly_basic import BUNDLE_URL_PATH, escape, plotly_chart
from streamlit_plotly_basic.chart import figure_json


def test_numeric_arrays_travel_as_typed_base64() -> None:
    spec = json.loads(figure_json(go.Figure(go.Bar(x=["a", "b"], y=np.array([1.5, 2.5])))))

    assert spec["data"][0]["x"] == ["a", "b"]
    assert spec["data"][0]["y"]["dtype"] == "f8"
    assert np.frombuffer(base64.b64decode(spec["data"][0]["y"]["bdata"])).tolist() == [1.5, 2.5]


def test_the_template_stays_behind_and_the_figure_keeps_its_own() -> None:
    figure = go.Figure(go.Bar(y=[1]), {"title": "Engines"})
    template = figure.layout.template.to_plotly_json()

    spec = json.loads(figure_json(figure))

    assert template
    assert spec["layout"] == {"title": {"text": "Engines"}}
    assert figure.layout.template.to_plotly_json() == template


def test_missing_numbers_are_null() -> None:
    assert json.loads(figure_json(go.Figure(go.Scatter(y=[1.0, float("nan")]))))["data"][0]["y"] == [
        1.0,
        None,
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("<b>&</b>", "&lt;b&gt;&amp;&lt;/b&gt;"), ('"quotes" stay', '"quotes" stay'), ("plain", "plain")],
)
def test_escape(text: str, shown: str) -> None:
    assert escape(text) == shown


def test_a_blank_accessible_name_is_refused() -> None:
    with pytest.raises(ValueError, match="alt must say what the chart shows"):
        plotly_chart(go.Figure(), key="k", alt=" ", height=100)


@pytest.mark.parametrize("height", [0, -5])
def test_a_height_that_reserves_nothing_is_refused(height: int) -> None:
    with pytest.raises(ValueError, match="height must be a positive number"):
        plotly_chart(go.Figure(), key="k", alt="Chart", height=height)


def test_the_name_of_the_bundle_is_that_of_the_file_served() -> None:
    assets = files("streamlit_plotly_basic") / "assets"
    assert (assets / BUNDLE_URL_PATH.rsplit("/", 1)[1]).is_file()


def test_a_page_with_charts_runs_without_a_browser() -> None:
    app = AppTest.from_file("app_page.py", default_timeout=30).run()

    assert not app.exception
    app.selectbox(key="factor").set_value("20").run()
    assert not app.exception
