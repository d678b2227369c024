"""Access keys over real HTTP: what is signed is what arrives; a refused signature is never tried again."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelarts_api import (
    AccessKeyCredentials,
    AuthenticationError,
    Client,
    ConfigurationQuery,
    NotFoundError,
    TransportError,
)
from modelarts_api.auth.access_key import LOCK_SECONDS, KeyGate
from modelarts_api.http.limits import RetryPolicy
from modelarts_local import AccessKeyAuthorisation, LocalService
from tests.modelarts_api.scripted_service import Reply, ScriptedService, as_json, listing
from tests.modelarts_api.threads import in_threads

GOOD = listing([{"config_name": "a"}])
REFUSED = as_json({"error_code": "APIG.0301", "error_msg": "verify aksk signature fail"}, 401)
IMMEDIATELY = RetryPolicy(retries=3, sleep=lambda _: None)


def _credentials(service: LocalService, secret_key: str | None = None) -> AccessKeyCredentials:
    key = service.authorisation
    assert isinstance(key, AccessKeyAuthorisation)
    return AccessKeyCredentials(
        key.access_key,
        secret_key or key.secret_key,
        project_id=service.project_id,
        security_token=key.security_token,
    )


def _key(service: LocalService) -> AccessKeyAuthorisation:
    assert isinstance(service.authorisation, AccessKeyAuthorisation)
    return service.authorisation


def _client(service: LocalService, credentials: AccessKeyCredentials) -> Client:
    return Client(service.url, credentials.project_id, credentials, _policy=IMMEDIATELY)


@pytest.mark.parametrize("security_token", [None, "gQpjbi1ub3J0aC00tOkEn=="])
def test_every_call_is_signed_so_that_the_gateway_accepts_it(security_token: str | None) -> None:
    with (
        LocalService(2500, auth=AccessKeyAuthorisation(security_token=security_token)) as service,
        _client(service, _credentials(service)) as client,
    ):
        assert client.list_all_configurations().complete
        first = client.list_configurations().configurations[0]
        assert client.get_configuration(str(first.name)).name == first.name
        assert client.list_engines()
        assert all(request.status == 200 for request in service.requests)
        assert _key(service).failed_signatures == 0


@settings(max_examples=150)
@given(
    search=st.text(st.one_of(st.sampled_from(' +*~%&=/?#\\"é'), st.characters(codec="utf-8")), max_size=10),
    name=st.text(
        st.one_of(st.sampled_from(" +*~%/."), st.characters(codec="utf-8")), min_size=1, max_size=10
    ),
)
def test_no_search_and_no_name_breaks_the_signature(
    signed_client: tuple[LocalService, Client], search: str, name: str
) -> None:
    service, client = signed_client
    client.list_configurations(ConfigurationQuery(search_content=search))
    if name.strip() and name not in {".", ".."}:
        with pytest.raises(NotFoundError):
            client.get_configuration(name)
    assert _key(service).failed_signatures == 0


@pytest.fixture(scope="module")
def signed_client() -> Iterator[tuple[LocalService, Client]]:
    with (
        LocalService([], auth="access-key") as service,
        _client(service, _credentials(service)) as client,
    ):
        yield service, client


def test_the_query_on_the_wire_is_the_one_that_was_signed_at_every_attempt() -> None:
    replies = iter([Reply(503), Reply(raw=[b"HTTP/1.1 200"], then_reset=True), GOOD])
    credentials = AccessKeyCredentials("AK", "SK", project_id="p1")
    with (
        ScriptedService(lambda _: next(replies)) as service,
        service.client(credentials, _policy=IMMEDIATELY) as client,
    ):
        client.list_configurations(ConfigurationQuery(search_content="résnet 50+a/b~c*(v1)&x=y"))
    targets = {request.target for request in service.requests}
    assert len(service.requests) == 3
    assert [target.partition("?")[2] for target in targets] == [
        "config_type=custom&order=desc&page=1&per_page=10"
        "&search_content=r%C3%A9snet%2050%2Ba%2Fb~c%2A%28v1%29%26x%3Dy&sortBy=config_name"
    ]
    for request in service.requests:
        assert request.headers["host"] == service.url.removeprefix("http://")
        assert request.headers["x-project-id"] == "p1"
        assert "SignedHeaders=host;x-project-id;x-sdk-date," in request.headers["authorization"]


def test_many_threads_and_calls_with_a_wrong_key_make_one_failed_signature() -> None:
    with LocalService(5, auth="access-key") as service:
        clients = [_client(service, _credentials(service, "wrong-secret")) for _ in range(4)]
        errors = in_threads([client.list_configurations for client in clients] * 5)
        assert [type(error) for error in errors] == [AuthenticationError] * 20
        assert all("Nothing is signed with this key until" in error.remedy for error in errors)
        assert len(service.requests) == _key(service).failed_signatures == 1
        with _client(service, _credentials(service)) as right:
            assert right.list_configurations().total == 5
        for client in clients:
            client.close()


def test_a_refused_key_is_tried_again_on_request_once() -> None:
    replies = iter([REFUSED, REFUSED, GOOD])
    credentials = AccessKeyCredentials("AK", "SK", project_id="p1")
    with ScriptedService(lambda _: next(replies)) as service, service.client(credentials) as client:
        for _ in range(2):
            for _ in range(3):
                with pytest.raises(AuthenticationError, match=r"APIG\.0301"):
                    client.list_configurations()
            credentials.try_again()
        assert client.list_configurations().total == 1
        assert len(service.requests) == 3


def test_a_key_that_is_new_to_a_host_is_not_judged_by_another_hosts_refusal() -> None:
    credentials = AccessKeyCredentials("AK", "SK", project_id="p1")
    with (
        ScriptedService(lambda _: REFUSED) as one,
        ScriptedService(lambda _: GOOD) as other,
        one.client(credentials) as refused,
        other.client(credentials) as accepted,
    ):
        with pytest.raises(AuthenticationError):
            refused.list_configurations()
        assert accepted.list_configurations().total == 1


@pytest.mark.parametrize(
    "reply",
    [
        as_json({"is_success": False, "error_code": "ModelArts.0204", "error_message": "no project"}, 401),
        Reply(401, b"<html>proxy"),
        Reply(403),
        Reply(500),
    ],
)
def test_what_is_no_failed_signature_holds_no_key_back(reply: Reply) -> None:
    replies = iter([reply, GOOD])
    credentials = AccessKeyCredentials("AK", "SK", project_id="p1")
    with ScriptedService(lambda _: next(replies)) as service, service.client(credentials) as client:
        with pytest.raises(Exception, match="HTTP"):
            client.list_configurations()
        assert client.list_configurations().total == 1


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(20, "20 minutes behind"), (-20, "20 minutes ahead of"), (1, "Check the access key")],
)
def test_a_clock_that_is_wrong_is_said_to_be(minutes: int, words: str) -> None:
    theirs = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)
    reply = as_json({"error_code": "APIG.0301", "error_msg": "verify aksk signature fail"}, 401, Date=theirs)
    credentials = AccessKeyCredentials("AK", "SK", project_id="p1")
    with (
        ScriptedService(lambda _: reply) as service,
        service.client(credentials) as client,
        pytest.raises(AuthenticationError) as caught,
    ):
        client.list_configurations()
    assert words in caught.value.remedy


def test_a_locked_key_is_said_to_be_locked_and_rests_for_five_minutes() -> None:
    with LocalService(5, auth="access-key") as service:
        _key(service)._locked_until = 2**40
        with _client(service, _credentials(service)) as client:
            with pytest.raises(AuthenticationError) as caught:
                client.list_configurations()
            assert caught.value.remedy.startswith("The key is locked")
            assert "for the next five minutes" in caught.value.remedy
            with pytest.raises(AuthenticationError):
                client.list_configurations()
        assert len(service.requests) == 1


class _Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def _refusal() -> AuthenticationError:
    return AuthenticationError(401, "APIG.0301", "no")


@pytest.mark.parametrize(("seconds", "recovers"), [(None, False), (LOCK_SECONDS, True)])
def test_a_held_key_recovers_by_itself_only_if_it_was_held_for_a_time(
    seconds: float | None, recovers: bool
) -> None:
    clock = _Clock()
    gate = KeyGate(clock)
    gate.refuse(_refusal(), seconds)
    clock.now = LOCK_SECONDS - 1
    with pytest.raises(AuthenticationError), gate.hold(1):
        pass
    clock.now = LOCK_SECONDS
    if recovers:
        with gate.hold(1):
            gate.accept()
        assert gate.was_accepted
    else:
        with pytest.raises(AuthenticationError), gate.hold(1):
            pass


@pytest.mark.parametrize("ahead_minutes", [-1440, -20, 20, 1440])
@pytest.mark.parametrize("seconds", [None, LOCK_SECONDS])
def test_a_key_refused_for_the_clock_is_tried_again_once_the_clock_is_right(
    seconds: float | None, ahead_minutes: int
) -> None:
    """`steady` is nobody's to set; `wall` is this computer's time, which is off."""
    steady, wall = _Clock(), _Clock()
    wall.now = 1_700_000_000.0
    gate = KeyGate(steady, wall)
    gate.refuse(_refusal(), seconds, ahead_minutes * 60.0)
    steady.now, wall.now = 60.0, wall.now + 60.0
    with pytest.raises(AuthenticationError), gate.hold(1):
        pass
    wall.now -= ahead_minutes * 60.0 / 2
    if abs(ahead_minutes) > 100:  # half of it is still too much
        with pytest.raises(AuthenticationError), gate.hold(1):
            pass
    wall.now -= ahead_minutes * 60.0 / 2
    with gate.hold(1):
        gate.accept()
    assert gate.was_accepted


def test_a_clock_that_moves_lifts_no_other_refusal() -> None:
    steady, wall = _Clock(), _Clock()
    gate = KeyGate(steady, wall)
    gate.refuse(_refusal(), None, 60.0)
    for moved in (-7_200.0, 0.0, 900.0, 86_400.0):
        wall.now = moved
        with pytest.raises(AuthenticationError), gate.hold(1):
            pass


@pytest.mark.parametrize("accepted_before", [False, True])
def test_after_the_clock_is_put_right_the_next_call_is_signed_and_answered(accepted_before: bool) -> None:
    """The service's clock is moved instead, and the key's gate told that ours was."""
    key = AccessKeyAuthorisation()
    with LocalService(5, auth=key) as service, _client(service, _credentials(service)) as client:
        if accepted_before:
            assert client.list_configurations().total == 5
        wall = _Clock()
        gate = client.credentials._gate(service.url)
        gate._wall = wall
        key.clock = lambda: time.time() - 1_200
        for _ in range(3):
            with pytest.raises(AuthenticationError) as caught:
                client.list_configurations()
        assert key.failed_signatures == 1
        assert "20 minutes ahead of" in caught.value.remedy
        held = "for the next five minutes" if accepted_before else "until it is tried again on request or"
        assert f"Nothing is signed with this key {held}" in caught.value.remedy
        assert "unless this computer's clock is put right" in caught.value.remedy
        wall.now -= 1_200
        key.clock = time.time
        assert client.list_configurations().total == 5
        assert key.failed_signatures == 1


def test_an_answer_from_before_a_refusal_does_not_open_the_gate_again() -> None:
    gate = KeyGate()
    with gate.hold(1):
        gate.accept()
    gate.refuse(_refusal(), None)
    gate.accept()
    with pytest.raises(AuthenticationError), gate.hold(1):
        pass


def test_a_first_request_that_hangs_does_not_hold_the_others_for_ever() -> None:
    gate = KeyGate()
    with gate.hold(1):
        errors = in_threads([lambda: gate.hold(0.01).__enter__()])
    assert isinstance(errors[0], TransportError)


def test_requests_go_side_by_side_once_the_key_was_accepted() -> None:
    gate = KeyGate()
    with gate.hold(1):
        gate.accept()
    both = threading.Barrier(2, timeout=10)

    def meet() -> None:
        with gate.hold(1):
            both.wait()

    assert in_threads([meet, meet]) == [None, None]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("access_key", ""),
        ("access_key", "A,B"),
        ("secret_key", "two words"),
        ("project_id", "line\nbreak"),
        ("security_token", ""),
        ("secret_key", None),
    ],
)
def test_values_that_cannot_be_sent_are_refused_by_name_and_not_repeated(field: str, value: str) -> None:
    values = {"access_key": "AK", "secret_key": "SK", "project_id": "p", "security_token": "T", field: value}
    access_key, secret_key = values.pop("access_key"), values.pop("secret_key")
    with pytest.raises(ValueError, match=f"^{field} must") as caught:
        AccessKeyCredentials(access_key, secret_key, **values)
    assert not value or value not in str(caught.value)
