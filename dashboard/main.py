"""The frame around every screen: page settings, navigation, the sample banner, the sidebar."""

from pathlib import Path

import streamlit as st

from dashboard import loading
from dashboard.ui import connections, sidebar

HERE = Path(__file__).parent
FAVICON = str(HERE / "favicon.png")  # a Material icon would be fetched from another host
WORDMARK = str(HERE / "wordmark.svg")
STYLE = HERE / "style.css"

st.set_page_config(
    page_title="Training job configurations",
    page_icon=FAVICON,
    layout="wide",
    initial_sidebar_state="auto",
)
st.html(STYLE)
st.logo(WORDMARK, size="large", icon_image=FAVICON)
screen = st.navigation(
    [
        st.Page(
            "../pages/overview.py",
            title="Overview",
            icon=":material/dashboard:",
            default=True,
            help="What there is, on which engines, since when.",
        ),
        st.Page(
            "../pages/connection.py",
            title="Connection",
            icon=":material/lan:",
            help="What the dashboard is connected to, and how that is doing.",
        ),
    ],
    position="top",
)
connection = loading.connection()
if connection is None:
    connections.draw_problems(loading.settings().problems)
    st.stop()
assert connection is not None
if connection.is_sample:
    st.info(
        "Sample data: no connection is configured. The README says how to connect your project.",
        icon=":material/science:",
    )
sidebar.draw(connection)
screen.run()
