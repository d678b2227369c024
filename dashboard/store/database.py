"""Open the database, and reading and writing in whole transactions.

SQLite keeps a write-ahead log, so that readers and a writer do not wait for each other, and commits are
flushed to the disk (synchronous = FULL): a decision that was acknowledged survives a power cut, for a few
milliseconds each. Writers take turns: in SQLite by an immediate transaction, in PostgreSQL by an advisory
lock for what they write to.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final, Self
from urllib.parse import quote

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnectionError

from dashboard.store.errors import DatabaseUrlError, StoreError
from dashboard.store.failures import failure_of
from dashboard.store.inspection import revision_in, revision_of_file
from dashboard.store.location import ESCAPES, Location, read_location
from dashboard.store.migrations import HEAD
from dashboard.store.upgrading import create_file, prepare_file, upgrade

WAIT_SECONDS: Final = 15
"""How long a writer waits for another."""
MAX_STATEMENT_SECONDS: Final = 120
MAX_KEPT_LOG_BYTES: Final = 4 * 2**20
"""SQLite's log is cut back to this once all of it has been brought into the file."""
ADVISORY_LOCKS: Final = 0x4D41_4442
UPGRADE: Final = "upgrade"

SQLITE_SETTINGS: Final = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    f"PRAGMA journal_size_limit = {MAX_KEPT_LOG_BYTES}",
)
# Set for each transaction and not in the options of the connection: a PgBouncer in between forbids these.
POSTGRESQL_LIMITS: Final = (
    f"SELECT set_config('lock_timeout', '{WAIT_SECONDS}s', true),"
    f" set_config('statement_timeout', '{MAX_STATEMENT_SECONDS}s', true)"
)
POSTGRESQL_CONNECTION: Final[dict[str, Any]] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 30_000,
    "client_encoding": "utf8",
    "application_name": "modelarts-dashboard",
    "prepare_threshold": None,  # prepared statements do not survive a PgBouncer
}


class Database:
    """An open database. Safe to share between threads; nothing of it is open outside the two transactions."""

    def __init__(self, location: Location, engine: Engine) -> None:
        self.location = location
        self._engine = engine
        self._readers = engine
        if not self.is_sqlite:
            self._readers = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._writers = engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")

    def __repr__(self) -> str:
        return f"<Database {self.location.words}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_sqlite(self) -> bool:
        """Return whether it is a file."""
        return self.location.file is not None

    def reading(self) -> AbstractContextManager[Connection]:
        """Return a transaction that sees one state of everything. Raises StoreError."""
        return self._transaction(self._readers, () if self.is_sqlite else (POSTGRESQL_LIMITS,))

    def writing(self, topic: str) -> AbstractContextManager[Connection]:
        """Return a transaction that no other about the same topic runs beside; it is stored whole or not at
        all.

        Raises StoreError; DatabaseBusyError after 15 s of waiting.
        """
        if self.is_sqlite:
            return self._transaction(self._writers, ())
        lock = f"SELECT pg_advisory_xact_lock({ADVISORY_LOCKS}, {zlib.crc32(topic.encode()) & 0x7FFF_FFFF})"
        return self._transaction(self._writers, (POSTGRESQL_LIMITS, lock))

    def close(self) -> None:
        """Close all connections; SQLite brings its log into the file with the last of them."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, engine: Engine, first: tuple[str, ...]) -> Iterator[Connection]:
        try:
            with engine.begin() as connection:
                for statement in first:
                    connection.exec_driver_sql(statement)
                yield connection
        except (DBAPIError, NoFreeConnectionError, sqlite3.Error) as error:
            raise failure_of(error, self.location) from error


def open_database(url: str) -> Database:
    """Open the database of a URL (`location.database_url` finds it), created or upgraded where that is due.

    Raises a StoreError that says what is wrong and what to do. What is not ours, damaged or newer than this
    program is left untouched.
    """
    location = read_location(url)
    database = connect(location)
    try:
        file = location.file
        found = _revision_on_server(database) if file is None else revision_of_file(file, location)
        if found != HEAD:
            bring_to(database, HEAD)
    except BaseException:
        database.close()
        raise
    return database


def connect(location: Location) -> Database:
    """Return the database without having looked at it: nothing is opened yet. Raises DatabaseUrlError."""
    engine = _postgresql_engine(location) if location.file is None else _sqlite_engine(location)
    return Database(location, engine)


def bring_to(database: Database, revision: str) -> None:
    """Create or upgrade the tables up to a revision, whole or not at all. Raises StoreError."""
    file = database.location.file
    if file is not None:
        try:
            create_file(file)
            prepare_file(database._engine, database.location)
        except (OSError, DBAPIError, sqlite3.Error) as error:
            raise failure_of(error, database.location) from error
    with database.writing(UPGRADE) as connection:
        upgrade(connection, database.location, revision)


def _revision_on_server(database: Database) -> str | None:
    with database.reading() as connection:
        encoding, schema = connection.exec_driver_sql(
            "SELECT current_setting('server_encoding'), current_schema()"
        ).one()
        if encoding != "UTF8" or schema is None:
            raise StoreError(
                f"{database.location.words} has the encoding {encoding} and the schema {schema}.",
                "Name a database with the encoding UTF8, and a schema that exists.",
            )
        return revision_in(
            lambda sql: connection.exec_driver_sql(sql).fetchall(), "postgresql", database.location
        )


def _sqlite_engine(location: Location) -> Engine:
    # mode=rw: a file that somebody removes under us is an error, not a new one without tables.
    url = URL.create(
        "sqlite", database=f"file:{quote(str(location.file))}", query={"mode": "rw", "uri": "true"}
    )
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": WAIT_SECONDS})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
    for setting in SQLITE_SETTINGS:
        connection.execute(setting)


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))


def _postgresql_engine(location: Location) -> Engine:
    from psycopg import pq  # noqa: PLC0415 - SQLite does without

    url = location.url
    assert url is not None
    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()}
    if not known.issuperset(url.query):
        raise DatabaseUrlError("PostgreSQL's URL has an option that PostgreSQL does not know.", ESCAPES)
    defaults = {key: value for key, value in POSTGRESQL_CONNECTION.items() if key not in url.query}
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args=defaults | dict(location.hidden),
    )
