"""The families of what is loaded: what each agrees on, and who deviates."""

from __future__ import annotations

from functools import partial
from typing import Final

import streamlit as st
from streamlit_plotly_basic import pressable, pressed

from dashboard.data.loads import LoadedInventory
from dashboard.data.parameters import COMPARED, FAMILY, REFERENCE
from dashboard.data.record import name_of
from dashboard.history.chosen import word_of
from dashboard.history.families import Families
from dashboard.history.grouped import GROUPED
from dashboard.report.comparison import deviating, family_map, family_title, varied
from dashboard.ui import addressed, state
from dashboard.ui.context import PATIENCE_SECONDS, POLL_SECONDS, Context, fragment, look_again

KEY: Final = "family_map"
MAX_OFFERED: Final = 300


def draw(here: Context, inventory: LoadedInventory) -> None:
    """Draw the map of one family, chosen among all of two and more; as soon as they are worked out."""
    st.markdown(
        "## Families",
        help="Those of the same engine, image and command. What two thirds of a family have is usual.",
    )
    waits = GROUPED.families(inventory, PATIENCE_SECONDS) is None
    fragment(
        partial(_draw, inventory=inventory, waits=waits),
        here,
        look_again,
        run_every=POLL_SECONDS if waits else None,
    )


def _draw(_here: Context, *, inventory: LoadedInventory, waits: bool) -> None:
    found = GROUPED.families(inventory)
    if found is None:
        st.text("Looking at what they have in common…")
        return
    if waits:
        st.rerun()  # from now on it is drawn no more by itself
    _draw_map(inventory, found)


def _draw_map(inventory: LoadedInventory, found: Families) -> None:
    offered = varied(found)[:MAX_OFFERED]
    if not offered:
        st.text("No two configurations have engine, image and command in common.")
        return
    options = {str(number): family_title(family) for number, family in offered}
    chosen = addressed.choice("Family", FAMILY, options, next(iter(options)))
    family = found.families[int(chosen)]
    names = [name_of(inventory.records[member]) for member in deviating(family)]
    count = len(family.deviations)
    st.text(f"{count:,} of {len(family.members):,} differ from what is usual.")
    words = [
        word_of(name, inventory.number_of(at)) for name, at in zip(names, deviating(family), strict=True)
    ]
    pressable(family_map(family, names), key=KEY, on_press=lambda: _on_press(words))


def _on_press(words: list[str]) -> None:
    """Compare one member with what is usual in its family."""
    word, _, place = (pressed(KEY) or "").partition(" ")
    if word == "member" and place.isascii() and place.isdigit() and int(place) < len(words):
        chosen = [words[int(place)]]
        st.session_state[COMPARED], st.session_state[state.TICKED] = chosen, tuple(chosen)
        st.session_state[REFERENCE] = "usual"
        st.rerun()  # the comparison is outside of this fragment
