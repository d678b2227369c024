"""Which connections exist, decided from secrets.toml and the environment, and a client for each.

Sources, in order of precedence:

1. every `[connections.<name>]` table of secrets.toml; if there is one, usable or not, the environment is not
looked at; 2. the environment's variables: our own (MODELARTS_*), the vendor SDK's, Terraform's, OpenStack's;
how they go together stands in `environment.py`; 3. if there is none of either, and never was since the
process began, the embedded service with sample data. Never because something is missing or contradictory:
that is a ConnectionProblem.

Within a connection nothing takes precedence: two kinds of credentials, a project by id and by name, half an
access key, or an endpoint that is not in the region are faults.
"""

from __future__ import annotations

from dashboard.connections.connection import (
    AnyCredentials,
    Connection,
    ConnectionProblem,
    NoConnectionError,
    Settings,
    UnknownConnectionError,
    chosen,
    labels,
)
from dashboard.connections.environment import VARIABLES
from dashboard.connections.reading import sample_connection
from dashboard.connections.registry import Registry
from dashboard.connections.settings import read_settings

__all__ = [
    "VARIABLES",
    "AnyCredentials",
    "Connection",
    "ConnectionProblem",
    "NoConnectionError",
    "Registry",
    "Settings",
    "UnknownConnectionError",
    "chosen",
    "labels",
    "read_settings",
    "sample_connection",
]
