"""The start: what must not start is refused in words; what the first visitor needs is imported."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import anyio.to_thread
import streamlit as st
from streamlit import config
from streamlit.web.server import server_util

from dashboard.access.loopback import is_loopback
from dashboard.access.policy import NO_TABLE
from dashboard.data.courtesy import COURTESY
from dashboard.data.details import check_settings
from dashboard.data.fingerprint_key import configured_key
from dashboard.data.projects import projects
from dashboard.secrets_file import read_secrets
from dashboard.server import descriptors, preload, rules, sessions, streamlit_private
from dashboard.server.garbage import THRESHOLDS, Garbage
from dashboard.server.local_only import ADVICE, is_needed
from dashboard.server.websocket_filter import queue_of_viewers

TIDY_SECONDS: Final = 10.0
SWITCH_SECONDS: Final = 0.001
"""So soon a thread that computes gives way. It is 5 ms as Python has it, for each message to a browser."""
LOGGER = logging.getLogger(__name__)


def check() -> None:
    """Raise SystemExit, in words, when the server must not start. Called before the application exists.

    Where somebody else's server runs the application (`uvicorn app:app`), only that server knows where it
    listens; then each request is looked at instead.
    """
    policy = rules.remember_start()
    try:
        sessions.configured()
        preload.configured()
        configured_key(os.environ, read_secrets().tables)
        check_settings(read_secrets().tables)
    except ValueError as error:
        raise SystemExit(f"The dashboard cannot start: {error}") from error
    if st.secrets.load_if_toml_exists() and not isinstance(st.secrets.get("auth", {}), Mapping):
        # Streamlit takes it for a table, and would fail at each request.
        raise SystemExit(f"The dashboard cannot start: {NO_TABLE}")
    if not streamlit_private.serves_itself() or not is_needed(policy):
        return
    address = config.get_option("server.address") or ""
    if not is_loopback(address):
        where = f"on {address}" if address else "on every address of this machine (server.address is not set)"
        raise SystemExit(f"The dashboard was told to listen {where}, and nobody has to sign in. {ADVICE}")


def say_where() -> None:
    """Print the dashboard's address. Output that takes nothing more, on a full disk, is no reason to end."""
    if not streamlit_private.serves_itself():
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

    Frozen objects are not walked again. Until the end, what nobody needs any more is let go now and then.
    """
    asyncio.get_running_loop().set_exception_handler(descriptors.AcceptErrors())
    _open_files()
    await anyio.to_thread.run_sync(_import_screens)
    await anyio.to_thread.run_sync(_watch_loads)
    projects().is_crowded = queue_of_viewers.is_crowded
    preload.begin()
    COURTESY.is_awaited = queue_of_viewers.is_busy
    garbage = Garbage(is_loading=projects().is_loading, is_working=COURTESY.is_working)
    streamlit_private.install(garbage)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    sys.setswitchinterval(SWITCH_SECONDS)
    tidying = asyncio.create_task(_tidy(garbage))
    say_where()
    yield
    tidying.cancel()


def _open_files() -> None:
    descriptors.raise_limit()
    if sessions.max_sessions() < sessions.configured():
        LOGGER.warning(
            "This process may open %d files, which is enough for %d viewers at a time. For %d raise the"
            " limit: LimitNOFILE= of the service, or ulimit -n.",
            descriptors.limit(),
            sessions.max_sessions(),
            sessions.configured(),
        )


async def _tidy(garbage: Garbage) -> None:
    """Let go of sessions whose time is over, and collect what the last run has left."""
    while True:
        await asyncio.sleep(TIDY_SECONDS)
        streamlit_private.forget_expired_sessions()
        await anyio.to_thread.run_sync(garbage.catch_up)


def _import_screens() -> None:
    import streamlit.components.v2  # noqa: F401, PLC0415 - imported here to be out of the first visitor's way

    import dashboard.store.snapshots  # noqa: F401, PLC0415 - a third of a second that no viewer waits for
    from dashboard.server import first_view_of  # noqa: F401, PLC0415
    from dashboard.ui import (  # noqa: F401, PLC0415
        changes,
        charts,
        compare,
        connection,
        connections,
        drawer,
        findings,
        kpis,
        migration,
        notices,
        problems,
        sidebar,
        table,
    )


def _watch_loads() -> None:
    from dashboard.audit.live import audit_loads  # noqa: PLC0415
    from dashboard.history.taker import taker  # noqa: PLC0415
    from dashboard.server.metrics import measurements  # noqa: PLC0415

    measurements()
    taker()
    audit_loads(projects())
