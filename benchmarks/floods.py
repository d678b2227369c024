"""Floods: what strangers do to a server over WebSockets, and what a viewer and /healthz notice of it."""

import asyncio
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from benchmarks import streamlit_servers
from benchmarks.processes import ROOT, descriptors, resident_bytes
from benchmarks.report import Table, milliseconds
from benchmarks.service import Connection
from benchmarks.socket_session import SocketSession
from benchmarks.streamlit_servers import Server
from modelarts_local import LocalService

CONFIGURATIONS = 2_000
QUIET_SECONDS = 10.0
LIMIT_SECONDS = 60.0
"""Longer than this nothing is waited for; the table then says "more than"."""
MESSAGE_BYTES = 30_000_000


@dataclass
class Pulse:
    """Asks for /healthz ten times a second, and notes when it was asked and how long the answer took."""

    url: str
    answers: list[tuple[float, float]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def slowest_ms(self, since: float, until: float) -> float:
        """Return the slowest answer to what was asked in a time."""
        return max((took for asked, took in self.answers if since <= asked <= until), default=0) * 1000

    def _ask(self) -> None:
        while not self._over.wait(0.1):
            asked = time.monotonic()
            with suppress(OSError):  # how long it took tells enough
                urllib.request.urlopen(f"{self.url}/healthz", timeout=LIMIT_SECONDS).close()
            self.answers.append((asked, time.monotonic() - asked))


def tables(*, quick: bool) -> Iterator[Table]:
    """Measure reruns on one socket and on many; a far too long message; what closed sessions leave."""
    one, many = ((1, 300), (600, 30)) if not quick else ((1, 100), (60, 10))
    with ExitStack() as stack:
        service = stack.enter_context(LocalService(CONFIGURATIONS, seed=1))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        connection = {"north": Connection(service.url, service.project_id)}

        def dashboard() -> Server:
            return stack.enter_context(streamlit_servers.dashboard_of(connection, folder))

        table = Table(
            "Floods",
            ["", "dashboard"],
            note="Milliseconds if nothing else is said. The viewer changes the order of the table again and"
            " again, from the change to the rows. The flood is a process of its own on the same machine.",
        )
        server = dashboard()
        for label, (sockets, reruns) in (
            ("nothing else", (0, 0)),
            (f"one socket, {one[1]} reruns in 1 s", one),
        ):
            for row, value in asyncio.run(_flooded(server, sockets, reruns)).items():
                table.add(f"{label}: {row}", value)
        for row, value in _flooded_by_many(server, *many).items():
            table.add(f"{many[0]} sockets, {many[1]} reruns each in 1 s: {row}", value)
        for row, value in _long_message(dashboard()).items():
            table.add(f"a message of 30 MB: {row}", value)
        for row, value in asyncio.run(_closed_sessions(dashboard())).items():
            table.add(row, value)
    yield table


async def _flooded(server: Server, sockets: int, reruns: int) -> dict[str, str]:
    """Measure what /healthz and one viewer notice during a flood and QUIET_SECONDS after it."""
    with Pulse(server.url) as pulse:
        async with SocketSession(server.url) as viewer:
            await viewer.until(lambda screen: bool(screen.names()), LIMIT_SECONDS)
            began = time.monotonic()
            command = [sys.executable, "-m", "benchmarks.flood", server.url, str(sockets), str(reruns), "1"]
            flood = (
                subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) if sockets else None
            )
            took = await _interact(viewer, until=began + QUIET_SECONDS)
            came = flood.communicate()[0].splitlines()[-1] if flood else ""
        ended = time.monotonic()
    return {
        "/healthz, slowest": milliseconds(pulse.slowest_ms(began, ended)),
        "a viewer's change, median": milliseconds(statistics.median(took)),
        "a viewer's change, slowest": milliseconds(max(took)),
        **({"came": came} if came else {}),
    }


async def _interact(viewer: SocketSession, until: float) -> list[float]:
    took: list[float] = []
    orders = ["asc", "desc"]
    while time.monotonic() < until:
        before, began = viewer.names(), time.monotonic()
        await viewer.choose("order", orders[len(took) % 2])
        try:
            done = await viewer.until(lambda screen: screen.names() not in (None, before), LIMIT_SECONDS)  # noqa: B023
        except (TimeoutError, ConnectionError):
            return [*took, (time.monotonic() - began) * 1000]
        took.append((done - began) * 1000)
        await asyncio.sleep(0.2)
    return took


def _flooded_by_many(server: Server, sockets: int, reruns: int) -> dict[str, str]:
    command = [sys.executable, "-m", "benchmarks.flood", server.url, str(sockets), str(reruns), "1"]
    with Pulse(server.url) as pulse:
        began = time.monotonic()
        came = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout
        stopped = time.monotonic()
        answered = _seconds(lambda: any(asked >= stopped for asked, _ in list(pulse.answers)))
        told = time.monotonic()
        subprocess.run(["kill", f"-{signal.SIGTERM.value}", str(server.pid)], check=True)
        ended = _seconds(lambda: not _runs(server.pid))
        slowest = pulse.slowest_ms(began, told)
    return {
        "came": came.splitlines()[-1] if came else "nothing",
        "/healthz, slowest": milliseconds(slowest),
        "until /healthz answers after they stop, s": answered,
        "from SIGTERM to the end of the process, s": ended,
    }


def _seconds(done: Callable[[], bool]) -> str:
    began = time.monotonic()
    while not done():
        if time.monotonic() - began > LIMIT_SECONDS:
            return f"more than {LIMIT_SECONDS:.0f}"
        time.sleep(0.02)
    return f"{time.monotonic() - began:.1f}"


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _long_message(server: Server) -> dict[str, str]:
    """Return MB before, at most and afterwards; the message asks for a run with millions of empty states."""
    from streamlit.proto.BackMsg_pb2 import BackMsg

    empty = b"\x0a\x00"  # field 1, a widget state of no bytes
    states = empty * (MESSAGE_BYTES // len(empty))
    request = _field(2, states)  # ClientState.widget_states
    message = _field(BackMsg.RERUN_SCRIPT_FIELD_NUMBER, request)
    before, peak = resident_bytes(server.pid), 0
    code: int | None = None
    address = server.url.replace("http", "ws", 1) + "/_stcore/stream"
    origin, streamlit = Origin(server.url), [Subprotocol("streamlit")]
    with connect(address, origin=origin, subprotocols=streamlit, proxy=None) as socket:
        try:
            socket.send(message)
            until = time.monotonic() + QUIET_SECONDS
            while time.monotonic() < until:
                peak = max(peak, resident_bytes(server.pid))
                try:
                    socket.recv(0.05)
                except TimeoutError:
                    continue
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else None
        for _ in range(40):
            peak = max(peak, resident_bytes(server.pid))
            time.sleep(0.05)
    figures = {"before": before, "at most": peak, "2 s later": resident_bytes(server.pid)}
    return {"closed with": str(code)} | {
        f"memory {label}, MB": f"{value / 1e6:,.0f}" for label, value in figures.items()
    }


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


async def _closed_sessions(server: Server, viewers: int = 100) -> dict[str, str]:
    """Count file descriptors before anybody, with viewers there, and after they have gone."""
    counted = [descriptors(server.pid)]

    async def look(there: asyncio.Barrier, gone: asyncio.Event) -> None:
        async with SocketSession(server.url) as session:
            await session.until(lambda screen: screen.names() is not None, LIMIT_SECONDS)
            await there.wait()
            await gone.wait()

    there, gone = asyncio.Barrier(viewers + 1), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for _ in range(viewers):
            group.create_task(look(there, gone))
        await there.wait()
        await asyncio.sleep(6)  # connections that were kept open are closed
        counted.append(descriptors(server.pid))
        gone.set()
    await asyncio.sleep(6)
    counted.append(descriptors(server.pid))
    labels = ("before", f"with {viewers} viewers", "after they have gone")
    return {f"file descriptors {label}": str(count) for label, count in zip(labels, counted, strict=True)}
