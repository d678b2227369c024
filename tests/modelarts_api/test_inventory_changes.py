"""Rows come and go while they are loaded: the inventory is right, or said to be incomplete."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelarts_api import Configuration, Inventory, ResultPage
from modelarts_api.inventory import MAX_PASSES, read_inventory
from tests.modelarts_api.project import Project
from tests.modelarts_api.scripted_service import Reply, Request, ScriptedService, as_json


def _no_row_twice(inventory: Inventory) -> bool:
    counts = Counter(configuration.name for configuration in inventory.configurations)
    return max(counts.values()) == 1


@pytest.mark.parametrize("after", [1, 2, 3])
@pytest.mark.parametrize("size", [2500, 3000])
def test_a_row_inserted_while_loading_is_there_in_the_end(after: int, size: int) -> None:
    project = Project.of(size)
    project.after = {after: lambda: project.insert_now("config-99999")}
    inventory = project.load()
    assert inventory.complete
    assert _no_row_twice(inventory)
    # The first pass may be over when it is inserted: then it shows the set as it was.
    assert project.is_shown_by(inventory) or inventory.requests == 3


@pytest.mark.parametrize("after", [1, 2])
@pytest.mark.parametrize("index", [0, 1500, 2499])
def test_a_row_deleted_while_loading_hides_no_other(after: int, index: int) -> None:
    project = Project.of(2500)
    project.after = {after: lambda: project.rows.pop(index) and None}
    inventory = project.load()
    assert inventory.complete
    assert project.is_shown_by(inventory)


def test_a_deletion_that_an_insertion_balances_hides_no_row() -> None:
    """The total stays, no row comes twice, and yet the first row of page two is on page one now."""
    project = Project.of(2500)

    def change() -> None:
        project.rows.pop(0)
        project.insert_now("aaa")

    project.after = {1: change}
    inventory = project.load()
    assert inventory.complete
    assert project.is_shown_by(inventory)


def test_an_insertion_that_a_deletion_balances_shows_no_row_twice() -> None:
    """The row that is new is not seen; that the last one of page one has moved to page two is."""
    project = Project.of(2500)

    def change() -> None:
        project.insert_now("config-99999")
        project.rows.pop()

    project.after = {1: change}
    inventory = project.load()
    assert inventory.complete
    assert project.is_shown_by(inventory)


@pytest.mark.parametrize("behind", [timedelta(hours=-5), timedelta(0), timedelta(hours=5)])
def test_what_is_new_is_told_by_the_services_clock(behind: timedelta) -> None:
    project = Project.of(2500)

    def change() -> None:
        project.rows.pop(0)
        created = datetime.now(UTC) - behind
        project.insert({"config_name": "aaa", "create_time": int(created.timestamp() * 1000)})

    def answer(request: Request) -> Reply:
        date = format_datetime(datetime.now(UTC) - behind, usegmt=True)
        return Reply(200, project.answer(request).body, {"Date": date})

    project.after = {1: change}
    with ScriptedService(answer) as service, service.client() as client:
        inventory = client.list_all_configurations()
    assert inventory.complete
    assert project.is_shown_by(inventory)


def test_samples_that_tell_no_time_are_loaded_until_two_loads_agree() -> None:
    project = Project([{"config_name": f"sample-{number:05}"} for number in range(2500)])

    def change() -> None:
        project.rows.pop(0)
        project.insert({"config_name": "aaa"})

    project.after = {1: change}
    inventory = project.load(config_type="sample")
    assert inventory.complete
    assert project.is_shown_by(inventory)
    assert inventory.requests == 9


def test_a_set_that_never_rests_is_incomplete_and_has_no_row_twice() -> None:
    project = Project.of(2500)
    numbers = iter(range(100_000, 200_000))
    project.after_each = lambda: project.insert_now(f"config-{next(numbers)}")
    inventory = project.load()
    assert not inventory.complete
    assert _no_row_twice(inventory)
    assert len(inventory.configurations) >= 2500
    assert inventory.requests == 3 * MAX_PASSES


def test_a_page_that_a_deletion_takes_away_is_no_error() -> None:
    project = Project.of(2001)
    project.past_the_end = lambda: as_json({"error_code": "ModelArts.0101", "error_msg": "no page"}, 400)
    project.after = {1: lambda: project.rows.pop() and None}
    inventory = project.load()
    assert inventory.complete
    assert project.is_shown_by(inventory)


START = datetime(2026, 1, 1, tzinfo=UTC)
CHANGE = st.tuples(st.sampled_from(["insert", "delete"]), st.integers(0, 30))


@settings(max_examples=500)
@given(st.integers(0, 14), st.dictionaries(st.integers(1, 16), st.lists(CHANGE, max_size=3)), st.booleans())
def test_whatever_changes_a_complete_inventory_is_what_was_there_at_one_time(
    size: int, changes: dict[int, list[tuple[str, int]]], dated: bool
) -> None:
    """Pages of three; after each request rows are inserted and deleted anywhere, told by a steady clock."""
    names = [f"old-{number}" for number in range(size)]
    created = dict.fromkeys(names, START - timedelta(days=1) if dated else None)
    moments = [list(names)]
    requests = 0

    def load(page: int) -> ResultPage:
        nonlocal requests
        requests += 1
        now = START + timedelta(seconds=10 * requests)
        rows = [Configuration(name=name, created_at=created[name], _raw={"config_name": name})
                for name in names[3 * page - 3 : 3 * page]]  # fmt: skip
        answer = ResultPage(tuple(rows), len(names), now)
        for change, place in changes.get(requests, []):
            if change == "insert":
                new = f"new-{len(created)}"
                created[new] = now + timedelta(seconds=5) if dated else None
                names.insert(place % (len(names) + 1), new)
            elif names:
                names.pop(place % len(names))
            moments.append(list(names))
        return answer

    inventory = read_inventory(load, 1)
    shown = [configuration.name for configuration in inventory.configurations]
    assert max(Counter(shown).values(), default=1) == 1
    assert not inventory.complete or shown in moments
