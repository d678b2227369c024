"""What goes wrong at the service becomes an exception that says so."""

from __future__ import annotations

import gzip
import json
import pickle
from typing import Any

import pytest

from modelarts_api import (
    ApiError,
    AuthenticationError,
    InvalidRequestError,
    InvalidResponseError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServiceError,
    TokenCredentials,
)
from tests.modelarts_api.scripted_service import Reply, Request, ScriptedService, as_json, failure_of

OWN = {"is_success": False, "error_code": "ModelArts.0105"}


@pytest.mark.parametrize(
    ("envelope", "code", "request_id"),
    [
        (OWN | {"error_message": "no"}, "ModelArts.0105", "from-header"),
        (OWN | {"error_msg": "no"}, "ModelArts.0105", "from-header"),
        ({"error_code": "APIG.0301", "error_msg": "no", "request_id": "from-body"}, "APIG.0301", "from-body"),
        ({"error": {"code": 403, "message": "no", "title": "Forbidden"}}, "403", "from-header"),
    ],
)
@pytest.mark.parametrize("status", [200, 403])
def test_each_envelope_is_understood_whatever_the_status(
    envelope: dict[str, Any], code: str, request_id: str, status: int
) -> None:
    error = failure_of(as_json(envelope, status, X_Request_Id="from-header"))
    assert isinstance(error, ApiError)
    assert (error.status, error.error_code, error.error_message) == (status, code, "no")
    assert error.request_id == request_id
    assert str(error) == f"HTTP {status} {code}: no (request id {request_id})"


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (200, "ModelArts.0101", InvalidRequestError),
        (200, "ModelArts.0202", AuthenticationError),
        (200, "ModelArts.0108", PermissionDeniedError),
        (200, "ModelArts.2786", PermissionDeniedError),
        (200, "ModelArts.0015", NotFoundError),
        (200, "ModelArts.2799", RateLimitError),
        (200, "ModelArts.2957", ServiceError),
        (200, "APIGW.0302", PermissionDeniedError),
        (200, "ModelArts.0105", ApiError),
        (400, "ModelArts.2790", InvalidRequestError),
        (400, "ModelArts.0204", AuthenticationError),
        (400, "ModelArts.0212", AuthenticationError),
        (400, "Nobody.knows", InvalidRequestError),
        (401, "APIG.0301", AuthenticationError),
        (401, None, AuthenticationError),
        (403, "APIGW.0302", PermissionDeniedError),
        (403, "ModelArts.0203", AuthenticationError),
        (403, "ModelArts.0206", AuthenticationError),
        (404, "APIG.0101", NotFoundError),
        (404, "ModelArts.2786", NotFoundError),
        (409, "Nobody.knows", ApiError),
        (429, "APIG.0308", RateLimitError),
        (500, "ModelArts.0010", ServiceError),
        (502, "APIGW.0201", ServiceError),
        (504, None, ServiceError),
    ],
)
def test_the_status_and_where_it_says_too_little_the_code_decide_the_class(
    status: int, code: str | None, kind: type[ApiError]
) -> None:
    error = failure_of(as_json({"is_success": False, "error_code": code, "error_message": "m"}, status))
    assert type(error) is kind


@pytest.mark.parametrize("text", ["false", "False", False])
def test_a_failure_with_rows_is_still_a_failure(text: object) -> None:
    body = {"is_success": text, "config_total_count": 1, "configs": [{"config_name": "a"}]}
    assert type(failure_of(as_json(body))) is ApiError


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>\n<h1>Sign in to the hotel's network</h1>",
        b"[]",
        b"null",
        b'{"configs": [',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"is_success": true, "configs": []}',
        b'{"is_success": true, "config_total_count": 3}',
        b'{"is_success": true, "config_total_count": -1, "configs": []}',
        b'{"is_success": true, "config_total_count": "many", "configs": []}',
        b'{"is_success": true, "config_total_count": 1, "configs": {"a": 1}}',
    ],
)
def test_a_body_that_is_not_as_documented_is_shown_by_its_beginning(body: bytes) -> None:
    error = failure_of(Reply(200, body))
    assert type(error) is InvalidResponseError
    assert error.status == 200
    assert error.excerpt == body.decode(errors="replace")[:200]
    assert "HTTP 200" in str(error)
    assert len(str(error)) < 500


@pytest.mark.parametrize(
    ("status", "kind"), [(502, ServiceError), (404, NotFoundError), (401, AuthenticationError)]
)
def test_a_proxys_own_error_page_is_known_by_its_status_and_as_undocumented(
    status: int, kind: type[ApiError]
) -> None:
    error = failure_of(Reply(status, b"<html>Bad\r\nGateway", {"X-Request-Id": "r1"}))
    assert isinstance(error, kind)
    assert isinstance(error, InvalidResponseError)
    assert (error.status, error.request_id) == (status, "r1")
    assert error.excerpt == "<html>Bad\r\nGateway"
    assert str(error) == f"HTTP {status}: <html>Bad Gateway (request id r1)"


def test_engines_and_details_of_another_shape_are_refused() -> None:
    with ScriptedService(lambda _: as_json({"hello": "world"})) as service, service.client() as client:
        with pytest.raises(InvalidResponseError, match="engines is not an array"):
            client.list_engines()
        with pytest.raises(InvalidResponseError, match="config_name is missing"):
            client.get_configuration("a")


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://user:hunter2@elsewhere.example/login?ticket=hunter2#hunter2", "https://elsewhere.example/login"),
        ("/moved?secret=hunter2", "/moved"),
        ("https://[bad", "an unreadable address"),
        (None, "neither an answer nor a failure"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_reported_not_followed(status: int, location: str | None, shown: str) -> None:
    headers = {} if location is None else {"Location": location}
    error = failure_of(Reply(status, b"", headers), TokenCredentials("MIIFvgYJ"))
    assert type(error) is InvalidResponseError
    assert error.status == status
    assert shown in str(error)
    assert "hunter2" not in str(error)


def _endless(piece: bytes, head: bytes) -> Reply:
    def pieces() -> Any:
        yield b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n"
        while True:
            yield piece

    return Reply(raw=pieces())


def test_a_body_without_end_is_refused_while_it_streams() -> None:
    chunk = b"40000\r\n" + b" " * 0x40000 + b"\r\n"
    error = failure_of(_endless(chunk, b"Transfer-Encoding: chunked"))
    assert type(error) is InvalidResponseError
    assert "larger than 64 MiB" in str(error)


def test_a_small_body_that_decompresses_to_a_large_one_is_refused() -> None:
    bomb = gzip.compress(b" " * (64 * 2**20 + 1))
    error = failure_of(Reply(200, bomb, {"Content-Encoding": "gzip"}))
    assert "larger than 64 MiB" in str(error)


def test_a_compressed_answer_is_read_and_a_corrupt_one_reported() -> None:
    body = gzip.compress(json.dumps({"config_total_count": 7, "configs": []}).encode())
    replies = iter([body, b"not gzip"])
    answer = lambda _: Reply(200, next(replies), {"Content-Encoding": "gzip"})  # noqa: E731 - one line
    with ScriptedService(answer) as service, service.client() as client:
        assert client.list_configurations().total == 7
        with pytest.raises(InvalidResponseError, match="decompressed"):
            client.list_configurations()


def test_hostile_text_is_bounded_and_of_one_line() -> None:
    text = "a\r\nFAKE LOG LINE\x1b[31m\u202e" + "x" * 100_000
    envelope = {"is_success": False, "error_code": text, "error_message": text, "request_id": text}
    error = failure_of(as_json(envelope))
    shown = str(error)
    assert shown.isprintable()
    assert len(shown) < 500
    assert isinstance(error, ApiError)
    assert all(
        len(field or "") <= 2_000 for field in (error.error_code, error.error_message, error.request_id)
    )


def test_failures_survive_a_pickle() -> None:
    error = RateLimitError(429, "APIG.0308", "slow down", "r1")
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy)) == (RateLimitError, str(error))


def test_a_request_that_is_not_understood_does_not_end_the_others() -> None:
    def answer(request: Request) -> Reply:
        return Reply(404, b"{}") if "none" in request.path else as_json({"config_name": "a"})

    with ScriptedService(answer) as service, service.client(max_connections=1) as client:
        with pytest.raises(NotFoundError):
            client.get_configuration("none")
        assert client.get_configuration("a").name == "a"
