"""The route of exports: /export.csv, .json and .xlsx, with the view in the query as in the address bar.

Whoever asks gets what they may see at that moment; there are no ids, and nothing is put aside for somebody.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from typing import Final
from urllib.parse import quote

import anyio
import anyio.to_thread
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dashboard.audit.live import live_of
from dashboard.data.export import MEDIA_TYPES, TooManyRowsError, export_of, file_name, frame_for
from dashboard.data.loads import LoadedInventory
from dashboard.data.parameters import AUDITED, CONFIG_TYPE
from dashboard.data.projects import InventoryJob
from dashboard.server import paths
from dashboard.server.export_request import (
    RefusedError,
    Wanted,
    connection_for,
    demand_known_values,
    not_loaded,
    refused,
    takes_gzip,
    too_many_rows,
    viewer_of,
    wanted_by,
)
from dashboard.server.shared_exports import SharedExports

MAX_FETCHES: Final = 64
"""Exports that are fetched, or waited for, at once."""
MAX_FETCHES_EACH: Final = 32
"""The same for one person, or one address where nobody signs in: behind a proxy that may be everybody's."""
MAX_LOADS: Final = 4
"""Loads that run for exports at once: a search that nobody has on screen is loaded for one alone."""
LOAD_SECONDS: Final = 45.0
"""So long an export waits for its inventory: a reverse proxy gives up after 60 s without a byte."""
POLL_SECONDS: Final = 0.1
STALL_SECONDS: Final = 30.0
"""Who takes nothing for so long has gone."""
CHECK_SECONDS: Final = 2.0
"""So often it is asked whether somebody may still have what they are fetching."""
OLD_SECONDS: Final = 60.0
"""So long a fetch may go on with rows that have been loaded anew: they are held for it alone."""
FETCH_SECONDS: Final = 1800.0
_log = logging.getLogger(__name__)


class BrokenOffError(Exception):
    """A fetch that ends before its time: the connection is closed, and no program takes that for the end."""


class Admission:
    """Counts who fetches, and lets in only so many at once."""

    def __init__(self) -> None:
        self._fetching: dict[str, int] = {}

    @contextmanager
    def of(self, viewer: str) -> Iterator[None]:
        """Count somebody in, and out in the end. Raises RefusedError."""
        own = self._fetching.get(viewer, 0)
        if own >= MAX_FETCHES_EACH or sum(self._fetching.values()) >= MAX_FETCHES:
            raise refused(
                429 if own >= MAX_FETCHES_EACH else 503,
                "Too many exports are being fetched",
                "Wait until some of them are over, and try again.",
                retry_after=10,
            )
        self._fetching[viewer] = own + 1
        try:
            yield
        finally:
            self._fetching[viewer] -= 1
            if not self._fetching[viewer]:
                del self._fetching[viewer]


class Loads:
    """The loads that were begun for exports: of searches and samples only so many run at once."""

    def __init__(self) -> None:
        self._running: list[InventoryJob] = []

    def begin(self, wanted: Wanted) -> InventoryJob | None:
        """Return the load behind a view, begun if it is due; None when it has to wait for others to end.

        That of all that a connection has waits for none: every viewer needs it.
        """
        self._running = [load for load in self._running if load.state.running]
        is_whole = not wanted.view.search and wanted.view.config_type == CONFIG_TYPE.default
        if not is_whole and len(self._running) >= MAX_LOADS:
            return None
        load = wanted.project.inventory(wanted.view)
        if not is_whole and load not in self._running:
            self._running.append(load)
        return load


class Exports:
    """ASGI application: gives the export of one kind that a request asks for. The gate stands before it."""

    def __init__(self, ending: str, shared: SharedExports, admission: Admission, loads: Loads) -> None:
        self._ending, self._shared, self._admission, self._loads = ending, shared, admission, loads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and let go of everything when the client goes away."""
        async with anyio.create_task_group() as group:
            group.start_soon(_cancel_when_gone, receive, group.cancel_scope)
            try:
                with self._admission.of(viewer_of(scope)):
                    await self._answer(scope, send)
            except RefusedError as error:
                await error.refusal.response(scope)(scope, receive, send)
            except BrokenOffError as broken:
                _log.warning("an export was broken off: %s", broken)
            group.cancel_scope.cancel()

    async def _answer(self, scope: Scope, send: Send) -> None:
        wanted = await anyio.to_thread.run_sync(wanted_by, scope, self._ending)
        found = await self._loaded(wanted)
        loaded = await _audited(wanted, found)
        view = wanted.view
        demand_known_values(view, loaded)
        key = (loaded, view.facets, view.sort_by, view.order, self._ending)
        try:
            async with self._shared.fetching(key, lambda: export_of(loaded, view, self._ending)) as shared:
                frame = frame_for(self._ending, gzip=takes_gzip(scope))
                headers = _headers(wanted, loaded, frame.encoding)
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                if scope["method"] != "HEAD":
                    goes_on = _Watch(scope, wanted, found).check
                    async with aclosing(self._shared.chunks(shared, frame)) as chunks:
                        async for chunk in chunks:
                            goes_on()
                            await _give(send, chunk)
                await send({"type": "http.response.body", "body": b""})
        except TooManyRowsError as error:
            raise too_many_rows(error) from error

    async def _loaded(self, wanted: Wanted) -> LoadedInventory:
        """Return the inventory, loaded first if it is not there; an old one is renewed, as on the screen."""
        if (loaded := wanted.project.loaded(wanted.view)) is not None:
            wanted.project.inventory(wanted.view)
            return loaded
        with anyio.move_on_after(LOAD_SECONDS):
            while (load := self._loads.begin(wanted)) is None:
                await anyio.sleep(POLL_SECONDS)
            while load.state.result is None and load.state.running:
                await anyio.sleep(POLL_SECONDS)
            if load.state.result is not None:
                return load.state.result
            raise not_loaded(load.state.error)
        text = "It goes on, and what has come is kept: try again in a minute."
        raise refused(503, "The configurations are still being loaded", text, retry_after=30)


async def _audited(wanted: Wanted, found: LoadedInventory) -> LoadedInventory:
    """Return the inventory with what the audit says of it, where the view filters or sorts by that."""
    view = wanted.view
    if view.sort_by != "severity" and not any(view.facets[facet.name] for facet in AUDITED):
        return found
    job = await anyio.to_thread.run_sync(
        lambda: live_of(wanted.project).job(wanted.project, found, whole=not view.search)
    )
    with anyio.move_on_after(LOAD_SECONDS):
        while job.state.result is None and job.state.running:
            await anyio.sleep(POLL_SECONDS)
    if job.state.result is None:
        raise refused(
            503, "The configurations are still being audited", "Try again in a minute.", retry_after=30
        )
    return job.state.result.inventory


class _Watch:
    """Asks now and then whether a fetch may go on."""

    def __init__(self, scope: Scope, wanted: Wanted, loaded: LoadedInventory) -> None:
        self._scope, self._wanted, self._loaded = scope, wanted, loaded
        self._began = self._checked = anyio.current_time()
        self._old_since: float | None = None

    def check(self) -> None:
        """Raise BrokenOffError if it may not: the right has ended, the rows are old, or it takes for ever."""
        now = anyio.current_time()
        if now - self._checked < CHECK_SECONDS:
            return
        self._checked = now
        if self._wanted.project.loaded(self._wanted.view) is self._loaded:
            self._old_since = None
        elif self._old_since is None:
            self._old_since = now
        if self._old_since is not None and now - self._old_since > OLD_SECONDS:
            raise BrokenOffError("its rows have been loaded anew meanwhile, and it was too slow")
        if now - self._began > FETCH_SECONDS:
            raise BrokenOffError(f"it took more than {FETCH_SECONDS:.0f} s")
        try:
            connection = connection_for(self._scope, self._wanted.connection.name)
        except RefusedError as error:
            raise BrokenOffError(f"who fetched it may not have it any more: {error}") from error
        if connection.fingerprint != self._wanted.connection.fingerprint:
            raise BrokenOffError("its connection is another one now")


def routes() -> list[Route]:
    """Return the routes, below the configured path."""
    shared, admission, loads = SharedExports(), Admission(), Loads()
    return [
        Route(
            f"{paths.base()}/export.{ending}",
            Exports(ending, shared, admission, loads),
            methods=["GET"],
            name=f"export.{ending}",
        )
        for ending in MEDIA_TYPES
    ]


def _headers(wanted: Wanted, loaded: LoadedInventory, encoding: str) -> list[tuple[bytes, bytes]]:
    name = file_name(
        wanted.connection.project, wanted.view, loaded.loaded_at, wanted.ending, complete=loaded.complete
    )
    headers = {
        "content-type": MEDIA_TYPES[wanted.ending],
        "content-disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        # Said even where there is none: Streamlit would compress anew for everybody.
        "content-encoding": encoding,
        "vary": "Accept-Encoding, Cookie",
        "cache-control": "private, no-store",
        "x-inventory-complete": "true" if loaded.complete else "false",
    }
    return [(header.encode(), value.encode("ascii")) for header, value in headers.items()]


async def _give(send: Send, chunk: bytes) -> None:
    """Send a part; BrokenOffError if nobody takes it."""
    try:
        with anyio.fail_after(STALL_SECONDS):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except TimeoutError:
        raise BrokenOffError(f"nothing of it was taken for {STALL_SECONDS:.0f} s") from None


async def _cancel_when_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()
