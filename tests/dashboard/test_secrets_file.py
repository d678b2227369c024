"""One reader of secrets.toml: what it says now, what is wrong with it, and that nobody can change it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

import pytest

from dashboard.secrets_file import SecretsFile, default_paths, misspelt_tables, unknown_key

ROOT = Path(__file__).parents[2]


def write(path: Path, text: str | bytes, moment: int) -> None:
    """Write the file with this time of change."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    os.utime(path, ns=(moment, moment))


def test_a_file_is_read_again_when_it_has_changed_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    reader = SecretsFile([str(path)])
    assert reader.read().tables == {}
    write(path, "[access]\ncontact = 'a'\n", 1)
    first = reader.read()
    assert first.tables == {"access": {"contact": "a"}}
    assert reader.read() is first
    write(path, "[access]\ncontact = 'b'\n", 2)
    assert reader.read().tables == {"access": {"contact": "b"}}
    path.unlink()
    assert reader.read().tables == {}


def test_a_later_file_wins_table_by_table(tmp_path: Path) -> None:
    paths = [tmp_path / "home.toml", tmp_path / "here.toml"]
    write(paths[0], "[access]\ncontact = 'home'\n[metrics]\ntoken = 'home'\n", 1)
    write(paths[1], "[access]\ncontact = 'here'\n", 1)
    tables = SecretsFile([str(path) for path in paths]).read().tables
    assert tables == {"access": {"contact": "here"}, "metrics": {"token": "home"}}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("[access\n", "it is not valid TOML (line 1, column 8)"),
        ("a = 1\na = 'secret'\n", "it is not valid TOML (line 2, column 13)"),
        (b"\xff\xfe[\x00", "it is no text file that this user may read"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fault_that_repeats_nothing(
    tmp_path: Path, content: str | bytes, fault: str
) -> None:
    path = tmp_path / "secrets.toml"
    write(path, content, 1)
    found = SecretsFile([str(path)]).read()
    assert (found.fault, found.tables) == (fault, {})
    write(path, "[access]\n", 2)
    assert SecretsFile([str(path)]).read().fault == ""


def test_nobody_can_change_what_was_read(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    write(path, "[connections.a.access]\nemails = ['a@b.c']\n[[connections.a.more]]\nx = [1]\n", 1)
    tables = SecretsFile([str(path)]).read().tables
    connections = tables["connections"]
    assert isinstance(connections, MappingProxyType)
    table = connections["a"]
    assert isinstance(table["access"], MappingProxyType)
    assert table["access"]["emails"] == ("a@b.c",)
    assert isinstance(table["more"][0], MappingProxyType)


def test_no_value_is_in_the_repr(tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    write(path, "[metrics]\ntoken = 'SECRET'\n", 1)
    assert "SECRET" not in repr(SecretsFile([str(path)]).read())


@pytest.mark.parametrize(
    ("name", "meant"),
    [("acces", "access"), ("Auth", "auth"), ("authentication", "auth"), ("conections", "connections")],
)
def test_a_table_that_is_nearly_one_of_ours_is_a_fault(name: str, meant: str) -> None:
    assert misspelt_tables({name: {}, "text": "x"}) == [f"[{name}] is not read; is [{meant}] meant?"]


def test_other_peoples_tables_are_no_fault() -> None:
    assert misspelt_tables({"snowflake": {}, "auth": {}, "openai": {}, "acess": "no table"}) == []


def test_a_misspelt_key_is_guessed_and_an_unknown_one_is_told_what_there_is() -> None:
    assert unknown_key("tokn", "[metrics]", ["token"]) == "tokn is not a key of [metrics]; is token meant?"
    assert unknown_key("x", "[access]", ["emails", "groups"]) == (
        "x is not a key of [access]; there are emails, groups"
    )


def test_the_paths_are_those_that_streamlit_has() -> None:
    code = (
        "from streamlit import config\n"
        "import os\n"
        "from dashboard.secrets_file import default_paths\n"
        "assert list(default_paths(os.environ)) == config.get_option('secrets.files')[:2]\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert default_paths({"STREAMLIT_SECRETS_FILES": "/run/a.toml /run/b.toml"}) == (
        "/run/a.toml",
        "/run/b.toml",
    )
