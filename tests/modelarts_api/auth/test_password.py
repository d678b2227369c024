"""A user and password over real HTTP: one token for everybody, renewed in time, and no sign-in loops."""

from __future__ import annotations

from typing import Any

import pytest

from modelarts_api import (
    AuthenticationError,
    Client,
    Exchange,
    InvalidResponseError,
    PasswordCredentials,
    ServiceError,
    SettingError,
    TokenCredentials,
    TransportError,
)
from modelarts_api.http.limits import RetryPolicy
from modelarts_local import LocalService, PasswordAuthorisation
from tests.modelarts_api.scripted_service import Reply, ScriptedService, as_json, listing
from tests.modelarts_api.threads import in_threads

ONCE = RetryPolicy(retries=0)
IMMEDIATELY = RetryPolicy(retries=3, sleep=lambda _: None)
EXPIRES = "2126-01-01T00:00:00.000000Z"


def _service(**user: Any) -> LocalService:
    return LocalService(5, auth=PasswordAuthorisation(**user))


def _user(service: LocalService) -> PasswordAuthorisation:
    assert isinstance(service.authorisation, PasswordAuthorisation)
    return service.authorisation


def _credentials(service: LocalService, **changes: Any) -> PasswordCredentials:
    user = _user(service)
    values: dict[str, Any] = {
        "iam_endpoint": service.iam_url,
        "username": user.username,
        "password": user.password,
        "domain": user.domain,
    }
    if not {"project_id", "project_name"} & changes.keys():
        values["project_id"] = service.project_id
    return PasswordCredentials(**values | changes)


def _client(service: LocalService, credentials: PasswordCredentials) -> Client:
    return Client(service.url, service.project_id, credentials, _policy=ONCE)


def test_a_project_by_name_is_found_by_its_id_with_one_request_to_iam() -> None:
    with _service() as service:
        credentials = _credentials(service, project_name=_user(service).project_name)
        with Client(service.url, credentials=credentials) as client:
            assert client.project_id is None
            assert client.list_all_configurations().complete
            assert client.project_id == credentials.project_id == service.project_id
        assert [request.path for request in service.iam_requests] == ["/v3/auth/tokens"]


def test_making_a_client_of_a_project_known_by_name_asks_nobody() -> None:
    with _service() as service:
        credentials = _credentials(service, project_name=_user(service).project_name)
        Client(service.url, credentials=credentials).close()
        assert len(service.iam_requests) == len(service.requests) == 0


def test_finding_a_project_by_name_is_part_of_the_call_repeated_and_told_like_it() -> None:
    told: list[Exchange] = []
    with _service() as service:
        credentials = _credentials(service, project_name=_user(service).project_name)
        service.fail(503, path_contains="/v3/auth/tokens", times=2)
        with Client(
            service.url, credentials=credentials, on_exchange=told.append, _policy=IMMEDIATELY
        ) as client:
            assert client.list_configurations().total == 5
            assert repr(client).startswith(f"Client({service.url!r}, {service.project_id!r}, ")
    assert [exchange.status for exchange in told] == [503, 503, 201, 200]


@pytest.mark.parametrize("project_id", ["../x", "", "a/b", "x" * 65, "p\n", 7])
def test_a_project_id_that_could_lead_elsewhere_is_not_taken_from_iam(project_id: object) -> None:
    issued = {"token": {"expires_at": EXPIRES, "project": {"id": project_id}}}
    with (
        ScriptedService(lambda _: as_json(issued, 201, X_Subject_Token="t")) as iam,
        ScriptedService(lambda _: listing([])) as service,
        Client(service.url, credentials=_scripted(iam, project_name="eu-de")) as client,
        pytest.raises(InvalidResponseError, match="which project"),
    ):
        client.list_configurations()
    assert service.requests == []


def test_credentials_that_know_their_project_tell_the_client() -> None:
    with _service() as service, Client(service.url, credentials=_credentials(service)) as client:
        assert client.project_id == service.project_id
        assert len(service.iam_requests) == 0
        assert client.list_configurations().total == 5


def test_without_any_project_there_is_no_client() -> None:
    for credentials in (None, TokenCredentials("MIIEvQYJKoZ")):
        with pytest.raises(SettingError, match="project_id must be given"):
            Client("https://modelarts.example", credentials=credentials)


def test_an_iam_endpoint_may_end_in_its_version() -> None:
    with _service() as service:
        credentials = _credentials(service, iam_endpoint=f"{service.iam_url}/v3/")
        with _client(service, credentials) as client:
            assert client.list_configurations().total == 5


def test_many_threads_without_a_token_ask_iam_once() -> None:
    with _service() as service:
        service.latency_ms = 30  # so that all of them are there before IAM's answer is
        clients = [_client(service, _credentials(service)) for _ in range(3)]
        outcomes = in_threads([client.list_configurations for client in clients] * 8)
        assert [page.total for page in outcomes] == [5] * 24  # type: ignore[attr-defined]
        assert len(service.iam_requests) == 1
        for client in clients:
            client.close()


@pytest.mark.parametrize("end", ["expire", "revoke"])
def test_many_threads_whose_token_died_renew_it_once(end: str) -> None:
    with _service() as service, _client(service, credentials := _credentials(service)) as client:
        client.list_configurations()
        getattr(_user(service).iam, end)()
        service.latency_ms = 30
        outcomes = in_threads([client.list_configurations] * 16)
        assert [page.total for page in outcomes] == [5] * 16  # type: ignore[attr-defined]
        assert len(service.iam_requests) == 2
        client.list_configurations()
        assert len(service.iam_requests) == 2
    assert credentials.project_id == service.project_id


@pytest.mark.parametrize(("life_s", "questions"), [(110, 2), (130, 1)])
def test_a_token_with_less_than_two_minutes_to_live_is_renewed(life_s: float, questions: int) -> None:
    with _service(token_life_s=life_s) as service, _client(service, _credentials(service)) as client:
        client.list_configurations()
        _user(service).token_life_s = 3600
        for _ in range(3):
            client.list_configurations()
        assert len(service.iam_requests) == questions


def test_while_iam_is_down_a_token_is_used_to_its_end_and_iam_is_left_alone() -> None:
    with _service(token_life_s=110) as service, _client(service, _credentials(service)) as client:
        client.list_configurations()
        with service.fail(503, path_contains="/v3/auth/tokens"):
            for _ in range(5):
                assert client.list_configurations().total == 5
        assert len(service.iam_requests) == 2


def test_a_failure_of_iam_is_told_to_all_who_wait_and_is_asked_again_by_the_next() -> None:
    with _service() as service, _client(service, _credentials(service)) as client:
        service.latency_ms = 30
        with service.fail(503, {"error": {"code": 503, "message": "busy"}}, path_contains="/v3/auth/tokens"):
            outcomes = in_threads([client.list_configurations] * 8)
        assert all(isinstance(outcome, ServiceError) for outcome in outcomes)
        assert len({id(outcome) for outcome in outcomes}) == 8
        assert len(service.iam_requests) == 1
        assert client.list_configurations().total == 5


def test_a_failure_of_iam_that_may_pass_is_repeated_like_the_services() -> None:
    with _service() as service:
        service.fail(503, path_contains="/v3/auth/tokens", times=2)
        with Client(service.url, service.project_id, _credentials(service), _policy=IMMEDIATELY) as client:
            assert client.list_configurations().total == 5
        assert [request.status for request in service.iam_requests] == [503, 503, 201]
        assert len(service.requests) == 1


@pytest.mark.parametrize("wrong", ["username", "password", "domain"])
def test_a_wrong_password_is_sent_once_whoever_calls(wrong: str) -> None:
    with _service() as service:
        alike = [_credentials(service, **{wrong: "not-this-one"}) for _ in range(2)]
        for credentials in alike:
            with Client(service.url, service.project_id, credentials, _policy=IMMEDIATELY) as client:
                outcomes = in_threads([client.list_configurations] * 8)
            assert all(isinstance(outcome, AuthenticationError) for outcome in outcomes)
            assert all("IAM did not accept the user name" in outcome.remedy for outcome in outcomes)
        assert _user(service).iam.failed_logins == len(service.iam_requests) == 1
        assert len(service.requests) == 0
        with _client(service, _credentials(service)) as right:
            assert right.list_configurations().total == 5


def test_a_refused_password_is_tried_again_on_request() -> None:
    with _service() as service, _client(service, credentials := _credentials(service)) as client:
        password, _user(service).password = _user(service).password, "changed-elsewhere"
        for _ in range(3):
            with pytest.raises(AuthenticationError):
                client.list_configurations()
        _user(service).password = password
        credentials.try_again()
        assert client.list_configurations().total == 5
        assert _user(service).iam.failed_logins == 1


def test_a_password_that_changed_while_its_token_lived_is_sent_once_too() -> None:
    with _service() as service, _client(service, _credentials(service)) as client:
        client.list_configurations()
        _user(service).password = "changed-elsewhere"
        _user(service).iam.revoke()
        for _ in range(3):
            with pytest.raises(AuthenticationError) as caught:
                client.list_configurations()
            assert "IAM did not accept" in caught.value.remedy
        assert _user(service).iam.failed_logins == 1


def _issuing() -> ScriptedService:
    """An IAM that issues a new token at every question."""
    number = iter(range(100))
    answer = {"token": {"expires_at": EXPIRES, "project": {"id": "p1"}}}
    return ScriptedService(lambda _: as_json(answer, 201, X_Subject_Token=f"token-{next(number)}"))


def _scripted(iam: ScriptedService, **project: str) -> PasswordCredentials:
    return PasswordCredentials(iam.url, "user", "pass word", "domain", **project or {"project_id": "p1"})


def test_tokens_that_the_service_never_takes_are_not_asked_for_in_a_loop() -> None:
    denied = as_json({"error_code": "ModelArts.0203", "error_message": "invalid"}, 401)
    with (
        _issuing() as iam,
        ScriptedService(lambda _: denied) as service,
        service.client(_scripted(iam)) as client,
    ):
        for _ in range(5):
            with pytest.raises(AuthenticationError) as caught:
                client.list_configurations()
            assert "belong to the same cloud" in caught.value.remedy
        assert len(iam.requests) == 2
        assert len(service.requests) == 6


def test_a_token_that_was_taken_is_renewed_each_time_it_dies_and_once_a_call() -> None:
    def answer(request: Any) -> Reply:
        token = request.headers["x-auth-token"]
        asked.append(token)
        return as_json({"error_msg": "expired"}, 401) if asked.count(token) > 1 else listing([])

    asked: list[str] = []
    with _issuing() as iam, ScriptedService(answer) as service, service.client(_scripted(iam)) as client:
        for _ in range(4):
            client.list_configurations()
    assert asked == ["token-0", "token-0", "token-1", "token-1", "token-2", "token-2", "token-3"]
    assert len(iam.requests) == 4


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (as_json({"token": {"expires_at": EXPIRES}}, 201), "X-Subject-Token"),
        (as_json({"token": {"expires_at": EXPIRES}}, 201, X_Subject_Token="two words"), "X-Subject-Token"),
        (as_json({"token": {"expires_at": "soon"}}, 201, X_Subject_Token="t"), "expires_at is not a time"),
        (as_json({"token": []}, 201, X_Subject_Token="t"), "token is not an object"),
        (as_json({"token": {"expires_at": EXPIRES}}, 201, X_Subject_Token="t"), "which project"),
        (Reply(200, b"<html>sign in"), "not JSON"),
        (Reply(302, b"", {"Location": "https://elsewhere.example/login"}), "redirect"),
    ],
)
def test_an_answer_that_iam_does_not_document_is_said_to_be_one(reply: Reply, words: str) -> None:
    with ScriptedService(lambda _: reply) as iam:
        with (
            Client("http://127.0.0.1:9", credentials=_scripted(iam, project_name="eu-de")) as client,
            pytest.raises(InvalidResponseError, match=words),
        ):
            client.list_configurations()
        assert len(iam.requests) == 1


def test_an_iam_that_does_not_answer_is_named() -> None:
    with ScriptedService(lambda _: Reply(500)) as iam:
        pass
    credentials = _scripted(iam, project_name="eu-de")
    with (
        Client("http://127.0.0.1:9", credentials=credentials, retries=0) as client,
        pytest.raises(TransportError, match=iam.url.removeprefix("http://")),
    ):
        client.list_configurations()


def test_an_iam_that_drips_is_given_up_within_the_time_of_the_call() -> None:
    def drip(_: Any) -> Reply:
        return Reply(raw=(b"H" for _ in iter(lambda: iam.stopping.wait(0.05), True)))

    in_short = RetryPolicy(retries=0, total=0.4)
    with (
        ScriptedService(drip) as iam,
        iam.client(_scripted(iam), _policy=in_short, timeout=(0.2, 0.2)) as client,
    ):
        for outcome in in_threads([client.list_configurations] * 4):
            assert isinstance(outcome, TransportError)
        assert {request.path for request in iam.requests} == {"/v3/auth/tokens"}


def test_the_question_is_the_documented_one() -> None:
    with _service() as service:
        _user(service).project_name = "eu-de_café"
        credentials = _credentials(service, project_name="eu-de_café")
        with Client(service.url, credentials=credentials) as client:
            client.list_configurations()
        assert credentials.project_id == service.project_id
        (request,) = service.iam_requests
        assert (request.method, dict(request.query)) == ("POST", {"nocatalog": "1"})
        assert request.headers["content-type"] == "application/json"
        assert "x-auth-token" not in request.headers


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"project_id": None}, "project_id or project_name must be given"),
        ({"project_name": "eu-de"}, "project_id or project_name must be given"),
        ({"username": " "}, "username must"),
        ({"password": ""}, "password must"),
        ({"domain": None}, "domain must"),
        ({"project_id": "two words"}, "project_id must"),
        ({"project_id": None, "project_name": ""}, "project_name must"),
        ({"iam_endpoint": "iam.example"}, "iam_endpoint must"),
        ({"iam_endpoint": "https://u:hunter2@iam.example"}, "iam_endpoint must"),
    ],
)
def test_values_that_cannot_be_meant_are_refused_by_name(changes: dict[str, Any], words: str) -> None:
    values = {
        "iam_endpoint": "https://iam.example",
        "username": "u",
        "password": "a very secret one",
        "domain": "d",
        "project_id": "p",
    }
    with pytest.raises(ValueError, match=words) as caught:
        PasswordCredentials(**values | changes)
    assert "a very secret one" not in str(caught.value)
    assert "hunter2" not in str(caught.value)
