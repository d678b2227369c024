"""Viewers who fetch the same export at once: time, memory of the server, and how long others wait for it.

By itself: ``python -m benchmarks.exports 1000000 1 json`` (configurations, viewers, format).
"""

import http.client
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks import service, streamlit_servers
from benchmarks.processes import resident_bytes
from benchmarks.report import Table
from benchmarks.streamlit_servers import Server

VIEWERS = 20
FORMATS = ("json", "csv", "xlsx")
LIMIT_SECONDS, LATER_SECONDS, PAUSE_SECONDS = 600, 60, 0.02


@dataclass
class Figures:
    """Seconds, and bytes above what the server took before."""

    slowest: float
    headers: float
    highest: int
    later: int
    health: float
    received: int


class Highest:
    """The highest of what is measured again and again in a thread of its own."""

    def __init__(self, measure: Callable[[], float]) -> None:
        self.value = 0.0
        self._measure, self._over = measure, threading.Event()
        self._thread = threading.Thread(target=self._run)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Measure until the block ends."""
        self._thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(PAUSE_SECONDS):
            self.value = max(self.value, self._measure())


def tables(sizes: Sequence[int]) -> Iterator[Table]:
    """Measure every format, fetched by VIEWERS at once."""
    table = Table(
        "Exports at once",
        [
            "configurations",
            "format",
            "slowest of all",
            "its headers",
            "memory at most",
            "a minute later",
            "`/healthz` at most",
        ],
        note=f"{VIEWERS} viewers fetch the same rows at the same moment, compressed as browsers take it."
        " Memory is what the server took more than before, in megabytes.",
    )
    for size in sizes:
        for ending in FORMATS:
            found = measure(size, VIEWERS, ending)
            table.add(
                f"{size:,}",
                ending,
                f"{found.slowest:.1f} s",
                f"{found.headers:.2f} s",
                f"+{found.highest / 1e6:.0f}",
                f"{found.later / 1e6:+.0f}",
                f"{found.health:.2f} s",
            )
    yield table


def measure(size: int, viewers: int, ending: str) -> Figures:
    """Fetch one export with so many viewers at once from a dashboard that has everything loaded."""
    with (
        service.running(size) as connection,
        tempfile.TemporaryDirectory() as folder,
        streamlit_servers.dashboard_of({"one": connection}, Path(folder)) as server,
    ):
        _load(server)
        before = resident_bytes(server.pid)
        memory = Highest(lambda: float(resident_bytes(server.pid)))
        health = Highest(lambda: seconds_of(f"{server.url}/healthz"))
        with memory.watched(), health.watched(), ThreadPoolExecutor(viewers) as pool:
            fetched = list(pool.map(lambda _: fetch(server, ending), range(viewers)))
        time.sleep(LATER_SECONDS)
        later = resident_bytes(server.pid) - before
        headers, slowest, received = (max(column) for column in zip(*fetched, strict=True))
        return Figures(slowest, headers, int(memory.value) - before, later, health.value, int(received))


def _load(server: Server) -> None:
    """Fetch until the inventory is there: a large one takes longer than an export waits."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while _question(server, "csv", "&contains=nowhere").status != 200:
        if time.monotonic() > deadline:
            raise TimeoutError("the inventory is not loaded")
        time.sleep(1)
    time.sleep(3)  # what loading leaves behind is let go


def _question(server: Server, ending: str, more: str = "") -> http.client.HTTPResponse:
    parts = urlsplit(server.url)
    client = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=LIMIT_SECONDS)
    client.request("GET", f"/export.{ending}?connection=one{more}", headers={"Accept-Encoding": "gzip"})
    return client.getresponse()


def fetch(server: Server, ending: str) -> tuple[float, float, int]:
    """Return the seconds until the headers, the seconds in all, and the bytes."""
    begin = time.perf_counter()
    answer = _question(server, ending)
    headers = time.perf_counter() - begin
    if answer.status != 200:
        raise RuntimeError(f"the export was refused with {answer.status}")
    received = sum(map(len, iter(lambda: answer.read(2**18), b"")))
    return headers, time.perf_counter() - begin, received


def seconds_of(url: str) -> float:
    """Return the seconds until an address has answered in full."""
    begin = time.perf_counter()
    with urllib.request.urlopen(url, timeout=LIMIT_SECONDS) as answer:
        answer.read()
    return time.perf_counter() - begin


if __name__ == "__main__":
    print(measure(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
