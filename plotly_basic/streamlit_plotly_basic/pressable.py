"""The component: HTML of the app's own whose elements tell which of them was pressed."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

MAX_VALUE = 4096
"""No button of an app means more characters than these; a browser can send any."""


def pressable(html: str, *, key: str, on_press: Callable[[], None], current: str = "", page: int = 1) -> None:
    """Draw HTML; call `on_press` when one of its elements with `data-press="value"` is pressed.

    A `<button type="button" data-copy="id">` copies the text of the element with that id by itself, and
    one with `data-focus="selector"` moves the focus to the first that the selector finds. Of the buttons in
    an element with `data-rove` Tab stops at one, and the arrow keys go through them.

    Args:
        html: must be the app's own. Whatever stands in it of others' text has to be escaped (`html.escape`):
            the component interprets it.
        key: names the element, as everywhere in Streamlit.
        current: the `data-press` of the elements, other than buttons, that get `aria-current`. A change of it
            draws nothing anew.
        page: which page of something this is. When it is another one, its top comes into sight.
        on_press: runs before the script; `pressed(key)` tells there which button it was.
    """
    _component()(data={"html": html, "current": current, "page": page}, key=key, on_pressed_change=on_press)


def pressed(key: str) -> str | None:
    """Return the `data-press` of the button that was just pressed in the element of this key, or None."""
    state = st.session_state.get(key)
    value = state.get("pressed") if isinstance(state, dict) else None
    return value if isinstance(value, str) and 0 < len(value) <= MAX_VALUE else None


@functools.cache
def _component() -> "ComponentRenderer":
    # Not at import: Streamlit finds the manifest only once its runtime exists.
    return st.components.v2.component(
        "streamlit-plotly-basic.pressable", js="pressable.js", isolate_styles=False
    )
