"""All connections that are configured: from secrets.toml's tables, else from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from dashboard.connections.connection import Connection, ConnectionProblem, Settings
from dashboard.connections.environment import environment_connection
from dashboard.connections.example import example_for
from dashboard.connections.raw_connection import RawConnection
from dashboard.connections.reading import connection_of
from dashboard.secrets_file import FILE

GONE = (
    "its connections have gone since the dashboard was started. Put the file back: that counts at the next"
    " look. To see sample data instead, restart the dashboard without it"
)


def read_settings(secrets: Mapping[str, object], environment: Mapping[str, str]) -> Settings:
    """Return every connection that is configured; the package's text has the precedence."""
    tables = secrets.get("connections")
    if isinstance(tables, Mapping) and tables:
        return Settings(tuple(_from_table(str(name), table) for name, table in tables.items()))
    if tables is not None and not isinstance(tables, Mapping):
        fault = "connections is not a table of tables: each connection is a table of its own"
        return Settings((_problem("production", fault),))
    raw = environment_connection(environment)
    return Settings(() if raw is None else (connection_of(raw),))


def file_problem(fault: str) -> Settings:
    """Return the settings of a secrets.toml that is of no use as a whole."""
    return Settings((replace(_problem("production", fault), name=FILE),))


def _from_table(name: str, table: object) -> Connection | ConnectionProblem:
    if not isinstance(table, Mapping):
        return _problem(name, f"[connections.{name}] is not a table of keys")
    return connection_of(RawConnection(name, FILE, {str(key): value for key, value in table.items()}))


def _problem(name: str, fault: str) -> ConnectionProblem:
    return ConnectionProblem(name, FILE, (fault,), example_for(RawConnection(name, FILE, {})))
