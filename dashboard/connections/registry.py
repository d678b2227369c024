"""One client a connection for the whole process, and what its requests have come to. Needs no Streamlit."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from dashboard.connections.connection import Connection, Settings
from dashboard.connections.environment import VARIABLES
from dashboard.connections.masked_paths import mask_logged_paths
from dashboard.connections.reading import sample_connection
from dashboard.connections.settings import GONE, file_problem, read_settings
from dashboard.connections.traffic import Traffic
from dashboard.secrets_file import Secrets, read_secrets
from modelarts_api import Client

if TYPE_CHECKING:
    from modelarts_local import LocalService

TIMEOUT, TIME_LIMIT = (5.0, 30.0), 60.0
"""Seconds to wait for a connection and for data, and for one call with all its repetitions."""

_log: Final = logging.getLogger(__name__)


class Registry:
    """The connections that are configured now, and a client for each. Safe to share between threads.

    What belongs to a connection is kept under its fingerprint and goes with it: `on_change` is called with
    the fingerprints that are left whenever the settings are others.
    """

    def __init__(self, on_change: Callable[[frozenset[str]], None] = lambda _kept: None) -> None:
        mask_logged_paths()
        self._on_change = on_change
        self._lock = threading.RLock()
        self._sources: tuple[Secrets, Mapping[str, str]] | None = None
        self._settings = Settings()
        self._clients: dict[str, tuple[Client, Traffic]] = {}
        self._sample: LocalService | None = None

    def settings(self) -> Settings:
        """Return what is configured now, for whomever it is meant; the same object until it changes.

        Credentials that are configured as before are kept, and with them the memory of what was refused.
        Without any connection it is the sample data's, unless this process has had others: then it is a
        problem.
        """
        sources = (read_secrets(), {name: os.environ[name] for name in VARIABLES if name in os.environ})
        with self._lock:
            if self._sources is None or self._sources[0] is not sources[0] or self._sources[1] != sources[1]:
                self._sources = sources
                self._replace(_settings_of(*sources))
            return self._settings

    def _replace(self, found: Settings) -> None:
        if not found.entries and not self._settings.nothing_configured:
            _log.warning("no connection is configured any more: secrets.toml is empty or has gone")
            found = file_problem(GONE)
        if not found.entries:
            found = Settings((self._sample_connection(),))
        self._settings = found.keeping(self._settings)
        kept = frozenset(connection.fingerprint for connection in self._settings.connections)
        for gone in self._clients.keys() - kept:
            del self._clients[gone]  # requests under way finish; then its pool goes, too
        self._on_change(kept)

    def client(self, connection: Connection) -> Client:
        """Return the one client, and so the one pool of sockets, of a connection.

        Asks nothing of the network.
        """
        return self._of(connection)[0]

    def traffic(self, connection: Connection) -> Traffic:
        """Return what the connection's requests have come to since it was configured."""
        return self._of(connection)[1]

    def _of(self, connection: Connection) -> tuple[Client, Traffic]:
        with self._lock:
            found = self._clients.get(connection.fingerprint)
            if found is None:
                found = self._clients[connection.fingerprint] = _client_of(connection)
            return found

    def close(self) -> None:
        """Stop the embedded service, if it was needed."""
        with self._lock:
            if self._sample is not None:
                self._sample.stop()

    def _sample_connection(self) -> Connection:
        if self._sample is None:
            from modelarts_local import LocalService  # noqa: PLC0415 - needed by those who have nothing configured

            self._sample = LocalService()
            self._sample.start()
        return sample_connection(self._sample.url, self._sample.project_id)


def _settings_of(secrets: Secrets, environment: Mapping[str, str]) -> Settings:
    if secrets.fault:
        return file_problem(f"the file cannot be read: {secrets.fault}")
    return read_settings(secrets.tables, environment)


def _client_of(connection: Connection) -> tuple[Client, Traffic]:
    traffic = Traffic()
    client = Client(
        connection.endpoint,
        connection.project_id or None,
        connection.credentials,
        timeout=TIMEOUT,
        time_limit=TIME_LIMIT,
        ca_bundle=connection.ca_bundle,
        proxy=connection.proxy,
        on_exchange=traffic.record,
    )
    return client, traffic
