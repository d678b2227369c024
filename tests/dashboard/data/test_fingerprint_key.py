"""Where the key of fingerprints comes from, and that all who ask at once get the same one."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard.data import fingerprint_key as module
from dashboard.data.fingerprint_key import (
    VARIABLE,
    FingerprintKeyError,
    configured_key,
    fingerprint_key,
    key_file,
    key_of,
)

LONG = "0123456789abcdef"


def test_the_environment_comes_before_the_file() -> None:
    tables = {"audit": {"fingerprint_key": "another key, long enough"}}
    assert configured_key({VARIABLE: LONG}, tables) == configured_key({VARIABLE: LONG}, {})
    assert configured_key({}, tables) != configured_key({VARIABLE: LONG}, {})
    assert configured_key({VARIABLE: ""}, {}) is None


@pytest.mark.parametrize(
    ("environment", "tables"),
    [
        ({VARIABLE: "short"}, {}),
        ({}, {"audit": {"fingerprint_key": 7}}),
        ({}, {"audit": {"fingerprint_key": "x"}}),
    ],
)
def test_a_key_of_no_use_is_refused_without_being_repeated(
    environment: dict[str, str], tables: dict[str, object]
) -> None:
    with pytest.raises(FingerprintKeyError, match="16 characters") as refused:
        configured_key(environment, tables)
    assert "short" not in str(refused.value)


def test_a_key_is_made_once_whoever_asks_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "state" / "fingerprint.key"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(key_of, [file] * 32))
    assert len(keys) == 1
    assert keys == {file.read_bytes()}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_the_key_lies_beside_the_database(tmp_path: Path) -> None:
    assert key_file({"STATE_DIRECTORY": "/var/lib/d"}, {}) == Path("/var/lib/d/fingerprint.key")
    environment = {"DASHBOARD_DATABASE_URL": f"sqlite:///{tmp_path}/x.db"}
    assert key_file(environment, {}) == tmp_path / "fingerprint.key"
    table = {"database": {"url": "postgresql://u:p@h/n"}}
    assert key_file({"STATE_DIRECTORY": "/var/lib/d"}, table) == Path("/var/lib/d/fingerprint.key")


def test_without_a_folder_the_key_holds_for_this_process_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.delenv("DASHBOARD_DATABASE_URL", raising=False)
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path / "file"))
    module.fingerprint_key.cache_clear()
    try:
        assert fingerprint_key() == fingerprint_key()
        assert VARIABLE in caplog.text
    finally:
        module.fingerprint_key.cache_clear()
