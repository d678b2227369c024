"""What a viewer must know of the audit: how far it is, and what is wrong with it."""

from __future__ import annotations

import streamlit as st

from dashboard.audit import live
from dashboard.data.details import details_wanted
from dashboard.data.parameters import CONFIG_TYPE
from dashboard.secrets_file import read_secrets
from dashboard.ui import messages
from dashboard.ui.context import POLL_SECONDS, Context, fragment, look_again

DETAILS_POLL_SECONDS, WAITING_HEIGHT = 5.0, 600
WAIVERS_POLL_SECONDS = 5.0
"""So often a screen of findings looks whether another viewer has accepted something or taken it back."""


def progress_words(here: Context) -> str:
    """Return how much was audited: "details for 120 of 3,214"."""
    return live.progress_words(here.auditing, here.project.details(begin=False).state())


def missing_details_words(here: Context) -> str:
    """Return why the details of what is loaded are not all there; "" where they are."""
    if here.view.config_type != CONFIG_TYPE.default:
        return "loaded of custom configurations only"
    if not details_wanted(read_secrets().tables):
        return "turned off in the settings"
    return here.project.details(begin=False).state().missing_words


def draw_waiting(here: Context) -> None:
    """Draw that the audit is not there yet."""
    if here.auditing.error is None:
        st.text(live.AUDITING)
        st.skeleton(height=WAITING_HEIGHT)


def draw(here: Context, *, quiet_seconds: float | None = None) -> None:
    """Draw what is wrong with the audit, and the page again when the audit has gone on.

    `quiet_seconds` is how often it is looked for that where the audit waits for nothing; None for never.
    """
    if here.auditing.error is not None:
        messages.show_error(here.auditing.error, heading="The audit failed.", kept=here.audited is not None)
    if here.audited is not None and here.audited.waivers.fault:
        st.warning(
            messages.escaped(f"Accepted findings cannot be read. {here.audited.waivers.fault}"),
            icon=":material/database_off:",
        )
    if here.audited is not None and here.audited.settings_fault:
        st.warning(
            messages.escaped(f"audit.toml is not used: {here.audited.settings_fault}"),
            icon=":material/rule_settings:",
        )
    drawn = here.audited

    def look(now: Context) -> None:
        if now.audited is not drawn or (now.auditing.error is not None and here.auditing.error is None):
            st.rerun()

    # A fragment takes a place on the page, so it is there when nothing comes, too: all below it would move.
    fragment(look, here, look_again, run_every=_seconds(here, quiet_seconds))


def _seconds(here: Context, quiet_seconds: float | None) -> float | None:
    """Return how often it is looked whether the audit has gone on; None where nothing comes."""
    if here.state.result is None:
        return None
    if here.audited is None and here.auditing.error is None:
        return POLL_SECONDS
    details = here.project.details(begin=False).state()
    running = here.auditing.running or (details.running and here.auditing.result is not None)
    return DETAILS_POLL_SECONDS if here.audited is not None and running else quiet_seconds
