"""The one database of this process, opened when it is first asked for. Needs no Streamlit.

Which one it is: `DASHBOARD_DATABASE_URL`, else `url` of secrets.toml's table `[database]`, else a file of
this user's; `store.location` has the rule.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from dashboard.secrets_file import read_secrets, unknown_key
from dashboard.store.errors import DatabaseUrlError
from dashboard.store.location import database_url

if TYPE_CHECKING:
    from dashboard.store.database import Database

TABLE: Final = "database"
KEYS: Final = ("url",)
_lock: Final = threading.Lock()
_opened: dict[str, Database] = {}


def shared_database() -> Database:
    """Return the database, created or upgraded where that is due; the same one for all who ask.

    Where secrets.toml names another one by now, that is opened. Raises StoreError, and tries again when it is
    asked again.
    """
    from dashboard.store.database import open_database  # noqa: PLC0415 - a third of a second, for who needs it

    url = configured_url(read_secrets().tables, os.environ)
    with _lock:
        if url not in _opened:
            _opened[url] = open_database(url)
        return _opened[url]


def configured_url(tables: Mapping[str, object], environment: Mapping[str, str]) -> str:
    """Return the URL of the database. Raises DatabaseUrlError, which repeats no part of a URL."""
    table = tables.get(TABLE, {})
    if not isinstance(table, Mapping):
        raise DatabaseUrlError("secrets.toml: database is no table.", "Write [database] and url below it.")
    for key in table:
        if key not in KEYS:
            raise DatabaseUrlError(f"secrets.toml: {unknown_key(str(key), '[database]', KEYS)}.")
    url = table.get("url", "")
    if not isinstance(url, str):
        raise DatabaseUrlError("secrets.toml: url of [database] is no text.")
    return database_url(environment, url)


def close_database() -> None:
    """Close what has been opened; who asks later gets it opened again."""
    with _lock:
        while _opened:
            _opened.popitem()[1].close()
