"""Accepting findings, one or many at once, with a reason, an owner and an end; what was accepted so far.

What changes anything is done before a run draws: one that is begun can be given up for the next.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import streamlit as st
from streamlit_plotly_basic import pressable, pressed

from dashboard.audit.findings import STATUSES, Finding, Status
from dashboard.audit.live import Audited, live_of
from dashboard.audit.summary import Summary
from dashboard.audit.waiver_exchange import exported, imported
from dashboard.audit.waivers import waivers_for
from dashboard.data.database import shared_database
from dashboard.data.number_words import count_of
from dashboard.data.parameters import FIRST_DAY, LAST_DAY
from dashboard.parsing.secrets import mask
from dashboard.report import accepted
from dashboard.store.errors import StoreError
from dashboard.store.waiver import key_fields
from dashboard.ui import messages, state
from dashboard.ui.context import Context, may_still

MAX_AT_ONCE = 2_000
MAX_TEXT = 500
DEFAULT_DAYS = 90
MAX_IMPORT = 200_000
"""Characters: a waiver takes some 400."""
SOURCE = "a text on screen"
MANY, ONE, IMPORT = "many", "one", "import"
"""Where something was pressed: at all findings on screen, at one in the drawer, at the text of a file."""
SAID_SECONDS = 10.0
"""How long an outcome is told: what it has changed is audited meanwhile, which draws the screen again."""


def draw_for(here: Context, audited: Audited, found: Summary) -> None:
    """Draw the form that accepts every open or lapsed finding on screen."""
    audit = audited.audit
    standing = found.positions[audit.status_of[found.positions] != STATUSES.index(Status.ACCEPTED)]
    _draw_said(here, MANY)
    # The label is always the same: an expander closes when it changes, also on who is writing into it.
    with st.expander("Accept findings on screen", icon=":material/task_alt:"):
        if len(standing) > MAX_AT_ONCE:
            st.text(
                f"At most {MAX_AT_ONCE:,} can be accepted at once, and {len(standing):,} are on screen."
                " Choose a check or another filter first."
            )
        elif len(standing):
            number = count_of(len(standing), "finding")
            st.text(f"This accepts all on screen, {number}. Choose a check or other filters to accept fewer.")
            _draw_form(here, [audit.finding(int(place)) for place in standing], MANY)
        else:
            st.text("There is nothing on screen that is not accepted.")


def draw_for_one(here: Context, findings: Sequence[Finding]) -> None:
    """Draw the form that accepts what is marked in the drawer."""
    _draw_said(here, ONE)
    _draw_form(here, findings, ONE)


def _draw_form(here: Context, findings: Sequence[Finding], key: str) -> None:
    """Draw the form that accepts some findings."""
    signed_in = viewer_name(here.viewer.claims)
    today = datetime.now(UTC).date()
    with st.form(f"accept_{key}", border=False):
        st.text_area("Reason", key=f"{key}_reason", max_chars=MAX_TEXT, height=80)
        st.text_input("Owner", key=f"{key}_owner", max_chars=MAX_TEXT, help="Who answers for it.")
        st.date_input(
            "Until (UTC, included)",
            today + timedelta(days=DEFAULT_DAYS),
            min_value=FIRST_DAY,  # refused below, in words: the control keeps its old value without any
            max_value=LAST_DAY,
            key=f"{key}_expires",
            format="YYYY-MM-DD",
        )
        if signed_in:
            st.text(f"Recorded as accepted by {signed_in}.")
        else:
            st.text_input("Your name", key=f"{key}_by", max_chars=MAX_TEXT)
        st.form_submit_button(
            f"Accept {len(findings):,}",
            key=f"{key}_accept",
            on_click=_accept_or_say,
            args=(here, findings, key),
        )


def _accept_or_say(here: Context, findings: Sequence[Finding], key: str) -> None:
    """Accept the findings that the button told the number of, or say what is missing or over."""
    if not may_still(here):
        return
    given = Given.of(key, viewer_name(here.viewer.claims))
    if given.expires < datetime.now(UTC).date():
        words = f"Nothing was accepted: {given.expires.isoformat()} is over. Choose an end from today on."
        _say(here, words, failed_at=key)
    elif missing := given.missing:
        _say(here, f"Nothing was accepted. Missing: {missing}.", failed_at=key)
    else:
        _accept(here, findings, given, key)


@dataclass(frozen=True)
class Given:
    """What a viewer has written into the form."""

    reason: str
    owner: str
    expires: date
    by: str

    @classmethod
    def of(cls, key: str, signed_in: str) -> Given:
        """Return what the controls of a form hold; who is signed in needs no name."""
        controls = st.session_state
        by = signed_in or controls[f"{key}_by"].strip()
        reason, owner = (mask(controls[f"{key}_{field}"].strip()) for field in ("reason", "owner"))
        return cls(reason, owner, controls[f"{key}_expires"], by)

    @property
    def missing(self) -> str:
        """Return what was left empty, in words."""
        needed = {"a reason": self.reason, "an owner": self.owner, "your name": self.by}
        return ", ".join(name for name, text in needed.items() if not text)


def _accept(here: Context, findings: Sequence[Finding], given: Given, key: str) -> None:
    """Store a waiver for each finding; one that has lapsed is replaced."""
    from dashboard.store.waivers import add_waivers, replace_waivers  # noqa: PLC0415 - SQLAlchemy, for who accepts

    connection = here.connection.name
    new = waivers_for(findings, connection, reason=given.reason, owner=given.owner, expires=given.expires)
    active = {key_fields(one): one.id for one in live_of(here.project).waivers(connection).active}
    lapsed = [(active[key_fields(one)], one) for one in new if key_fields(one) in active]
    fresh = [one for one in new if key_fields(one) not in active]
    now = datetime.now(UTC)
    try:
        database = shared_database()
        replace_waivers(database, lapsed, given.by, now)
        add_waivers(database, fresh, given.by, now)
    except StoreError as error:
        _say(here, f"Not everything was accepted. {error}", failed_at=key)
    else:
        _say(here, f"{len(new):,} accepted until {given.expires.isoformat()} by {given.by}.")
    live_of(here.project).forget_waivers()


def draw_all(here: Context, audited: Audited) -> None:
    """Draw what is accepted, lapsed and unused, with a way to take it back, and the file for git."""
    st.markdown("## Accepted findings")
    active = audited.waivers.active
    if active:
        statuses = statuses_of(audited)
        pressable(
            accepted.waivers(active, statuses, here.zone),
            key="waivers",
            on_press=lambda: _on_press(here, pressed("waivers") or ""),
        )
    else:
        st.text("Nothing is accepted yet.")
    st.download_button(
        "Waivers as TOML",
        lambda: exported(shared_database(), here.connection.name),
        file_name=f"waivers_{here.connection.name}.toml",
        mime="application/toml",
        key="waivers_toml",
        icon=":material/download:",
        on_click="ignore",
        disabled=not active,
    )
    _draw_import(here)


def statuses_of(audited: Audited) -> Mapping[int, str]:
    """Return what has become of each waiver, by its number: the status of its finding, or unused."""
    found = {
        id_of(waiver): str(audited.audit.finding(place).status)
        for place, waiver in audited.audit.waivers.items()
    }
    return {**{id_of(waiver): "unused" for waiver in audited.audit.unused_waivers}, **found}


def id_of(waiver: object) -> int:
    """Return the number of a stored waiver; 0 for another one."""
    return int(getattr(waiver, "id", 0))


def _draw_import(here: Context) -> None:
    """Draw the way back from git: a file's text, since the server takes no uploads."""
    with st.expander("Bring in waivers", icon=":material/upload_file:"), st.form("waivers_in", border=False):
        st.text_area("Text of a TOML file", key="waivers_text", max_chars=MAX_IMPORT, height=150)
        st.form_submit_button("Bring in", key="waivers_import", on_click=_import, args=(here,))
        _draw_said(here, IMPORT)


def _import(here: Context) -> None:
    """Bring in the waivers of the text, or say why not."""
    _forget_said()
    text = st.session_state["waivers_text"]
    if not text.strip() or not may_still(here):
        return
    now, by = datetime.now(UTC), _viewer(here)
    try:
        said = imported(shared_database(), text, SOURCE, here.connection.name, now, by=by)
    except StoreError as error:
        _say(here, f"Nothing was brought in. {error}", failed_at=IMPORT)
    else:
        _say(here, f"Brought in: {said}.")
        live_of(here.project).forget_waivers()


def _on_press(here: Context, words: str) -> None:
    """Take a waiver back."""
    word, _, number = words.partition(" ")
    if not may_still(here):
        return
    ids = {one.id for one in live_of(here.project).waivers(here.connection.name).active}
    if word != "revoke" or not number.isdigit() or len(number) > 12 or int(number) not in ids:
        return
    from dashboard.store.waivers import revoke_waivers  # noqa: PLC0415 - SQLAlchemy, for who takes back

    _forget_said()
    try:
        revoke_waivers(shared_database(), [int(number)], _viewer(here), datetime.now(UTC))
    except StoreError as error:
        _say(here, f"It was not taken back. {error}", failed_at=MANY)
    live_of(here.project).forget_waivers()


def _viewer(here: Context) -> str:
    return viewer_name(here.viewer.claims) or "somebody without a sign-in"


def viewer_name(claims: Mapping[str, object]) -> str:
    """Return what the sign-in calls a viewer; "" without one."""
    named = (claims.get(key) for key in ("email", "preferred_username", "name", "sub"))
    return next((text for text in named if isinstance(text, str) and text), "")


@dataclass(frozen=True)
class _Said:
    """What the next runs tell of a connection, until a time of the monotonic clock.

    A failure is told where it was pressed (`failed_at`), the rest at all findings.
    """

    connection: str
    words: str
    failed_at: str
    until: float


def _say(here: Context, words: str, *, failed_at: str = "") -> None:
    """Have the outcome told by the next runs."""
    until = time.monotonic() + SAID_SECONDS
    st.session_state[state.SAID] = _Said(here.connection.name, words, failed_at, until)


def _forget_said() -> None:
    st.session_state.pop(state.SAID, None)


def _draw_said(here: Context, place: str) -> None:
    said: _Said | None = st.session_state.get(state.SAID)
    if said is None or said.connection != here.connection.name or time.monotonic() > said.until:
        return
    if (said.failed_at or MANY) != place:
        return
    if said.failed_at:
        st.error(messages.escaped(said.words), icon=":material/error:")
    else:
        st.success(messages.escaped(said.words), icon=":material/task_alt:")
