"""Controls that show labels and keep words in the address: Streamlit's own binding would write the labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard.data.parameters import CONFIG_TYPE, CONNECTION, DETAILS, SAME_NAME
from dashboard.ui.context import Context


def choice(label: str, name: str, options: Mapping[str, str], default: str, **control: Any) -> str:
    """Draw a choice between words, each under its label, and return the chosen one.

    `name` is the control's key and the parameter of the address, which has no word that is the default. What
    is no option is the default.
    """
    wanted = asked(name, default)
    chosen = wanted if wanted in options else default
    labels = _unique(options)
    if st.session_state.get(name) != chosen:
        st.session_state[name] = chosen
    st.selectbox(label, list(options), key=name, format_func=labels.__getitem__, **control)
    write(name, "" if chosen == default else chosen)
    return chosen


def _unique(options: Mapping[str, str]) -> dict[str, str]:
    """Return a label for each word that no other has: Streamlit finds the word again by its label alone."""
    labels: dict[str, str] = {}
    taken: set[str] = set()
    for word, label in options.items():
        labels[word] = label if label not in taken else f"{label} · {word}"
        taken.add(labels[word])
    return labels


def asked(name: str, default: str = "") -> str:
    """Return the word that the control or the address asks for."""
    return str(st.session_state.get(name) or st.query_params.get(name, default))


def write(name: str, word: str) -> None:
    """Put a word into the address; "" takes the parameter out."""
    if word and st.query_params.get(name) != word:
        st.query_params[name] = word
    elif not word and name in st.query_params:
        del st.query_params[name]


def link(here: Context, screen: str, words: Mapping[str, str | Sequence[str]]) -> str:
    """Return the address of a screen, or of a file, of the same connection and configuration type."""
    pairs = {CONNECTION: here.connection.name, **words}
    if here.view.config_type != CONFIG_TYPE.default:
        pairs[CONFIG_TYPE.name] = here.view.config_type
    return f"{screen}?{urlencode(pairs, doseq=True)}"


def link_to_one(here: Context, screen: str, name: str, number: int) -> str:
    """Return the address of a configuration's part of a screen, or file; it is the `number`th of its name."""
    words = {DETAILS: name}
    if number > 1 or not name:
        words[SAME_NAME] = str(number)
    return link(here, screen, words)
