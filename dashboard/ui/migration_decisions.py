"""What is left to decide on the migration screen, the form to decide it, and what was decided by whom."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pandas as pd
import streamlit as st

from dashboard.access.naming import viewer_name
from dashboard.data.database import shared_database
from dashboard.data.number_words import count_of
from dashboard.migration.decision_values import KINDS, TYPES
from dashboard.migration.decisions import EVERY_DATASET, STORE_PREFIX, Decided, fault_of, to_store
from dashboard.migration.engines import KNOWN
from dashboard.migration.migration import Migration
from dashboard.migration.offers import Offers
from dashboard.migration.reasons import Reason
from dashboard.migration.shared import TeamDecisions, forget_decisions
from dashboard.parsing.secrets import mask
from dashboard.store.errors import StoreError
from dashboard.ui import messages
from dashboard.ui.context import Context, may_still
from dashboard.ui.waivers import MAX_TEXT

Open = Mapping[tuple[str, str], Sequence[int]]
BY: Final = "decided_by"
SUBJECT, VALUE, TAKEN = "decide_subject", "decide_value", "decision_taken"
RESULT: Final = "decide_result"
EMPTY: Final = "(empty)"
NAMELESS: Final = "your name is missing"
MAX_SHOWN: Final = 200
EVERY_QUESTION: Final = (
    "Huawei Cloud ended the old datasets on 2024-10-31. Where the operator still serves them, decide to keep"
    " every one."
)


def draw(
    here: Context, team: TeamDecisions, left: Open, migrations: Sequence[Migration], offers: Offers
) -> None:
    """Draw what is left with a form to decide it for all that it concerns, beside what has been decided."""
    if not here.viewer.policy.sign_in:
        st.text_input(
            "Your name",
            key=BY,
            max_chars=MAX_TEXT,
            width=320,
            help="Recorded with what you decide and take back.",
        )
    _draw_result()
    with st.grid(2, min_column_width=420, gap="small"):
        with st.container(border=True, key="left_to_decide", height="stretch"):
            st.markdown("## Left to decide")
            if left:
                _draw_left(here, left, migrations, offers)
            else:
                st.text("Nothing that a decision would settle.")
        with st.container(border=True, key="decided", height="stretch"):
            st.markdown("## Decided")
            _draw_decided(here, team)


def _draw_left(here: Context, left: Open, migrations: Sequence[Migration], offers: Offers) -> None:
    abouts = list(left)[:MAX_SHOWN]
    if st.session_state.get(SUBJECT) not in abouts:
        st.session_state[SUBJECT] = abouts[0]  # set, since the browser keeps what it shows otherwise
    st.selectbox(
        "What",
        abouts,
        key=SUBJECT,
        format_func=_said,
        help="The most frequent first. A decision counts for all configurations that it concerns.",
    )
    if len(left) > MAX_SHOWN:
        st.caption(f"The first {MAX_SHOWN} of {len(left):,}: more come up as these are decided.")
    about = st.session_state[SUBJECT]
    reason = _reason(about, migrations[left[about][0]])
    st.text(_question(about, reason))
    value = _draw_value(about, _choices(about, reason, offers))
    st.button(
        f"Decide for {count_of(len(left[about]), 'configuration')}",
        icon=":material/how_to_reg:",
        key="decide",
        disabled=not value,
        on_click=_decide,
        args=(here, about, value),
    )


def _draw_value(about: tuple[str, str], choices: Mapping[str, str]) -> str | None:
    """Draw the control in which a value is chosen or typed; return what it holds."""
    wanted = KINDS[about[0]][1]
    if not choices:
        return st.text_input("Decide on", key=_value_key(about), placeholder=wanted, help=_typed(wanted))
    return st.selectbox(
        "Decide on",
        list(choices),
        key=_value_key(about),
        index=None,
        format_func=lambda value: choices.get(value, value),
        accept_new_options=True,
        placeholder=wanted,
        help=f"Choose, or type. {_typed(wanted)}",
    )


def _typed(wanted: str) -> str:
    return f"Wanted is {wanted}. A table is typed as JSON."


def _value_key(about: tuple[str, str]) -> str:
    return f"{VALUE}_{about[0]}_{about[1][:80]}"


def _said(about: tuple[str, str]) -> str:
    kind, subject = about
    return "dataset: every one" if about == EVERY_DATASET else f"{kind}: {subject[:120]}"


def _question(about: tuple[str, str], reason: Reason) -> str:
    """Return what has to be decided, and what can be done about it."""
    if about == EVERY_DATASET:
        return f"{EVERY_QUESTION} Every dataset that is decided on by itself stays as decided."
    return f"{reason.message} {reason.type.remedy}"


def _reason(about: tuple[str, str], migration: Migration) -> Reason:
    """Return the reason that a decision would settle; of every dataset, that of one."""
    return next(
        one
        for one in migration.reasons
        if one.decision == about or (about == EVERY_DATASET and one.code == "old-dataset")
    )


def _choices(about: tuple[str, str], reason: Reason, offers: Offers) -> dict[str, str]:
    """Return what can be chosen, as text, and how each is said: what is suggested first, with its basis."""
    found = {
        text_of_value(one.value): f"{text_of_value(one.value)}: {one.text} ({one.basis})"
        for one in reason.suggestions
    }
    known: list[str] = []
    if about[0] == "engine":
        known = [one.engine_id for one in offers.engines] if offers.engines is not None else list(KNOWN)
    elif about[0] == "flavor":
        known = [one.flavor_id for one in offers.flavors or ()]
    elif about[0] == "parameter":
        known = list(TYPES)
    return {**found, **{one: one for one in known if one not in found}}


def text_of_value(value: Any) -> str:
    """Return a decision's value as it is typed and shown."""
    if value == "":
        return EMPTY
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def value_of_text(kind: str, text: str) -> Any:
    """Return the value that somebody has typed: a table as JSON, a number of nodes, else the text itself."""
    if text == EMPTY:
        return ""
    if text.lstrip().startswith("{") or kind == "nodes":
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text.strip()


def _decide(here: Context, about: tuple[str, str], text: str) -> None:
    """Keep a decision for this connection, or say why it is none."""
    from dashboard.store.decisions import NewDecision, set_decisions  # noqa: PLC0415 - SQLAlchemy

    if not may_still(here):
        return
    decided, by = Decided(*about, value_of_text(about[0], text)), _by(here)
    fault = fault_of(decided) if by else NAMELESS
    if fault is None:
        new = [NewDecision(*one, connection=here.connection.name) for one in to_store([decided])]
        try:
            set_decisions(shared_database(), new, by, datetime.now(UTC))
        except StoreError as error:
            fault = str(error)
    st.session_state[RESULT] = fault or ""
    forget_decisions(here.project)
    if fault is None:  # on to what is most frequent now
        st.session_state.pop(SUBJECT, None)
        st.session_state.pop(_value_key(about), None)


def _by(here: Context) -> str:
    """Return who is signed in; without a sign-in the name that was given, "" for none."""
    if here.viewer.policy.sign_in:
        return viewer_name(here.viewer.claims)
    return mask(st.session_state.get(BY, "").strip())


def _draw_result() -> None:
    if fault := st.session_state.pop(RESULT, ""):
        st.error(messages.escaped(f"Nothing was changed: {fault}."), icon=":material/error:")


def _draw_decided(here: Context, team: TeamDecisions) -> None:
    """Draw what holds, by whom and since when, and a way to take it back."""
    mine = [one for one in team.stored if one.kind.startswith(STORE_PREFIX)]
    if not mine:
        st.text("Nothing yet. What is decided is shared by all who look at this connection.")
        return
    rows = [
        (
            one.kind.removeprefix(STORE_PREFIX),
            one.subject,
            text_of_value(one.value),
            one.decided_by,
            f"{one.decided_at.astimezone(here.zone):%Y-%m-%d %H:%M}",
        )
        for one in reversed(mine)
    ]
    columns = ["Kind", "About", "Decided", "By", "At"]
    frame = pd.DataFrame(rows, columns=columns, dtype="str")
    st.dataframe(frame, hide_index=True, height="content", alt="What has been decided, the latest first")
    _draw_take_back(here, team, {f"{kind}: {subject}": (kind, subject) for kind, subject, *_ in rows})


def _draw_take_back(here: Context, team: TeamDecisions, taken: Mapping[str, tuple[str, str]]) -> None:
    if st.session_state.get(TAKEN) not in taken:
        st.session_state[TAKEN] = None
    with st.container(horizontal=True, vertical_alignment="bottom", key="take_back_bar"):
        st.selectbox("Take back", list(taken), key=TAKEN, index=None, placeholder="A decision")
        chosen = taken.get(st.session_state[TAKEN] or "")
        st.button(
            "Take back",
            icon=":material/undo:",
            key="take_back",
            disabled=chosen is None,
            on_click=_take_back,
            args=(here, team, chosen),
        )


def _take_back(here: Context, team: TeamDecisions, chosen: tuple[str, str]) -> None:
    """Keep that nothing is decided any more; where it had been decided for all connections, there."""
    from dashboard.store.decisions import clear_decisions  # noqa: PLC0415 - SQLAlchemy

    if not may_still(here):
        return
    by = _by(here)
    if not by:
        st.session_state[RESULT] = NAMELESS
        return
    kind, subject = f"{STORE_PREFIX}{chosen[0]}", chosen[1]
    stored = next(one for one in team.stored if (one.kind, one.subject) == (kind, subject))
    try:
        clear_decisions(
            shared_database(), kind, [subject], by, datetime.now(UTC), connection=stored.connection
        )
    except StoreError as error:
        st.session_state[RESULT] = str(error)
    forget_decisions(here.project)
