"""What Prometheus may know, read at the moment it asks: names of connections and numbers, never a secret.

Labels are the names of connections from the settings, and the provider's codes of failures. Imported at the
first question only: the library takes 0.15 s.
"""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

import streamlit
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector
from streamlit.runtime import Runtime
from streamlit.runtime.stats import ACTIVE_SESSIONS_FAMILY, GaugeStat

from dashboard import __version__
from dashboard.connections import Connection, Settings, sample_connection
from dashboard.data import loading
from dashboard.data.load_history import BOUNDS
from dashboard.data.traffic import OK

PREFIX: Final = "modelarts_dashboard"
CONNECTION: Final = ["connection"]


class Process(ProcessCollector):
    """Measure this process, also where /proc shows processes alone (systemd's ProcSubset=pid)."""

    def _boot_time(self) -> float:
        """Return when the machine was started, in seconds since 1970; the library asks /proc/stat."""
        return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


class Dashboard(Collector):
    """Reads everything anew at each question, and keeps nothing."""

    def collect(self) -> Iterator[Metric]:
        """All families; what is not known yet has no sample."""
        settings = loading.settings()
        connections = _connections(settings)
        yield _build()
        yield _gauge("sessions", "Browser tabs that are connected.", _sessions())
        yield _gauge("connections", "Connections that can be used.", len(connections))
        yield _gauge("unusable_connections", "Connections with faulty settings.", len(settings.problems))
        yield from _loads(connections)
        yield from _data(connections)
        yield from _requests(connections)


def page() -> bytes:
    """The answer to Prometheus in its text format: ours, and what the process takes of the machine."""
    return generate_latest(_registry)


def _connections(settings: Settings) -> tuple[Connection, ...]:
    if settings.nothing_configured:
        service = loading.sample_service()
        return (sample_connection(service.url, service.project_id),)
    return settings.connections


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


def _loads(connections: Sequence[Connection]) -> Iterator[Metric]:
    started = _counter("loads_started", "Loads of inventories that have begun.")
    succeeded = _counter("loads_succeeded", "Loads of inventories that were completed.")
    failed = _counter("loads_failed", "Loads of inventories that were given up.")
    seconds = HistogramMetricFamily(
        f"{PREFIX}_load_duration_seconds", "How long loads took, failed ones too.", labels=CONNECTION
    )
    for connection in connections:
        name, counts = [connection.name], loading.inventories().load_counts(connection.fingerprint)
        started.add_metric(name, counts.started)
        succeeded.add_metric(name, counts.succeeded)
        failed.add_metric(name, counts.failed)
        bounds = [*map(str, BOUNDS), "+Inf"]
        seconds.add_metric(name, list(zip(bounds, counts.within, strict=True)), counts.seconds)
    yield from (started, succeeded, failed, seconds)


def _data(connections: Sequence[Connection]) -> Iterator[Metric]:
    age = _by_connection("data_age_seconds", "Seconds since the inventory on screen was loaded.")
    rows = _by_connection("rows", "Configurations in the inventory on screen.")
    complete = _by_connection("data_complete", "1 if the inventory is whole, else 0.")
    now = datetime.now(UTC)
    for connection in connections:
        snapshot = loading.inventories().whole(connection.fingerprint)
        if snapshot is not None:
            age.add_metric([connection.name], (now - snapshot.loaded_at).total_seconds())
            rows.add_metric([connection.name], len(snapshot.frame))
            complete.add_metric([connection.name], int(snapshot.complete))
    yield from (age, rows, complete)


def _requests(connections: Sequence[Connection]) -> Iterator[Metric]:
    requests = _counter("service_requests", "Requests to the service, repetitions included.")
    failures = _counter("service_failures", "Requests that failed, by the provider's code.", "error", "code")
    for connection in connections:
        outcomes = loading.traffic(connection).outcomes()
        requests.add_metric([connection.name], sum(outcomes.values()))
        for (outcome, code), count in outcomes.items():
            if outcome != OK:
                failures.add_metric([connection.name, outcome, code], count)
    yield from (requests, failures)


def _counter(name: str, text: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(f"{PREFIX}_{name}", text, labels=[*CONNECTION, *labels])


def _by_connection(name: str, text: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", text, labels=CONNECTION)


_registry = CollectorRegistry()
_registry.register(Dashboard())
Process(registry=_registry)
