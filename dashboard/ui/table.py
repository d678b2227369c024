"""The paginated table with its order and paging, and the download of everything that matches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit_plotly_basic import pressable, pressed

from dashboard.data.background import Job
from dashboard.data.loads import LoadedInventory
from dashboard.data.parameters import ORDER, PAGE, SORT_BY, SORTS
from dashboard.data.rows import FirstRows
from dashboard.data.view import View, sorts_for
from dashboard.history.chosen import word_of
from dashboard.history.grouped import GROUPED
from dashboard.report.table import Page, page_of, table
from dashboard.ui import comparing, drawer, export_links, order, state
from dashboard.ui.context import PATIENCE_SECONDS, POLL_SECONDS, Context, asked_view, fragment, look_again

KEY = "rows"
MAX_PAGE_BUTTONS, PAGE_BUTTON_WIDTH = 9, 36
MIN_PAGE_BUTTONS = 5
"""Where there is no room for so many, Streamlit leaves numbers out, even if there are fewer pages."""


def draw(here: Context) -> None:
    """Draw the page of the table that the view asks for; without an inventory, straight from the service."""
    waits = here.inventory is None and isinstance(_first_rows(here, here.view, PATIENCE_SECONDS), Job)
    run_every = POLL_SECONDS if waits else None
    fragment(partial(_draw, waits=waits), here, look_again, key=state.TABLE, run_every=run_every)


def _draw(here: Context, *, waits: bool) -> None:
    st.session_state[state.TABLE_DRAWN] = True
    found = here.inventory
    page = page_of(found, here.view) if found else _first_rows(here, here.view, 0)
    if isinstance(page, Job) != waits:
        st.rerun()  # from now on draw this by itself, or no longer
    if page is None or isinstance(page, Job):
        return
    _draw_bar(here, page)
    _draw_rows(here, page)
    with st.container(horizontal=True, vertical_alignment="center", key="paging"):
        draw_pages(page, here.view.page)
        order.draw_per_page()


def _draw_bar(here: Context, page: Page) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="table_bar"):
        st.html(
            '<div class="table-head"><h2>Configurations</h2>'
            f'<span role="status" translate="no">{page.range_text}</span></div>',
            width="stretch",
        )
        order.draw(here.view)
        if here.inventory:
            comparing.draw_button()
            export_links.draw(here.connection, here.view, page.total)


def draw_pages(page: Page, wanted: int) -> None:
    """Draw the choice of the page. One beyond the end becomes the last one, in the address too.

    Once the control is drawn, Streamlit takes what the address cannot have out of it, and lets nobody but the
    control put anything in. So an address is corrected before.
    """
    if wanted > page.number and PAGE.name not in st.session_state:
        st.query_params[PAGE.name] = str(page.number)
        st.rerun()
    if st.session_state.get(PAGE.name) != page.number:
        st.session_state[PAGE.name] = page.number
    st.pagination(
        page.count,
        key=PAGE.name,
        bind="query-params",
        max_visible_pages=MAX_PAGE_BUTTONS,
        width=PAGE_BUTTON_WIDTH * (max(MIN_PAGE_BUTTONS, min(page.count, MAX_PAGE_BUTTONS)) + 2),
    )


def _first_rows(here: Context, view: View, patience: float) -> Page | Job[FirstRows, None] | None:
    """Return the rows before the inventory is there; the job that is to bring them if that takes long.

    None under filters and orders of ours, which the service cannot apply, and after a failure: the load of
    the inventory meets the same, and the screen shows that.
    """
    if view.facets or not SORTS[view.sort_by]:
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
    return Page(found.frame, found.total, view.page, view.per_page)


def _draw_rows(here: Context, page: Page) -> None:
    found, wanted = here.inventory, drawer.wanted()
    drawn: list[tuple[str, int]] = []
    for position, name in zip(page.frame.index, page.frame["name"].fillna("").tolist(), strict=True):
        drawn.append((name, found.number_of(position) if found else 1))
    st.session_state[state.DRAWN_ROWS] = tuple(drawn)
    current = f"open {drawn.index(wanted)}" if wanted in drawn else ""
    ticked = [place for place, row in enumerate(drawn) if word_of(*row) in comparing.ticked()]
    differs = _differs(here, found, page.frame.index, drawn) if found else ()
    html = table(page, here.view.sort_by, here.view.order, here.zone, ticked=ticked, differs=differs)
    pressable(html, key=KEY, on_press=_on_press, current=current, page=page.number)


def _differs(
    here: Context, found: LoadedInventory, positions: Iterable[int], rows: list[tuple[str, int]]
) -> list[str]:
    """Return what each row differs from its family by, also where a search shows few of that.

    Nothing until it is worked out.
    """
    whole = here.whole
    grouped = GROUPED.families(whole) if whole else None
    if whole is None or grouped is None:
        return []
    places = positions if found.rows is whole.rows else whole.places_of(rows)
    return ["" if place is None else grouped.differs_by(place) for place in places]


def _on_press() -> None:
    """Open a row's details, tick it, or sort everything by a header."""
    word, _, rest = (pressed(KEY) or "").partition(" ")
    drawn = st.session_state.get(state.DRAWN_ROWS, ())
    if word == "open" and rest.isascii() and rest.isdigit() and int(rest) < len(drawn):
        drawer.want(*drawn[int(rest)])
        st.rerun()  # the details are outside of the table's fragment
    elif word == "tick" and rest.isascii() and rest.isdigit() and int(rest) < len(drawn):
        comparing.tick(*drawn[int(rest)])
    elif word == "sort" and rest in sorts_for(asked_view().config_type):
        _sort_by(rest, asked_view())


def _sort_by(column: str, view: View) -> None:
    turned = "asc" if view.order == "desc" else "desc"
    order = turned if view.sort_by == column else ("desc" if column in {"created", "severity"} else "asc")
    state.set_parameters(**{ORDER.name: order, SORT_BY.name: column})
