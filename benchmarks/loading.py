"""Everything from the service: the wrapper's ``list_all_configurations`` against bare ``requests`` loops."""

import gc
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import requests

from benchmarks import service
from benchmarks.report import Table, milliseconds, ratio
from benchmarks.samples import Samples, interleaved
from modelarts_api import Client, TokenCredentials

PER_PAGE = 1000
THREADS = 8
WRAPPER, SEQUENTIAL, THREADED = "Client.list_all_configurations", "requests loop", "requests, 8 threads"


def tables(sizes: list[int], repetitions: int) -> Iterator[Table]:
    """Yield one table: a row for each size and latency."""
    table = Table(
        "Loading a whole project",
        [
            "configurations",
            "latency",
            WRAPPER,
            SEQUENTIAL,
            THREADED,
            "wrapper / sequential",
            "wrapper / 8 threads",
        ],
        note=f"Milliseconds, medians of {repetitions} interleaved runs. {PER_PAGE} rows a request.",
    )
    for size in sizes:
        for latency in (0, 100):
            with service.running(size, latency) as connection:
                medians = _measure(connection, size, repetitions)
            wrapper, sequential, threaded = (medians.median(n) for n in (WRAPPER, SEQUENTIAL, THREADED))
            table.add(
                f"{size:,}",
                f"{latency} ms",
                *map(milliseconds, (wrapper, sequential, threaded)),
                ratio(wrapper, sequential),
                ratio(wrapper, threaded),
            )
    yield table


def _measure(connection: service.Connection, size: int, repetitions: int) -> Samples:
    loaders: dict[str, Callable[[service.Connection], int]] = {
        WRAPPER: _wrapper,
        SEQUENTIAL: _sequential,
        THREADED: _threaded,
    }

    def timed(name: str) -> float:
        load = loaders[name]
        gc.collect()
        begin = time.perf_counter()
        loaded = load(connection)
        elapsed = (time.perf_counter() - begin) * 1000
        if loaded != size:
            raise RuntimeError(f"{load.__name__} loaded {loaded} of {size} configurations")
        return elapsed

    _sequential(connection)  # the service's caches, if it has any, are warm for all alike
    return interleaved({name: partial(timed, name) for name in loaders}, repetitions)


def _wrapper(connection: service.Connection) -> int:
    credentials = TokenCredentials("benchmark")
    with Client(connection.url, connection.project_id, credentials, max_connections=THREADS) as client:
        inventory = client.list_all_configurations()
    if not inventory.complete:
        raise RuntimeError("the inventory is not complete")
    return len(inventory.configurations)


def _fetch(session: requests.Session, connection: service.Connection, page: int) -> dict[str, Any]:
    query = f"per_page={PER_PAGE}&page={page}&sortBy=config_name&order=asc&config_type=custom"
    url = f"{connection.url}/v1/{connection.project_id}/training-job-configs?{query}"
    response = session.get(url, timeout=60)
    response.raise_for_status()
    answer: dict[str, Any] = response.json()
    return answer


def _sequential(connection: service.Connection) -> int:
    rows: list[dict[str, Any]] = []
    with requests.Session() as session:
        page = 1
        while True:
            answer = _fetch(session, connection, page)
            rows += answer["configs"]
            if not answer["configs"] or len(rows) >= answer["config_total_count"]:
                return len(rows)
            page += 1


def _threaded(connection: service.Connection) -> int:
    """Load the total from the first page, then every eighth page in a thread with a session of its own."""
    with requests.Session() as session:
        first = _fetch(session, connection, 1)
    last = -(-first["config_total_count"] // PER_PAGE)

    def fetch_every_eighth(start: int) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        with requests.Session() as session:
            for page in range(start, last + 1, THREADS):
                rows += _fetch(session, connection, page)["configs"]
        return rows

    with ThreadPoolExecutor(THREADS) as executor:
        parts = executor.map(fetch_every_eighth, range(2, 2 + THREADS))
        return len(first["configs"]) + sum(len(part) for part in parts)
