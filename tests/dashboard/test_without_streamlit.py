"""The rooms that the command line uses know no Streamlit."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def modules_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has after this code."""
    tell = "import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{tell}"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        "dashboard.secrets_file",
        "dashboard.connections",
        "dashboard.access.policy",
        "dashboard.data.projects",
        "dashboard.data.export",
        "dashboard.data.figures",
    ],
)
def test_a_room_below_the_screens_imports_no_streamlit(module: str) -> None:
    assert "streamlit" not in modules_after(f"import {module}")


@pytest.mark.parametrize("module", ["dashboard.audit.arguments", "dashboard.history.arguments"])
def test_what_a_command_takes_is_known_without_what_speaks_to_the_service(module: str) -> None:
    assert not modules_after(f"import {module}") & {"modelarts_api", "requests", "pandas"}


def test_a_client_of_a_connection_can_be_had_without_streamlit() -> None:
    code = (
        "from dashboard.data.projects import projects\n"
        "from dashboard.data.view import View\n"
        "connection = projects().registry.settings().connections[0]\n"
        "assert connection.is_sample\n"
        "load = projects().project(connection).inventory(View())\n"
        "assert load.wait(60) and load.state.result is not None\n"
        "projects().registry.close()\n"
    )
    assert "streamlit" not in modules_after(code)


def test_the_wrapper_alone_needs_requests_and_nothing_of_the_dashboard() -> None:
    found = modules_after("import modelarts_api")
    assert "requests" in found
    assert not found & {"dashboard", "modelarts_local", "pandas", "streamlit", "starlette"}
