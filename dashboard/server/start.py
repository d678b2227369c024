"""The start: what must not start is refused in words; what the first visitor needs is imported."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import anyio.to_thread
import streamlit as st
from streamlit import config
from streamlit.web.server import server_util

from dashboard.access.loopback import is_loopback
from dashboard.access.policy import NO_TABLE
from dashboard.server import rules
from dashboard.server.local_only import ADVICE, is_needed

LOGGER = logging.getLogger(__name__)


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


def say_where() -> None:
    """Print the dashboard's address. Output that takes nothing more, on a full disk, is no reason to end."""
    if config._server_mode is None:
        return  # somebody else's server, which says so itself
    address = server_util.get_url(config.get_option("server.address") or "localhost")
    try:
        sys.stdout.write(f"\n  The dashboard is at {address}\n\n")
        sys.stdout.flush()
    except OSError as error:
        LOGGER.warning("The dashboard is at %s. Its standard output cannot be written: %s", address, error)


@asynccontextmanager
async def warm(_app: object) -> AsyncIterator[None]:
    """Import what the first visitor would wait for, then keep it out of the garbage collector's way.

    Streamlit collects all generations after every script run; frozen objects are not walked again.
    """
    await anyio.to_thread.run_sync(_import_screens)
    gc.collect()
    gc.freeze()
    say_where()
    yield


def _import_screens() -> None:
    import streamlit.components.v2  # noqa: F401, PLC0415 - imported here to be out of the first visitor's way

    from dashboard.server.metrics import measurements  # noqa: PLC0415
    from dashboard.ui import charts, connection, connections, drawer, kpis, notices, problems, sidebar, table  # noqa: F401, PLC0415

    measurements()
