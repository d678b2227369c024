"""Links to the exports of the current view: what the address bar says, as a file."""

from __future__ import annotations

import streamlit as st

from dashboard.connections import Connection
from dashboard.data.view import View
from dashboard.report.export_links import FORMATS, address_query, link


def draw(connection: Connection, view: View, total: int) -> None:
    """Draw a link a format, each to all rows that match.

    The address is relative, so it leads to this dashboard wherever that is, whatever the filters say. A link
    opens beside the page: a file is kept without a word, and an error is read there while the page stays.
    """
    query = address_query(connection.name, view)
    with st.container(horizontal=True, width="content", key="exports"):
        for ending in FORMATS:
            with st.container(key=f"download_{ending}", width="content"):
                st.html(link(ending, query, total), width="content")
