"""The test of a connection, over HTTP: its steps, one at a time for all, and no attempt too many."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.connections import read_settings
from dashboard.data.background import Job, JobState
from dashboard.data.projects import Projects, Steps
from modelarts_local import LocalService
from modelarts_local.authorisation import AccessKeyAuthorisation

SECONDS = 60.0
NAMES = [
    "name resolution",
    "TCP connection",
    "TLS",
    "clock",
    "authentication",
    "permission",
    "first page",
]


@contextmanager
def connected_to(service: LocalService, **keys: str) -> Iterator[Job[Steps, Steps]]:
    """The test of the connection to a service with these credentials."""
    credentials = keys or {"token": "token-of-the-test"}
    table = {"endpoint": service.url, "project_id": service.project_id, **credentials}
    (connection,) = read_settings({"connections": {"prod": table}}, {}).connections
    collection = Projects()
    yield collection.project(connection).test()
    collection.registry.client(connection).close()


def ran(test: Job[Steps, Steps]) -> JobState[Steps, Steps]:
    test.start_if_due(now=True)
    assert test.wait(SECONDS)
    return test.state


def states(state: JobState[Steps, Steps]) -> dict[str, str]:
    return {step.name: step.state for step in state.progress or ()}


def test_before_the_first_test_there_is_nothing() -> None:
    with LocalService(1) as service, connected_to(service) as test:
        assert test.state == JobState()
        assert len(service.requests) == 0


def test_a_good_connection_passes_in_order() -> None:
    with LocalService(1, token="token-of-the-test") as service, connected_to(service) as test:
        state = ran(test)
    assert [step.name for step in state.progress or ()] == NAMES
    assert state.progress == state.result
    assert states(state) == {**dict.fromkeys(NAMES, "passed"), "TLS": "not assessed"}
    assert (state.running, state.finished) == (False, 1)


def test_ten_presses_are_one_test_and_a_later_one_is_another() -> None:
    with LocalService(1) as service, connected_to(service) as test:
        held, together = service.fail(503, delay_s=1), threading.Barrier(10)

        def press() -> None:
            together.wait(SECONDS)
            test.start_if_due(now=True)

        threads = [threading.Thread(target=press) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS)
        assert test.wait(SECONDS)
        assert (len(service.requests), test.state.finished) == (1, 1)
        assert "failed" in states(test.state).values()
        held.lift()
        assert states(ran(test))["first page"] == "passed"
        assert len(service.requests) == 2


def test_steps_are_there_as_they_finish() -> None:
    with LocalService(1) as service, connected_to(service) as test:
        service.fail(503, delay_s=SECONDS, times=1)
        test.start_if_due(now=True)
        limit = time.monotonic() + SECONDS
        while len(test.state.progress or ()) < 3 and time.monotonic() < limit:
            test.wait(0.01)
        assert (test.state.running, list(states(test.state))) == (True, NAMES[:3])
        service.stop()
        assert test.wait(SECONDS)
    assert "failed" in states(test.state).values()


def test_a_wrong_key_is_signed_with_once_however_often_it_is_tested() -> None:
    key = {"access_key": "LOCALACCESSKEY012345", "secret_key": "wrong-in-test-of-tests"}
    with LocalService(1, auth=AccessKeyAuthorisation()) as service, connected_to(service, **key) as test:
        for _ in range(10):
            state = ran(test)
        assert states(state)["authentication"] == "failed"
        assert service.authorisation.failed_signatures == 1  # type: ignore[union-attr]
