"""Waivers: added all or none, one active for a finding, and never forgotten."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from dashboard.store import tables
from dashboard.store.database import Database
from dashboard.store.errors import StoreError, UnknownRecordError, WaiverConflictError
from dashboard.store.waiver import NewWaiver, key_fields
from dashboard.store.waivers import add_waivers, list_waivers, replace_waivers, revoke_waivers
from tests.dashboard.store.builders import day, waiver

HOSTILE = "<b>\0\ud800\u202e\\u0000 =1+1\n" + "x" * 10_000


def test_what_is_added_is_listed_as_it_was_with_who_and_when(database: Database) -> None:
    (added,) = add_waivers(database, [waiver(source="findings screen")], "anna", day(0))
    assert list_waivers(database) == (added,)
    assert (added.created_by, added.created_at, added.revoked_by, added.revoked_at) == (
        "anna",
        day(0),
        None,
        None,
    )
    assert (added.reason, added.expires, added.source) == (
        "is retrained in May",
        date(2026, 5, 31),
        "findings screen",
    )


def test_texts_of_any_characters_and_length_come_back_as_they_were(database: Database) -> None:
    hostile = waiver(configuration=HOSTILE, reason=HOSTILE, owner=HOSTILE, fields_fingerprint=HOSTILE)
    add_waivers(database, [hostile], HOSTILE, day(0))
    (kept,) = list_waivers(database)
    assert {kept.configuration, kept.reason, kept.owner, kept.fields_fingerprint, kept.created_by} == {
        HOSTILE
    }
    with pytest.raises(WaiverConflictError):
        add_waivers(database, [hostile], "berta", day(1))


def test_a_time_to_expire_at_keeps_its_moment(database: Database) -> None:
    moment = datetime(2026, 5, 31, 12, 30, 0, 1, timezone(timedelta(hours=8)))
    (added,) = add_waivers(database, [waiver(expires=moment)], "anna", day(0))
    assert list_waivers(database)[0].expires == moment
    assert not added.has_expired(moment - timedelta(microseconds=1))
    assert added.has_expired(moment)


def test_a_day_is_included_in_utc_and_the_last_day_of_all_never_ends(database: Database) -> None:
    end = datetime(2026, 6, 1, tzinfo=UTC)
    last = waiver(configuration="other", expires=date.max)
    added, forever = add_waivers(database, [waiver(), last], "anna", day(0))
    assert not added.has_expired(end - timedelta(seconds=1))
    assert added.has_expired(end)
    assert not forever.has_expired(datetime(9999, 12, 31, 23, tzinfo=UTC))


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""},
        {"owner": ""},
        {"configuration": ""},
        {"expires": datetime(2026, 5, 31)},  # noqa: DTZ001 - the fault
        {"created_at": datetime(2026, 5, 31)},  # noqa: DTZ001 - the fault
        {"expires": datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=5)))},
    ],
)
def test_a_waiver_that_says_too_little_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"needs its|beyond"):
        waiver(**changes)


def test_only_those_of_the_connection_are_listed(database: Database) -> None:
    add_waivers(database, [waiver(), waiver(connection="test")], "anna", day(0))
    assert [kept.connection for kept in list_waivers(database, "test")] == ["test"]
    assert len(list_waivers(database)) == 2


def test_many_are_added_in_their_order_or_none_of_them(database: Database) -> None:
    many = [waiver(configuration=f"c{number}") for number in range(1_200)]
    (taken,) = add_waivers(database, [many[700]], "anna", day(0))
    with pytest.raises(WaiverConflictError) as caught:
        add_waivers(database, many, "berta", day(1))
    assert caught.value.existing == (taken,)
    assert list_waivers(database) == (taken,)
    added = add_waivers(database, many[:700] + many[701:], "berta", day(1))
    assert [kept.configuration for kept in added] == [
        f"c{number}" for number in range(1_200) if number != 700
    ]


def test_one_that_is_twice_in_the_same_call_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="two of the waivers"):
        add_waivers(database, [waiver(), waiver(reason="another")], "anna", day(0))
    assert list_waivers(database) == ()


def test_nothing_to_add_is_nothing(database: Database) -> None:
    assert add_waivers(database, [], "anna", day(0)) == ()


def test_of_two_who_accept_the_same_at_once_one_is_told_of_the_other(
    database: Database, replica: Database
) -> None:
    barrier = threading.Barrier(2)
    outcomes: dict[str, object] = {}

    def accept(opened: Database, name: str) -> None:
        barrier.wait()
        try:
            outcomes[name] = add_waivers(opened, [waiver()], name, day(0))
        except WaiverConflictError as error:
            outcomes[name] = error.existing

    threads = [
        threading.Thread(target=accept, args=pair) for pair in ((database, "anna"), (replica, "berta"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (kept,) = list_waivers(database)
    assert outcomes == {"anna": (kept,), "berta": (kept,)}


def test_the_database_itself_refuses_a_second_active_waiver(database: Database) -> None:
    """Whatever writes beside us, by mistake or by hand."""
    (first,) = add_waivers(database, [waiver()], "anna", day(0))
    row = vars(first) | {"id": 99, "key": tables.key_of(*key_fields(first)), "expires": "2026-05-31"}
    with pytest.raises(StoreError), database.writing("waivers") as writing:
        writing.execute(tables.waivers.insert().values(row))
    assert list_waivers(database) == (first,)


def test_what_is_revoked_stays_as_history_and_makes_room(database: Database) -> None:
    (first,) = add_waivers(database, [waiver()], "anna", day(0))
    (revoked,) = revoke_waivers(database, [first.id], "berta", day(1))
    assert (revoked.revoked_by, revoked.revoked_at) == ("berta", day(1))
    assert list_waivers(database) == ()
    (second,) = add_waivers(database, [waiver()], "carla", day(2))
    assert list_waivers(database, include_revoked=True) == (revoked, second)


def test_who_revoked_first_stays(database: Database) -> None:
    (first,) = add_waivers(database, [waiver()], "anna", day(0))
    (once,) = revoke_waivers(database, [first.id], "berta", day(1))
    assert revoke_waivers(database, [first.id], "carla", day(2)) == (once,)


def test_an_unknown_number_revokes_nothing(database: Database) -> None:
    (first,) = add_waivers(database, [waiver()], "anna", day(0))
    with pytest.raises(UnknownRecordError, match="77"):
        revoke_waivers(database, [first.id, 77], "berta", day(1))
    assert list_waivers(database) == (first,)


def test_a_replacement_keeps_the_old_one_as_history(database: Database) -> None:
    (old,) = add_waivers(database, [waiver()], "anna", day(0))
    (new,) = replace_waivers(database, [(old.id, waiver(reason="in June"))], "berta", day(1))
    assert (new.reason, new.created_by, new.created_at) == ("in June", "berta", day(1))
    (history, current) = list_waivers(database, include_revoked=True)
    assert (history.id, history.revoked_by, history.revoked_at) == (old.id, "berta", day(1))
    assert current == new


def test_whoever_replaces_what_has_been_replaced_is_told_what_holds(database: Database) -> None:
    (old,) = add_waivers(database, [waiver()], "anna", day(0))
    (new,) = replace_waivers(database, [(old.id, waiver(reason="berta's"))], "berta", day(1))
    with pytest.raises(WaiverConflictError) as caught:
        replace_waivers(database, [(old.id, waiver(reason="carla's"))], "carla", day(2))
    assert caught.value.existing == (new,)
    assert list_waivers(database) == (new,)


def test_whoever_replaces_what_has_been_revoked_is_told_who_did(database: Database) -> None:
    (old,) = add_waivers(database, [waiver()], "anna", day(0))
    (revoked,) = revoke_waivers(database, [old.id], "berta", day(1))
    with pytest.raises(WaiverConflictError) as caught:
        replace_waivers(database, [(old.id, waiver(reason="carla's"))], "carla", day(2))
    assert caught.value.existing == (revoked,)
    assert list_waivers(database) == ()


def test_a_replacement_whose_place_is_taken_changes_nothing(database: Database) -> None:
    old, other = add_waivers(database, [waiver(), waiver(configuration="other")], "anna", day(0))
    with pytest.raises(WaiverConflictError) as caught:
        replace_waivers(database, [(old.id, waiver(configuration="other"))], "berta", day(1))
    assert caught.value.existing == (other,)
    assert list_waivers(database) == (old, other)


def test_who_created_it_can_be_told_by_a_file(database: Database) -> None:
    told: NewWaiver = waiver(created_by="carla", created_at=day(-9), source="waivers.toml")
    (added,) = add_waivers(database, [told], "anna", day(0))
    assert (added.created_by, added.created_at, added.source) == ("carla", day(-9), "waivers.toml")
