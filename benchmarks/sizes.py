"""Large projects: memory, who comes while they load, and what others notice of renewals and exports."""

import asyncio
import itertools
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import exports, service, streamlit_servers
from benchmarks.exports import Highest
from benchmarks.processes import cpu_seconds, peak_bytes, resident_bytes
from benchmarks.report import Table
from benchmarks.service import Connection
from benchmarks.socket_session import SocketSession, Value
from benchmarks.streamlit_servers import Server
from modelarts_api import Client, ConfigurationQuery, TokenCredentials

LATER_SECONDS, PAUSE_SECONDS, THINK_SECONDS, QUIET_SECONDS = 1.5, 0.005, 0.3, 3.0
LIMIT_SECONDS = 900.0
UNDER_WAY = ("Loading…", "Renewing…", "Auditing…")
STEPS: Sequence[tuple[str, Value]] = (
    ("order", "asc"),
    ("order", "desc"),
    ("engine", ["PyTorch"]),
    ("engine", []),
)
Steps = Iterator[tuple[str, Value]]
FIRST = "first rows, the first viewer"
LATER = "first rows, 1.5 s later"
ALL_LOADED = "loaded and audited"
BEFORE = "memory before"
LOADING = "memory while it loads, at most"
LOADED = "memory, loaded"
RENEWING = "memory while it renews, at most"
RATIO = "its ratio"
RENEWED = "renewed and audited"
AT_REST = "interaction, nothing going on: median, at most"
MEANWHILE = "interaction while it renews: median, at most"
HEALTH = "`/healthz` while it renews, at most"
EXPORT = "memory of a JSON export, at most"
EXPORT_HEALTH = "`/healthz` while it exports, at most"
FIGURES = (
    FIRST,
    LATER,
    ALL_LOADED,
    BEFORE,
    LOADING,
    LOADED,
    RENEWING,
    RATIO,
    RENEWED,
    AT_REST,
    MEANWHILE,
    HEALTH,
    EXPORT,
    EXPORT_HEALTH,
)


@dataclass
class Sizes:
    """What was measured of one size, by what it is."""

    found: dict[str, str] = field(default_factory=dict)


def tables(sizes: Sequence[int]) -> Iterator[Table]:
    """Yield a table with one column a size; each is measured in a server of its own."""
    table = Table(
        "Large projects",
        ["", *(f"{size:,}" for size in sizes)],
        note="The service answers at once, from a process of its own, and has sorted its rows before. Memory "
        "is resident, in megabytes. An interaction sorts the other way round, or filters by an engine. What "
        "follows a "
        "load (audit, families, snapshot) is part of it: it is over when the server is at rest. Details are "
        "not loaded.",
    )
    columns = [measure(size).found for size in sizes]
    for figure in FIGURES:
        table.add(figure, *(column[figure] for column in columns))
    yield table


def measure(size: int) -> Sizes:
    """Start service and dashboard, and take everything in turn."""
    with (
        _sorted_service(size) as connection,
        tempfile.TemporaryDirectory() as folder,
        streamlit_servers.dashboard_of(
            {"one": connection},
            Path(folder),
            more="[audit]\ndetails = false\n",
            DASHBOARD_PRELOAD="false",
            STATE_DIRECTORY=folder,
        ) as server,
    ):
        sizes = Sizes()
        asyncio.run(_visit(server, sizes))
        return sizes


@contextmanager
def _sorted_service(size: int) -> Iterator[Connection]:
    """Yield the service, once it has its rows in the orders that a load and the first rows are in.

    A real one has an index. Ours sorts at the first request, a million for seconds.
    """
    with (
        service.running(size) as connection,
        Client(connection.url, connection.project_id, TokenCredentials("benchmark")) as client,
    ):
        for order in ("config_name", "create_time"):
            client.list_configurations(ConfigurationQuery(sort_by=order))
        yield connection


async def _visit(server: Server, sizes: Sizes) -> None:
    found, before = sizes.found, resident_bytes(server.pid)
    async with AsyncExitStack() as stack:
        began = time.monotonic()
        first = await stack.enter_async_context(SocketSession(server.url))
        rows = asyncio.create_task(_rows(first))
        await asyncio.sleep(max(0.0, began + LATER_SECONDS - time.monotonic()))
        came = time.monotonic()
        async with SocketSession(server.url) as later:
            await _rows(later)
            found[LATER] = f"{time.monotonic() - came:.2f} s"
        found[FIRST] = f"{await rows - began:.2f} s"
        await _settled(server, first)
        found[ALL_LOADED] = f"{time.monotonic() - began:.1f} s"
        loaded = resident_bytes(server.pid)
        found[BEFORE], found[LOADED] = _mb(before), _mb(loaded)
        found[LOADING] = _mb(peak_bytes(server.pid))
        steps = itertools.cycle(STEPS)
        await _interactions(first, steps, 4)
        found[AT_REST] = _times(await _interactions(first, steps, 12))
        await _renewal(server, first, steps, loaded, found)
    await asyncio.to_thread(_export, server, found)


async def _renewal(
    server: Server, session: SocketSession, steps: Steps, loaded: int, found: dict[str, str]
) -> None:
    memory = Highest(lambda: float(resident_bytes(server.pid)))
    health = Highest(lambda: exports.seconds_of(f"{server.url}/healthz"))
    with memory.watched(), health.watched():
        began = time.monotonic()
        await session.press("refresh")
        times = []
        settled = asyncio.create_task(_settled(server, session, quiet=0.5))
        while not settled.done():
            times += await _interactions(session, steps, 1)
        await settled
        found[RENEWED] = f"{time.monotonic() - began:.1f} s"
    found[RENEWING], found[RATIO] = _mb(memory.value), f"{memory.value / loaded:.2f}"
    found[MEANWHILE], found[HEALTH] = _times(times), f"{health.value:.2f} s"


def _export(server: Server, found: dict[str, str]) -> None:
    time.sleep(QUIET_SECONDS)
    before = resident_bytes(server.pid)
    memory = Highest(lambda: float(resident_bytes(server.pid)))
    health = Highest(lambda: exports.seconds_of(f"{server.url}/healthz"))
    with memory.watched(), health.watched():
        exports.fetch(server, "json")
    found[EXPORT] = f"+{_mb(memory.value - before)}"
    found[EXPORT_HEALTH] = f"{health.value:.2f} s"


async def _rows(session: SocketSession) -> float:
    """Return the moment at which the table has rows."""
    began = time.monotonic()
    while not session.blocks_with("aria-rowindex"):
        await _pause(began)
    return time.monotonic()


async def _settled(server: Server, session: SocketSession, quiet: float = 0.1) -> None:
    """Wait until the screen says that nothing is going on any more, and so does the processor.

    It may be busy for a share of the time.
    """
    began, used, is_busy = time.monotonic(), cpu_seconds(server.pid), True
    while is_busy or _is_under_way(session):
        await _pause(began, QUIET_SECONDS)
        before, used = used, cpu_seconds(server.pid)
        is_busy = used - before > quiet * QUIET_SECONDS


async def _interactions(session: SocketSession, steps: Steps, number: int) -> list[float]:
    """Sort and filter by turns; the seconds of each until the table has other rows."""
    times = []
    for key, value in itertools.islice(steps, number):
        before, began = session.blocks_with("aria-rowindex"), time.monotonic()
        await session.choose(key, value)
        while session.blocks_with("aria-rowindex") in ([], before):
            await _pause(began)
        times.append(time.monotonic() - began)
        await asyncio.sleep(THINK_SECONDS)
    return times


def _is_under_way(session: SocketSession) -> bool:
    return any(text.endswith(UNDER_WAY) for text in session.texts()) or bool(
        session.blocks_with(UNDER_WAY[2])
    )


async def _pause(began: float, seconds: float = PAUSE_SECONDS) -> None:
    if time.monotonic() - began > LIMIT_SECONDS:
        raise TimeoutError("the screen does not get there")
    await asyncio.sleep(seconds)


def _mb(size: float) -> str:
    return f"{size / 1e6:,.0f}"


def _times(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds):.2f} s, {max(seconds):.2f} s"
