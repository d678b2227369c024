"""A reader of the output that has enough (`| head`) ends every command without a word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from dashboard.__main__ import CLOSED_PIPE
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
