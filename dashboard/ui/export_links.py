"""Links to the exports of the current view: what the address bar says, as a file."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from dashboard.connections import Connection
from dashboard.data.parameters import CONNECTION
from dashboard.data.view import View, rows_query

FORMATS: Final[Mapping[str, str]] = {"csv": "CSV", "xlsx": "Excel", "json": "JSON"}
"""What each is called on screen, by the ending of the file."""


def draw(connection: Connection, view: View, total: int) -> None:
    """Draw a link a format, each to all rows that match.

    The address is relative, so it leads to this dashboard wherever that is, whatever the filters say. A link
    opens beside the page: a file is kept without a word, and an error is read there while the page stays.
    """
    query = urlencode([(CONNECTION, connection.name), *rows_query(view)])
    with st.container(horizontal=True, width="content", key="exports"):
        for ending, name in FORMATS.items():
            with st.container(key=f"download_{ending}", width="content"):
                st.html(link(ending, name, query, total), width="content")


def link(ending: str, name: str, query: str, total: int) -> str:
    """Return the HTML of one link; `query` is encoded already."""
    said = f"{name}: all {total:,} matching rows"
    return (
        f'<a class="export" href="{escape(f"export.{ending}?{query}")}" target="_blank" rel="noopener"'
        f' aria-label="{escape(said)}" title="{escape(said)}">{escape(name)}</a>'
    )
