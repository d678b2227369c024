"""Every failure of the list call, over real HTTP: what is raised, what it names, and that it ends in time.

The same for one page and for a load of which one page fails: a failed page never makes a shorter inventory.
Where nothing comes the bounds are small (an attempt of 0.4 s, a call of 1.5 s), and `QUICK` is far above them
and far below the usual ones: a call that keeps to no bound of its own takes 30 s for its first attempt alone.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from modelarts_api import (
    AccessKeyCredentials,
    ApiError,
    AuthenticationError,
    Client,
    InvalidResponseError,
    Inventory,
    ModelArtsError,
    NotFoundError,
    PasswordCredentials,
    PermissionDeniedError,
    RateLimitError,
    ServiceError,
    TokenCredentials,
    TransportError,
)
from modelarts_api.http.limits import RetryPolicy
from modelarts_local import LocalService
from tests.modelarts_api.full_listener import full_listener
from tests.modelarts_api.threads import in_threads

QUICK = 10.0
TOKEN = "MIIEvQYJKoZIhvcNAQ"
POLICY = RetryPolicy(retries=2, total=1.5, first_wait=0.001, throttled_wait=(0.001, 0.002), patience=0.3)
HURRIED: dict[str, Any] = {"timeout": (0.4, 0.4), "_policy": POLICY}
PATIENT: dict[str, Any] = {"timeout": (5, 5), "_policy": replace(POLICY, total=5)}
"""Bounds that an answer which comes keeps to on the busiest machine, too."""
HTML = "<html><head><title>502</title></head><body><b>Bad</b> gateway</body></html>"


def _gateway(code: str) -> dict[str, Any]:
    return {"error_code": code, "error_msg": "said by the gateway", "request_id": "gateway-request"}


def _own(code: str) -> dict[str, Any]:
    return {"is_success": False, "error_code": code, "error_message": "said by the service"}


def _in(seconds: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@dataclass(frozen=True)
class Fault:
    """What `LocalService.fail` is told, and what a call must make of it.

    `requests` is how many a single call makes, None where the bounds decide; `id` whether a request id is
    named.
    """

    kind: type[ModelArtsError]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    code: str | None = None
    requests: int | None = 1
    id: bool = True
    words: str = ""


FAULTS = {
    "401 unknown token": Fault(
        AuthenticationError, {"status": 401, "body": _own("ModelArts.0203")}, "ModelArts.0203"
    ),
    "401 expired token": Fault(
        AuthenticationError, {"status": 401, "body": _own("ModelArts.0202")}, "ModelArts.0202",
        words="has expired",
    ),
    "401 gateway": Fault(AuthenticationError, {"status": 401, "body": _gateway("APIG.0301")}, "APIG.0301"),
    "403": Fault(PermissionDeniedError, {"status": 403}, "ModelArts.0108"),
    "403 gateway": Fault(PermissionDeniedError, {"status": 403, "body": _gateway("APIG.0302")}, "APIG.0302"),
    "404 other project": Fault(
        NotFoundError, {"status": 404, "body": _own("ModelArts.0210")}, "ModelArts.0210"
    ),
    "404 wrong host": Fault(NotFoundError, {"status": 404, "body": _gateway("APIG.0101")}, "APIG.0101"),
    "429": Fault(RateLimitError, {"status": 429}, "ModelArts.2799", requests=3),
    "429 in seconds": Fault(
        RateLimitError, {"status": 429, "headers": {"Retry-After": "3600"}}, "ModelArts.2799"
    ),
    "429 at a date": Fault(
        RateLimitError, {"status": 429, "headers": {"Retry-After": _in(3600)}}, "ModelArts.2799"
    ),
    "500": Fault(ServiceError, {"status": 500}, "ModelArts.0010", requests=3),
    "502 HTML": Fault(ServiceError, {"status": 502, "body": HTML}, requests=3, words="Bad</b> gateway"),
    "503": Fault(ServiceError, {"status": 503}, "ModelArts.0010", requests=3),
    "504": Fault(ServiceError, {"status": 504, "body": _gateway("APIG.0202")}, "APIG.0202", requests=3),
    "reset in the body": Fault(
        TransportError, {"status": None, "reset": True}, requests=3, id=False, words="ConnectionReset"
    ),
    "cut off": Fault(
        TransportError, {"status": None, "cut_off": True}, requests=3, id=False, words="1 more expected"
    ),
    "silence": Fault(TransportError, {"silent": True}, requests=None, id=False),
    "a byte every 0.2 s": Fault(
        TransportError, {"status": None, "drip_s": 0.2}, requests=None, id=False,
    ),
    "truncated JSON": Fault(
        InvalidResponseError, {"status": None, "body": lambda page: page[:-40]}, words="not JSON"
    ),
    "another shape": Fault(
        InvalidResponseError, {"status": 200, "body": {"items": []}}, words="config_total_count"
    ),
    "an array": Fault(InvalidResponseError, {"status": 200, "body": [1]}, words="not a JSON object"),
    "nothing": Fault(InvalidResponseError, {"status": 200, "body": b""}, words="not JSON"),
    "200 and no success": Fault(ApiError, {"status": 200, "body": _own("ModelArts.0105")}, "ModelArts.0105"),
    "200 and throttled": Fault(
        RateLimitError, {"status": 200, "body": _own("ModelArts.2799")}, "ModelArts.2799"
    ),
    "no gzip": Fault(
        InvalidResponseError,
        {"status": 200, "body": b"not gzip", "headers": {"Content-Encoding": "gzip"}},
        words="cannot be decompressed",
    ),
    "huge length": Fault(
        InvalidResponseError, {"status": None, "content_length": 10**12}, words="larger than 64 MiB"
    ),
    "length too long": Fault(
        TransportError, {"status": None, "content_length": 60_000_000}, requests=3, id=False,
        words="more expected",
    ),
    "length too short": Fault(
        InvalidResponseError, {"status": None, "content_length": 100}, words="not JSON"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def project() -> Iterator[LocalService]:
    """Three pages. Faults are lifted by who sets them."""
    with LocalService(2_500) as service:
        yield service


@pytest.fixture
def client(project: LocalService) -> Iterator[Client]:
    with _client(project, TokenCredentials(TOKEN)) as client:
        yield client


def _client(service: LocalService, credentials: Any = None, **settings: Any) -> Client:
    return Client(service.url, service.project_id, credentials, **PATIENT | settings)


def _failure(call: Callable[[], object], within: float = QUICK) -> ModelArtsError:
    began = time.monotonic()
    with pytest.raises(ModelArtsError) as caught:
        call()
    assert time.monotonic() - began < within
    return caught.value


def _check(error: ModelArtsError, fault: Fault) -> None:
    assert isinstance(error, fault.kind)
    assert isinstance(error, TransportError) or getattr(error, "error_code", None) == fault.code
    assert bool(getattr(error, "request_id", None)) is fault.id
    assert fault.words in f"{error} {error.remedy}"
    if isinstance(fault.arguments.get("body"), dict) and "request_id" in fault.arguments["body"]:
        assert getattr(error, "request_id", None) == "gateway-request"


def _bounds(fault: Fault) -> dict[str, Any]:
    return HURRIED if fault.requests is None else PATIENT


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_one_page_that_fails_says_so_and_the_next_call_is_whole(fault: Fault, project: LocalService) -> None:
    project.requests.clear()
    with _client(project, TokenCredentials(TOKEN), **_bounds(fault)) as client:
        with project.fail(**fault.arguments):
            _check(_failure(client.list_configurations), fault)
            assert fault.requests in (len(project.requests), None)
        page = client.list_configurations(within=60)
    assert (page.total, len(page.configurations)) == (2_500, 10)


@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_page_of_a_load_that_fails_ends_the_load(fault: Fault, number: int, project: LocalService) -> None:
    with (
        project.fail(**fault.arguments, path_contains=f"per_page=1000&page={number}&"),
        _client(project, TokenCredentials(TOKEN), **_bounds(fault)) as client,
    ):
        _check(_failure(client.list_all_configurations), fault)
    with _client(project) as unhurried:
        inventory = unhurried.list_all_configurations()
    assert (inventory.complete, len(inventory.configurations)) == (True, 2_500)


@pytest.mark.parametrize(
    "name", ["429", "500", "502 HTML", "503", "504", "reset in the body", "cut off", "silence"]
)
def test_what_passes_is_not_even_noticed(name: str, project: LocalService) -> None:
    settings: dict[str, Any] = {"timeout": (3, 3)} if name == "silence" else {}
    with (
        project.fail(**FAULTS[name].arguments, times=1, path_contains="&page=2&"),
        _client(project, **settings) as client,
    ):
        inventory = client.list_all_configurations()
    assert (inventory.complete, len(inventory.configurations), inventory.requests) == (True, 2_500, 4)


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_what_retry_after_asks_is_told(form: str, project: LocalService, client: Client) -> None:
    value = "40" if form == "seconds" else _in(40)
    with project.fail(429, headers={"Retry-After": value}):
        error = _failure(client.list_configurations)
    assert isinstance(error, RateLimitError)
    assert error.retry_after == pytest.approx(40, abs=0 if form == "seconds" else 20)


# Connections


def test_a_refused_connection_says_so() -> None:
    service = LocalService(1).start()
    with _client(service) as client:
        service.stop()
        for call in (client.list_configurations, client.list_all_configurations):
            error = _failure(call)
            assert isinstance(error, TransportError)
            assert "Connection refused" in str(error)
        service.start()
        assert client.list_configurations().total == 1
        service.stop()


def test_a_host_that_takes_no_connection_is_given_up() -> None:
    with (
        full_listener() as url,
        Client(url, "p1", timeout=(0.2, 30), time_limit=0.5, retries=1) as client,
    ):
        error = _failure(client.list_all_configurations)
    assert isinstance(error, TransportError)
    assert "timed out" in str(error)


def test_the_time_limit_of_a_client_is_that_of_its_calls(project: LocalService) -> None:
    """A wait that would pass it is not begun."""
    settings = {"timeout": (5, 5), "time_limit": 10, "_policy": None}
    with (
        project.fail(503, headers={"Retry-After": "20"}),
        _client(project, **settings) as client,
    ):
        assert isinstance(_failure(client.list_configurations), ServiceError)
        assert isinstance(_failure(client.list_all_configurations), ServiceError)


def test_a_service_that_goes_away_in_the_middle_ends_the_load() -> None:
    service = LocalService(9_500).start()
    with _client(service, max_connections=1) as client:
        error = _failure(lambda: client.list_all_configurations(on_progress=lambda *_: service.stop()))
    assert isinstance(error, TransportError)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_the_other_host_gets_nothing(status: int, project: LocalService) -> None:
    with LocalService(5) as other, _client(project, TokenCredentials(TOKEN)) as client:
        target = f"{other.url}/v1/{other.project_id}/training-job-configs?secret={TOKEN}"
        with project.fail(status, "", {"Location": target}):
            for call in (client.list_configurations, client.list_all_configurations):
                error = _failure(call)
                assert type(error) is InvalidResponseError
                assert error.request_id
                assert other.url in str(error)
                assert TOKEN not in str(error)
        assert len(other.requests) == 0


def test_a_compressed_inventory_is_whole(project: LocalService, client: Client) -> None:
    with project.fail(None, gzip=True):
        inventory = client.list_all_configurations()
    assert (inventory.complete, len(inventory.configurations)) == (True, 2_500)


def test_a_page_that_drips_without_end_does_not_hold_back_the_failure_of_another() -> None:
    """The usual bounds: page 2 fails at once, and page 3 would say nothing for 30 s."""
    with LocalService(2_500) as service, Client(service.url, service.project_id) as client:
        service.fail(silent=True, path_contains="&page=3&")
        service.fail(403, path_contains="&page=2&")
        assert isinstance(_failure(client.list_all_configurations), PermissionDeniedError)
        service.stop()


def test_calls_that_wait_for_a_connection_keep_to_their_bound_too() -> None:
    """One connection and eight calls: one after the other they would take eight times as long."""
    policy = RetryPolicy(retries=0, total=0.5)
    with (
        LocalService(1) as service,
        _client(service, max_connections=1, timeout=(0.2, 0.3), _policy=policy) as client,
    ):
        service.fail(silent=True)
        outcomes = in_threads([lambda: _failure(client.list_configurations)] * 8)
        service.stop()
    assert all(isinstance(outcome, TransportError) for outcome in outcomes)


def test_a_call_that_finds_no_connection_free_says_so() -> None:
    """The other call holds the only one until the service stops."""
    with (
        LocalService(1) as service,
        _client(service, max_connections=1, timeout=(30, 30)) as client,
    ):
        service.fail(silent=True)
        holding = threading.Thread(
            target=lambda: _failure(lambda: client.list_configurations(within=60), within=60)
        )
        holding.start()
        while not len(service.requests):
            time.sleep(0.01)
        assert "no connection was free in time" in str(
            _failure(lambda: client.list_configurations(within=0.1))
        )
        service.stop()
        holding.join()


# What lies, and what moves


def _names(inventory: Inventory) -> list[str | None]:
    return [row.name for row in inventory.configurations]


@pytest.mark.parametrize("claimed", [0, 1, 999, 1_000, 2_499, 2_501, 10_000, 50_000])
def test_a_total_that_lies_is_told_with_what_came(
    claimed: int, project: LocalService, client: Client
) -> None:
    def lie(page: bytes) -> dict[str, Any]:
        return json.loads(page) | {"config_total_count": claimed}

    with project.fail(None, lie):
        inventory = client.list_all_configurations()
    assert not inventory.complete
    assert inventory.reported_total == claimed
    assert len(inventory.configurations) == 2_500


def test_pages_with_different_totals_are_not_believed(project: LocalService, client: Client) -> None:
    def lie(page: bytes) -> dict[str, Any]:
        return json.loads(page) | {"config_total_count": 2_600}

    with project.fail(None, lie, path_contains="&page=2&"):
        assert not client.list_all_configurations().complete


def test_a_page_that_lacks_rows_is_noticed(project: LocalService, client: Client) -> None:
    def lack(page: bytes) -> dict[str, Any]:
        content = json.loads(page)
        return content | {"configs": content["configs"][:900]}

    with project.fail(None, lack, path_contains="&page=2&"):
        inventory = client.list_all_configurations()
    assert not inventory.complete
    assert (inventory.reported_total, len(inventory.configurations)) == (2_500, 2_400)


@pytest.mark.parametrize("change", ["insert", "delete", "both"])
def test_rows_that_come_and_go_while_pages_load_are_there_once_or_the_inventory_says_it_is_not_whole(
    change: str,
) -> None:
    with LocalService(3_500) as service, _client(service, max_connections=2) as client:
        states = [_names(client.list_all_configurations())]
        steps = iter(range(2))

        def move(_loaded: int, _total: int) -> None:
            step = next(steps, None)
            if step is None:
                return
            if change != "delete":
                service.add({"config_name": f"aaa-{step}"})
            if change != "insert":
                service.remove(states[0][step])
            with _client(service) as other:
                states.append(_names(other.list_all_configurations()))

        inventory = client.list_all_configurations(on_progress=move)
    assert inventory.complete
    assert _names(inventory) in states, "a mixture of several moments"
    assert len(states[-1]) == {"insert": 3_502, "delete": 3_498, "both": 3_500}[change]


def test_a_project_that_never_rests_is_told_as_not_whole() -> None:
    with LocalService(2_500) as service, _client(service) as client:
        counter = iter(range(10_000))
        inventory = client.list_all_configurations(
            on_progress=lambda *_: service.add({"config_name": f"zzz-{next(counter)}"})
        )
    assert not inventory.complete


# Credentials that end in the middle


def test_a_token_that_expires_in_the_middle_ends_the_load_and_says_so() -> None:
    with (
        LocalService(4_500, token=TOKEN) as service,
        _client(service, TokenCredentials(TOKEN), max_connections=1) as client,
    ):
        expire = lambda *_: setattr(service.authorisation, "expired", True)  # noqa: E731 - one line
        error = _failure(lambda: client.list_all_configurations(on_progress=expire))
    assert isinstance(error, AuthenticationError)
    assert error.error_code == "ModelArts.0202"
    assert error.request_id
    assert "has expired" in str(error)


@pytest.mark.parametrize("end", ["expire", "revoke"])
def test_an_issued_token_that_ends_in_the_middle_is_renewed_once_and_the_load_is_whole(end: str) -> None:
    with LocalService(9_500, auth="password", latency_ms=5) as service:
        user = service.authorisation
        credentials = PasswordCredentials(
            service.iam_url, user.username, user.password, user.domain, project_id=service.project_id
        )
        ends = iter([getattr(user.iam, end)])
        with _client(service, credentials) as client:
            inventory = client.list_all_configurations(on_progress=lambda *_: next(ends, lambda: None)())
        assert (inventory.complete, len(inventory.configurations)) == (True, 9_500)
        assert len(service.iam_requests) == 2
        assert 401 in [request.status for request in service.requests]


def test_a_password_that_is_changed_in_the_middle_is_sent_once() -> None:
    with LocalService(9_500, auth="password", latency_ms=5) as service:
        user = service.authorisation
        credentials = PasswordCredentials(
            service.iam_url, user.username, user.password, user.domain, project_id=service.project_id
        )

        def change(*_: object) -> None:
            user.password = "another"
            user.iam.revoke()

        with _client(service, credentials) as client:
            error = _failure(lambda: client.list_all_configurations(on_progress=change))
        assert isinstance(error, AuthenticationError)
        assert user.iam.failed_logins == 1


def test_a_secret_key_that_is_changed_in_the_middle_does_not_lock_the_key() -> None:
    with LocalService(30_500, auth="access-key", latency_ms=5) as service:
        key = service.authorisation
        credentials = AccessKeyCredentials(key.access_key, key.secret_key, project_id=service.project_id)

        def change(*_: object) -> None:
            key.secret_key = "another-secret-key"

        with _client(service, credentials, max_connections=4) as client:
            error = _failure(lambda: client.list_all_configurations(on_progress=change))
            assert isinstance(error, AuthenticationError)
            assert error.error_code == "APIG.0301"
            again = _failure(client.list_configurations)
        assert isinstance(again, AuthenticationError)
        assert key.failed_signatures <= 5
        assert not key.locked
