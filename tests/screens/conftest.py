"""A service with known content, no connection left over from the environment, and nothing left in a cache."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from streamlit.components.v2 import manifest_scanner

from dashboard.connections import VARIABLES
from dashboard.data.database import close_database
from dashboard.data.projects import projects
from dashboard.history.recall import forget
from dashboard.history.taker import taker
from modelarts_local import LocalService
from modelarts_local.samples.project import generate_configurations
from tests.dashboard.guarded import options
from tests.databases import ready_database
from tests.screens.opened import Opened
from tests.screens.several import TOKEN, rows_of

ODD_ROWS: tuple[dict[str, Any], ...] = (
    {"config_name": "twin", "config_desc": "first of two", "create_time": 1_600_000_000_000},
    {"config_name": "twin", "config_desc": "second of two", "create_time": 1_600_000_000_000},
    {"config_name": "untimed", "config_desc": "no creation time", "engine_name": "PyTorch"},
    {"config_name": "bare", "config_desc": "", "create_time": 1_700_000_000_000},
    {
        "config_name": "custom-only",
        "config_desc": "  an image and no engine",
        "create_time": 1_699_999_999_999,
        "user_image_url": "swr.example.com/Team/Trainer:1.0",
        "user_command": "bash run_train.sh python TRAIN.py",
    },
)
"""What the generated project lacks: two of one name, no creation time, no engine at all."""


@pytest.fixture(autouse=True, scope="session")
def _components_looked_for_once() -> Iterator[None]:
    """AppTest looks for components in all installed packages at every run; a server, when it starts."""
    found = functools.cache(manifest_scanner.scan_component_manifests)
    with mock.patch.object(manifest_scanner, "scan_component_manifests", found):
        yield


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No connection but the test's own, and every load begun anew."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("DASHBOARD_DATABASE_URL", ready_database(tmp_path))
    projects.cache_clear()
    taker.cache_clear()
    taker()
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    with options({"secrets.files": [str(tmp_path / "secrets.toml")]}):
        yield
    assert taker().wait(60)
    close_database()
    forget()
    taker.cache_clear()
    projects.cache_clear()


@pytest.fixture(scope="session")
def shared_service() -> Iterator[LocalService]:
    """A project of 325 configurations that no test changes."""
    with LocalService([*generate_configurations(320, 7), *ODD_ROWS]) as running:
        yield running


@pytest.fixture
def service(shared_service: LocalService) -> LocalService:
    """The shared project, with an empty log of requests. For reading only."""
    shared_service.requests.clear()
    return shared_service


@pytest.fixture
def own_service() -> Iterator[LocalService]:
    """A project of 60 configurations that the test may change and break. It demands the token."""
    with LocalService(60, seed=3, token=TOKEN) as running:
        yield running


@pytest.fixture
def alpha() -> Iterator[LocalService]:
    """One of two projects that can be told apart."""
    with LocalService(rows_of("alpha", 130)) as running:
        yield running


@pytest.fixture
def beta() -> Iterator[LocalService]:
    """The other one."""
    with LocalService(rows_of("beta", 70)) as running:
        yield running


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Connect the dashboard, through the environment, to an endpoint and a project."""

    def to(endpoint: str, project_id: str) -> None:
        monkeypatch.setenv("MODELARTS_ENDPOINT", endpoint)
        monkeypatch.setenv("MODELARTS_PROJECT_ID", project_id)
        monkeypatch.setenv("MODELARTS_TOKEN", TOKEN)

    return to


@pytest.fixture
def overview(service: LocalService, connect: Callable[[str, str], None]) -> Callable[..., Opened]:
    """Open the overview on the shared project, with these parameters in the address."""
    connect(service.url, service.project_id)
    return lambda **parameters: Opened(parameters).settle()


@pytest.fixture
def own_overview(own_service: LocalService, connect: Callable[[str, str], None]) -> Callable[..., Opened]:
    """Open the overview on the project that the test may break."""
    connect(own_service.url, own_service.project_id)
    return lambda **parameters: Opened(parameters).settle()


@pytest.fixture
def sample_project() -> Iterator[None]:
    """Nothing is configured; the embedded service that then starts is stopped in the end."""
    yield
    projects().registry.close()
