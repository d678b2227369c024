"""`snapshots` on the command line: what it prints, its exit codes, the shapes of its JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashboard import secrets_file
from dashboard.__main__ import main
from dashboard.store.location import VARIABLE
from modelarts_local import LocalService

ROOT = Path(__file__).parents[3]
Run = Callable[..., tuple[int, str, str]]
OF_PROD = ("--connection", "prod")


@pytest.fixture
def service() -> Iterator[LocalService]:
    with LocalService(12) as running:
        yield running


@pytest.fixture
def run(
    service: LocalService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Runs `snapshots` with a database and a connection of its own; returns code, output and errors."""
    path = tmp_path / "secrets.toml"
    table = f'endpoint = "{service.url}"\nproject_id = "{service.project_id}"\n'
    path.write_text(f'[connections.prod]\n{table}token = "t"\n[connections.half]\n{table}ak = "x"\n')
    monkeypatch.setattr(secrets_file, "_file", secrets_file.SecretsFile([str(path)]))
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path}/dashboard.db")

    def snapshots(*arguments: str) -> tuple[int, str, str]:
        code = main(["snapshots", *arguments])
        return (code, *capsys.readouterr())

    return snapshots


def test_taking_says_whether_something_was_stored(run: Run, service: LocalService) -> None:
    code, output, _ = run("take", *OF_PROD)
    assert (code, output.split(" of ")[0], output.rpartition(": ")[2]) == (
        0,
        "stored snapshot 1",
        "12 configurations, details of 12\n",
    )
    code, output, _ = run("take", *OF_PROD)
    assert (code, output.split(" of ")[0]) == (0, "unchanged since snapshot 1")
    service.remove(service.names()[0])
    assert run("take", *OF_PROD)[1].startswith("stored snapshot 2")
    code, output, _ = run("list", "--format", "json")
    listed = json.loads(output)
    assert [(one["id"], one["connection"], one["count"]) for one in listed] == [
        (1, "prod", 12),
        (2, "prod", 11),
    ]
    assert run("list")[1].splitlines()[0].split()[:4] == ["id", "connection", "type", "taken"]


def test_details_are_taken_unless_they_are_not_wanted(run: Run, service: LocalService) -> None:
    name = service.names()[0]
    assert run("take", *OF_PROD, "--no-details")[1].endswith(": 12 configurations, details of 0\n")
    assert run("take", *OF_PROD)[1].startswith("stored snapshot 2")
    service.edit(name, log_url="/elsewhere/")
    assert run("take", *OF_PROD, "--no-details")[1].startswith("unchanged since snapshot 2")
    run("take", *OF_PROD)
    found = json.loads(run("diff", "previous", "latest", *OF_PROD, "--format", "json")[1])
    assert [(one["name"], one["fields"][0]["after"]) for one in found["edited"]] == [(name, "/elsewhere/")]


def test_details_that_do_not_come_are_named_and_the_rest_is_stored(run: Run, service: LocalService) -> None:
    name = service.names()[0]
    service.fail(404, path_contains=f"training-job-configs/{name}")
    code, output, errors = run("take", *OF_PROD)
    assert (code, output.rpartition(": ")[2]) == (0, "12 configurations, details of 11\n")
    assert "1 of 12 details could not be loaded" in errors
    assert repr(name) in errors


@pytest.mark.parametrize(
    "arguments",
    [
        ("take",),
        ("list",),
        ("list", "--format", "json"),
        ("show", "latest"),
        ("diff", "previous", "latest"),
        ("prune", "--keep-last", "1"),
        ("export",),
    ],
)
def test_a_connection_that_nobody_knows_is_refused_and_the_known_ones_are_named(
    run: Run, arguments: tuple[str, ...]
) -> None:
    assert run(*arguments, "--connection", "nobody") == (
        2,
        "",
        "modelarts-audit snapshots: There is no connection 'nobody'. There are: prod, half.\n",
    )


def test_what_is_kept_of_a_connection_that_has_gone_can_still_be_read(run: Run, tmp_path: Path) -> None:
    run("take", *OF_PROD)
    (tmp_path / "secrets.toml").unlink()
    assert run("list", *OF_PROD)[0] == 0
    assert "There are: prod." in run("list", "--connection", "nobody")[2]
    assert "None is configured." in run("take", *OF_PROD)[2]


def test_a_difference_is_1_and_none_is_0(run: Run, service: LocalService) -> None:
    run("take", *OF_PROD)
    first, second, third, *_ = service.names()
    service.edit(first, config_desc="now")
    service.edit(second, config_name="renamed")
    service.remove(third)
    service.add({"config_name": "new", "create_time": 1, "config_desc": "x"})
    run("take", *OF_PROD)
    code, output, _ = run("diff", "previous", "latest", *OF_PROD, "--format", "json")
    found = json.loads(output)
    assert code == 1
    assert set(found) == {"added", "removed", "renamed", "edited"}
    assert (found["added"], found["removed"], found["renamed"]) == (["new"], [third], [[second, "renamed"]])
    (edited,) = found["edited"]
    assert edited["name"] == first
    (field,) = edited["fields"]
    assert (field["field"], field["after"], field["kind"]) == ("config_desc", "now", "cosmetic")
    assert run("diff", "1", "1", *OF_PROD)[0] == 0
    code, output, _ = run("diff", "1", "2", *OF_PROD)
    assert (code, output.splitlines()[0]) == (1, "1 added, 1 removed, 1 renamed, 1 edited. 9 unchanged.")
    assert f"- {third}" in output.splitlines()
    code, output, _ = run("diff", "1", "2", *OF_PROD, "--format", "markdown", "--ignore", "config_desc")
    assert "### Edited" not in output
    assert run("diff", "1", "2", *OF_PROD, "--format", "csv")[1].count("\r\n") == 5


def test_a_snapshot_is_shown_as_a_table_and_as_json(run: Run, service: LocalService) -> None:
    run("take", *OF_PROD)
    shown = json.loads(run("show", "latest", *OF_PROD, "--format", "json")[1])
    assert sorted(one["config_name"] for one in shown["configurations"]) == sorted(service.names())
    assert shown["snapshot"]["count"] == 12
    assert len(run("show", "1", *OF_PROD)[1].splitlines()) == 13


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("take", "--connection", "nobody"), "There is no connection 'nobody'"),
        (("take", "--connection", "half"), "The connection 'half' cannot be used"),
        (("diff", "previous", "latest", *OF_PROD), "only one snapshot"),
        (("diff", "7", "latest", *OF_PROD), "no snapshot with the number 7"),
        (("show", "latest", "--connection", "half"), "no snapshot of the connection"),
        (("show", "2001-01-01", *OF_PROD), "Nothing is known of that time"),
        (("import", "/nowhere"), "No such file"),
    ],
)
def test_what_cannot_be_done_is_2_and_said_on_standard_error(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    run("take", *OF_PROD)
    code, output, errors = run(*arguments)
    assert (code, output) == (2, "")
    assert said in errors


def test_a_service_that_fails_is_2_and_nothing_is_stored(run: Run, service: LocalService) -> None:
    service.stop()
    code, _, errors = run("take", *OF_PROD)
    assert (code, errors.startswith("modelarts-audit snapshots: ")) == (2, True)
    assert json.loads(run("list", "--format", "json")[1]) == []


@pytest.mark.parametrize(
    "arguments",
    [(), ("steal",), ("take",), ("diff", "1"), ("prune", "--keep-days", "0"), ("list", "--format", "xml")],
)
def test_wrong_usage_is_64(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 64


def test_old_ones_are_pruned_and_a_file_brings_them_back(
    run: Run, service: LocalService, tmp_path: Path
) -> None:
    for name in service.names()[:3]:
        run("take", *OF_PROD)
        service.remove(name)
    file = str(tmp_path / "snapshots.jsonl")
    assert run("export", "--output", file)[0] == 0
    assert run("prune", "--keep-last", "1")[1] == "deleted 2 snapshots\n"
    assert len(json.loads(run("list", "--format", "json")[1])) == 1
    assert run("import", file)[1] == "stored 2 snapshots; 1 there already\n"
    assert run("export", *OF_PROD)[1].splitlines()[-1] == '{"end":{"snapshots":3}}'


def test_the_program_tells_its_commands_at_once_and_loads_nothing_for_it() -> None:
    code = "import sys, dashboard.__main__ as m; code = m.main(['-h']); print(*sys.modules); sys.exit(code)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "usage: modelarts-audit COMMAND" in done.stdout) == (0, True)
    assert not {"pandas", "sqlalchemy", "streamlit", "requests"} & set(done.stdout.split())


def test_no_command_and_an_unknown_one_are_64(capsys: pytest.CaptureFixture[str]) -> None:
    assert (main([]), main(["\x1b[2Jsteal"])) == (64, 64)
    assert "\x1b" not in capsys.readouterr().err


def test_no_streamlit_is_needed_and_a_listing_needs_no_pandas(tmp_path: Path) -> None:
    code = (
        "import sys, dashboard.__main__ as m\n"
        "assert m.main(['snapshots', 'list']) == 0\n"
        "print(*sys.modules)\n"
    )
    environment = {"PATH": "/usr/bin:/bin", VARIABLE: f"sqlite:///{tmp_path}/dashboard.db"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert not {"streamlit", "pandas"} & set(done.stdout.split())
