"""The databases of the store's tests: an SQLite file, and one of a PostgreSQL server."""

from tests.dashboard.store.conftest import database, ready_url, replica, server, template, url

__all__ = ["database", "ready_url", "replica", "server", "template", "url"]
