"""How every command ends that cannot use a file, and whose reader has enough of its output (`| head`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.__main__ import CLOSED_PIPE, main
from dashboard.command_line import COULD_NOT
from dashboard.store.location import VARIABLE

ROOT = Path(__file__).parents[2]
COMMANDS = (
    "-h",
    "run --sample --no-details",
    "run --sample --no-details --format json",
    "checks",
    "waivers export -",
    "verify nothing.html",
    "migrate --sample",
    "snapshots --help",
    "snapshots list",
    "snapshots export",
)
EACH = """
import json, os, sys
from dashboard.__main__ import main
closed, codes, errors = int(sys.argv[1]), {}, os.dup(2)
for command in sys.argv[2:]:
    os.dup2(closed, 1), os.dup2(errors, 2)
    sys.stdout = open(1, "w", closefd=False)
    codes[command] = main(command.split())
    sys.stdout.flush()
with open("codes.json", "w") as file:
    json.dump(codes, file)
"""


def test_a_closed_pipe_ends_each_command_quietly(tmp_path: Path) -> None:
    (tmp_path / "nothing.html").write_text("x")
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        VARIABLE: f"sqlite:///{tmp_path}/dashboard.db",
    }
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-c", EACH, str(writing), *COMMANDS],
        cwd=tmp_path,
        env=environment,
        pass_fds=[writing],
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads((tmp_path / "codes.json").read_text()) == dict.fromkeys(COMMANDS, CLOSED_PIPE)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("waivers import /nowhere", "waivers: /nowhere: No such file or directory"),
        ("snapshots import /nowhere", "snapshots: /nowhere: No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_alike_by_every_command(
    command: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(command.split()) == COULD_NOT
    assert capsys.readouterr().err == f"modelarts-audit {words}\n"
