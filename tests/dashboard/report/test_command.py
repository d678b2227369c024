"""`modelarts-audit verify`: its words, and what its exit code says."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dashboard import secrets_file
from dashboard.report import command
from dashboard.report.report import report
from dashboard.report.seal import KeyProblemError
from tests.dashboard.report.reports import report_data

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Path]:
    """A secrets.toml of the test's own, not there yet."""
    secrets_file.use_files([str(tmp_path / "secrets.toml")])
    yield tmp_path / "secrets.toml"
    secrets_file.use_files(secrets_file.default_paths(os.environ))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """The names of a signed report, a plain one, and the signed one with a changed word."""
    signed = report(report_data(), KEY)
    contents = {
        "signed": signed,
        "plain": report(report_data()),
        "changed": signed.replace(b"Rotate", b"Ignore"),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return {name: str(tmp_path / name) for name in contents}


@pytest.mark.usefixtures("settings")
@pytest.mark.parametrize(
    ("name", "key", "code"),
    [
        ("signed", PUBLIC, 0),
        ("signed", None, 2),
        ("signed", base64.b64encode(bytes(32)).decode(), 1),
        ("plain", None, 0),
        ("plain", PUBLIC, 1),
        ("changed", PUBLIC, 1),
        ("changed", None, 1),
        ("plain", "no key", 64),
    ],
)
def test_the_exit_code_says_what_was_found(
    files: dict[str, str], name: str, key: str | None, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.verify([files[name], *(["--public-key", key] if key else [])]) == code
    assert "".join(capsys.readouterr()).strip()


def test_a_file_that_is_not_there_could_not_be_read(tmp_path: Path) -> None:
    assert command.verify([str(tmp_path / "none.html")]) == 2


def test_the_signing_key_of_the_settings_checks_its_own(files: dict[str, str], settings: Path) -> None:
    settings.write_text(
        f"[report]\nsigning_key = {json.dumps(base64.b64encode(bytes(range(32))).decode())}\n"
    )
    assert command.verify([files["signed"]]) == 0
    assert command.verify([files["changed"]]) == 1


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"report": {"signing": "x"}}, "signing is not a key of"),
        ({"report": {"signing_key": 3}}, "must be a text"),
        ({"report": "x"}, "is no table"),
    ],
)
def test_settings_that_cannot_be_used_say_so(tables: dict[str, object], words: str) -> None:
    with pytest.raises(KeyProblemError, match=words):
        command.signing_key(tables)
    assert command.signing_key({}) is None


def test_it_needs_neither_streamlit_nor_pandas(files: dict[str, str]) -> None:
    code = (
        "import sys; from dashboard.report.command import verify\n"
        f"code = verify([{files['signed']!r}, '--public-key', {PUBLIC!r}])\n"
        "print({'streamlit', 'pandas'} & set(sys.modules)); sys.exit(code)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "set()"
