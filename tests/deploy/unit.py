"""A systemd unit read, and what of its promises can be kept without systemd."""

from __future__ import annotations

import shlex
import subprocess
from collections import defaultdict
from pathlib import Path

from tests.deploy.debian import program


def read_service(path: Path) -> dict[str, list[str]]:
    """The values of each key of the [Service] section, in their order."""
    values: dict[str, list[str]] = defaultdict(list)
    section = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif section == "Service" and line and not line.startswith(("#", ";")):
            key, equals, value = line.partition("=")
            assert equals, line
            assert not value.endswith("\\"), "one line a value"
            values[key].append(value)
    return values


def exec_start(service: dict[str, list[str]], instance: str, credentials: str) -> list[str]:
    """The words of the command line, for an instance of a template and a folder of credentials."""
    (line,) = service["ExecStart"]
    line = line.replace("%i", instance).replace("${CREDENTIALS_DIRECTORY}", credentials)
    assert "%" not in line
    assert "$" not in line
    return shlex.split(line)


def allowed_system_calls(service: dict[str, list[str]]) -> list[str]:
    """What SystemCallFilter leaves: its lines add, and those with ~ take away."""
    allowed: set[str] = set()
    for line in service["SystemCallFilter"]:
        calls = {call for word in line.removeprefix("~").split() for call in _system_calls(word)}
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    return sorted(allowed)


def _system_calls(name: str) -> set[str]:
    if not name.startswith("@"):
        return {name}
    listed = subprocess.run(
        [program("systemd-analyze", "systemd"), "syscall-filter", name],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    words = [line.strip() for line in listed[1:] if line.strip() and not line.strip().startswith("#")]
    assert words, f"systemd knows no {name}"
    return {call for word in words for call in _system_calls(word)}
