"""The frame around every screen: page settings, the gate, navigation, the sample banner, the sidebar."""

from pathlib import Path

import streamlit as st

from dashboard.connections import Connection
from dashboard.report import screens
from dashboard.report.notices import SAMPLE
from dashboard.ui import connection_picker, context, notices, problems, sidebar, sign_in, state

HERE = Path(__file__).parent
FAVICON = str(HERE / "favicon.svg")  # a Material icon would be fetched from another host
WORDMARK = str(HERE / "wordmark.svg")
NAME = "Training job configurations"

st.set_page_config(
    page_icon=FAVICON,
    layout="wide",
    initial_sidebar_state="auto",
)
st.logo(WORDMARK, size="large", icon_image=FAVICON)
state.follow_back_and_forward()
viewer = context.ask_viewer()
pages = {
    st.Page(
        f"../pages/{one.file}.py",
        title=one.title,
        icon=f":material/{one.icon}:",
        default=one is screens.OVERVIEW,
        help=one.help,
    ): one
    for one in screens.offered(len(viewer.entries))
}
page = st.navigation(list(pages), position="top" if viewer.entries else "hidden")
screen = pages[page]
st.set_page_config(page_title=f"{screen.title} · {NAME}" if viewer.entries else NAME)
if not viewer.entries:
    sign_in.draw(viewer)
    st.stop()
with st.sidebar:
    sign_in.draw_viewer(viewer)
state.tell_again(screen.title)
chosen = connection_picker.draw(viewer)
if isinstance(chosen, Connection):
    if chosen.is_sample:
        st.info(SAMPLE, icon=":material/science:")
    here = context.look(viewer, chosen, runs_ahead=screen is screens.OVERVIEW)
    if screen.has_filters:
        notices.draw_left_out(here)
    sidebar.draw(here, with_filters=screen.has_filters)
if isinstance(chosen, Connection) or screen.is_of_all:
    page.run()
else:
    problems.draw(chosen, viewer.entries)
