"""A page with the charts that the tests look at, and a log of every selection that reached Python."""

import json

import streamlit as st
from streamlit_plotly_basic import plotly_chart, selected

from tests.plotly_basic.sample_figures import timeline, usage

LIGHT_TO_DARK = {"#aa0000": "#ffaaaa"}


def log_selection(key: str) -> None:
    st.session_state.setdefault("log", []).append({"chart": key, **(selected(key) or {"nothing": True})})


factor = int(st.selectbox("Factor", ["1", "20"], key="factor"))
st.button("Rerun")
st.text(json.dumps(st.session_state.get("log", [])))

if not st.checkbox("Hide the timeline"):
    returned = plotly_chart(
        timeline(factor),
        key="timeline",
        alt="Configurations a month",
        height=300,
        on_select=lambda: log_selection("timeline"),
        selection="both",
        dark_colors=LIGHT_TO_DARK,
    )
    st.text(f"returned {'a selection' if returned else 'nothing'}")

plotly_chart(usage(), key="usage", alt="Engines in use", height=250, on_select=lambda: log_selection("usage"))


@st.fragment
def in_a_fragment() -> None:
    step = st.selectbox("Step", ["1", "2"], key="step")
    plotly_chart(timeline(int(step)), key="fragment", alt="In a fragment", height=200)


in_a_fragment()
first, second = st.tabs(["First", "Second"])
first.text("The chart is in the other tab")
with second:
    plotly_chart(timeline(2), key="tabbed", alt="In a tab", height=200)
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
st.text(f"Run {st.session_state['runs']}")
