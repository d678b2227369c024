"""Opening a database: created, upgraded, or refused and left as it is."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import subprocess
import sys
import traceback
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, quote_plus

import psycopg
import pytest
from psycopg import sql

from dashboard.store.database import Database, open_database
from dashboard.store.errors import (
    DatabaseDamagedError,
    DatabaseReadOnlyError,
    DatabaseUnreachableError,
    DatabaseUrlError,
    ForeignDatabaseError,
    NewerDatabaseError,
    NotADatabaseError,
    StoreError,
)
from dashboard.store.waivers import add_waivers, list_waivers
from tests.dashboard.store.builders import configurations, day, put, waiver
from tests.dashboard.store.postgresql import PASSWORD, Server
from tests.deploy.debian import program

ROOT = Path(__file__).parents[3]
REPLICA = """
import sys
from dashboard.store.database import open_database
from dashboard.store.waivers import add_waivers
from tests.dashboard.store.builders import day, waiver
print("ready", flush=True)
sys.stdin.readline()
with open_database(sys.argv[1]) as database:
    add_waivers(database, [waiver(configuration=sys.argv[2])], "anna", day(0))
"""


def test_a_new_database_holds_what_is_written_when_it_is_opened_again(url: str) -> None:
    with open_database(url) as database:
        add_waivers(database, [waiver()], "anna", day(0))
    with open_database(url) as database:
        assert [kept.created_by for kept in list_waivers(database)] == ["anna"]


def test_replicas_that_start_at_once_share_one_new_database(url: str) -> None:
    command = [sys.executable, "-c", REPLICA, url]
    replicas = [
        subprocess.Popen(
            [*command, f"c{number}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for number in range(4)
    ]
    for replica in replicas:
        assert replica.stdout is not None
        assert replica.stdout.readline() == "ready\n"
    for replica in replicas:
        assert replica.stdin is not None
        replica.stdin.write("go\n")
        replica.stdin.flush()
    for replica in replicas:
        replica.communicate(timeout=120)
    assert [replica.returncode for replica in replicas] == [0, 0, 0, 0]
    with open_database(url) as database:
        assert {kept.configuration for kept in list_waivers(database)} == {"c0", "c1", "c2", "c3"}


def test_the_file_and_its_folder_are_for_this_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "state" / "dashboard.db"
    with open_database(f"sqlite:///{file}") as database:
        add_waivers(database, [waiver()], "anna", day(0))
        files = sorted(file.parent.iterdir())
        assert len(files) == 3
        assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert file.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["a b.db", "a%20b.db", "ü#.db", "%s'\".db"])
def test_a_file_is_made_under_the_name_that_the_url_says(tmp_path: Path, name: str) -> None:
    for _ in range(2):
        with open_database(f"sqlite:///{tmp_path}/{name}") as database:
            assert list_waivers(database) == ()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_opening_what_is_up_to_date_needs_no_alembic_and_the_files_need_no_sqlalchemy(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/dashboard.db"
    open_database(url).close()
    script = (
        "import sys; import dashboard.store.waiver_file, dashboard.store.errors, dashboard.store.location;"
        "print([name for name in ('sqlalchemy', 'alembic', 'psycopg', 'zstandard') if name in sys.modules]);"
        f"from dashboard.store.database import open_database; open_database({url!r}).close();"
        "print([name for name in ('alembic', 'psycopg', 'zstandard') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.splitlines() == ["[]", "[]"]


def _tables(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def _text_file(file: Path) -> None:
    file.write_text("this is a letter, and much longer than a header of a database would be " * 5)


def _short_file(file: Path) -> None:
    file.write_bytes(b"SQLite format 3\0 and no more")


def _foreign(file: Path) -> None:
    _tables(file, "CREATE TABLE songs (title)", "INSERT INTO songs VALUES ('x')")


def _foreign_with_a_log(file: Path) -> None:
    _tables(file, "PRAGMA journal_mode = WAL", "CREATE TABLE songs (title)")


def _foreign_of_alembic(file: Path) -> None:
    _tables(file, "CREATE TABLE alembic_version (version_num)", "INSERT INTO alembic_version VALUES ('0001')")


def _newer(file: Path) -> None:
    open_database(f"sqlite:///{file}").close()
    _tables(file, "UPDATE dashboard_store_revision SET version_num = '9999'")


def _without_revision(file: Path) -> None:
    open_database(f"sqlite:///{file}").close()
    _tables(file, "DELETE FROM dashboard_store_revision")


def _filled(file: Path) -> None:
    with open_database(f"sqlite:///{file}") as database:
        add_waivers(
            database, [waiver(configuration=f"c{n}", reason="x" * 300) for n in range(200)], "a", day(0)
        )
        put(database, 0, configurations(300))


def _cut_off(file: Path) -> None:
    _filled(file)
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 2 // 3])


def _overwritten(file: Path) -> None:
    """A page of the largest table."""
    _filled(file)
    with closing(sqlite3.connect(file)) as connection:
        ((page,),) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'waivers'")
    content = bytearray(file.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = random.Random(1).randbytes(4096)
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (_text_file, NotADatabaseError),
        (_short_file, NotADatabaseError),
        (_foreign, ForeignDatabaseError),
        (_foreign_with_a_log, ForeignDatabaseError),
        (_foreign_of_alembic, ForeignDatabaseError),
        (_newer, NewerDatabaseError),
        (_without_revision, DatabaseDamagedError),
        (_cut_off, DatabaseDamagedError),
        (_overwritten, DatabaseDamagedError),
    ],
)
def test_a_file_that_is_not_ours_to_write_is_named_and_left_as_it_is(
    tmp_path: Path, make: type, error: type[StoreError]
) -> None:
    file = tmp_path / "dashboard.db"
    make(file)
    before = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in tmp_path.iterdir()}
    with pytest.raises(error) as caught:
        open_database(f"sqlite:///{file}")
    assert type(caught.value) is error
    assert str(file) in caught.value.problem
    assert caught.value.remedy
    after = {path.name: hashlib.sha256(path.read_bytes()).digest() for path in tmp_path.iterdir()}
    assert after["dashboard.db"] == before["dashboard.db"]
    if error in {NotADatabaseError, ForeignDatabaseError}:
        assert after == before


def test_another_programs_file_with_a_log_that_was_left_behind_stays_as_it_is(tmp_path: Path) -> None:
    """Its owner was killed: whoever opens it for writing would bring its log into the file."""
    file, log = tmp_path / "dashboard.db", tmp_path / "dashboard.db-wal"
    script = (
        "import os, sqlite3, sys; connection = sqlite3.connect(sys.argv[1]);"
        "connection.execute('PRAGMA journal_mode = WAL'); connection.execute('CREATE TABLE songs (title)');"
        "connection.commit(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(file)], check=False)
    before = file.read_bytes(), log.read_bytes()
    assert before[1]
    with pytest.raises(ForeignDatabaseError):
        open_database(f"sqlite:///{file}")
    assert (file.read_bytes(), log.read_bytes()) == before


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    _tables(tmp_path / "wal.db", "PRAGMA journal_mode = WAL")
    for name in ("empty.db", "wal.db"):
        with open_database(f"sqlite:///{tmp_path}/{name}") as database:
            assert list_waivers(database) == ()


def test_a_folder_in_the_place_of_the_file_and_a_file_in_the_place_of_the_folder_are_named(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DatabaseUnreachableError, match="it is a folder"):
        open_database(f"sqlite:///{tmp_path}")
    with pytest.raises(DatabaseUnreachableError, match="is no folder"):
        open_database(f"sqlite:///{tmp_path}/file/dashboard.db")


def test_a_file_that_was_removed_behind_our_back_is_not_made_anew(tmp_path: Path) -> None:
    open_database(f"sqlite:///{tmp_path}/dashboard.db").close()
    with open_database(f"sqlite:///{tmp_path}/dashboard.db") as database:
        for path in tmp_path.iterdir():
            path.unlink()
        with pytest.raises(DatabaseUnreachableError):
            list_waivers(database)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", [True, False])
def test_a_place_that_is_read_only_is_named(tmp_path: Path, there: bool) -> None:
    place = tmp_path / "place"
    place.mkdir()
    if there:
        open_database(f"sqlite:///{place}/dashboard.db").close()
    before = {path.name: path.read_bytes() for path in place.iterdir()}
    script = [sys.executable, "-m", "tests.dashboard.store.confined", "read-only"]
    confined = ["--dev-bind", "/", "/", "--ro-bind", str(place), str(place), "--chdir", str(ROOT), "--"]
    done = subprocess.run(
        [program("bwrap", "bubblewrap"), *confined, *script, f"sqlite:///{place}/dashboard.db"],
        capture_output=True,
        text=True,
        check=True,
    )
    kind, words = done.stdout.splitlines()
    assert kind == DatabaseReadOnlyError.__name__
    assert words.startswith(f"{place}/dashboard.db may not be written: {place} is read-only for this user.")
    assert {path.name: path.read_bytes() for path in place.iterdir()} == before


# Servers.


@pytest.fixture
def empty(server: Server) -> str:
    return server.create()


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnreachableError, match=f"PostgreSQL database audit at {tmp_path}"):
        open_database(f"postgresql://anna:x@/audit?host={tmp_path}")
    with pytest.raises(DatabaseUnreachableError, match="Connection refused"):
        open_database("postgresql://anna:x@127.0.0.1:9/audit")


@pytest.mark.parametrize("password", ["wrong-Hunter2", f"{PASSWORD}!"])
def test_a_wrong_password_is_in_no_message_no_cause_and_no_traceback(
    server: Server, empty: str, password: str
) -> None:
    with pytest.raises(DatabaseUnreachableError, match="password authentication failed") as caught:
        open_database(server.url(empty, password=password))
    text = "".join(traceback.format_exception(caught.value))
    assert "password authentication failed" in text
    assert password not in text
    assert repr(password) not in text


@pytest.mark.parametrize("within", [True, False])
def test_an_open_database_shows_no_password(server: Server, empty: str, within: bool) -> None:
    url = server.url(empty) if within else f"{server.url(empty, password='')}&password={quote(PASSWORD)}"
    with open_database(url) as database:
        shown = f"{database!r}{database!s}{database.location!r}{vars(database)}"
        assert PASSWORD not in shown
        assert quote(PASSWORD) not in shown
        assert quote_plus(PASSWORD) not in shown
        with pytest.raises(StoreError) as caught, database.reading() as reading:
            reading.exec_driver_sql("SELECT nonsense")
    assert PASSWORD not in "".join(traceback.format_exception(caught.value))


def test_a_database_that_is_not_there_is_named(server: Server) -> None:
    with pytest.raises(DatabaseUnreachableError, match='database "nowhere" does not exist'):
        open_database(server.url("nowhere"))


def test_an_option_that_postgresql_does_not_know_is_refused_without_repeating_it(
    server: Server, empty: str
) -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        open_database(f"{server.url(empty)}&hunter=2")
    assert "hunter" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql+psycopg"])
def test_every_scheme_of_postgresql_opens(server: Server, empty: str, scheme: str) -> None:
    open_database(server.url(empty, scheme=scheme)).close()


def _dump(server: Server, name: str) -> list[tuple[str, str, str]]:
    query = (
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' ORDER BY 1, 2"
    )
    with psycopg.connect(server.address(name)) as connection:
        return connection.execute(query).fetchall()


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("CREATE TABLE songs (title text)", ForeignDatabaseError),
        ("CREATE TABLE alembic_version (version_num text)", ForeignDatabaseError),
        ("CREATE TABLE dashboard_store_revision AS SELECT '9999' AS version_num", NewerDatabaseError),
        ("CREATE TABLE dashboard_store_revision (version_num text)", DatabaseDamagedError),
        ("DROP SCHEMA public", StoreError),
    ],
)
def test_a_servers_database_that_is_not_ours_is_named_and_left_as_it_is(
    server: Server, empty: str, statement: str, error: type[StoreError]
) -> None:
    server.run(sql.SQL(statement), empty)
    before = _dump(server, empty)
    with pytest.raises(error) as caught:
        open_database(server.url(empty))
    assert type(caught.value) is error
    assert empty in caught.value.problem
    assert caught.value.remedy
    assert _dump(server, empty) == before


def test_a_schema_of_its_own_can_be_named_beside_other_tables(server: Server, empty: str) -> None:
    server.run(sql.SQL("CREATE TABLE songs (title text)"), empty)
    server.run(sql.SQL("CREATE SCHEMA dashboard"), empty)
    url = f"{server.url(empty)}&options=-csearch_path%3Ddashboard"
    with open_database(url) as database:
        add_waivers(database, [waiver()], "anna", day(0))
    assert _dump(server, empty) == [("songs", "title", "text")]


def test_what_an_extension_brought_along_is_nobodys(server: Server, empty: str) -> None:
    server.run(sql.SQL("CREATE EXTENSION IF NOT EXISTS pg_stat_statements"), empty)
    open_database(server.url(empty)).close()


def test_a_user_who_may_create_nothing_is_told_what_to_grant(server: Server, empty: str) -> None:
    server.run(sql.SQL("CREATE ROLE reader LOGIN PASSWORD 'r'"), empty)
    with pytest.raises(DatabaseReadOnlyError, match="CREATE on the schema"):
        open_database(server.url(empty, user="reader", password="r"))


def test_a_database_in_another_encoding_is_refused(server: Server) -> None:
    server.run(sql.SQL("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1'"))
    with pytest.raises(StoreError, match="LATIN1"):
        open_database(server.url("latin"))


def test_a_lost_connection_is_replaced(server: Server, empty: str) -> None:
    with open_database(server.url(empty)) as database:
        add_waivers(database, [waiver()], "anna", day(0))
        server.run(
            sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {}").format(
                sql.Literal(empty)
            )
        )
        assert len(list_waivers(database)) == 1


def test_a_database_can_be_used_by_many_threads(database: Database) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def work(number: int) -> int:
        add_waivers(database, [waiver(configuration=f"c{number}")], "anna", day(0))
        return len(list_waivers(database))

    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(work, range(40)))
    assert max(seen) == 40
