"""What a full disk, a lock and a server that refuses leave behind: nothing half done, and an error."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from psycopg import sql

from dashboard.store import database as database_module
from dashboard.store.database import Database, open_database
from dashboard.store.errors import DatabaseBusyError, DatabaseDamagedError, DatabaseFullError, StoreError
from dashboard.store.snapshots import configurations_of, list_snapshots, put_snapshot
from dashboard.store.verification import verify
from dashboard.store.waivers import add_waivers, list_waivers
from tests.dashboard.store.builders import configurations, day, put, waiver
from tests.dashboard.store.postgresql import Server
from tests.deploy.debian import program

ROOT = Path(__file__).parents[3]


def test_a_full_disk_leaves_whole_snapshots_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    """A file system of 2 MB, really full."""
    place = tmp_path / "small"
    place.mkdir()
    script = [
        sys.executable,
        "-m",
        "tests.dashboard.store.confined",
        "full",
        f"sqlite:///{place}/dashboard.db",
    ]
    small = ["--dev-bind", "/", "/", "--size", "2000000", "--tmpfs", str(place), "--chdir", str(ROOT), "--"]
    done = subprocess.run(
        [program("bwrap", "bubblewrap"), *small, *script], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "full: True",
        "acknowledged some: True",
        "all there: True",
        "faults: ()",
        "waivers: ()",
        "goes on: True",
        "opened again: () True",
    ]


def _refusing(server: Server, state: str) -> str:
    """A database whose server refuses every new snapshot with an SQLSTATE, at the end of the transaction."""
    name = server.create()
    open_database(server.url(name)).close()
    server.run(
        sql.SQL(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION 'could not extend file' USING ERRCODE = '{state}'; END $$;"
            " CREATE CONSTRAINT TRIGGER refusing AFTER INSERT ON snapshots DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION refuse()".replace("{state}", state)
        ),
        name,
    )
    return server.url(name)


@pytest.mark.parametrize(
    ("state", "error"),
    [("53100", DatabaseFullError), ("40001", DatabaseBusyError), ("XX001", DatabaseDamagedError)],
)
def test_what_a_server_refuses_at_the_commit_is_not_stored(
    server: Server, state: str, error: type[StoreError]
) -> None:
    with open_database(_refusing(server, state)) as database:
        with pytest.raises(error, match="could not extend file") as caught:
            put_snapshot(database, "production", "custom", day(0), configurations(3))
        assert type(caught.value) is error
        assert list_snapshots(database) == ()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Databases that are opened from now on wait for others for a second at most."""
    monkeypatch.setattr(database_module, "WAIT_SECONDS", 1)
    monkeypatch.setattr(database_module, "POSTGRESQL_LIMITS", "SELECT set_config('lock_timeout', '1s', true)")


def test_a_writer_that_waits_too_long_for_another_says_so_and_stores_nothing(
    impatient: None, database: Database, replica: Database
) -> None:
    with database.writing("waivers"), pytest.raises(DatabaseBusyError):
        add_waivers(replica, [waiver()], "anna", day(0))
    assert list_waivers(replica) == ()
    add_waivers(replica, [waiver()], "anna", day(0))


def test_a_reader_does_not_wait_for_a_writer_and_sees_one_state(
    database: Database, replica: Database
) -> None:
    put(database, 0, configurations(3))
    with replica.reading() as reading:
        ((before,),) = reading.exec_driver_sql("SELECT count(*) FROM snapshots").all()
        put(database, 1, configurations(4))
        ((after,),) = reading.exec_driver_sql("SELECT count(*) FROM snapshots").all()
    assert (before, after) == (1, 1)
    assert len(list_snapshots(replica)) == 2


def _at_once(*work: Callable[[], object]) -> None:
    """All of them in threads that begin together; the first exception is raised."""
    barrier, failures = threading.Barrier(len(work)), list[BaseException]()

    def begin(function: Callable[[], object]) -> None:
        try:
            barrier.wait()
            function()
        except BaseException as error:  # noqa: BLE001 - raised below, in the test's own thread
            failures.append(error)

    threads = [threading.Thread(target=begin, args=(function,)) for function in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_two_replicas_that_write_snapshots_at_once_lose_none_and_tear_none(
    database: Database, replica: Database
) -> None:
    def write(opened: Database, name: str) -> None:
        for number in range(15):
            at = day(number + (0.5 if name == "b" else 0))
            put_snapshot(opened, "production", "custom", at, configurations(5, c3=f"{name}{number}"))

    _at_once(lambda: write(database, "a"), lambda: write(replica, "b"))
    stored = list_snapshots(database)
    assert len(stored) == 30
    assert verify(database) == ()
    held = [configurations_of(database, snapshot)[3]["user_command"] for snapshot in stored]
    assert held == [f"{name}{number}" for number in range(15) for name in "ab"]


def test_two_replicas_that_have_seen_the_same_store_it_once(database: Database, replica: Database) -> None:
    outcomes: list[tuple[int, bool]] = []

    def write(opened: Database, seconds: float) -> None:
        snapshot, stored = put_snapshot(
            opened, "production", "custom", day(seconds / 86_400), configurations(9)
        )
        outcomes.append((snapshot.id, stored))

    _at_once(lambda: write(database, 0), lambda: write(replica, 1))
    (only,) = list_snapshots(database)
    assert sorted(outcomes) == [(only.id, False), (only.id, True)]


def test_two_replicas_that_add_waivers_at_once_lose_none(database: Database, replica: Database) -> None:
    def write(opened: Database, name: str) -> None:
        for number in range(20):
            add_waivers(opened, [waiver(configuration=f"{name}{number}")], name, day(0))

    _at_once(lambda: write(database, "a"), lambda: write(replica, "b"))
    expected = {f"{name}{number}" for name in "ab" for number in range(20)}
    assert {kept.configuration for kept in list_waivers(database)} == expected
