"""Bring a database to the latest revision, whole or not at all, one process at a time."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Final

from sqlalchemy.engine import Connection, Engine

from dashboard.store import migrations
from dashboard.store.errors import StoreError
from dashboard.store.inspection import APPLICATION_ID, revision_in
from dashboard.store.location import Location

_ALEMBIC: Final = threading.Lock()
"""Alembic keeps what it is at in module-wide variables."""


def create_file(file: Path) -> None:
    """Create the file and its folders for this user alone; SQLite's own two get the file's permissions."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))


def prepare_file(engine: Engine, location: Location) -> None:
    """Choose what SQLite keeps in the file: the write-ahead log and, in an empty one, how it is vacuumed."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA auto_vacuum = INCREMENTAL")
        cursor.execute("PRAGMA journal_mode = WAL")
        ((mode,),) = cursor.fetchall()
        cursor.close()
    finally:
        connection.close()
    if mode != "wal":
        raise StoreError(
            f"{location.words} is on a file system without what SQLite needs for several processes.",
            "Name a file on a local disk, or a PostgreSQL database.",
        )


def upgrade(connection: Connection, location: Location, to: str) -> None:
    """Run the revisions that are missing up to one, in the caller's transaction, which nobody else can be in.

    Raises what `revision_in` raises: another process may have been here since we looked.
    """
    dialect = connection.dialect.name
    revision = revision_in(lambda sql: connection.exec_driver_sql(sql).fetchall(), dialect, location)
    if revision is not None and revision >= to:
        return
    from alembic import command  # noqa: PLC0415 - takes time that only an upgrade should spend
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _ALEMBIC:
        command.upgrade(config, to)
    finish(connection)


def finish(connection: Connection) -> None:
    """Sign an SQLite file as ours, in the same transaction."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
