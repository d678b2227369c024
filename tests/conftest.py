"""One browser for all tests that drive one: Playwright runs once in a process. How property tests draw."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, expect, sync_playwright

from dashboard import secrets_file
from tests.browser.chromium import find

SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

TESTS = Path(__file__).parent
LONG_FIRST = ("deploy", "attack", "screens")
"""Folders whose files take long: one that is begun last would keep one process, and let the others wait."""

# No test writes to the database of whoever runs the tests; the servers that tests start inherit this one.
_folder = tempfile.mkdtemp(prefix="dashboard-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["DASHBOARD_DATABASE_URL"] = f"sqlite:///{_folder}/dashboard.db"

# Here, so that it is there before any test is read: property tests draw the same examples every time, and
# take the time they take.
settings.register_profile(
    "deterministic",
    derandomize=True,
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("deterministic")


@pytest.fixture(autouse=True)
def _own_secrets_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the secrets.toml that another one has named."""
    monkeypatch.setattr(
        secrets_file, "_file", secrets_file.SecretsFile(secrets_file.default_paths(os.environ))
    )


@pytest.fixture(autouse=True, scope="session")
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test, nor a server that it starts, makes a key or a database in the home of who runs the tests."""
    os.environ.setdefault("DASHBOARD_FINGERPRINT_KEY", "a key for the tests alone")
    # Tests count requests: those that are about details ask for them.
    os.environ.setdefault("DASHBOARD_AUDIT_DETAILS", "false")
    os.environ["STATE_DIRECTORY"] = str(tmp_path_factory.mktemp("state"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long; see LONG_FIRST.

    Names have to be the same in every process that runs tests.
    """
    assert not [item.nodeid for item in items if " at 0x" in item.nodeid]
    driven = {_folder_of(item) for item in items if item.get_closest_marker("browser")}
    assert driven <= {"browser", "plotly_basic"}, "the Makefile looks for tests that drive a browser there"
    items.sort(key=lambda item: _place(_folder_of(item)))


def _folder_of(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).parts[0]


def _place(folder: str) -> int:
    return LONG_FIRST.index(folder) if folder in LONG_FIRST else len(LONG_FIRST)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless."""
    path = find()
    assert path, "no Chromium: run the browser tests through `make`, which finds or installs one"
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(SWITCHES))
        yield chromium
        chromium.close()
