"""Taking a snapshot because a person asks for it, and telling what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import streamlit as st

from dashboard.data.number_words import count_of
from dashboard.data.projects import LoadState
from dashboard.data.view import View
from dashboard.history.settings import read_history_settings
from dashboard.history.taker import TakerState, taker
from dashboard.secrets_file import read_secrets
from dashboard.ui import messages, state
from dashboard.ui.context import PATIENCE_SECONDS, POLL_SECONDS, Context, fragment, look_again

HELP: Final = "Loads everything again; what differs from the last snapshot is stored."
SWITCHED_OFF: Final = "[history] of secrets.toml has switched snapshots off."
WAITING: Final = "Loading everything, to compare it with the last snapshot…"


@dataclass(frozen=True)
class Asked:
    """What had been done for a series of snapshots when its button was pressed; later what was said of it."""

    connection: str
    config_type: str
    loads: int
    tries: int
    said: str = ""


def draw_button(here: Context) -> None:
    """Draw what takes a snapshot now."""
    enabled = read_history_settings(read_secrets().tables).enabled
    st.button(
        "Take a snapshot now",
        icon=":material/photo_camera:",
        key="take_snapshot",
        disabled=here.connection.is_sample or here.state.running or not enabled,
        on_click=partial(_ask, here),
        help=HELP if enabled else SWITCHED_OFF,
    )


def draw_outcome(here: Context) -> None:
    """Draw what came of the press: that it is waited for, whether anything was stored, or why not."""
    asked: Asked | None = st.session_state.get(state.SNAPSHOT_ASKED)
    if asked is None or (asked.connection, asked.config_type) != _series(here):
        return
    taking = taker().state(*_series(here))
    if asked.said and asked.tries != taking.tries:
        del st.session_state[state.SNAPSHOT_ASKED]  # it is not the last word any more
        return
    said = asked.said or _outcome(here, asked)
    if not said:
        st.text(WAITING)
        fragment(partial(_look, asked=asked), here, look_again, run_every=POLL_SECONDS)
        return
    st.session_state[state.SNAPSHOT_ASKED] = replace(asked, said=said, tries=taking.tries)
    st.info(messages.escaped(said), icon=":material/photo_camera:")


def outcome_words(asked: Asked, load: LoadState, taking: TakerState, since: str) -> str:
    """Return what came of it, "" while that is not known. `since` is when the last snapshot was taken."""
    if load.running or load.finished == asked.loads:
        return ""
    if load.error is not None:
        return "The load failed: nothing was stored."
    if load.result is not None and not load.result.complete:
        return "The service did not tell everything: nothing was stored."
    return "" if taking.tries == asked.tries else _taken_words(taking, since)


def _taken_words(taking: TakerState, since: str) -> str:
    if taking.failure or taking.taken is None:
        return "Nothing could be stored."
    snapshot = taking.taken.snapshot
    if taking.taken.stored:
        return f"Stored: snapshot {snapshot.id}, {count_of(snapshot.count, 'configuration')}."
    return f"Unchanged since {since} (snapshot {snapshot.id}): nothing stored."


def _outcome(here: Context, asked: Asked) -> str:
    taking = taker().state(*_series(here))
    since = ""
    if taking.taken is not None:
        since = f"{taking.taken.snapshot.taken_at.astimezone(here.zone):%Y-%m-%d %H:%M:%S %Z}"
    return outcome_words(asked, here.project.inventory(_whole(here)).state, taking, since)


def _ask(here: Context) -> None:
    load, series = here.project.inventory(_whole(here)), _series(here)
    asked = Asked(*series, load.state.finished, taker().state(*series).tries)
    st.session_state[state.SNAPSHOT_ASKED] = asked
    here.project.renew(_whole(here))
    taker().wait(PATIENCE_SECONDS)


def _look(here: Context, *, asked: Asked) -> None:
    if _outcome(here, asked):
        st.rerun()


def _series(here: Context) -> tuple[str, str]:
    return here.connection.name, here.view.config_type


def _whole(here: Context) -> View:
    """Return the view of everything, whatever is searched for: only that makes a snapshot."""
    return View(config_type=here.view.config_type)
