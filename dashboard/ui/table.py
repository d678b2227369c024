"""The paginated table, its paging, and the links to exports of everything that matches."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.connections import Connection
from dashboard.data import loading
from dashboard.data.calls import Call
from dashboard.data.loads import Snapshot
from dashboard.data.rows import configurations_frame
from dashboard.data.view import View
from dashboard.ui import drawer, export_links
from dashboard.ui.sidebar import TABLE, clear_selection, current_view, rows_key
from modelarts_api import ResultPage

ROW_HEIGHT = 35
PATIENCE_SECONDS, POLL_SECONDS = 1.0, 0.4
"""So long a viewer's own thread waits for the first rows; then it looks for them now and then."""
SORTED_BY_HEADER = ("name", "description", "created")
COLUMNS = ("name", "description", "created", "engine", "version", "image", "command")


@dataclass(frozen=True)
class Rows:
    """One page of rows, and how many there are in all."""

    frame: pd.DataFrame
    total: int
    page: int
    per_page: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def range_text(self) -> str:
        """Which rows of how many: "26–50 of 3,214"."""
        first = (self.page - 1) * self.per_page + 1
        return f"{first:,}–{first + len(self.frame) - 1:,} of {self.total:,}" if self.total else "0 of 0"


def draw(connection: Connection, snapshot: Snapshot | None) -> None:
    """The page of the table that the view asks for; without a snapshot, straight from the service."""
    waits = snapshot is None and isinstance(_first_rows(connection, current_view()), Call)
    st.fragment(_draw, key=TABLE, run_every=POLL_SECONDS if waits else None)(connection, snapshot, waits)


def _draw(connection: Connection, snapshot: Snapshot | None, waits: bool) -> None:
    st.session_state["table_drawn"] = True
    view = current_view()
    rows = _loaded_rows(snapshot, view) if snapshot else _first_rows(connection, view, waited=waits)
    if isinstance(rows, Call) != waits:
        st.rerun()  # from now on draw this by itself, or no longer
    if rows is None or isinstance(rows, Call):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="table_bar"):
        st.markdown("## Configurations", width="stretch", help="Select a row for its details.")
        if snapshot:
            export_links.draw(connection, view, rows.total)
    with st.container(key="table"):
        _draw_table(rows)
    with st.container(horizontal=True, vertical_alignment="center", key="paging"):
        st.text(rows.range_text, width="stretch")
        _draw_pages(rows, view.page)


def _draw_pages(rows: Rows, wanted: int) -> None:
    """The choice of the page. One beyond the end becomes the last one, in the address too.

    Once the control is drawn, Streamlit takes what the address cannot have out of it, and lets nobody but the
    control put anything in. So an address is corrected before.
    """
    if wanted > rows.page and "page" not in st.session_state:
        st.query_params["page"] = str(rows.page)
        st.rerun()
    if st.session_state.get("page") != rows.page:
        st.session_state["page"] = rows.page
    st.pagination(rows.pages, key="page", bind="query-params", max_visible_pages=7, on_change=clear_selection)


def _loaded_rows(snapshot: Snapshot, view: View) -> Rows:
    positions = loading.positions(snapshot, view)
    page = min(view.page, max(1, -(-len(positions) // view.per_page)))
    shown = positions[(page - 1) * view.per_page : page * view.per_page]
    return Rows(snapshot.frame.iloc[shown], len(positions), page, view.per_page)


def _first_rows(
    connection: Connection, view: View, *, waited: bool = False
) -> Rows | Call[ResultPage] | None:
    """The rows before the inventory is there; the call that is to bring them if that takes long.

    None under filters of ours, which the service cannot apply, and after a failure: the load of the inventory
    meets the same, and the screen shows that.
    """
    if view.facets:
        return None
    call = loading.first_rows(connection, view)
    if not call.wait(0 if waited else PATIENCE_SECONDS):
        return call
    found = call.outcome
    if found is None or isinstance(found, Exception):
        return None
    last = max(1, -(-found.total // view.per_page))
    if view.page > last:
        return _first_rows(connection, replace(view, page=last), waited=waited)
    return Rows(configurations_frame(found.configurations), found.total, view.page, view.per_page)


def _draw_table(rows: Rows) -> None:
    zone = st.context.timezone or "UTC"
    st.dataframe(
        rows.frame,
        key=rows_key(),
        height=ROW_HEIGHT * (max(len(rows.frame), 1) + 1) + 3,
        row_height=ROW_HEIGHT,
        hide_index=True,
        placeholder="",
        column_order=COLUMNS,
        column_config=_columns(zone),
        on_select=_on_select,
        selection_mode=["single-row", "single-column"],
        alt=f"Training job configurations {rows.range_text}: {', '.join(COLUMNS)}",
    )
    st.session_state["drawn_names"] = tuple(rows.frame["name"].fillna("").tolist())


def _columns(zone: str) -> dict[str, ColumnConfig]:
    text, date_time = st.column_config.TextColumn, st.column_config.DatetimeColumn
    sortable = "Click the header to sort all rows by it, again to turn the order around."
    return {
        "name": text("Name", width=200, pinned=True, help=sortable),
        "description": text("Description", width=220, help=sortable),
        "created": date_time(
            "Created",
            format="YYYY-MM-DD HH:mm",
            timezone=zone,
            width=140,
            help=f"In your time zone, {zone}. Filters and the timeline work in UTC. {sortable}",
        ),
        "engine": text("Engine", width=150),
        "version": text("Version", width=190),
        "image": text("Image", width=260),
        "command": text("Start command", width=420),
    }


def _on_select() -> None:
    """A row opens its details; a header sorts everything and stays unselected."""
    chosen = st.session_state[rows_key()]["selection"]
    names = st.session_state.get("drawn_names", ())
    if chosen["columns"]:
        # A grid does not forget a chosen header when it is told to: the next one begins without.
        st.session_state["rows_generation"] = st.session_state.get("rows_generation", 0) + 1
        _sort_by(chosen["columns"][0])
    elif chosen["rows"] and 0 <= chosen["rows"][0] < len(names):
        drawer.want(names[chosen["rows"][0]])
    else:
        return
    st.rerun()  # the details and the sidebar's sorting are outside of the table's fragment


def _sort_by(column: str) -> None:
    view = current_view()
    if column not in SORTED_BY_HEADER or (column == "created" and view.config_type == "sample"):
        st.toast("Rows can be sorted by name, description and creation time.", icon=":material/sort:")
        return
    turned = "asc" if view.order == "desc" else "desc"
    st.session_state["order"] = (
        turned if view.sort_by == column else ("desc" if column == "created" else "asc")
    )
    st.session_state["sort_by"] = column
    st.session_state["page"] = 1
