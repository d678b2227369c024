"""The same tests on both databases: an SQLite file, and a database of one PostgreSQL server a test run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.store.database import Database, open_database
from tests.dashboard.store.postgresql import Server, running_server
from tests.databases import ready_database

BOTH = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server of our own."""
    with running_server() as running:
        yield running


@pytest.fixture(scope="session")
def template(server: Server) -> str:
    """A database of the server with all tables in it, to be copied."""
    name = server.create()
    open_database(server.url(name)).close()
    return name


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that is empty, or not there yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/dashboard.db"
        return
    server: Server = request.getfixturevalue("server")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@pytest.fixture(params=BOTH)
def ready_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database that has its tables and nothing in them."""
    if request.param == "sqlite":
        yield ready_database(tmp_path)
        return
    server: Server = request.getfixturevalue("server")
    name = server.create(request.getfixturevalue("template"))
    yield server.url(name)
    server.drop(name)


@pytest.fixture
def database(ready_url: str) -> Iterator[Database]:
    """A database that has its tables and nothing in them, open."""
    with open_database(ready_url) as opened:
        yield opened


@pytest.fixture
def replica(ready_url: str, database: Database) -> Iterator[Database]:
    """The same database, opened once more as another replica of the dashboard does."""
    with open_database(ready_url) as opened:
        yield opened
