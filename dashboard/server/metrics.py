"""What Prometheus may know, read at the moment it asks: names of connections and numbers, never a secret.

Labels are the names of connections from the settings, and the provider's codes of failures.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Final

import streamlit
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from streamlit.runtime import Runtime
from streamlit.runtime.stats import ACTIVE_SESSIONS_FAMILY, GaugeStat

from dashboard import __version__
from dashboard.connections import Connection
from dashboard.connections.traffic import NO_FAILURES
from dashboard.data.projects import Projects, projects

PREFIX: Final = "modelarts_dashboard"
CONNECTION: Final = ["connection"]
LOADS: Final = {
    "started": "Loads of inventories that have begun.",
    "succeeded": "Loads of inventories that were completed.",
    "failed": "Loads of inventories that were given up.",
}
BOUNDS: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 90.0)
"""Seconds up to which loads are counted together; what takes longer is in the last count."""


class Process(ProcessCollector):
    """Measure this process, also where /proc shows processes alone (systemd's ProcSubset=pid)."""

    def _boot_time(self) -> float:
        """Return when the machine was started, in seconds since 1970; the library asks /proc/stat."""
        return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


class Measurements(Collector):
    """What is told of some projects: loads are counted as they happen, all else is read at each question."""

    def __init__(self, projects: Projects) -> None:
        self._projects = projects
        self._registry = CollectorRegistry()
        self._registry.register(self)  # first: it says which connections the counters are of
        Process(registry=self._registry)
        self._counters = {
            word: Counter(f"{PREFIX}_loads_{word}", text, CONNECTION, registry=self._registry)
            for word, text in LOADS.items()
        }
        self._seconds = Histogram(
            f"{PREFIX}_load_duration_seconds",
            "How long loads took, failed ones too.",
            CONNECTION,
            buckets=BOUNDS,
            registry=self._registry,
        )
        self._known: set[str] = set()
        projects.observe = self.observe

    @contextmanager
    def observe(self, connection: str) -> Iterator[None]:
        """Count the load in this block."""
        self._counters["started"].labels(connection).inc()
        with self._seconds.labels(connection).time():
            try:
                yield
            except BaseException:
                self._counters["failed"].labels(connection).inc()
                raise
        self._counters["succeeded"].labels(connection).inc()

    def page(self) -> bytes:
        """Return the answer to Prometheus in its text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Yield all families that are read now; what is not known yet has no sample."""
        settings = self._projects.registry.settings()
        connections = settings.connections
        self._count_for({connection.name for connection in connections})
        usable = 0 if settings.nothing_configured else len(connections)
        yield _build()
        yield _gauge("sessions", "Browser tabs that are connected.", _sessions())
        yield _gauge("connections", "Connections that can be used.", usable)
        yield _gauge("unusable_connections", "Connections with faulty settings.", len(settings.problems))
        yield from _data(self._projects, connections)
        yield from _requests(self._projects, connections)

    def describe(self) -> Iterator[Metric]:
        """Yield nothing: to tell the families now would read the settings before the start is over."""
        yield from ()

    def _count_for(self, names: set[str]) -> None:
        """Count from zero for every connection there is, and no longer for those that have gone."""
        for counter in (*self._counters.values(), self._seconds):
            for name in names:
                counter.labels(name)
            for gone in self._known - names:
                counter.remove(gone)
        self._known = names


@cache
def measurements() -> Measurements:
    """Return the one that measures this process; loads are counted from the first call on."""
    return Measurements(projects())


def _build() -> Metric:
    family = GaugeMetricFamily(
        f"{PREFIX}_build_info", "Always 1; the versions.", labels=["version", "streamlit", "python"]
    )
    family.add_metric([__version__, streamlit.__version__, platform.python_version()], 1)
    return family


def _sessions() -> int:
    if not Runtime.exists():
        return 0
    stats = Runtime.instance().stats_mgr.get_stats([ACTIVE_SESSIONS_FAMILY])
    found = stats.get(ACTIVE_SESSIONS_FAMILY, ())
    return sum(stat.value for stat in found if isinstance(stat, GaugeStat))


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{PREFIX}_{name}", text, value=value)


def _data(projects: Projects, connections: Sequence[Connection]) -> Iterator[Metric]:
    age = _by_connection("data_age_seconds", "Seconds since the inventory on screen was loaded.")
    rows = _by_connection("rows", "Configurations in the inventory on screen.")
    complete = _by_connection("data_complete", "1 if the inventory is whole, else 0.")
    for connection in connections:
        whole = projects.project(connection).whole()
        if whole is not None:
            age.add_metric([connection.name], whole.age_seconds)
            rows.add_metric([connection.name], len(whole.frame))
            complete.add_metric([connection.name], int(whole.complete))
    yield from (age, rows, complete)


def _requests(projects: Projects, connections: Sequence[Connection]) -> Iterator[Metric]:
    requests = _counter("service_requests", "Requests to the service, repetitions included.")
    failures = _counter("service_failures", "Requests that failed, by the provider's code.", "error", "code")
    for connection in connections:
        outcomes = projects.registry.traffic(connection).outcomes()
        requests.add_metric([connection.name], sum(outcomes.values()))
        for (outcome, code), count in outcomes.items():
            if outcome not in NO_FAILURES:
                failures.add_metric([connection.name, outcome, code], count)
    yield from (requests, failures)


def _counter(name: str, text: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"{PREFIX}_{name}", text, labels=[*CONNECTION, *labels])


def _by_connection(name: str, text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", text, labels=CONNECTION)
