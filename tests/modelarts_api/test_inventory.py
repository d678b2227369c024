"""Everything, whatever its size, and whatever happens to it meanwhile: right, or said to be incomplete."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelarts_api import Configuration, InvalidRequestError, Inventory, PermissionDeniedError, ServiceError
from modelarts_api.inventory import MAX_PASSES, LoadedPage, load_inventory
from tests.modelarts_api.scripted_service import Reply, Request, ScriptedService, as_json, listing

LONG_AGO = 1_524_189_990_635


def row(number: int, **fields: Any) -> dict[str, Any]:
    return {"config_name": f"config-{number:05}", "create_time": LONG_AGO + number, **fields}


class Project:
    """A project's rows, served in pages; `after` changes it when the nth request (from 1) is answered."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = sorted(rows, key=lambda row: str(row["config_name"]), reverse=True)
        self.after: dict[int, Callable[[], None]] = {}
        self.after_each: Callable[[], None] = lambda: None
        self.total: Callable[[], int] = lambda: len(self.rows)
        self.page_limit = 1000
        self.past_the_end: Callable[[], Reply] = lambda: listing([], self.total(), Date=_now())
        self._lock = threading.Lock()
        self._answered = 0

    @classmethod
    def of(cls, size: int) -> Project:
        return cls([row(number) for number in range(size)])

    def answer(self, request: Request) -> Reply:
        with self._lock:
            size = min(int(request.query["per_page"]), self.page_limit)
            start = (int(request.query["page"]) - 1) * size
            page = self.rows[start : start + size]
            reply = listing(page, self.total(), Date=_now()) if page or start == 0 else self.past_the_end()
            self._answered += 1
            self.after.get(self._answered, lambda: None)()
            self.after_each()
            return reply

    def insert(self, new: dict[str, Any]) -> None:
        self.rows = sorted([*self.rows, new], key=lambda row: str(row["config_name"]), reverse=True)

    def insert_now(self, name: str) -> None:
        self.insert({"config_name": name, "create_time": int(time.time() * 1000)})

    def load(self, connections: int = 1, **arguments: Any) -> Inventory:
        with (
            ScriptedService(self.answer) as service,
            service.client(max_connections=connections) as client,
        ):
            inventory = client.list_all_configurations(**arguments)
        assert inventory.requests == len(service.requests)
        self.requests = service.requests
        return inventory

    def is_shown_by(self, inventory: Inventory) -> bool:
        return [dict(configuration.raw) for configuration in inventory.configurations] == self.rows


def _now() -> str:
    return format_datetime(datetime.now(UTC), usegmt=True)


def _no_row_twice(inventory: Inventory) -> bool:
    counts = Counter(configuration.name for configuration in inventory.configurations)
    return max(counts.values()) == 1


@pytest.mark.parametrize("size", [0, 1, 999, 1000, 1001, 2000, 3214])
@pytest.mark.parametrize("connections", [1, 8])
def test_every_configuration_in_the_services_order(size: int, connections: int) -> None:
    project = Project.of(size)
    progress: list[tuple[int, int]] = []
    inventory = project.load(connections, on_progress=lambda *step: progress.append(step))
    assert project.is_shown_by(inventory)
    assert (inventory.complete, inventory.reported_total) == (True, size)
    # A last page that is full could hide another one.
    full = size > 0 and size % 1000 == 0
    assert inventory.requests == max(-(-size // 1000), 1) + full
    assert progress[0] == (min(size, 1000), size)
    assert progress[-1] == (size, size)
    assert progress == sorted(progress)


def test_pages_are_asked_for_as_the_documentation_allows() -> None:
    project = Project.of(1500)
    project.load(search_content="a b", config_type="sample")
    for number, request in enumerate(project.requests[:2], 1):
        assert request.query == {
            "per_page": "1000", "page": str(number), "sortBy": "config_name", "order": "desc",
            "config_type": "sample", "search_content": "a b",
        }  # fmt: skip


def test_as_many_requests_at_a_time_as_there_may_be_connections_and_no_more() -> None:
    project = Project.of(12_500)
    meeting = threading.Barrier(4)
    lock = threading.Lock()
    running, most = 0, 0

    def count(change: int) -> None:
        nonlocal running, most
        with lock:
            running += change
            most = max(most, running)

    def answer(request: Request) -> Reply:
        count(+1)
        if int(request.query["page"]) > 1:
            meeting.wait(timeout=30)
        reply = project.answer(request)
        count(-1)
        return reply

    with ScriptedService(answer) as service, service.client(max_connections=4) as client:
        assert project.is_shown_by(client.list_all_configurations())
    assert most == 4


def test_progress_comes_in_the_callers_thread_and_may_end_the_load() -> None:
    threads = set()

    def stop_at_half(loaded: int, total: int) -> None:
        threads.add(threading.current_thread())
        if loaded >= total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Project.of(5000).load(4, on_progress=stop_at_half)
    assert threads == {threading.current_thread()}


def test_when_it_was_loaded_is_in_utc() -> None:
    before = datetime.now(UTC)
    assert before <= Project.of(1).load().loaded_at <= datetime.now(UTC)


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


def test_rows_from_the_future_are_only_bad_data() -> None:
    project = Project([row(number, create_time=4_000_000_000_000) for number in range(1500)])
    inventory = project.load()
    assert inventory.complete
    assert project.is_shown_by(inventory)


def test_a_set_that_never_rests_is_incomplete_and_has_no_row_twice() -> None:
    project = Project.of(2500)
    numbers = iter(range(100_000, 200_000))
    project.after_each = lambda: project.insert_now(f"config-{next(numbers)}")
    inventory = project.load()
    assert not inventory.complete
    assert _no_row_twice(inventory)
    assert len(inventory.configurations) >= 2500
    assert inventory.requests == 3 * MAX_PASSES


@pytest.mark.parametrize(
    ("size", "total"),
    [(2500, 3700), (2500, 2501), (2500, 2400), (2500, 10), (2500, 1000), (3000, 2000), (5, 0), (5, 9)],
)
def test_a_total_that_lies_loses_no_row_and_is_told(size: int, total: int) -> None:
    project = Project.of(size)
    project.total = lambda: total
    inventory = project.load(8)
    assert not inventory.complete
    assert inventory.reported_total == total
    assert project.is_shown_by(inventory)


def test_pages_that_report_different_totals_are_not_believed() -> None:
    project = Project.of(2500)
    totals = cycle([2500, 2600, 2500])
    project.total = lambda: next(totals)
    inventory = project.load()
    assert not inventory.complete
    assert project.is_shown_by(inventory)


def test_a_total_of_billions_does_not_cost_billions_of_requests() -> None:
    project = Project.of(2500)
    project.total = lambda: 10**12
    inventory = project.load(8)
    assert not inventory.complete
    assert project.is_shown_by(inventory)
    assert inventory.requests < 100


@pytest.mark.parametrize("second", [row(1), row(1, config_desc="another")])
@pytest.mark.parametrize("size", [3, 2000])
def test_two_rows_of_one_name_are_both_kept(second: dict[str, Any], size: int) -> None:
    """With 2000 of them the two straddle the end of page one."""
    others = [row(number) for number in range(2, size)]
    rows = [*others, row(1), second]
    if size > 1000:
        rows = [row(1), second, *(row(0) | {"config_name": f"a{number:04}"} for number in range(999))]
        rows += [row(number) for number in range(2, 1001)]
    project = Project(rows)
    inventory = project.load()
    assert inventory.complete
    assert project.is_shown_by(inventory)


def test_in_what_is_known_a_row_of_two_pages_counts_once_and_two_of_one_page_twice() -> None:
    project = Project([row(1), row(1), *(row(number) for number in range(2, 2002))])
    project.total = lambda: 9_999
    inventory = project.load()
    assert not inventory.complete
    assert project.is_shown_by(inventory)


@pytest.mark.parametrize(
    ("status", "kind"), [(403, PermissionDeniedError), (500, ServiceError), (400, InvalidRequestError)]
)
def test_a_page_that_fails_raises_its_error(status: int, kind: type[Exception]) -> None:
    project = Project.of(4500)

    def answer(request: Request) -> Reply:
        if request.query["page"] == "3":
            return as_json({"error_code": "X", "error_msg": "no"}, status)
        return project.answer(request)

    with (
        ScriptedService(answer) as service,
        service.client(max_connections=4) as client,
        pytest.raises(kind),
    ):
        client.list_all_configurations()


@pytest.mark.parametrize("status", [400, 404])
def test_a_service_may_refuse_the_page_after_the_end(status: int) -> None:
    project = Project.of(2000)
    project.past_the_end = lambda: as_json({"error_code": "ModelArts.0101", "error_msg": "no page"}, status)
    inventory = project.load()
    assert inventory.complete
    assert project.is_shown_by(inventory)


def test_a_page_that_a_deletion_takes_away_is_no_error() -> None:
    project = Project.of(2001)
    project.past_the_end = lambda: as_json({"error_code": "ModelArts.0101", "error_msg": "no page"}, 400)
    project.after = {1: lambda: project.rows.pop() and None}
    inventory = project.load()
    assert inventory.complete
    assert project.is_shown_by(inventory)


def test_a_service_may_answer_the_page_after_the_end_with_the_last_one() -> None:
    project = Project.of(2000)
    project.past_the_end = lambda: listing(project.rows[1000:], 2000, Date=_now())
    inventory = project.load()
    assert inventory.complete
    assert project.is_shown_by(inventory)


def test_a_service_may_give_smaller_pages_than_it_is_asked_for() -> None:
    project = Project.of(1050)
    project.page_limit = 100
    inventory = project.load(8)
    assert inventory.complete
    assert project.is_shown_by(inventory)
    assert inventory.requests == 11


def test_a_service_that_ignores_the_page_number_is_not_believed() -> None:
    project = Project.of(1000)
    project.total = lambda: 3000
    project.past_the_end = lambda: listing(project.rows, 3000, Date=_now())
    inventory = project.load(8)
    assert not inventory.complete
    assert project.is_shown_by(inventory)


def test_a_service_without_a_date_header_is_taken_by_our_clock() -> None:
    project = Project.of(1500)
    answer = lambda request: Reply(200, project.answer(request).body)  # noqa: E731 - one line
    with ScriptedService(answer) as service, service.client() as client:
        inventory = client.list_all_configurations()
    assert inventory.complete
    assert inventory.requests == 2


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

    def load(page: int) -> LoadedPage:
        nonlocal requests
        requests += 1
        now = START + timedelta(seconds=10 * requests)
        rows = [Configuration(name=name, created_at=created[name], _raw={"config_name": name})
                for name in names[3 * page - 3 : 3 * page]]  # fmt: skip
        answer = LoadedPage(len(names), rows, now)
        for change, place in changes.get(requests, []):
            if change == "insert":
                new = f"new-{len(created)}"
                created[new] = now + timedelta(seconds=5) if dated else None
                names.insert(place % (len(names) + 1), new)
            elif names:
                names.pop(place % len(names))
            moments.append(list(names))
        return answer

    inventory = load_inventory(load, 1)
    shown = [configuration.name for configuration in inventory.configurations]
    assert max(Counter(shown).values(), default=1) == 1
    assert not inventory.complete or shown in moments
