"""The frame around every screen: page settings, the gate, navigation, the sample banner, the sidebar."""

from pathlib import Path

import streamlit as st

from dashboard.connections import Connection
from dashboard.report import screens
from dashboard.report.notices import SAMPLE
from dashboard.ui import connection_picker, context, problems, sidebar, sign_in, state

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
viewer = context.ask_viewer()
overview = st.Page(
    "../pages/overview.py",
    title=screens.OVERVIEW,
    icon=":material/dashboard:",
    default=True,
    help="What there is, on which engines, since when.",
)
findings = st.Page(
    "../pages/findings.py",
    title=screens.FINDINGS,
    icon=":material/fact_check:",
    help="What is risky, why, what to do, and who has accepted it.",
)
everything = st.Page(
    "../pages/connections.py",
    title=screens.CONNECTIONS,
    icon=":material/list_alt:",
    help="What each connection has, and how it is doing.",
)
one = st.Page(
    "../pages/connection.py",
    title=screens.CONNECTION,
    icon=":material/lan:",
    help="What the dashboard is connected to, and how that is doing.",
)
changes = st.Page(
    "../pages/changes.py",
    title=screens.CHANGES,
    icon=":material/history:",
    help="What was added, removed and edited.",
)
compare = st.Page(
    "../pages/compare.py",
    title=screens.COMPARE,
    icon=":material/compare_arrows:",
    help="Configurations side by side, and their families.",
)
migration = st.Page(
    "../pages/migration.py",
    title=screens.MIGRATION,
    icon=":material/move_up:",
    help="What each configuration becomes in API v2, and what is left to decide.",
)
# To whom nothing is shown yet every address is one that may turn out to be right.
many = [everything] if len(viewer.entries) != 1 else []
offered = [overview, findings, changes, compare, migration, *many, one]
screen = st.navigation(offered, position="top" if viewer.entries else "hidden")
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
    here = context.look(viewer, chosen, runs_ahead=screen == overview)
    sidebar.draw(here, with_filters=screen in (overview, findings, migration))
if isinstance(chosen, Connection) or screen == everything:
    screen.run()
else:
    problems.draw(chosen, viewer.entries)
