"""The health check says what is loaded, and no secret."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from dashboard import __version__
from dashboard.server.health import healthz
from tests.dashboard.asgi import Answer, call, run

SECRET = "MIIEsecretTOKENvalue0123456789"


@pytest.fixture
def unconfigured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No secrets.toml and no variable of ours."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("ENDPOINT", "PROJECT_ID", "TOKEN"):
        monkeypatch.delenv(f"MODELARTS_{name}", raising=False)


def _health() -> tuple[Answer, dict[str, Any]]:
    app = Starlette(routes=[Route("/healthz", healthz)])
    answer = run(call(app, "/healthz", {}))
    return answer, json.loads(answer.body)


@pytest.mark.usefixtures("unconfigured")
def test_the_health_check_of_a_fresh_server() -> None:
    answer, body = _health()
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert body["status"] == "ok"
    assert body["version"] == __version__
    assert (body["connections"], body["sample_data"]) == (0, True)
    for age in ("newest_data_age_seconds", "oldest_data_age_seconds"):
        assert body[age] is None or body[age] >= 0


@pytest.mark.usefixtures("unconfigured")
@pytest.mark.parametrize(("project_id", "connections"), [("project-of-ours", 1), ("", 0)])
def test_the_health_check_counts_connections_and_tells_no_secret(
    project_id: str, connections: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELARTS_ENDPOINT", "https://modelarts.example.com")
    monkeypatch.setenv("MODELARTS_PROJECT_ID", project_id)
    monkeypatch.setenv("MODELARTS_TOKEN", SECRET)
    answer, body = _health()
    assert (body["connections"], body["sample_data"]) == (connections, False)
    told = repr(answer)
    assert SECRET[:8] not in told
    assert "project-of-ours" not in told
    assert "modelarts.example.com" not in told
