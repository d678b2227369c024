"""The sample project and a showcase of every check: all that is expected is found, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from dashboard import secrets_file
from dashboard.__main__ import main
from dashboard.store.location import VARIABLE
from modelarts_local import LocalService
from modelarts_local.samples.details import generate_details
from modelarts_local.samples.expected_findings import expected_findings, unlisted_commands
from modelarts_local.samples.project import generate_configurations
from tests.dashboard.audit.assessed import CHECKS
from tests.dashboard.audit.showcase import EXPECTED, showcase


def _audited(
    content: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> Mapping[str, Any]:
    """Return what `run --format json` says of a service with this content."""
    output = tmp_path / "run.json"
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path}/none.db")
    with LocalService(content) as service:
        path = tmp_path / "secrets.toml"
        place = f'endpoint = "{service.url}"\nproject_id = "{service.project_id}"\n'
        path.write_text(f'[connections.prod]\n{place}token = "made-up-token"\n')
        monkeypatch.setattr(secrets_file, "_file", secrets_file.SecretsFile([str(path)]))
        assert main(["run", "--format", "json", "--output", str(output), *arguments]) == 1
    run: Mapping[str, Any] = json.loads(output.read_text())
    return run


def _by_configuration(run: Mapping[str, Any]) -> dict[str, set[str]]:
    (connection,) = run["connections"]
    assert connection["complete"]
    assert connection["crashed"] == []
    found: dict[str, set[str]] = {}
    for finding in connection["findings"]:
        found.setdefault(finding["configuration"], set()).add(finding["check"])
    return found


def test_all_that_is_expected_of_the_sample_project_is_found_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert unlisted_commands() == ()
    run = _audited(320, tmp_path, monkeypatch)
    now_ms = int(datetime.fromisoformat(run["generated_at"]).timestamp() * 1000)
    listed = list(generate_configurations(320))
    expected = expected_findings(listed, [generate_details(row, 0) for row in listed], now_ms)
    named = {row["config_name"]: ids for row, ids in zip(listed, expected, strict=True) if ids}
    assert _by_configuration(run) == named


def test_every_check_finds_its_case_in_the_showcase_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "audit.toml"
    settings.write_text('[rules.TEAM-1]\nfield = "pool_name"\nmust_not_match = "shared"\ntitle = "Pool"\n')
    run = _audited(showcase(), tmp_path, monkeypatch, "--settings", str(settings))
    assert _by_configuration(run) == EXPECTED
    assert set.union(*EXPECTED.values()) == CHECKS.keys() | {"TEAM-1"}
