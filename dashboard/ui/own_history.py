"""A configuration's own history in its drawer: first seen, every edit, last seen, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import streamlit as st
from markupsafe import Markup
from streamlit_plotly_basic import pressable, pressed

from dashboard.data.database import shared_database
from dashboard.data.parameters import HISTORY
from dashboard.history.restore import CannotRestoreError, Place, restoring
from dashboard.report import history
from dashboard.store.errors import StoreError
from dashboard.ui import messages, state
from dashboard.ui.context import Context
from dashboard.ui.snapshots import snapshots_of

if TYPE_CHECKING:
    from dashboard.store.histories import Version

KEY: Final = "own_history"
RESTORE_KEY: Final = "restoring"
DETAILS: Final = Markup('<div class="details">{}</div>')


def draw(here: Context, name: str) -> None:
    """Draw a switch, and below it the history of the configurations with a name when it is on."""
    if not st.toggle(
        "History", key=HISTORY, bind="query-params", help="When it was seen, and each of its edits."
    ):
        return
    try:
        versions, since_beginning = _versions(here, name)
    except StoreError as error:
        st.error(messages.escaped(str(error)), icon=":material/database_off:")
        return
    pressable(
        DETAILS.format(history.told(history.Told(versions, since_beginning), here.zone)),
        key=KEY,
        on_press=lambda: _on_press(name),
    )
    wanted = st.session_state.get(state.RESTORED)
    if wanted is not None and wanted[0] == name:
        _draw_request(here, versions, wanted[1])


def _versions(here: Context, name: str) -> tuple[Sequence[Version], bool]:
    from dashboard.store.histories import history_of  # noqa: PLC0415 - SQLAlchemy

    database = shared_database()
    found = history_of(database, here.connection.name, here.view.config_type, name)
    snapshots = snapshots_of(here, database)
    since_beginning = bool(snapshots) and found.first_seen == snapshots[0].taken_at
    return found.versions, since_beginning


def _on_press(name: str) -> None:
    word, _, number = (pressed(KEY) or "").partition(" ")
    if word == "restore" and number.isascii() and number.isdigit() and len(number) < 7:
        st.session_state[state.RESTORED] = (name, int(number))


def _draw_request(here: Context, versions: Sequence[Version], number: int) -> None:
    record = history.earlier(versions).get(number)
    if record is None:
        return
    current: dict[str, Any] | None = next(
        (dict(version.configuration) for version in versions if version.gone_at is None), None
    )
    where = Place(here.connection.endpoint, here.connection.project_id or "")
    try:
        html = history.restoring(restoring(record, current, where))
    except CannotRestoreError as error:
        st.warning(f"It cannot be restored: {error}.", icon=":material/block:")
        return
    pressable(DETAILS.format(html), key=RESTORE_KEY, on_press=_nothing)


def _nothing() -> None:
    """Do nothing: its buttons copy by themselves."""
