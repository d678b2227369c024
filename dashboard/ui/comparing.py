"""Ticking configurations to compare them, on any screen, and the way to where they are side by side."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.data.loads import LoadedInventory
from dashboard.data.parameters import COMPARED
from dashboard.history.chosen import checked, name_and_number, toggled, word_of
from dashboard.history.compare import MIN_COLUMNS
from dashboard.ui import addressed, state
from dashboard.ui.context import Context

SCREEN = "../pages/compare.py"


def ticked() -> tuple[str, ...]:
    """Return the configurations that are ticked, as words of `history.chosen`."""
    return checked(st.session_state.get(state.TICKED, ()))


def tick(name: str, number: int) -> None:
    """Tick a configuration, or take the tick away."""
    st.session_state[state.TICKED] = toggled(ticked(), word_of(name, number))


def ticked_places(inventory: LoadedInventory) -> set[int]:
    """Return the positions of the configurations that are ticked."""
    places = (inventory.place_of(*name_and_number(word)) for word in ticked())
    return {place for place in places if place is not None}


def row_of(inventory: LoadedInventory, place: int) -> tuple[str, int]:
    """Return the name and number of a row."""
    return str(inventory.frame["name"].fillna("").iloc[place]), inventory.number_of(place)


def address(here: Context, inventory: LoadedInventory, places: Sequence[int]) -> str:
    """Return the address where some rows are side by side."""
    words = [word_of(*row_of(inventory, place)) for place in places]
    return addressed.link(here, "compare", {COMPARED: words})


def draw_button(counted: str = "") -> None:
    """Draw the way to the comparison, and of how many of what it is; it is of use from two on."""
    count = len(ticked())
    if st.button(
        f"Compare {count} {counted}".rstrip() if count else "Compare",
        icon=":material/compare_arrows:",
        key="compare_ticked",
        disabled=count < MIN_COLUMNS,
        help="Tick two to ten configurations in the table.",
    ):
        go()


def go() -> None:
    """Go to the comparison of what is ticked."""
    st.session_state.pop(COMPARED, None)
    st.switch_page(SCREEN, query_params={COMPARED: list(ticked())})
