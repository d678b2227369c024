"""Every HTTP request is told once, to the observer and the log; neither holds a query's text or a secret."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import modelarts_api
from modelarts_api import (
    AccessKeyCredentials,
    AuthenticationError,
    Client,
    ConfigurationQuery,
    Exchange,
    ModelArtsError,
    PasswordCredentials,
    ServiceError,
    TokenCredentials,
    TransportError,
)
from modelarts_api.http.limits import RetryPolicy
from modelarts_api.http.response import Request
from modelarts_local import LocalService
from tests.modelarts_api.scripted_service import PROJECT_ID, Reply, ScriptedService, as_json, listing

FIELDS = {
    "method", "host", "path", "page", "status", "error_code", "request_id", "seconds", "attempt", "outcome",
    "clock_difference", "at",
}  # fmt: skip
SEARCH = "unannounced project"
PASSWORD = "correct horse battery staple"


def _lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(record.getMessage()) for record in caplog.records if record.name == "modelarts_api"]


def _heard(reply: Reply, call: Callable[[Client], object], **settings: Any) -> list[Exchange]:
    heard: list[Exchange] = []
    with (
        ScriptedService(lambda _: reply) as service,
        service.client(on_exchange=heard.append, **settings) as client,
    ):
        with suppress(ModelArtsError):
            call(client)
        assert len(heard) == len(service.requests)
    return heard


def test_a_request_that_goes_well_is_told_as_it_happened() -> None:
    heard: list[Exchange] = []
    before = datetime.now(UTC)
    with LocalService(5) as service, _client(service, on_exchange=heard.append) as client:
        client.list_configurations(ConfigurationQuery(SEARCH, page=3))
        port = service.port
    (exchange,) = heard
    assert before <= exchange.at <= datetime.now(UTC)
    assert exchange.at.tzinfo is UTC
    assert exchange.method == "GET"
    assert exchange.host == f"127.0.0.1:{port}"
    assert exchange.path == f"/v1/{service.project_id}/training-job-configs"
    assert (exchange.page, exchange.status, exchange.attempt) == (3, 200, 1)
    assert (exchange.outcome, exchange.error_code) == ("ok", None)
    assert re.fullmatch("[0-9a-f]{32}", exchange.request_id or "")
    assert 0 < exchange.seconds < 30
    assert abs(exchange.clock_difference or 0.0) <= 2.5
    with pytest.raises(AttributeError):
        exchange.status = 500  # type: ignore[misc]


def _client(service: LocalService, **settings: Any) -> Client:
    return Client(service.url, service.project_id, **settings)


def test_repetitions_are_counted_and_each_names_its_own_request() -> None:
    heard: list[Exchange] = []
    policy = RetryPolicy(first_wait=0.001)
    with LocalService(5) as service, _client(service, on_exchange=heard.append, _policy=policy) as client:
        service.fail(503, times=2)
        client.list_configurations()
        ids = list(service.requests)
    assert [(each.attempt, each.status, each.outcome) for each in heard] == [
        (1, 503, "ServiceError"),
        (2, 503, "ServiceError"),
        (3, 200, "ok"),
    ]
    assert heard[0].error_code == "ModelArts.0010"
    assert len({each.request_id for each in heard}) == len(ids) == 3


@pytest.mark.parametrize(
    ("reply", "outcome", "status", "code", "request_id"),
    [
        (as_json({"error_code": "APIG.0302", "error_msg": "no", "request_id": "r1"}, 403),
         "PermissionDeniedError", 403, "APIG.0302", "r1"),
        (as_json({"is_success": False, "error_code": "ModelArts.0105"}),
         "ApiError", 200, "ModelArts.0105", None),
        (Reply(502, b"<html>", {"X-Request-Id": "r2"}), "ServiceError", 502, None, "r2"),
        (Reply(200, b"<html>", {"X-Request-Id": "r3"}), "InvalidResponseError", 200, None, "r3"),
        (Reply(302, b"", {"Location": "/x"}), "InvalidResponseError", 302, None, None),
        (Reply(raw=[], then_reset=True), "TransportError", None, None, None),
        (Reply(raw=[b"HTTP/1.1 200 OK\r\nX-Request-Id: r4\r\nContent-Length: 9\r\n\r\n{"]),
         "TransportError", 200, None, "r4"),
    ],
)  # fmt: skip
def test_a_failure_tells_its_exception_code_and_request(
    reply: Reply, outcome: str, status: int | None, code: str | None, request_id: str | None
) -> None:
    (exchange,) = _heard(reply, Client.list_configurations)
    assert (exchange.outcome, exchange.status) == (outcome, status)
    assert (exchange.error_code, exchange.request_id) == (code, request_id)


@pytest.mark.parametrize("ahead", [-3_600, -30, 0, 30, 90_000])
def test_the_clock_difference_is_how_far_ours_is_ahead(ahead: int) -> None:
    date = format_datetime(datetime.now(UTC) - timedelta(seconds=ahead), usegmt=True)
    (exchange,) = _heard(listing([], Date=date), Client.list_configurations)
    assert exchange.clock_difference == pytest.approx(ahead, abs=2)


@pytest.mark.parametrize("date", ["", "yesterday", "Thu, 99 Nov 2026 00:00:00 GMT"])
def test_without_a_readable_date_there_is_no_clock_difference(date: str) -> None:
    (exchange,) = _heard(listing([], Date=date), Client.list_configurations)
    assert exchange.clock_difference is None


@pytest.mark.parametrize("page", ["", "x", "1" * 30, "1&page=2"])
def test_only_a_page_number_is_told_as_one(page: str) -> None:
    heard: list[Exchange] = []
    with (
        ScriptedService(lambda _: listing([])) as service,
        service.client(on_exchange=heard.append) as client,
    ):
        client.transport.call(Request(f"{service.url}/x?page={page}", lambda payload: payload))
    assert heard[0].page == (1 if page.startswith("1&") else None)


def test_every_page_of_a_load_is_told_in_the_thread_that_asked_for_it() -> None:
    heard: list[tuple[Exchange, str]] = []
    with LocalService(4_500, latency_ms=20) as service:
        tell = lambda exchange: heard.append((exchange, threading.current_thread().name))  # noqa: E731 - one line
        with _client(service, on_exchange=tell) as client:
            inventory = client.list_all_configurations()
    assert sorted(exchange.page or 0 for exchange, _ in heard) == [1, 2, 3, 4, 5]
    assert len(heard) == inventory.requests
    assert {name.rpartition("_")[0] for _, name in heard[1:]} == {"modelarts-page"}
    assert heard[0][1] == threading.current_thread().name


def test_what_the_credentials_ask_iam_for_a_call_is_told_too() -> None:
    heard: list[Exchange] = []
    with LocalService(1, auth="password") as service:
        user = service.authorisation
        credentials = PasswordCredentials(
            service.iam_url, user.username, user.password, user.domain, project_id=service.project_id
        )
        with (
            _client(service, credentials=credentials, on_exchange=heard.append) as client,
            _client(service, credentials=credentials) as silent,
        ):
            client.list_configurations()
            user.iam.expire()
            silent.list_configurations()
            client.list_configurations()
        told = [(each.method, each.path.rpartition("/")[2], each.status) for each in heard]
    assert told == [
        ("POST", "tokens", 201),
        ("GET", "training-job-configs", 200),
        ("GET", "training-job-configs", 200),
    ], "what another client's call asks is not told to this one"


def test_an_observer_that_raises_breaks_nothing_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def break_down(_: Exchange) -> None:
        raise RuntimeError("the observer's own trouble")

    with LocalService(2_500) as service, _client(service, on_exchange=break_down) as client:
        assert len(client.list_all_configurations().configurations) == 2_500
        with service.fail(403), pytest.raises(ModelArtsError, match="0108"):
            client.list_configurations()
    raised = [record for record in caplog.records if "on_exchange raised" in record.getMessage()]
    assert len(raised) == 4
    assert "the observer's own trouble" in caplog.text


# The log


def test_a_line_is_json_with_the_fields_of_the_exchange(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Exchange] = []
    with (
        caplog.at_level(logging.INFO, logger="modelarts_api"),
        LocalService(5) as service,
        _client(service, on_exchange=heard.append, retries=0) as client,
    ):
        client.list_configurations()
        with service.fail(500), pytest.raises(ServiceError):
            client.list_configurations()
    assert [record.levelno for record in caplog.records] == [logging.INFO, logging.WARNING]
    for line, exchange in zip(_lines(caplog), heard, strict=True):
        assert line.keys() == FIELDS
        assert datetime.fromisoformat(line["at"]) == exchange.at.replace(
            microsecond=exchange.at.microsecond // 1000 * 1000
        )
        assert line["seconds"] == pytest.approx(exchange.seconds, abs=1e-3)
        assert (line["page"], line["status"], line["attempt"]) == (
            exchange.page,
            exchange.status,
            exchange.attempt,
        )


@pytest.mark.parametrize("asked", [False, True])
def test_nothing_is_written_unless_a_program_asks(asked: bool) -> None:
    """As the documentation says that it can."""
    switch = (
        "import logging\n\n"
        'logging.basicConfig(format="%(message)s")\n'
        'logging.getLogger("modelarts_api").setLevel(logging.INFO)\n'
    )
    document = (Path(modelarts_api.__file__).parent.parent / "docs/wrapper.md").read_text(encoding="utf-8")
    assert switch in document
    script = (switch if asked else "") + (
        "from modelarts_api import Client\n"
        "try: Client('http://127.0.0.1:9', 'p', retries=0).list_configurations()\n"
        "except Exception as error: print(type(error).__name__)\n"
    )
    root = Path(modelarts_api.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout == "TransportError\n"
    if asked:
        assert json.loads(done.stderr)["outcome"] == "TransportError"
    else:
        assert done.stderr == ""


@pytest.mark.parametrize(
    "name",
    [
        "line\nbreak",
        "carriage\r\n2026-11-24 WARNING forged",
        '"}{"forged": "',
        "a\u2028b\u2029c\x85d",
        "\x1b[31m",
        "模型",
    ],
)
def test_a_configurations_name_cannot_forge_a_line(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="modelarts_api")
    reply = as_json(
        {"is_success": False, "error_code": f"A\n{name}", "error_message": name, "request_id": f"r\r\n{name}"}
    )
    _heard(reply, lambda client: client.get_configuration(name))
    (record,) = [record for record in caplog.records if record.name == "modelarts_api"]
    written = record.getMessage()
    assert written.isascii()
    assert written.isprintable()
    assert json.loads(written).keys() == FIELDS


def test_the_text_of_a_search_is_neither_told_nor_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="modelarts_api")
    heard = _heard(listing([]), lambda client: client.list_all_configurations(search_content=SEARCH))
    heard += _heard(Reply(500, b""), lambda client: client.list_all_configurations(search_content=SEARCH))
    told = repr(heard) + "".join(map(str, _lines(caplog)))
    assert len(heard) == 2
    assert not {"unannounced", "search_content", "config_type"} & set(re.split(r"\W+", told))


def _every_kind() -> list[tuple[Any, tuple[str, ...]]]:
    token, key = "MIIvgJKoZIhvcNAQcCoIIFrzCCBasCAQEx", "MFyfvK41ba2giqM7uS/8p+KGpownRZlmVmHc"
    temporary = "gQpjbi1ub3J0aC00tOkEn/0+aB3nC5dE7=="
    signing = AccessKeyCredentials("QTWAOYTTINDUT2QVKYUC", key, project_id="p1", security_token=temporary)
    return [
        (TokenCredentials(token), (token,)),
        (signing, ("QTWAOYTTINDUT2QVKYUC", key, temporary)),
    ]


@pytest.mark.parametrize("index", [0, 1])
def test_a_secret_that_is_echoed_anywhere_is_neither_told_nor_logged(
    index: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="modelarts_api")
    credentials, secrets = _every_kind()[index]
    for secret in secrets:
        body = {"error_code": secret, "error_msg": secret, "request_id": secret}
        for reply in (as_json(body, 403), as_json(body), listing([], X_Request_Id=secret)):
            look = partial(Client.get_configuration, name=secret)
            heard = _heard(reply, look, credentials=credentials)
            assert len(heard) == 1
            written = repr(heard) + repr(_lines(caplog))
            assert secret[:12] not in written
            assert secret[-12:] not in written
    assert "***" in repr(_lines(caplog))


def test_a_password_that_iam_echoes_is_neither_told_nor_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="modelarts_api")
    heard: list[Exchange] = []
    reply = as_json({"error": {"code": PASSWORD, "message": PASSWORD}}, 401, X_Request_Id=PASSWORD)
    with ScriptedService(lambda _: reply) as iam:
        credentials = PasswordCredentials(iam.url, "auditor", PASSWORD, "OTC0001", project_id=PROJECT_ID)
        with (
            iam.client(credentials, on_exchange=heard.append) as client,
            pytest.raises(AuthenticationError),
        ):
            client.list_configurations()
    assert [each.outcome for each in heard] == ["AuthenticationError"]
    assert "correct" not in repr(heard) + caplog.text


def test_a_secret_in_a_path_is_hidden() -> None:
    """A configuration may be named after a token by mistake; its path is logged at every look."""
    heard = _heard(
        as_json({"config_name": "a"}),
        lambda client: client.get_configuration("MIIvgJKoZIhvcNAQcCoIIFrz"),
        credentials=TokenCredentials("MIIvgJKoZIhvcNAQcCoIIFrz"),
    )
    assert heard[0].path == f"/v1/{PROJECT_ID}/training-job-configs/***"


def test_a_call_that_is_refused_a_connection_is_told_as_a_request_without_an_answer() -> None:
    heard: list[Exchange] = []
    with ScriptedService(lambda _: listing([])) as gone:
        pass
    with gone.client(on_exchange=heard.append) as client, pytest.raises(TransportError):
        client.list_configurations()
    assert [(each.status, each.outcome, each.clock_difference) for each in heard] == [
        (None, "TransportError", None)
    ]
