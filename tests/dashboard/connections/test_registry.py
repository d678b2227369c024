"""The settings as they are now, with one client a connection: what changes, what stays, what has gone."""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import pytest

from dashboard import secrets_file
from dashboard.connections import VARIABLES, Registry

TABLE = 'region = "cn-north-4"\nproject_id = "p"\naccess_key = "AK"\nsecret_key = "{secret}"\n'


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where secrets.toml of this process is; there is none yet."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    found = tmp_path / "secrets.toml"
    monkeypatch.setattr(secrets_file, "_file", secrets_file.SecretsFile([str(found)]))
    return found


def write(path: Path, text: str) -> None:
    """Write the file, with a time of its own: a clock may be coarser than a test is quick."""
    path.write_text(text)
    os.utime(path, ns=(time.time_ns(), time.time_ns() + len(text)))


def test_settings_are_read_once_for_the_same_file(path: Path) -> None:
    write(path, "[connections.a]\n" + TABLE.format(secret="SK"))
    registry = Registry()
    first = registry.settings()
    assert registry.settings() is first
    write(path, '[connections.a]\nlabel = "A"\n' + TABLE.format(secret="SK"))
    changed = registry.settings()
    assert changed.connections[0].label == "A"
    assert changed.connections[0].credentials is first.connections[0].credentials
    assert registry.client(changed.connections[0]) is registry.client(first.connections[0])


def test_a_connection_that_is_another_has_another_client(path: Path) -> None:
    write(path, "[connections.a]\n" + TABLE.format(secret="SK"))
    told: list[frozenset[str]] = []
    registry = Registry(told.append)
    (before,) = registry.settings().connections
    client, traffic = registry.client(before), registry.traffic(before)
    write(path, "[connections.a]\n" + TABLE.format(secret="another"))
    (after,) = registry.settings().connections
    assert registry.client(after) is not client
    assert registry.traffic(after) is not traffic
    assert told == [frozenset([before.fingerprint]), frozenset([after.fingerprint])]


def test_the_environment_counts_where_there_is_no_table(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELARTS_TOKEN", "x")
    assert Registry().settings().problems


def test_without_any_connection_it_is_the_sample_data(path: Path) -> None:
    registry = Registry()
    settings = registry.settings()
    assert settings.nothing_configured
    assert [connection.is_sample for connection in settings.connections] == [True]
    assert registry.settings() is settings
    registry.close()


@pytest.mark.parametrize("text", ["", "# nothing is left\n", "[connections]\n", None])
def test_sample_data_never_takes_the_place_of_connections_that_have_gone(
    path: Path, text: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    """An editor that writes anew, a mount that goes: nothing of them stays, and the log has one line."""
    good = "[connections.a]\n" + TABLE.format(secret="SK")
    write(path, good)
    registry = Registry()
    before = registry.settings()
    with caplog.at_level(logging.WARNING, logger="dashboard"):
        write(path, text) if text is not None else path.unlink()
        for _ in range(3):
            gone = registry.settings()
    assert gone.connections == ()
    (problem,) = gone.problems
    assert "have gone since the dashboard was started" in problem.faults[0]
    assert len(caplog.records) == 1
    write(path, good)
    again = registry.settings()
    assert [connection.name for connection in again.connections] == ["a"]
    assert again.connections[0].fingerprint == before.connections[0].fingerprint


def test_a_file_that_cannot_be_read_is_a_problem_and_not_sample_data(path: Path) -> None:
    write(path, "[connections.a\n")
    registry = Registry()
    (problem,) = registry.settings().problems
    assert problem.faults == ("the file cannot be read: it is not valid TOML (line 1, column 15)",)
    path.write_bytes(b"\xff\xfe")
    assert registry.settings().problems[0].faults == (
        "the file cannot be read: it is no text file that this user may read",
    )
