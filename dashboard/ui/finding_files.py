"""The findings on screen as files: CSV for spreadsheets, JSON as the command line writes it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from dashboard import __version__
from dashboard.audit.findings import Audit
from dashboard.audit.formats import writer
from dashboard.audit.live import Audited
from dashboard.audit.outcome import Severity
from dashboard.audit.results import ConnectionAudit, Results
from dashboard.audit.summary import Summary
from dashboard.ui.context import Context

FORMATS = {"csv": "text/csv", "json": "application/json"}


def draw(here: Context, audited: Audited, found: Summary) -> None:
    """Draw a download for each format; a file is made when it is asked for."""
    with st.container(horizontal=True, key="finding_files"):
        for ending, media_type in FORMATS.items():
            st.download_button(
                f"Findings as {ending.upper()}",
                partial(text_of, here.connection.name, audited.audit.only(found.positions), ending),
                file_name=f"findings_{here.connection.name}_{audited.inventory.loaded_at:%Y%m%dT%H%M%SZ}.{ending}",
                mime=media_type,
                key=f"findings_{ending}",
                icon=":material/download:",
                on_click="ignore",
            )


def text_of(connection: str, audit: Audit, ending: str) -> str:
    """Return findings as a file's text."""
    results = Results(
        datetime.now(UTC), (ConnectionAudit(connection, audit),), fail_on=Severity.INFO, version=__version__
    )
    return "".join(writer(ending)(results))
