"""The test of a connection, over HTTP: its steps, one at a time for all, and no attempt too many."""

from __future__ import annotations

import logging
import threading
import time

import pytest

from dashboard.data.diagnoses import SIGN_IN, Diagnosis, DiagnosisState
from modelarts_api import (
    AccessKeyCredentials,
    AuthenticationError,
    Client,
    ModelArtsError,
    PasswordCredentials,
)
from modelarts_local import LocalService
from modelarts_local.authorisation import AccessKeyAuthorisation, PasswordAuthorisation
from tests.dashboard.builders import client_of

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


def ran(diagnosis: Diagnosis) -> DiagnosisState:
    diagnosis.start()
    assert diagnosis.wait(SECONDS)
    return diagnosis.state


def states(state: DiagnosisState) -> dict[str, str]:
    return {step.name: step.state for step in state.steps}


def test_before_the_first_test_there_is_nothing() -> None:
    with LocalService(1) as service, client_of(service) as client:
        diagnosis = Diagnosis(lambda: client)
        assert diagnosis.state == DiagnosisState()
        assert len(service.requests) == 0


def test_a_good_connection_passes_in_order() -> None:
    with LocalService(1, token="t") as service, client_of(service, "t") as client:
        state = ran(Diagnosis(lambda: client))
    assert [step.name for step in state.steps] == NAMES
    assert states(state) == {**dict.fromkeys(NAMES, "passed"), "TLS": "not assessed"}
    assert (state.running, state.finished) == (False, 1)


def test_ten_presses_are_one_test_and_a_later_one_is_another() -> None:
    with LocalService(1) as service, client_of(service) as client:
        held = service.fail(503, delay_s=1)
        diagnosis, together = Diagnosis(lambda: client), threading.Barrier(10)

        def press() -> None:
            together.wait(SECONDS)
            diagnosis.start()

        threads = [threading.Thread(target=press) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS)
        assert diagnosis.wait(SECONDS)
        assert (len(service.requests), diagnosis.state.finished) == (1, 1)
        assert states(diagnosis.state)["first page"] == "failed"
        held.lift()
        assert states(ran(diagnosis))["first page"] == "passed"
        assert len(service.requests) == 2


def test_steps_are_there_as_they_finish() -> None:
    with LocalService(1) as service, client_of(service) as client:
        service.fail(503, delay_s=SECONDS, times=1)
        diagnosis = Diagnosis(lambda: client)
        diagnosis.start()
        limit = time.monotonic() + SECONDS
        while len(diagnosis.state.steps) < 3 and time.monotonic() < limit:
            diagnosis.wait(0.01)
        assert (diagnosis.state.running, [step.name for step in diagnosis.state.steps]) == (True, NAMES[:3])
        service.stop()
        assert diagnosis.wait(SECONDS)
    assert states(diagnosis.state)["first page"] == "failed"


def test_a_wrong_key_is_signed_with_once_however_often_it_is_tested() -> None:
    with LocalService(1, auth=AccessKeyAuthorisation()) as service:
        credentials = AccessKeyCredentials(
            "LOCALACCESSKEY012345", "wrong-in-test-of-tests", project_id=service.project_id
        )
        with Client(service.url, service.project_id, credentials) as client:
            diagnosis = Diagnosis(lambda: client)
            for _ in range(10):
                state = ran(diagnosis)
        assert states(state)["authentication"] == "failed"
        assert service.authorisation.failed_signatures == 1  # type: ignore[union-attr]


def test_a_login_that_fails_before_there_is_a_client_is_a_step() -> None:
    """A project that is known by its name has no client before IAM has told its id."""
    with LocalService(1, auth=PasswordAuthorisation()) as service:

        def make() -> Client:
            credentials = PasswordCredentials(
                service.iam_url, "local-user", "wrong-in-test", "local-domain", project_name="local_project"
            )
            return Client(service.url, credentials.project_id, credentials)

        state = ran(Diagnosis(make))
    (step,) = state.steps
    assert (step.name, step.state) == (SIGN_IN, "failed")
    assert isinstance(step.error, AuthenticationError)


def test_a_fault_of_ours_ends_the_test_and_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def make() -> Client:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR, logger="dashboard.data.diagnoses"):
        state = ran(Diagnosis(make))
    (step,) = state.steps
    assert step.state == "failed"
    assert not isinstance(step.error, ModelArtsError)
    assert not state.running
    assert "failed unexpectedly" in caplog.text
