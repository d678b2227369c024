"""`modelarts-audit migrate` against a running service: what it prints and writes, and its exit codes."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hcl2
import pytest

from dashboard import secrets_file
from dashboard.__main__ import main
from dashboard.store.database import open_database
from dashboard.store.decisions import NewDecision, set_decisions
from modelarts_local import LocalService
from tests.dashboard.migration.records import custom, preset

VERSION = "TF-1.13.1-python3.6"
FLAVOR = "modelarts.bm.gpu.v100"
READY = [preset(spec_code=FLAVOR), custom(spec_code=FLAVOR)]
LEFT = [*READY,
        preset(config_name="old", engine_version=VERSION, spec_code=FLAVOR),
        preset(config_name="builtin", model_id=5, spec_code=FLAVOR)]  # fmt: skip
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `migrate` on a service's project, with a database of its own; returns code, output and errors."""

    def migrate(service: LocalService, *arguments: str) -> tuple[int, str, str]:
        path = tmp_path / "secrets.toml"
        path.write_text(
            f'[connections.prod]\nendpoint = "{service.url}"\nproject_id = "{service.project_id}"\n'
            'token = "t"\n'
        )
        monkeypatch.setattr(secrets_file, "_file", secrets_file.SecretsFile([str(path)]))
        monkeypatch.setenv("DASHBOARD_DATABASE_URL", database_url(tmp_path))
        code = main(["migrate", "--connection", "prod", *arguments])
        return (code, *capsys.readouterr())

    return migrate


def database_url(folder: Path) -> str:
    return f"sqlite:///{folder}/dashboard.db"


def test_where_all_are_ready_the_exit_code_is_0_and_json_is_one_document(run: Run) -> None:
    with LocalService(READY) as service:
        code, output, errors = run(service)
    document: dict[str, Any] = json.loads(output)
    assert (code, document["schema"]) == (0, 1)
    assert {one["name"]: one["verdict"] for one in document["configurations"]} == {
        "resnet50": "ready",
        "bert": "ready",
    }
    for one in document["configurations"]:
        assert {"name", "verdict", "reasons", "algorithm", "job"} <= one.keys()
        assert not {"engine-not-confirmed", "details-missing"} & {each["code"] for each in one["warnings"]}
    assert errors == "modelarts-audit migrate: 2 of 2 are ready.\n"


def test_what_is_left_is_listed_and_the_exit_code_is_1(run: Run) -> None:
    with LocalService(LEFT) as service:
        code, output, errors = run(service)
    found = {one["name"]: one for one in json.loads(output)["configurations"]}
    assert code == 1
    assert [one["code"] for one in found["old"]["reasons"]] == ["engine-successor"]
    assert found["old"]["reasons"][0].keys() >= {"code", "message"}
    assert found["builtin"]["verdict"] == "blocked"
    assert "old: decision: engine-successor:" in errors
    assert "builtin: blocked: built-in-algorithm:" in errors
    assert "2 of 4 are ready" in errors


def test_a_file_of_decisions_settles_what_is_left(run: Run, tmp_path: Path) -> None:
    decisions = tmp_path / "decisions.toml"
    decisions.write_text(
        "schema = 1\n"
        f'[[decision]]\nkind = "engine"\nsubject = "{VERSION}"\nvalue = "tf"\n'
        '[[decision]]\nkind = "model"\nsubject = "5"\nvalue = "own-code"\n'
    )
    with LocalService(LEFT) as service:
        code, output, _ = run(service, "--decisions", str(decisions))
    assert code == 1  # the connection does not offer "tf", and says so
    reasons = [one["reasons"] for one in json.loads(output)["configurations"] if one["name"] == "old"]
    assert [one["code"] for one in reasons[0]] == ["engine-not-offered"]
    decisions.write_text(decisions.read_text().replace('"tf"', '"tensorflow-cp36-1.8.0"'))
    with LocalService(LEFT) as service:
        assert run(service, "--decisions", str(decisions))[0] == 0


def test_a_decision_that_concerns_no_configuration_is_told(run: Run, tmp_path: Path) -> None:
    decisions = tmp_path / "decisions.toml"
    named = [("model", "5", "own-code"), ("model", "name:builtim", "own-code"), ("dataset", "*", "keep")]
    entries = [
        f"[[decision]]\nkind = '{kind}'\nsubject = '{about}'\nvalue = '{value}'\n"
        for kind, about, value in named
    ]
    decisions.write_text("\ufeffschema = 1\n" + "".join(entries))
    with LocalService(LEFT) as service:
        _, _, errors = run(service, "--decisions", str(decisions))
    told = re.findall("concerned by the decision (.*)", errors)
    assert told == ["dataset '*'", "model 'name:builtim'"]


def test_without_a_file_the_decisions_of_the_dashboard_count(run: Run, tmp_path: Path) -> None:
    with open_database(database_url(tmp_path)) as database:
        new = [
            NewDecision("migration.engine", VERSION, "tensorflow-cp36-1.8.0", "prod"),
            NewDecision("migration.model", "5", "own-code"),
            NewDecision("migration.model", "6", "own-code", "other"),
        ]
        set_decisions(database, new, "anna", datetime(2026, 11, 26, tzinfo=UTC))
    with LocalService(LEFT) as service:
        assert run(service)[0] == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [('schema = 1\n[[decision]]\nkind = "engin"\nsubject = "a"\nvalue = "b"\n', "is engine meant?"),
     ("\x00", "neither TOML nor JSON")],
)  # fmt: skip
def test_a_faulty_file_of_decisions_is_wrong_usage(run: Run, tmp_path: Path, content: str, told: str) -> None:
    decisions = tmp_path / "decisions.toml"
    decisions.write_text(content)
    with LocalService(READY) as service:
        code, output, errors = run(service, "--decisions", str(decisions))
    assert (code, output) == (64, "")
    assert told in errors


def test_terraform_on_standard_output_is_what_is_ready(run: Run) -> None:
    with LocalService(LEFT) as service:
        code, output, _ = run(service, "--format", "terraform")
    names = [next(iter(next(iter(one.values())))) for one in hcl2.loads(output)["resource"]]
    assert (code, sorted(names)) == (1, ['"bert"', '"bert"', '"resnet50"', '"resnet50"'])


def test_python_on_standard_output_is_what_is_ready(run: Run) -> None:
    with LocalService(LEFT) as service:
        _, output, _ = run(service, "--format", "python")
    compile(output, "create.py", "exec")
    assert "def algorithm_of_bert" in output
    assert "algorithm_of_old" not in output


@pytest.mark.parametrize(
    ("wanted", "written"),
    [
        ("json", {"migration.json", "json/bert.algorithm.json", "unfinished/old.job.json"}),
        ("terraform", {"terraform/versions.tf", "terraform/bert.tf", "terraform/unfinished/old.tf"}),
        ("python", {"create.py"}),
    ],
)
def test_files_are_written_to_a_folder(run: Run, tmp_path: Path, wanted: str, written: set[str]) -> None:
    folder = tmp_path / "out"
    with LocalService(LEFT) as service:
        code, output, errors = run(service, "--format", wanted, "--output", str(folder))
    assert [line.removeprefix("modelarts-audit migrate: ") for line in errors.splitlines()] == [
        "decision: 1",
        "blocked: 1",
        "  built-in-algorithm: 1",
        "  engine-successor: 1",
        f"README.md in {folder} says of each what is left to decide.",
        "2 of 4 are ready.",
    ]
    paths = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert (code, output) == (1, "")
    assert written | {"README.md", "decisions.toml"} <= paths
    introduction, _, _ = (folder / "README.md").read_text().partition("## How many")
    told = set(re.findall(r"^- `([^`/]*)", introduction, re.MULTILINE))
    assert told == {path.partition("/")[0] for path in paths} - {"README.md", "unfinished"}


def test_files_of_an_earlier_run_are_told(run: Run, tmp_path: Path) -> None:
    with LocalService(READY) as service:
        _, _, first = run(service, "--format", "terraform", "--output", str(tmp_path))
    with LocalService(READY[:1]) as service:
        _, _, second = run(service, "--format", "terraform", "--output", str(tmp_path))
    assert "of this run" not in first
    assert f"{tmp_path}/terraform/bert.tf is not of this run\n" in second


def test_a_zip_holds_everything(run: Run, tmp_path: Path) -> None:
    with LocalService(LEFT) as service:
        run(service, "--format", "zip", "--output", str(tmp_path))
    with zipfile.ZipFile(tmp_path / "migration.zip") as archive:
        assert {"README.md", "create.py", "migration.json", "terraform/bert.tf"} <= set(archive.namelist())


def test_what_could_not_be_read_is_told_and_the_exit_code_is_2(run: Run) -> None:
    with LocalService(READY) as service:
        service.fail(404, path_contains="training-job-configs/bert")
        code, output, errors = run(service)
    found = {one["name"]: one["verdict"] for one in json.loads(output)["configurations"]}
    assert (code, found) == (2, {"resnet50": "ready", "bert": "decision"})
    assert "details could not be loaded ('bert'): " in errors


def test_a_service_that_is_away_and_a_connection_that_is_none_are_2(run: Run) -> None:
    with LocalService(READY) as service:
        assert run(service, "--connection", "nobody")[0] == 2
        service.fail(403)
        code, output, errors = run(service)
    assert (code, output) == (2, "")
    assert errors.startswith("modelarts-audit migrate: ")


def test_a_zip_needs_a_folder(run: Run) -> None:
    with LocalService(READY) as service:
        code, _, errors = run(service, "--format", "zip")
    assert code == 64
    assert "--output" in errors
