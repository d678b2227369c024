"""The connection screen's parts, and the screen that stands in for all others when nothing can be used."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.inventories import LoadState
from dashboard.settings import Connection, ConnectionProblem
from dashboard.ui import messages


def draw(connection: Connection, state: LoadState) -> None:
    """Endpoint, project and kind of credentials, and the age, size and cost of the load on screen."""
    rows = [
        ("Connection", connection.name),
        ("Configured in", connection.source),
        ("Endpoint", connection.endpoint),
        ("Project", connection.project_id),
        ("Credentials", "token" if connection.credentials else "none"),
    ]
    if state.snapshot:
        snapshot = state.snapshot
        rows += [
            ("Data loaded at", f"{snapshot.loaded_at:%Y-%m-%d %H:%M:%S} UTC"),
            ("Configurations", f"{len(snapshot.frame):,} of {snapshot.reported_total:,} reported"),
            ("Complete", "yes" if snapshot.complete else "no"),
            ("Requests made for it", f"{snapshot.requests:,}"),
            ("Time taken", f"{snapshot.seconds:.2f} s"),
            ("Rows with a problem", f"{snapshot.frame['problems'].notna().sum():,}"),
        ]
    frame = pd.DataFrame(rows, columns=["What", "Value"], dtype="str")
    st.dataframe(
        frame, hide_index=True, height="content", key="connection_facts", alt="Facts of the connection"
    )


def draw_problems(problems: tuple[ConnectionProblem, ...]) -> None:
    """Say of every connection that cannot be used what is missing. Never falls back to sample data."""
    st.header("No connection can be used", divider=False)
    for problem in problems:
        messages.show_problem(problem)
    st.caption("Nothing is shown until a connection is complete; then reload this page.")
