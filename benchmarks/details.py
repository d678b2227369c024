"""Details of every configuration: the wrapper's ``load_details`` against ``requests`` in bare threads."""

import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import local

import requests

from benchmarks import service
from benchmarks.report import Table, milliseconds, ratio
from benchmarks.samples import Samples, interleaved
from modelarts_api import Client, TokenCredentials

LATENCY_MS = 100
THREADS = 8
WRAPPER, THREADED = "Client.load_details", f"requests, {THREADS} threads"


def tables(sizes: list[int], repetitions: int) -> Iterator[Table]:
    """Yield one table: a row for each size. The ideal is requests × latency / threads."""
    table = Table(
        "Loading details",
        ["configurations", "ideal", WRAPPER, THREADED, "wrapper / ideal", "wrapper / threads"],
        note=f"Milliseconds, medians of {repetitions} interleaved runs; {LATENCY_MS} ms a request, "
        f"{THREADS} at a time. The goal is 1.25 × the ideal.",
    )
    for size in sizes:
        with service.running(size, LATENCY_MS) as connection:
            medians = _measure(connection, size, repetitions)
        ideal = size * LATENCY_MS / THREADS
        wrapper, threaded = medians.median(WRAPPER), medians.median(THREADED)
        cells = (
            *map(milliseconds, (ideal, wrapper, threaded)),
            ratio(wrapper, ideal),
            ratio(wrapper, threaded),
        )
        table.add(f"{size:,}", *cells)
    yield table


def _measure(connection: service.Connection, size: int, repetitions: int) -> Samples:
    with _client(connection) as client:
        rows = client.list_all_configurations().configurations
    names = [row.name for row in rows if row.name]
    loaders = {WRAPPER: _wrapper, THREADED: _threaded}

    def timed(name: str) -> float:
        gc.collect()
        begin = time.perf_counter()
        loaded = loaders[name](connection, names)
        elapsed = (time.perf_counter() - begin) * 1000
        if loaded != size:
            raise RuntimeError(f"{name} loaded the details of {loaded} of {size} configurations")
        return elapsed

    return interleaved({name: partial(timed, name) for name in loaders}, repetitions)


def _client(connection: service.Connection) -> Client:
    credentials = TokenCredentials("benchmark")
    return Client(connection.url, connection.project_id, credentials, max_connections=THREADS)


def _wrapper(connection: service.Connection, names: list[str]) -> int:
    with _client(connection) as client:
        load = client.load_details(names)
    if not load.complete:
        raise RuntimeError(f"not complete: {len(load.errors)} failed, {len(load.left)} are left")
    return len(load.details)


def _threaded(connection: service.Connection, names: list[str]) -> int:
    """Load with a session a thread; no repetition, no pace, no reading but of the JSON."""
    own = local()

    def fetch(name: str) -> bool:
        if not hasattr(own, "session"):
            own.session = requests.Session()
        url = f"{connection.url}/v1/{connection.project_id}/training-job-configs/{name}?config_type=custom"
        response = own.session.get(url, timeout=60)
        response.raise_for_status()
        return bool(response.json()["config_name"] == name)

    with ThreadPoolExecutor(THREADS) as executor:
        return sum(executor.map(fetch, names))
