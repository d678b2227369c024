"""A start that would open the data to others, or that Streamlit would fail at, is refused with what to do."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from streamlit import config

from dashboard.guard import rules
from dashboard.guard.arrival import ADVICE, is_needed
from dashboard.loopback import is_loopback
from dashboard.policy import NO_TABLE


def check() -> None:
    """SystemExit, in words, when the server must not start. Called before the application exists.

    Where somebody else's server runs the application (`uvicorn app:app`), only that server knows where it
    listens; then each request is looked at instead.
    """
    policy = rules.remember_start()
    if st.secrets.load_if_toml_exists() and not isinstance(st.secrets.get("auth", {}), Mapping):
        # Streamlit takes it for a table, and would fail at each request.
        raise SystemExit(f"The dashboard cannot start: {NO_TABLE}")
    if config._server_mode is None or not is_needed(policy):
        return
    address = config.get_option("server.address") or ""
    if not is_loopback(address):
        where = f"on {address}" if address else "on every address of this machine (server.address is not set)"
        raise SystemExit(f"The dashboard was told to listen {where}, and nobody has to sign in. {ADVICE}")
