"""Revisions: from every earlier one with data in it to now, on both databases, and nothing half done."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from dashboard.store import migrations
from dashboard.store import upgrading as upgrading_module
from dashboard.store.database import Database, bring_to, connect, open_database
from dashboard.store.decisions import current_decisions
from dashboard.store.errors import StoreError
from dashboard.store.inspection import TABLES
from dashboard.store.location import read_location
from dashboard.store.migrations import HEAD, REVISIONS, VERSION_TABLE
from dashboard.store.saved_views import list_views
from dashboard.store.snapshots import list_snapshots, put_snapshot
from dashboard.store.tables import METADATA
from dashboard.store.waivers import add_waivers, list_waivers
from tests.dashboard.store.builders import configurations, day, waiver

AT = "2026-03-01T12:00:00.000000+00:00"

WAIVER = (
    'INSERT INTO waivers (key, connection, "check", configuration, fields_fingerprint, reason, owner,'
    " expires, source, created_by, created_at, revoked_by, revoked_at)"
    " VALUES ('key', 'production', 'old-engine',"
)
FIRST = (
    f"{WAIVER} 'c\\ud800', 'f1', 'why', 'vision', '2026-05-31', 'screen', 'anna', '{AT}', NULL, NULL)",
    f"{WAIVER} 'c0', 'f1', 'why', 'vision', '2026-05-31', 'screen', 'anna', '{AT}', 'berta', '{AT}')",
    "INSERT INTO decisions (key, connection, kind, subject, decision, decided_by, decided_at)"
    f" VALUES ('key', '', 'engine', 'TF-1.8', '\"TF-2.1\"', 'anna', '{AT}')",
    "INSERT INTO saved_views (key, owner, name, query, saved_at)"
    f" VALUES ('key', 'anna', 'mine', 'search=bert', '{AT}')",
)
DATA: dict[str, tuple[str, ...]] = {"0001": FIRST}
"""What was written at each revision but the last, as the SQL of that time: never changed again."""


def _at_revision(url: str, revision: str) -> None:
    with connect(read_location(url)) as database:
        bring_to(database, revision)
        with database.writing("test") as writing:
            for statement in DATA[revision]:
                writing.exec_driver_sql(statement)


def test_every_revision_but_the_last_has_data_to_be_upgraded() -> None:
    assert tuple(DATA) == REVISIONS[:-1]


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_what_an_earlier_revision_held_is_there_after_the_upgrade(url: str, revision: str) -> None:
    _at_revision(url, revision)
    with open_database(url) as database:
        active, revoked = list_waivers(database, include_revoked=True)
        assert (active.configuration, active.expires, active.created_at) == (
            "c\ud800",
            date(2026, 5, 31),
            day(0),
        )
        assert (revoked.revoked_by, revoked.revoked_at) == ("berta", day(0))
        assert {kept.value for kept in current_decisions(database, "production").values()} == {"TF-2.1"}
        assert [view.query for view in list_views(database)] == ["search=bert"]
        put_snapshot(database, "production", "custom", day(0), configurations(2))
    with open_database(url) as database:
        assert len(list_snapshots(database)) == 1


@pytest.mark.parametrize("revision", [None, *REVISIONS[:-1]])
def test_the_tables_after_an_upgrade_are_those_of_the_code(url: str, revision: str | None) -> None:
    if revision is not None:
        _at_revision(url, revision)
    with open_database(url) as database, database.reading() as reading:
        options = {"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(reading, opts=options)
        assert compare_metadata(context, METADATA) == []
        assert context.get_current_revision() == HEAD


def test_the_tables_are_those_of_the_code_to_the_letter(tmp_path: Path) -> None:
    """What Alembic does not compare: numbers that are never given again, conditions of indexes."""

    def described(file: Path) -> list[tuple[str, str]]:
        query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
        with closing(sqlite3.connect(file)) as connection:
            found: list[tuple[str, str]] = connection.execute(query).fetchall()
        return [(name, " ".join(sql.split())) for name, sql in found if name != VERSION_TABLE]

    engine = create_engine(f"sqlite:///{tmp_path}/code.db")
    METADATA.create_all(engine)
    engine.dispose()
    open_database(f"sqlite:///{tmp_path}/migrated.db").close()
    assert described(tmp_path / "migrated.db") == described(tmp_path / "code.db")


def test_the_revisions_are_those_of_alembics_folder_in_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    scripts = ScriptDirectory.from_config(config)
    assert tuple(script.revision for script in scripts.walk_revisions())[::-1] == REVISIONS


@pytest.mark.parametrize("revision", [None, *REVISIONS[:-1]])
def test_an_upgrade_that_fails_at_its_end_leaves_what_was_there(
    url: str, revision: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if revision is not None:
        _at_revision(url, revision)

    def told(database: Database) -> list[str]:
        with database.reading() as reading:
            query = TABLES[reading.dialect.name]
            return sorted(name for (name,) in reading.exec_driver_sql(query).all())

    with connect(read_location(url)) as database:
        if revision is None and database.location.file is not None:
            upgrading_module.create_file(database.location.file)
        before = told(database)
        with monkeypatch.context() as broken:
            broken.setattr(upgrading_module, "finish", _fail)
            with pytest.raises(StoreError):
                open_database(url)
        assert told(database) == before
    with open_database(url) as database:
        add_waivers(database, [waiver()], "anna", day(0))


def _fail(connection: object) -> None:
    connection.exec_driver_sql("SELECT nonsense FROM nowhere")  # type: ignore[attr-defined]
