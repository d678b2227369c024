"""The screen that stands in for all others when a connection cannot be used, and says why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard.connections import Connection, ConnectionProblem
from dashboard.secrets_file import FILE
from dashboard.ui import messages
from dashboard.ui.context import ask_viewer

LOOK_SECONDS: Final = 10


def draw(chosen: ConnectionProblem, entries: Sequence[Connection | ConnectionProblem]) -> None:
    """Say what is missing: of the chosen one, or of all if none can be used. Never falls back to samples."""

    def look() -> None:
        if ask_viewer().entries != tuple(entries):
            st.rerun()  # the settings have changed

    st.fragment(look, run_every=LOOK_SECONDS)()
    problems = [entry for entry in entries if isinstance(entry, ConnectionProblem)]
    none_usable = len(problems) == len(entries)
    st.header("No connection can be used" if none_usable else "This connection cannot be used", divider=False)
    for problem in problems if none_usable else [chosen]:
        messages.show_problem(problem)
    if chosen.source == FILE:
        st.caption(
            "Nothing of it is shown until it is complete. A change of the file counts at the next look."
        )
    else:
        st.caption(
            "Nothing is shown until it is complete; then restart the dashboard. Without any of these"
            " variables it shows sample data."
        )
