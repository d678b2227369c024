"""The paginated table, its paging, and the links to exports of everything that matches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard.data.background import Job
from dashboard.data.loads import LoadedInventory
from dashboard.data.parameters import ORDER, PAGE, SORT_BY
from dashboard.data.rows import FirstRows
from dashboard.data.view import View, sorts_for
from dashboard.ui import drawer, export_links, state
from dashboard.ui.context import PATIENCE_SECONDS, POLL_SECONDS, Context, asked_view, fragment, look_again

ROW_HEIGHT: Final = 35
COLUMNS: Final = ("name", "description", "created", "engine", "version", "image", "command")


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


def draw(here: Context) -> None:
    """Draw the page of the table that the view asks for; without an inventory, straight from the service."""
    waits = here.inventory is None and isinstance(_first_rows(here, here.view, PATIENCE_SECONDS), Job)
    run_every = POLL_SECONDS if waits else None
    fragment(partial(_draw, waits=waits), here, look_again, key=state.TABLE, run_every=run_every)


def _draw(here: Context, *, waits: bool) -> None:
    st.session_state[state.TABLE_DRAWN] = True
    found = here.inventory
    rows = _loaded_rows(found, here.view) if found else _first_rows(here, here.view, 0)
    if isinstance(rows, Job) != waits:
        st.rerun()  # from now on draw this by itself, or no longer
    if rows is None or isinstance(rows, Job):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="table_bar"):
        st.markdown("## Configurations", width="stretch", help="Select a row for its details.")
        if found:
            export_links.draw(here.connection, here.view, rows.total)
    with st.container(key="table"):
        _draw_table(rows)
    with st.container(horizontal=True, vertical_alignment="center", key="paging"):
        st.text(rows.range_text, width="stretch")
        _draw_pages(rows, here.view.page)


def _draw_pages(rows: Rows, wanted: int) -> None:
    """Draw the choice of the page. One beyond the end becomes the last one, in the address too.

    Once the control is drawn, Streamlit takes what the address cannot have out of it, and lets nobody but the
    control put anything in. So an address is corrected before.
    """
    if wanted > rows.page and PAGE.name not in st.session_state:
        st.query_params[PAGE.name] = str(rows.page)
        st.rerun()
    if st.session_state.get(PAGE.name) != rows.page:
        st.session_state[PAGE.name] = rows.page
    st.pagination(
        rows.pages,
        key=PAGE.name,
        bind="query-params",
        max_visible_pages=7,
        on_change=state.clear_selection,
    )


def _loaded_rows(found: LoadedInventory, view: View) -> Rows:
    positions = found.positions(view)
    page = min(view.page, max(1, -(-len(positions) // view.per_page)))
    shown = positions[(page - 1) * view.per_page : page * view.per_page]
    return Rows(found.frame.iloc[shown], len(positions), page, view.per_page)


def _first_rows(here: Context, view: View, patience: float) -> Rows | Job[FirstRows, None] | None:
    """Return the rows before the inventory is there; the job that is to bring them if that takes long.

    None under filters of ours, which the service cannot apply, and after a failure: the load of the inventory
    meets the same, and the screen shows that.
    """
    if view.facets:
        return None
    job = here.project.first_rows(view)
    if not job.wait(patience) and job.state.result is None:
        return job
    found = job.state.result
    if found is None:
        return None
    last = max(1, -(-found.total // view.per_page))
    if view.page > last:
        return _first_rows(here, replace(view, page=last), patience)
    return Rows(found.frame, found.total, view.page, view.per_page)


def _draw_table(rows: Rows) -> None:
    zone = st.context.timezone or "UTC"
    st.dataframe(
        rows.frame,
        key=state.rows_key(),
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
    st.session_state[state.DRAWN_NAMES] = tuple(rows.frame["name"].fillna("").tolist())


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
    """Open a row's details, or sort everything by a header, which stays unselected."""
    chosen = st.session_state[state.rows_key()]["selection"]
    names = st.session_state.get(state.DRAWN_NAMES, ())
    if chosen["columns"]:
        state.replace_grid()
        _sort_by(chosen["columns"][0], asked_view())
    elif chosen["rows"] and 0 <= chosen["rows"][0] < len(names):
        drawer.want(names[chosen["rows"][0]])
    else:
        return
    st.rerun()  # the details and the sidebar's sorting are outside of the table's fragment


def _sort_by(column: str, view: View) -> None:
    if column not in sorts_for(view.config_type):
        st.toast("Rows can be sorted by name, description and creation time.", icon=":material/sort:")
        return
    turned = "asc" if view.order == "desc" else "desc"
    order = turned if view.sort_by == column else ("desc" if column == "created" else "asc")
    state.set_parameters(**{ORDER.name: order, SORT_BY.name: column})
