"""What each step of the diagnosis says when something is wrong there; and it asks no more than it should."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import trustme

from modelarts_api import (
    AccessKeyCredentials,
    AuthenticationError,
    Client,
    Exchange,
    InvalidResponseError,
    NotFoundError,
    PasswordCredentials,
    PermissionDeniedError,
    RateLimitError,
    ServiceError,
    TokenCredentials,
    TransportError,
    diagnosis,
)
from modelarts_api.diagnosis import Step, diagnose
from modelarts_local import LocalService
from tests.modelarts_api.forward_proxy import ForwardProxy
from tests.modelarts_api.full_listener import full_listener
from tests.modelarts_api.scripted_service import PROJECT_ID, Reply, Request, ScriptedService, as_json, listing

NAMES = ["name resolution", "TCP connection", "TLS", "clock", "authentication", "permission", "first page"]
TOKEN = "MIIEvQYJKoZIhvcNAQ"
PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def _steps(client: Client) -> dict[str, Step]:
    steps = list(diagnose(client))
    assert [step.name for step in steps] == NAMES
    for step in steps:
        assert step.detail
        assert step.seconds >= 0
        assert (step.error is not None) == (step.state == "failed")
        assert step.error is None or step.detail == str(step.error)
    return {step.name: step for step in steps}


def _states(steps: dict[str, Step]) -> str:
    """A letter a step: p, f, or - for not assessed."""
    return "".join({"passed": "p", "failed": "f", "not assessed": "-"}[step.state] for step in steps.values())


def _settle() -> None:
    """Wait for handshakes that were given up: ssl leaks a socket that is reset just before one begins."""
    for thread in threading.enumerate():
        if thread.name == "modelarts-diagnosis":
            thread.join()


def _client(service: LocalService, credentials: Any = None, **settings: Any) -> Client:
    return Client(service.url, service.project_id, credentials, **settings)


def _password(service: LocalService, password: str | None = None) -> PasswordCredentials:
    user = service.authorisation
    return PasswordCredentials(
        service.iam_url, user.username, password or user.password, user.domain, project_id=service.project_id
    )


# All is well


def test_a_token_is_taken_and_one_row_read_in_one_request() -> None:
    with LocalService(7, token=TOKEN) as service, _client(service, TokenCredentials(TOKEN)) as client:
        steps = _steps(client)
        (request,) = service.requests
    assert _states(steps) == "pp-pppp"
    assert (request.query["per_page"], request.query["page"]) == ("1", "1")
    assert "http" in steps["TLS"].detail
    assert steps["first page"].detail == "1 of 7 read"


def test_a_password_gets_a_token_and_an_access_key_signs() -> None:
    with LocalService(7, auth="password") as service, _client(service, _password(service)) as client:
        steps = _steps(client)
        assert len(service.iam_requests) == len(service.requests) == 1
    assert _states(steps) == "pp-pppp"
    assert "IAM at 127.0.0.1:" in steps["authentication"].detail
    with LocalService(7, auth="access-key") as service:
        key = service.authorisation
        credentials = AccessKeyCredentials(key.access_key, key.secret_key, project_id=service.project_id)
        with _client(service, credentials) as client:
            assert _states(_steps(client)) == "pp-pppp"
        assert key.failed_signatures == 0


def test_without_credentials_there_is_nothing_to_authenticate() -> None:
    with LocalService(0) as service, _client(service) as client:
        steps = _steps(client)
    assert _states(steps) == "pp-p-pp"
    assert steps["first page"].detail == "there are no configurations"


def test_the_steps_come_as_they_are_known() -> None:
    """The first three are there although the service never answers a request."""
    with LocalService(1) as service, _client(service) as client:
        service.fail(silent=True)
        steps = diagnose(client)
        assert [next(steps).name for _ in range(3)] == NAMES[:3]
        assert len(service.requests) == 0
        steps.close()
        service.stop()


# The network


def test_a_name_that_nobody_knows() -> None:
    with Client("https://modelarts.invalid", "p1") as client:
        steps = _steps(client)
    assert _states(steps) == "f------"
    assert "modelarts.invalid" in steps["name resolution"].detail
    assert isinstance(steps["name resolution"].error, TransportError)
    assert {step.detail for step in list(steps.values())[1:]} == {"name resolution failed"}


def test_a_name_that_is_none() -> None:
    with Client(f"https://{'a' * 70}.example", "p1") as client:
        assert _states(_steps(client)) == "f------"


def test_a_look_up_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def look_up(*_: object, **__: object) -> list[Any]:
        ended.wait(60)
        return []

    monkeypatch.setattr(diagnosis, "RESOLUTION_SECONDS", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with Client("https://modelarts.example", "p1") as client:
        steps = _steps(client)
    ended.set()
    assert _states(steps) == "f------"
    assert "nothing within 0.05 s" in steps["name resolution"].detail


def test_a_port_where_nobody_listens() -> None:
    with ScriptedService(lambda _: listing([])) as gone:
        pass
    with gone.client() as client:
        steps = _steps(client)
    assert _states(steps) == "pf-----"
    assert "Connection refused" in steps["TCP connection"].detail
    assert str(gone.url.rpartition(":")[2]) in steps["TCP connection"].detail


def test_a_host_that_takes_no_connection_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "CONNECTION_SECONDS", 0.2)
    with full_listener() as url, Client(url, "p1") as client:
        steps = _steps(client)
    assert _states(steps) == "pf-----"
    assert "timed out" in steps["TCP connection"].detail
    assert "firewall" in steps["TCP connection"].error.remedy


def test_each_address_of_a_name_has_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a client tries them: the first may be one that nothing answers at."""
    monkeypatch.setattr(diagnosis, "CONNECTION_SECONDS", 0.4)
    with full_listener() as url:
        port, look_up = int(url.rpartition(":")[2]), socket.getaddrinfo
        connect, patience = socket.create_connection, list[float]()

        def both(host: str, *rest: Any, **more: Any) -> list[Any]:
            hosts = ("127.0.0.1", "127.0.0.2") if host == "two.example" else (host,)
            return [found for one in hosts for found in look_up(one, *rest, **more)]

        def timed(place: tuple[str, int], seconds: float) -> socket.socket:
            patience.append(seconds)
            return connect(place, seconds)

        monkeypatch.setattr(socket, "getaddrinfo", both)
        monkeypatch.setattr(socket, "create_connection", timed)
        with (
            socket.create_server(("127.0.0.2", port)),
            Client(f"http://two.example:{port}", "p1") as client,
        ):
            steps = diagnose(client)
            assert [next(steps).state for _ in range(2)] == ["passed", "passed"]
            steps.close()
    assert patience == [0.2, 0.2]


def test_what_is_known_just_as_its_time_is_over_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(Future[Any]):
        def result(self, timeout: float | None = None) -> Any:
            found = super().result()
            if timeout is not None:
                raise TimeoutError
            return found

    monkeypatch.setattr(diagnosis, "Future", Late)
    with LocalService(7, token=TOKEN) as service, _client(service, TokenCredentials(TOKEN)) as client:
        assert _states(_steps(client)) == "pp-pppp"


@pytest.fixture
def secure(tls: ssl.SSLContext) -> Iterator[ScriptedService]:
    with ScriptedService(lambda _: listing([{"config_name": "a"}]), tls) as service:
        yield service


def test_tls_says_what_was_agreed(secure: ScriptedService, bundle: str) -> None:
    with secure.client(ca_bundle=bundle) as client:
        steps = _steps(client)
    assert _states(steps) == "ppp--pp"
    assert steps["TLS"].detail.startswith("TLSv1.")
    assert "valid until 3000-01-01" in steps["TLS"].detail


def test_a_certificate_that_is_not_trusted_stops_there_and_nothing_is_sent(secure: ScriptedService) -> None:
    with secure.client(TokenCredentials(TOKEN)) as client:
        steps = _steps(client)
    assert _states(steps) == "ppf----"
    assert "certificate verify failed" in steps["TLS"].detail
    assert secure.requests == []


def test_a_certificate_of_another_name(authority: trustme.CA, bundle: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("modelarts.example").configure_cert(context)
    with (
        ScriptedService(lambda _: listing([]), context) as service,
        service.client(ca_bundle=bundle) as client,
    ):
        steps = _steps(client)
    assert _states(steps) == "ppf----"
    assert "IP address mismatch" in steps["TLS"].detail


def test_a_service_without_tls_behind_an_https_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "TLS_SECONDS", 0.4)
    with (
        ScriptedService(lambda _: listing([])) as service,
        Client(service.url.replace("http:", "https:"), "p1") as client,
    ):
        assert _states(_steps(client)) == "ppf----"
        _settle()


def test_a_handshake_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "TLS_SECONDS", 0.2)
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        Client(f"https://127.0.0.1:{listener.getsockname()[1]}", "p1") as client,
    ):
        steps = _steps(client)
        _settle()
    assert _states(steps) == "ppf----"


# Through a proxy


def test_with_a_proxy_the_first_hop_is_the_proxy(secure: ScriptedService, bundle: str) -> None:
    with (
        ForwardProxy("auditor", PASSWORD) as proxy,
        secure.client(
            ca_bundle=bundle, proxy=proxy.url.replace("://", f"://auditor:{PASSWORD.replace(' ', '%20')}@")
        ) as client,
    ):
        steps = _steps(client)
    assert _states(steps) == "ppp--pp"
    assert f"the proxy {proxy.url}" in steps["name resolution"].detail
    assert f"the proxy {proxy.url} takes connections" in steps["TCP connection"].detail
    assert f"through the proxy {proxy.url}" in steps["TLS"].detail
    assert {line.split()[1] for line in proxy.asked} == {secure.url[8:]}
    assert "correct" not in repr(steps)


def test_the_environments_proxy_is_the_first_hop_too(monkeypatch: pytest.MonkeyPatch) -> None:
    with LocalService(1) as service, ForwardProxy() as proxy:
        monkeypatch.setenv("http_proxy", f"127.0.0.1:{proxy.port}")
        with _client(service) as client:
            steps = _steps(client)
    assert "the proxy" in steps["TCP connection"].detail
    assert len(proxy.asked) == 1


@pytest.mark.parametrize("proxy", ["http://auditor:hunter2@[bad", "http://auditor:hunter2@host:port"])
def test_a_proxy_in_the_environment_that_cannot_be_read_is_told(
    proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    with Client("http://modelarts.example", "p1") as client:
        steps = _steps(client)
    assert _states(steps) == "f------"
    assert "the proxy in the environment cannot be read" in steps["name resolution"].detail
    assert "a proxy" in steps["name resolution"].error.remedy
    assert "hunter2" not in repr(steps)


def test_a_proxy_that_refuses_us_fails_the_step_that_goes_through_it(secure: ScriptedService) -> None:
    with ForwardProxy("another", "word") as proxy, secure.client(proxy=proxy.url) as client:
        steps = _steps(client)
    assert _states(steps) == "ppf----"
    assert "407" in steps["TLS"].detail


# The clock


def _off(seconds: float) -> Reply:
    date = format_datetime(datetime.now(UTC) - timedelta(seconds=seconds), usegmt=True)
    return listing([{"config_name": "a"}], Date=date)


@pytest.mark.parametrize(
    ("ahead", "state", "words"),
    [
        (0, "passed", "agrees with the service's"),
        (30, "passed", "30 s ahead of the service's"),
        (-100, "passed", "s behind the service's: set it right, beyond 15 minutes"),
        (14 * 60, "passed", "14 minutes ahead of the service's: set it right"),
        (16 * 60, "failed", "16 minutes ahead of the service's: signatures are refused"),
        (-7 * 3600, "failed", "7.0 hours behind the service's: signatures are refused"),
    ],
)
def test_the_clock_is_judged_by_the_services_date(ahead: int, state: str, words: str) -> None:
    with ScriptedService(lambda _: _off(ahead)) as service, service.client() as client:
        steps = _steps(client)
    assert steps["clock"].state == state
    shown = steps["clock"].detail.replace("29 s", "30 s").replace("31 s", "30 s")
    assert words in shown
    assert steps["first page"].state == "passed", "a token does not mind; what is known is told"


def test_an_answer_without_a_date_leaves_the_clock_open() -> None:
    with ScriptedService(lambda _: listing([])) as service, service.client() as client:
        steps = _steps(client)
    assert (steps["clock"].state, steps["clock"].detail) == ("not assessed", "the answer has no Date")


def test_a_signature_that_fails_for_the_clock_fails_both_steps_and_says_why() -> None:
    def refuse(_: Request) -> Reply:
        date = format_datetime(datetime.now(UTC) - timedelta(hours=1), usegmt=True)
        return as_json({"error_code": "APIG.0301", "error_msg": "no"}, 401, Date=date)

    with ScriptedService(refuse) as service:
        credentials = AccessKeyCredentials("ABCDEFGHIJKLMNOP", "secret", project_id=PROJECT_ID)
        with service.client(credentials) as client:
            steps = _steps(client)
    assert _states(steps)[3:] == "ff--"
    assert "60 minutes ahead of the service's" in steps["clock"].detail
    assert "set it right" in steps["authentication"].error.remedy


# Credentials, permission, data


@pytest.mark.parametrize(
    ("fault", "states", "kind"),
    [
        ({"status": 401}, "pf--", AuthenticationError),
        ({"status": 200, "body": {"is_success": False, "error_code": "ModelArts.0202"}}, "pf--",
         AuthenticationError),
        ({"status": 403}, "ppf-", PermissionDeniedError),
        ({"status": 404, "body": {"is_success": False, "error_code": "ModelArts.0210"}}, "ppf-",
         NotFoundError),
        ({"status": 404, "body": {"error_code": "APIG.0101", "error_msg": "no"}}, "p--f", NotFoundError),
        ({"status": 429}, "p--f", RateLimitError),
        ({"status": 503}, "p--f", ServiceError),
        ({"status": 502, "body": "<html>"}, "p--f", ServiceError),
        ({"status": 200, "body": "<html>"}, "p--f", InvalidResponseError),
        ({"status": None, "reset": True}, "p--f", TransportError),
        ({"status": 302, "headers": {"Location": "https://elsewhere.example"}}, "p--f", InvalidResponseError),
    ],
)  # fmt: skip
def test_each_failure_belongs_to_its_step_and_is_asked_once(
    fault: dict[str, Any], states: str, kind: type[Exception]
) -> None:
    with LocalService(3) as service, _client(service, TokenCredentials(TOKEN)) as client:
        service.fail(**fault)
        steps = _steps(client)
        assert len(service.requests) == 1
    assert _states(steps)[3:] == states
    (failed,) = [step for step in steps.values() if step.state == "failed"]
    assert isinstance(failed.error, kind)


def test_a_service_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the diagnosis' own bound, which is shorter than a call's."""
    monkeypatch.setattr(diagnosis, "REQUEST_SECONDS", 0.2)
    with LocalService(3) as service, _client(service, TokenCredentials(TOKEN)) as client:
        service.fail(silent=True)
        steps = _steps(client)
        assert len(service.requests) == 1
        service.stop()
    assert _states(steps)[3:] == "---f"
    assert steps["authentication"].detail == "the service did not answer"


def test_a_wrong_password_is_sent_once_however_often_it_is_diagnosed() -> None:
    with LocalService(3, auth="password") as service:
        with _client(service, _password(service, "wrong horse")) as client:
            first, second, third = _steps(client), _steps(client), _steps(client)
        assert service.authorisation.iam.failed_logins == 1
        assert len(service.requests) == 0
    for steps in (first, second, third):
        assert _states(steps)[4:] == "f--"
        assert isinstance(steps["authentication"].error, AuthenticationError)
    assert first["clock"].state == "passed"
    assert "IAM" in first["clock"].detail
    assert (second["clock"].state, second["clock"].detail) == ("not assessed", "nothing was sent")


def test_a_wrong_secret_key_is_tried_once_however_often_it_is_diagnosed() -> None:
    with LocalService(3, auth="access-key") as service:
        key = service.authorisation
        credentials = AccessKeyCredentials(key.access_key, "wrong-secret", project_id=service.project_id)
        with _client(service, credentials) as client:
            assert [_states(_steps(client))[4:] for _ in range(4)] == ["f--"] * 4
        assert key.failed_signatures == 1
        assert len(service.requests) == 1


def test_an_iam_that_is_down_fails_the_authentication() -> None:
    with LocalService(3, auth="password") as service, _client(service, _password(service)) as client:
        service.fail(503, path_contains="/v3/auth/tokens")
        steps = _steps(client)
    assert _states(steps)[4:] == "f--"
    assert isinstance(steps["authentication"].error, ServiceError)


def test_a_token_of_another_cloud_is_renewed_once_and_then_told() -> None:
    with LocalService(3, auth="password") as service, LocalService(3, auth="password") as elsewhere:
        with _client(service, _password(elsewhere)) as client:
            steps = _steps(client)
        assert len(elsewhere.iam_requests) == 2
        assert len(service.requests) == 2
    assert _states(steps)[4:] == "f--"


def test_a_total_without_a_row_is_told() -> None:
    with ScriptedService(lambda _: listing([], total=9)) as service, service.client() as client:
        steps = _steps(client)
    assert steps["first page"].state == "failed"
    assert "a total of 9, and no row" in steps["first page"].detail


def test_the_observer_of_the_client_is_told_of_the_diagnosis_request_too() -> None:
    heard: list[Exchange] = []
    with (
        LocalService(3, auth="password") as service,
        _client(service, _password(service), on_exchange=heard.append) as client,
    ):
        _steps(client)
    assert [exchange.method for exchange in heard] == ["POST", "GET"]


@pytest.mark.parametrize("secret", [TOKEN, PASSWORD])
def test_no_step_tells_a_secret(secret: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = as_json(
        {"error_code": secret, "error_msg": secret, "request_id": secret}, 401, X_Request_Id=secret
    )
    issued = as_json({"token": {"expires_at": "2126-01-01T00:00:00Z"}}, 201, X_Subject_Token=TOKEN)
    told = ""
    # What IAM itself echoes can only be the password: a token that it has not issued is nobody's.
    for answer in (echo, issued) if secret == PASSWORD else (issued,):
        with (
            ScriptedService(lambda _, reply=answer: reply) as iam,
            ScriptedService(lambda _: echo) as service,
        ):
            credentials = PasswordCredentials(iam.url, "auditor", PASSWORD, "OTC0001", project_id=PROJECT_ID)
            with service.client(credentials) as client:
                steps = _steps(client)
        told += repr(steps) + "".join(repr(vars(step.error)) for step in steps.values() if step.error)
    assert "***" in told
    for hidden in (TOKEN, "correct horse"):
        assert hidden not in told + caplog.text


# A project that is known by its name

BY_NAME = [*NAMES[:3], "sign-in at IAM", *NAMES[3:]]


def _by_name(service: LocalService, password: str | None = None, project: str = "") -> Client:
    user = service.authorisation
    credentials = PasswordCredentials(
        service.iam_url,
        user.username,
        password or user.password,
        user.domain,
        project_name=project or user.project_name,
    )
    return Client(service.url, credentials=credentials)


def test_a_project_known_by_its_name_is_found_in_a_step_of_its_own() -> None:
    with LocalService(3, auth="password") as service, _by_name(service) as client:
        assert client.project_id is None
        steps = list(diagnose(client))
        assert [step.name for step in steps] == BY_NAME
        assert [step.state for step in steps if step.name != "TLS"] == ["passed"] * 7
        assert steps[3].detail == f"IAM says that local_project is the project {service.project_id}"
        assert client.project_id == service.project_id
        assert len(service.iam_requests) == len(service.requests) == 1


@pytest.mark.parametrize("wrong", [{"password": "wrong horse"}, {"project": "nobody_s"}])
def test_a_sign_in_that_fails_is_a_step_and_is_tried_once_however_often_it_is_diagnosed(
    wrong: dict[str, str],
) -> None:
    with LocalService(3, auth="password") as service, _by_name(service, **wrong) as client:
        for _ in range(3):
            steps = {step.name: step for step in diagnose(client)}
        assert len(service.iam_requests) == 1
        assert len(service.requests) == 0
    assert list(steps) == BY_NAME
    assert steps["sign-in at IAM"].state == "failed"
    assert isinstance(steps["sign-in at IAM"].error, AuthenticationError)
    assert "IAM did not accept" in steps["sign-in at IAM"].error.remedy
    for name in NAMES[3:]:
        assert (steps[name].state, steps[name].detail) == ("not assessed", "sign-in at IAM failed")


def test_the_observer_is_told_of_the_sign_in_too() -> None:
    heard: list[Exchange] = []
    with LocalService(3, auth="password") as service:
        user = service.authorisation
        credentials = PasswordCredentials(
            service.iam_url, user.username, user.password, user.domain, project_name=user.project_name
        )
        with Client(service.url, credentials=credentials, on_exchange=heard.append) as client:
            list(diagnose(client))
    assert [(exchange.method, exchange.status) for exchange in heard] == [("POST", 201), ("GET", 200)]


def test_a_clock_that_is_off_says_what_to_do() -> None:
    with ScriptedService(lambda _: _off(16 * 60)) as service, service.client() as client:
        (step,) = [step for step in diagnose(client) if step.state == "failed"]
    assert step.name == "clock"
    assert step.error is not None
    assert "NTP" in step.error.remedy
    assert str(step.error) == step.detail
