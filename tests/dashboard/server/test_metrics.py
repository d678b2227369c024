"""What Prometheus is told: in its format, moving with real loads and real failures, and without secrets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from prometheus_client import ProcessCollector
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.routing import Route

from dashboard import __version__
from dashboard.data.projects import InventoryJob, projects
from dashboard.data.view import View
from dashboard.server.health import PROMETHEUS_TEXT, metrics
from dashboard.server.metrics import Process, measurements
from modelarts_local import LocalService
from tests.dashboard.asgi import call, run

TOKEN = "MIIEsecretTOKENvalue0123456789"
ROWS = 1_234
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalService]:
    """A project that the environment connects to, and nothing in this process's memory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for kept in (projects, measurements):
        kept.cache_clear()
    measurements()
    with LocalService(ROWS, token=TOKEN) as running:
        monkeypatch.setenv("MODELARTS_ENDPOINT", running.url)
        monkeypatch.setenv("MODELARTS_PROJECT_ID", running.project_id)
        monkeypatch.setenv("MODELARTS_TOKEN", TOKEN)
        yield running
    for kept in (projects, measurements):
        kept.cache_clear()


def told() -> str:
    """The answer to Prometheus."""
    answer = run(call(Starlette(routes=[Route("/metrics", metrics)]), "/metrics", {}))
    assert answer.status == 200
    assert answer.headers["content-type"] == PROMETHEUS_TEXT
    assert answer.headers["cache-control"] == "no-store"
    return answer.body.decode()


def samples() -> Samples:
    """Every sample, as Prometheus' own client reads it."""
    families = list(text_string_to_metric_families(told()))
    assert all(family.documentation for family in families)
    assert all(family.type != "unknown" for family in families)
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def of(found: Samples, name: str, **labels: str) -> float:
    """One sample of the connection."""
    whole = {"connection": "environment", **labels}
    return found[f"modelarts_dashboard_{name}", tuple(sorted(whole.items()))]


def load() -> InventoryJob:
    """Load the project, or fail to."""
    (connection,) = projects().registry.settings().connections
    begun = projects().project(connection).inventory(View())
    assert begun.wait(30)
    return begun


def again(begun: InventoryJob) -> None:
    """Load once more."""
    begun.start_if_due(now=True)
    assert begun.wait(30)


def test_before_anything_is_loaded(service: LocalService) -> None:
    found = samples()
    for counter in ("loads_started", "loads_succeeded", "loads_failed", "service_requests"):
        assert of(found, f"{counter}_total") == 0
    assert not [name for name, _ in found if name.endswith(("_rows", "data_age_seconds"))]
    assert found["modelarts_dashboard_connections", ()] == 1
    assert found["modelarts_dashboard_unusable_connections", ()] == 0
    assert found["modelarts_dashboard_sessions", ()] >= 0
    assert found["process_resident_memory_bytes", ()] > 1e6
    (build,) = [dict(labels) for name, labels in found if name == "modelarts_dashboard_build_info"]
    assert build["version"] == __version__
    assert build["streamlit"] == st.__version__
    assert len(service.requests) == 0


def test_the_counters_move_with_loads(service: LocalService) -> None:
    begun = load()
    time.sleep(0.05)
    found = samples()
    assert of(found, "loads_started_total") == of(found, "loads_succeeded_total") == 1
    assert of(found, "loads_failed_total") == 0
    assert of(found, "rows") == ROWS
    assert of(found, "data_complete") == 1
    assert 0.05 <= of(found, "data_age_seconds") < 60
    assert of(found, "service_requests_total") == len(service.requests) == 2
    assert of(found, "load_duration_seconds_count") == 1
    assert of(found, "load_duration_seconds_bucket", le="+Inf") == 1
    assert 0 < of(found, "load_duration_seconds_sum") < 30
    again(begun)
    assert of(samples(), "loads_succeeded_total") == 2
    assert of(samples(), "service_requests_total") == len(service.requests)


def test_failures_are_counted_by_code(service: LocalService) -> None:
    begun = load()
    with service.fail(403, {"error_code": "ModelArts.0108", "error_msg": "no"}):
        again(begun)
    found = samples()
    assert of(found, "loads_started_total") == 2
    assert of(found, "loads_succeeded_total") == of(found, "loads_failed_total") == 1
    refused = of(found, "service_failures_total", error="PermissionDeniedError", code="ModelArts.0108")
    assert refused == len(service.requests) - 2
    assert of(found, "rows") == ROWS  # the last good data
    assert of(found, "load_duration_seconds_count") == 2


def test_a_failure_that_was_mended_by_repeating_is_counted(service: LocalService) -> None:
    with service.fail(503, b"<html>busy</html>", times=1):
        load()
    found = samples()
    assert of(found, "loads_failed_total") == 0
    assert of(found, "service_failures_total", error="ServiceError", code="HTTP 503") == 1
    assert of(found, "service_requests_total") == len(service.requests) == 3


def test_a_hostile_code_is_one_label(service: LocalService) -> None:
    code = 'x"} 1\nmodelarts_dashboard_rows{connection="other"} 7\\'
    with service.fail(400, {"error_code": code, "error_msg": "no"}):
        load()
    found = samples()
    told_as = code.replace("\n", " ")[:64]
    assert of(found, "service_failures_total", error="InvalidRequestError", code=told_as) >= 1
    assert not [labels for _, labels in found if ("connection", "other") in labels]


def test_no_secret_is_told(service: LocalService) -> None:
    begun = load()
    echo = {"error_code": "APIG.0301", "error_msg": f"{TOKEN} of {service.project_id} is not accepted"}
    with service.fail(401, echo):
        again(begun)
    text = told()
    assert "APIG.0301" in text
    host = service.url.removeprefix("http://")
    for secret in (TOKEN, TOKEN[:8], service.project_id, service.url, host):
        assert secret not in text


def test_a_question_asks_the_service_nothing(service: LocalService) -> None:
    load()
    asked = len(service.requests)
    for _ in range(3):
        told()
    assert len(service.requests) == asked


def test_with_nothing_configured_the_sample_is_measured(
    service: LocalService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ENDPOINT", "PROJECT_ID", "TOKEN"):
        monkeypatch.delenv(f"MODELARTS_{name}")
    assert of(samples(), "loads_started_total", connection="sample") == 0
    projects().registry.close()


def test_the_process_is_measured_where_proc_shows_processes_alone(tmp_path: Path) -> None:
    (tmp_path / "self").symlink_to("/proc/self")
    there, whole = (
        {sample.name: sample.value for family in collector.collect() for sample in family.samples}
        for collector in (Process(proc=str(tmp_path), registry=None), ProcessCollector(registry=None))
    )
    assert there.keys() == whole.keys() >= {"process_resident_memory_bytes", "process_open_fds"}
    assert abs(there["process_start_time_seconds"] - whole["process_start_time_seconds"]) < 5
