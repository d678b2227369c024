"""Snapshots as JSON Lines: whole or nothing, from one database into another."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from dashboard.store.database import Database, open_database
from dashboard.store.errors import FaultyFileError
from dashboard.store.snapshot_file import ImportedSnapshots, export_snapshots, import_snapshots
from dashboard.store.snapshots import configurations_of, list_snapshots, put_snapshot
from dashboard.store.verification import verify
from tests.dashboard.store.builders import configurations, day, put


def _fill(database: Database) -> None:
    for at, connection in ((0, "a"), (1, "a"), (1, "b"), (3, "a"), (2, "a")):
        put(
            database,
            at,
            configurations(4 + at, c1=f"\ud800{at}", c2="-" if at == 3 else ""),
            connection=connection,
        )
    put_snapshot(database, "a", "sample", day(0), [{"config_name": "x"}, {"config_name": "x"}], details=1)
    put_snapshot(database, "a", "sample", day(4), [{"config_name": "x"}, {"config_name": "x"}])


def _told(database: Database) -> list[tuple[object, ...]]:
    """Everything but the numbers."""
    return [
        (*list(vars(snapshot).values())[1:], configurations_of(database, snapshot))
        for snapshot in list_snapshots(database)
    ]


@pytest.fixture
def other(tmp_path_factory: pytest.TempPathFactory) -> Database:
    return open_database(f"sqlite:///{tmp_path_factory.mktemp('other')}/dashboard.db")


def test_another_database_holds_the_same_after_an_import(database: Database, other: Database) -> None:
    _fill(database)
    lines = list(export_snapshots(database))
    assert import_snapshots(other, lines) == ImportedSnapshots(stored=6, known=0)
    assert _told(other) == _told(database)
    assert verify(other) == ()
    assert sorted(export_snapshots(other)) == sorted(lines)
    other.close()


def test_an_import_adds_what_is_missing_to_what_is_there(database: Database, other: Database) -> None:
    _fill(database)
    lines = list(export_snapshots(database))
    put(other, 2.5, configurations(9), connection="a")
    import_snapshots(other, lines)
    assert len(list_snapshots(other)) == 7
    assert import_snapshots(other, lines) == ImportedSnapshots(stored=0, known=6)
    assert import_snapshots(database, export_snapshots(other)) == ImportedSnapshots(stored=1, known=6)
    assert _told(other) == _told(database)
    assert verify(other) == verify(database) == ()
    other.close()


def test_one_connection_or_type_can_be_exported(database: Database) -> None:
    _fill(database)
    for connection, config_type, count in (
        ("a", None, 5),
        (None, "custom", 5),
        ("b", "custom", 1),
        ("c", None, 0),
    ):
        lines = list(export_snapshots(database, connection, config_type))
        assert json.loads(lines[-1]) == {"end": {"snapshots": count}}
        assert sum("snapshot" in json.loads(line) for line in lines) == count


def test_a_line_is_json_and_ends_with_a_line_feed(database: Database) -> None:
    put(database, 0, [{"config_name": "a\n\u2028b"}])
    lines = list(export_snapshots(database))
    assert all(line.endswith("\n") and line.isascii() and line.count("\n") == 1 for line in lines)
    assert json.loads(lines[2]) == {"add": {"config_name": "a\n\u2028b"}}


def test_a_file_written_by_others_need_not_be_canonical(database: Database, other: Database) -> None:
    _fill(database)
    lines = [
        json.dumps(json.loads(line), indent=None, separators=(" , ", " : "))
        for line in export_snapshots(database)
    ]
    assert import_snapshots(other, lines).stored == 6
    other.close()


Change = Callable[[list[str]], list[str]]


def _edited(number: int, old: str, new: str) -> Change:
    def change(lines: list[str]) -> list[str]:
        assert old in lines[number]
        return [*lines[:number], lines[number].replace(old, new), *lines[number + 1 :]]

    return change


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda lines: lines[:0], "line 0: the file ends before its end line"),
        (lambda lines: lines[:-1], "line 8: the file ends before its end line"),
        (lambda lines: lines[1:], "line 1: the first line has to be"),
        (lambda lines: [*lines, lines[1]], "line 10: it is no object with one key, or behind the end"),
        (lambda lines: [*lines[:3], lines[-1]], "line 4: the snapshot above holds 1 of 3"),
        (lambda lines: [lines[0], *lines[2:]], "line 2: no snapshot has begun"),
        (_edited(0, '"version":1', '"version":2'), "line 1: the first line has to be"),
        (_edited(1, '"count":3', '"count":4'), "line 6: the snapshot above holds 3 of 4"),
        (_edited(1, '"count":3', '"count":"3"'), "line 2: count is of the wrong type"),
        (_edited(1, '"count":3', '"count":true'), "line 2: count is of the wrong type"),
        (_edited(1, '"details"', '"detail"'), "line 2: a snapshot has the keys"),
        (_edited(1, "+00:00", ""), "line 2: a time needs its zone"),
        (_edited(1, "2026-03-01T", "yesterday"), "line 2: Invalid isoformat string"),
        (_edited(2, "train", "tr\u00e4in"), "line 6: the snapshot above does not hold what its digest says"),
        (_edited(2, '{"add"', '{"ad"'), "line 3: 'ad' is none of snapshot, add, remove and end"),
        (_edited(2, '{"add":', "["), "line 3: Expecting"),
        (_edited(2, '"c0"', "[" * 100_000), "line 3: "),
        (_edited(6, "train", "other"), "line 7: what is removed is not there"),
        (_edited(8, "2", "3"), "line 9: the file holds 2 snapshots, and its end says otherwise"),
    ],
)
def test_a_faulty_file_is_told_by_its_line_and_nothing_of_it_is_stored(
    database: Database, other: Database, change: Change, fault: str
) -> None:
    put(other, 0, configurations(3))
    put(other, 1, configurations(4, c1="-"))
    lines = list(export_snapshots(other))
    other.close()
    assert len(lines) == 9
    with pytest.raises(FaultyFileError) as caught:
        import_snapshots(database, change(lines))
    assert caught.value.faults[0].startswith(fault)
    assert list_snapshots(database) == ()


def test_an_export_that_nobody_reads_to_its_end_holds_nothing_up(
    database: Database, replica: Database
) -> None:
    _fill(database)
    lines = export_snapshots(database)
    for _ in range(4):
        next(lines)
    put(replica, 9, configurations(1))
    lines.close()  # type: ignore[attr-defined]
    assert len(list_snapshots(database)) == 7
