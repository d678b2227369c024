"""What we tell people to write down works: the example file, and what the local service prints."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import certifi
import pytest

from dashboard.connections import Connection, read_settings
from dashboard.connections.raw_connection import KEYS
from modelarts_api import Client

ROOT = Path(__file__).parents[3]
EXAMPLE = (ROOT / ".streamlit" / "secrets.toml.example").read_text(encoding="utf-8")


def uncommented() -> str:
    """The example with every alternative taken up; prose stays commented."""
    text = re.sub(r"^# (?=\[|\w+ = )", "", EXAMPLE, flags=re.MULTILINE)
    return re.sub(r'(?<=^ca_bundle = ").*(?=")', certifi.where(), text, flags=re.MULTILINE)


def test_the_example_as_it_is_is_one_complete_connection() -> None:
    (entry,) = read_settings(tomllib.loads(EXAMPLE), {}).entries
    assert isinstance(entry, Connection), entry
    assert entry.name == "production"


def test_every_alternative_in_the_example_is_complete_and_of_another_kind() -> None:
    tables = tomllib.loads(uncommented())["connections"]
    settings = read_settings({"connections": tables}, {})
    assert settings.problems == ()
    assert [connection.name for connection in settings.connections] == list(tables)
    assert [connection.shown_credentials for connection in settings.connections] == [
        "access key past…",
        "access key past…, temporary",
        "password of auditor in OTC00000000001000000000",
        "password of auditor in example",
        "token",
    ]


def test_the_example_shows_every_key() -> None:
    tables = tomllib.loads(uncommented())["connections"]
    assert {key for table in tables.values() for key in table} - {"access"} == set(KEYS)


def test_the_example_shows_every_table_that_the_settings_document_has() -> None:
    document = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `\[(\w+)", document, flags=re.MULTILINE))
    assert set(tomllib.loads(uncommented())) == documented


@contextmanager
def announced(*arguments: str) -> Iterator[str]:
    """What the local service prints, while it runs."""
    command = [sys.executable, "-m", "modelarts_local", "--configurations", "7", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            lines: list[str] = []
            while not lines or not lines[-1].startswith("Ctrl-C"):
                lines.append(process.stdout.readline())
                assert lines[-1], "the local service ended"
            yield "".join(lines)
        finally:
            process.send_signal(signal.SIGTERM)


@pytest.mark.parametrize("kind", ["password", "access-key"])
def test_what_the_local_service_prints_for_secrets_connects(kind: str) -> None:
    with announced("--auth", kind) as text:
        written = text[text.index("[connections.local]") : text.index("Ctrl-C")]
        (connection,) = read_settings(tomllib.loads(written), {}).connections
        assert total(connection) == 7


@pytest.mark.parametrize("arguments", [(), ("--auth", "token"), ("--token", "sesame")])
def test_what_the_local_service_prints_for_the_environment_connects(arguments: tuple[str, ...]) -> None:
    """The token is told beside the line that sets it: made up, any, or the one that was given."""
    with announced(*arguments) as text:
        variables = dict(re.findall(r"export (\w+)=(\S+)", text))
        beside = re.search(r"MODELARTS_TOKEN=\.\.\.  # (.*)", text)
        assert beside
        variables["MODELARTS_TOKEN"] = "sesame" if "--token" in arguments else beside[1]
        (connection,) = read_settings({}, variables).connections
        assert total(connection) == 7


def total(connection: Connection) -> int:
    """How many configurations the connection finds."""
    with Client(connection.endpoint, connection.project_id, connection.credentials) as client:
        return client.list_configurations().total
