"""Waivers as TOML: the same bytes for the same waivers, and every fault named."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.store.database import Database
from dashboard.store.errors import FaultyFileError
from dashboard.store.waiver import NewWaiver
from dashboard.store.waiver_file import export_waivers, read_waivers
from dashboard.store.waivers import add_waivers, list_waivers, revoke_waivers
from tests.dashboard.store.builders import day, waiver

ANY_TEXT = st.text(st.characters(exclude_categories=()), min_size=1, max_size=30)
MOMENTS = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(9000, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))]),
)
WAIVERS = st.builds(
    NewWaiver,
    connection=ANY_TEXT,
    check=ANY_TEXT,
    configuration=ANY_TEXT,
    fields_fingerprint=ANY_TEXT,
    reason=ANY_TEXT,
    owner=ANY_TEXT,
    expires=st.one_of(st.dates(), MOMENTS),
    source=st.just("waivers.toml"),
    created_by=st.one_of(st.none(), ANY_TEXT),
    created_at=st.one_of(st.none(), MOMENTS),
)
TEXT = """\
# Accepted findings of training job configurations.
schema = 1

[[waiver]]
connection = "production"
check = "old-engine"
configuration = "resnet50-0001"
fields_fingerprint = "f1"
reason = "is retrained in May"
owner = "vision"
expires = 2026-05-31

[[waiver]]
connection = "production"
check = "old-engine"
configuration = "resnet50-0002"
fields_fingerprint = "f1"
reason = "is retrained in May"
owner = "vision"
expires = 2026-05-31
created_by = "anna"
created_at = 2026-03-01 12:00:00+00:00
"""


def test_the_file_reads_like_this() -> None:
    second = waiver(configuration="resnet50-0002", created_by="anna", created_at=day(0))
    assert export_waivers([second, waiver()]) == TEXT
    assert read_waivers(TEXT) == (waiver(), second)


@given(st.lists(WAIVERS, max_size=4, unique_by=lambda one: (one.connection, one.check, one.configuration)))
def test_what_is_exported_is_read_again_and_exported_to_the_same_bytes(waivers: list[NewWaiver]) -> None:
    text = export_waivers(waivers)
    text.encode()
    read = read_waivers(text, "waivers.toml")
    assert sorted(read, key=repr) == sorted(waivers, key=repr)
    assert export_waivers(read) == text
    assert export_waivers(reversed(waivers)) == text


def test_from_one_database_through_a_file_into_another(database: Database) -> None:
    kept, gone = add_waivers(database, [waiver(), waiver(configuration="gone")], "anna", day(0))
    revoke_waivers(database, [gone.id], "anna", day(1))
    text = export_waivers(list_waivers(database, include_revoked=True))
    revoke_waivers(database, [kept.id], "anna", day(2))
    (again,) = add_waivers(database, read_waivers(text, "waivers.toml"), "berta", day(3))
    assert (again.configuration, again.created_by, again.created_at) == ("resnet50-0001", "anna", day(0))
    assert again.source == "waivers.toml"


def test_no_waivers_are_a_file_too() -> None:
    assert read_waivers(export_waivers([])) == ()


FIRST = TEXT.partition("\n[[waiver]]")[0] + "\n[[waiver]]" + TEXT.split("\n[[waiver]]")[1]


def _without(key: str) -> str:
    return "\n".join(line for line in FIRST.splitlines() if not line.startswith(f"{key} ="))


def _with(line: str) -> str:
    return f"{_without(line.split(' =', maxsplit=1)[0])}\n{line}\n"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ["schema is not 1, the only one that is known"]),
        ("schema = 2\n", ["schema is not 1, the only one that is known"]),
        ("schema = 1\nwaivers = []\n", ["'waivers' is no key here; is waiver meant?"]),
        ("schema = 1\nwaiver = 3\n", ["waiver is not a list of tables: each begins with [[waiver]]"]),
        ("schema = 1\nwaiver = [3]\n", ["waiver is not a list of tables: each begins with [[waiver]]"]),
        (_without("owner"), ["waiver 1: owner is missing"]),
        (_without("expires"), ["waiver 1: expires is missing"]),
        (_with("owner = 3"), ["waiver 1: owner is not text"]),
        (_with('owner = ""'), ["waiver 1: owner is empty"]),
        (_with('owner = { json = "3" }'), ["waiver 1: owner is not text"]),
        (_with('owner = { json = "x" }'), ["waiver 1: owner is not text"]),
        (_with('onwer = "x"'), ["waiver 1: 'onwer' is no key here; is owner meant?"]),
        (
            _with('expires = "2026-05-31"'),
            ["waiver 1: expires is neither a day nor a time: write 2027-03-31, without quotes"],
        ),
        (
            _with("expires = 12:00:00"),
            ["waiver 1: expires is neither a day nor a time: write 2027-03-31, without quotes"],
        ),
        (
            _with("expires = 2026-05-31T12:00:00"),
            ["waiver 1: expires has no zone: write 2027-03-31T12:00:00Z"],
        ),
        (
            _with("expires = 9999-12-31T23:00:00-05:00"),
            ["waiver 1: expires is beyond the times that UTC has"],
        ),
        (
            _with("created_at = 2026-05-31"),
            ["waiver 1: created_at is not a time: write 2027-03-31T12:00:00Z, without quotes"],
        ),
        (_with("created_by = 1"), ["waiver 1: created_by is not text"]),
        (TEXT.replace("0002", "0001"), ["waiver 2: it accepts the same as waiver 1"]),
        (
            _without("owner").replace('check = "old-engine"', 'check = ""'),
            ["waiver 1: check is empty", "waiver 1: owner is missing"],
        ),
    ],
)
def test_every_fault_is_named(text: str, faults: list[str]) -> None:
    with pytest.raises(FaultyFileError) as caught:
        read_waivers(text)
    assert list(caught.value.faults) == faults


@pytest.mark.parametrize(
    "text", ["schema =", "[[waiver]", "a = " + "[" * 100_000, "a = " + "9" * 5_000, "expires = 2026-02-30"]
)
def test_what_is_no_toml_is_said_to_be_none(text: str) -> None:
    with pytest.raises(FaultyFileError, match="it is no TOML") as caught:
        read_waivers(text)
    assert len(str(caught.value)) < 500


def test_the_file_is_toml_for_others_too() -> None:
    (entry,) = tomllib.loads(export_waivers([waiver(reason='two\nlines "quoted" \0')]))["waiver"]
    assert entry["reason"] == 'two\nlines "quoted" \0'
    assert entry["expires"] == date(2026, 5, 31)
