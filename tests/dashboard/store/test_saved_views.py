"""Views under a name, each its owner's."""

from __future__ import annotations

from datetime import datetime

import pytest

from dashboard.store.database import Database
from dashboard.store.saved_views import delete_view, list_views, save_view
from tests.dashboard.store.builders import day

HOSTILE = "<b>\0\ud800\\" + "x" * 10_000


def test_a_view_is_saved_and_listed_by_name(database: Database) -> None:
    second = save_view(database, "anna", "old engines", "engine=TF-1.8&engine=MXNet", day(0))
    first = save_view(database, "anna", "Mine", "search=bert", day(1))
    assert list_views(database, "anna") == (first, second)
    assert (second.query, second.saved_at) == ("engine=TF-1.8&engine=MXNet", day(0))


def test_the_same_name_is_replaced_for_its_owner_alone(database: Database) -> None:
    first = save_view(database, "anna", "mine", "search=a", day(0))
    others = save_view(database, "berta", "mine", "search=b", day(0))
    again = save_view(database, "anna", "mine", "search=c", day(1))
    assert (again.id, again.query, again.saved_at) == (first.id, "search=c", day(1))
    assert list_views(database) == (again, others)
    assert list_views(database, "berta") == (others,)


def test_a_view_is_deleted_once(database: Database) -> None:
    save_view(database, "anna", "mine", "search=a", day(0))
    assert not delete_view(database, "berta", "mine")
    assert delete_view(database, "anna", "mine")
    assert not delete_view(database, "anna", "mine")
    assert list_views(database) == ()


def test_texts_of_any_characters_and_length_come_back_as_they_were(database: Database) -> None:
    saved = save_view(database, HOSTILE, HOSTILE, HOSTILE, day(0))
    assert {saved.owner, saved.name, saved.query} == {HOSTILE}
    assert list_views(database, HOSTILE) == (saved,)


def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(ValueError, match="zone"):
        save_view(database, "anna", "mine", "", datetime(2026, 1, 1))  # noqa: DTZ001
