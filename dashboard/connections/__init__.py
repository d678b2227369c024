"""Which connections exist: decided from secrets.toml and the environment, and nothing else.

Sources, in order of precedence:

1. every `[connections.<name>]` table of secrets.toml; if there is one, usable or not, the environment is not
   looked at;
2. the environment's variables: our own (MODELARTS_*), the vendor SDK's, Terraform's, OpenStack's; how they go
   together stands in `environment.py`;
3. if there is none of either, the embedded service with sample data. Never because something is missing or
   contradictory: that is a ConnectionProblem.

Within a connection nothing takes precedence: two kinds of credentials, a project by id and by name, half an
access key, or an endpoint that is not in the region are faults.
"""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.connections.connection import AnyCredentials, Connection, ConnectionProblem, Settings
from dashboard.connections.environment import VARIABLES, environment_draft
from dashboard.connections.example import FILE, example_for
from dashboard.connections.latest import LatestSettings
from dashboard.connections.raw_connection import Draft
from dashboard.connections.reading import connection_of, sample_connection, unreadable_file

__all__ = [
    "FILE",
    "VARIABLES",
    "AnyCredentials",
    "Connection",
    "ConnectionProblem",
    "LatestSettings",
    "Settings",
    "read_settings",
    "sample_connection",
    "unreadable_file",
]


def read_settings(secrets: Mapping[str, object], environment: Mapping[str, str]) -> Settings:
    """Read every connection that is configured; see the module's text for the precedence."""
    tables = secrets.get("connections")
    if isinstance(tables, Mapping) and tables:
        return Settings(tuple(_from_table(str(name), table) for name, table in tables.items()))
    if tables is not None and not isinstance(tables, Mapping):
        fault = "connections is not a table of tables: each connection is a table of its own"
        return Settings((_problem("production", (fault,)),))
    draft = environment_draft(environment)
    return Settings(() if draft is None else (connection_of(draft),))


def _from_table(name: str, table: object) -> Connection | ConnectionProblem:
    if not isinstance(table, Mapping):
        return _problem(name, (f"[connections.{name}] is not a table of keys",))
    return connection_of(Draft(name, FILE, {str(key): value for key, value in table.items()}))


def _problem(name: str, faults: tuple[str, ...]) -> ConnectionProblem:
    return ConnectionProblem(name, FILE, faults, example_for(Draft(name, FILE, {})))
