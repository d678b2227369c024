"""Everything, whatever its size and however the service pages; what cannot be trusted is said."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from itertools import cycle, groupby
from typing import Any

import pytest

from modelarts_api import InvalidRequestError, PermissionDeniedError, ServiceError
from modelarts_api.reading import wire_of
from tests.modelarts_api.project import Project, now, row
from tests.modelarts_api.scripted_service import Reply, Request, ScriptedService, as_json, listing


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


def test_rows_from_the_future_are_only_bad_data() -> None:
    project = Project([row(number, create_time=4_000_000_000_000) for number in range(1500)])
    inventory = project.load()
    assert inventory.complete
    assert project.is_shown_by(inventory)


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


def test_a_service_may_answer_the_page_after_the_end_with_the_last_one() -> None:
    project = Project.of(2000)
    project.past_the_end = lambda: listing(project.rows[1000:], 2000, Date=now())
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
    project.past_the_end = lambda: listing(project.rows, 3000, Date=now())
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


def test_pages_are_read_one_at_a_time_and_what_is_shared_is_kept() -> None:
    """However many connections there are, other threads compete with one that reads."""
    project, readers = Project([row(number, config_desc="x" * 100) for number in range(4000)]), list[int]()
    kept: list[dict[str, Any]] = []

    def shared(wire: dict[str, Any]) -> dict[str, Any]:
        readers.append(threading.get_ident())
        kept.append(dict(wire))
        return kept[-1]

    inventory = project.load(8, shared=shared)
    assert all(len(list(group)) % 1000 == 0 for _, group in groupby(readers))
    assert {id(wire_of(row)) for row in inventory.configurations} == set(map(id, kept))
