"""What is taken from Streamlit's inside is still there, and does what the dashboard relies on."""

from __future__ import annotations

import inspect
import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest
import websockets.http11
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from streamlit import config, error_util
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.logger import get_logger
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.state import session_state
from streamlit.web import bootstrap
from streamlit.web.server.starlette import starlette_auth_routes, starlette_websocket
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string

from dashboard.server import streamlit_private
from tests.dashboard.asgi import run
from tests.dashboard.guarded import AUTH, CLAIMS, ORIGIN, SECRET, Secrets, secrets

__all__ = ["secrets"]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """What a writer of ours is given, while it stands in for Streamlit's."""
    given: list[Mapping[str, Any]] = []

    async def write(response: Response, claims: Mapping[str, Any]) -> None:
        given.append(claims)

    original = starlette_auth_routes._set_auth_cookie
    monkeypatch.setattr(starlette_auth_routes, "_set_auth_cookie", original)
    streamlit_private.write_sign_ins_with(write)
    return given


def test_the_writer_that_is_replaced_takes_an_answer_claims_and_tokens() -> None:
    assert list(inspect.signature(starlette_auth_routes._set_auth_cookie).parameters) == [
        "response",
        "user_info",
        "tokens",
    ]


def test_streamlits_last_step_of_a_sign_in_writes_with_ours_and_no_token(
    secrets: Secrets, written: list[Mapping[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its route is called with a provider that has answered."""
    secrets.write(AUTH)

    class Client:
        async def authorize_access_token(self, _request: Request) -> dict[str, Any]:
            return {"userinfo": {"email": "anna@example.com"}, "id_token": "i", "access_token": "a"}

    monkeypatch.setattr(starlette_auth_routes, "_create_oauth_client", lambda _provider: (Client(), ORIGIN))
    request = Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/oauth2callback",
            "query_string": b"code=1&state=s",
            "headers": [],
            "session": {"_state_default_s": {}},
        }
    )
    answer = run(starlette_auth_routes._auth_callback(request, ""))
    assert written == [
        {"email": "anna@example.com", "origin": ORIGIN, "is_logged_in": True, "provider": "default"}
    ]
    assert answer.status_code == 302
    assert "set-cookie" not in answer.headers


def test_a_cookie_that_is_signed_here_is_read_by_streamlit_and_the_other_way_round(secrets: Secrets) -> None:
    secrets.write(AUTH)
    value = streamlit_private.signed(json.dumps(CLAIMS))
    read = starlette_websocket._get_signed_cookie_with_chunks({"_streamlit_user": value}, "_streamlit_user")
    assert read == json.dumps(CLAIMS).encode() == streamlit_private.unsigned(value)
    theirs = create_signed_value(SECRET, "_streamlit_user", "{}").decode()
    assert streamlit_private.unsigned(theirs) == b"{}"
    for other in (
        "",
        "x",
        create_signed_value(SECRET, "_streamlit_user", "null").decode(),
        "\xff",
        value[:-1],
        create_signed_value(SECRET, "_streamlit_user_tokens", "x").decode(),
    ):
        assert streamlit_private.unsigned(other) is None


def test_no_piece_of_a_sign_in_is_read(secrets: Secrets) -> None:
    """Streamlit's own pieces, each with the signature that it gives them."""
    secrets.write(AUTH)
    pieces: dict[str, str] = {}

    def sign(name: str, value: str) -> bytes:
        return create_signed_value(SECRET, name, value)

    def keep(name: str, value: str) -> None:
        pieces[name] = sign(name, value).decode()

    groups = [f"{number * 7_919**5 % 10**16}" for number in range(900)]
    set_cookie_with_chunks(keep, sign, "_streamlit_user", {**CLAIMS, "groups": groups}, cookie_attr_size=60)
    assert list(pieces)[:2] == ["_streamlit_user", "_streamlit_user_1"]
    whole = starlette_websocket._get_signed_cookie_with_chunks(pieces, "_streamlit_user")
    assert whole is not None  # Streamlit does put them together
    assert [streamlit_private.unsigned(value) for value in pieces.values()] == [None] * len(pieces)


def test_claims_are_those_of_st_user(secrets: Secrets) -> None:
    said = json.dumps(CLAIMS).encode()
    user = {"is_logged_in": True, "email": "anna@example.com", "provider": "default"}
    assert streamlit_private.claims_in(said, ORIGIN) == user
    for other in ("https://other.example.com", "", "null", "x"):
        assert streamlit_private.claims_in(said, other) == {}


def test_a_token_is_the_second_of_the_protocols() -> None:
    kept, other = generate_xsrf_token_string(), generate_xsrf_token_string()
    for protocols, repeats in (
        (f"streamlit, {kept}, session", True),
        (f"streamlit, {other}, session", False),
        (f"{kept}", False),
        ("", False),
        (f"streamlit, , {kept}", False),
    ):
        headers = Headers({"sec-websocket-protocol": protocols})
        assert streamlit_private.repeats_token(headers, kept) is repeats
    assert not streamlit_private.repeats_token(
        Headers({"sec-websocket-protocol": f"streamlit, {kept}"}), None
    )


@pytest.mark.parametrize("length", [8_000, 60_000])
def test_a_web_socket_is_opened_with_as_many_cookies_as_a_page(
    monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    monkeypatch.setattr(websockets.http11, "MAX_LINE_LENGTH", 8192)

    def read() -> bool:
        request = f"GET / HTTP/1.1\r\nCookie: {'x' * length}\r\n\r\n".encode()
        lines = iter(request.splitlines(keepends=True))

        def read_line(bound: int, error: type[Exception]) -> Any:
            line = next(lines)
            if len(line) > bound:
                raise error
            return line
            yield

        parser = websockets.http11.Request.parse(read_line)
        try:
            next(parser)
        except StopIteration:
            return True
        except websockets.http11.HeaderLineTooLong:
            return False
        raise AssertionError

    assert read() is (length < 8192)
    streamlit_private.accept_long_header_lines()
    assert read()
    monkeypatch.setattr(websockets.http11, "MAX_LINE_LENGTH", 10**6)
    streamlit_private.accept_long_header_lines()
    assert websockets.http11.MAX_LINE_LENGTH == 10**6


class Kept(logging.Handler):
    """Keeps what is logged as it would be printed."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def test_of_a_strangers_request_one_line_is_logged() -> None:
    assert starlette_auth_routes._LOGGER.name in streamlit_private.LOGGERS
    assert starlette_websocket._LOGGER.name in streamlit_private.LOGGERS
    streamlit_private.shorten_logs()
    streamlit_private.shorten_logs()
    for name in streamlit_private.LOGGERS:
        logger, kept = get_logger(name), Kept()
        assert len(logger.filters) == 1
        logger.addHandler(kept)
        try:
            try:
                int("of the stranger")
            except ValueError:
                logger.warning("failed for '%s'.", "default", exc_info=True)
            logger.error("error %s", "x\r\n\x1b[31m\u202e" + "y" * 10_000)
        finally:
            logger.removeHandler(kept)
        first, second = kept.lines
        assert first == "failed for 'default'. (ValueError)"
        assert second.startswith("error x\ufffd\ufffd\ufffd[31m\ufffdy")
        assert len(second) < 400


def failure_of(read: Any) -> BaseException:
    """What is raised when a client's value of a widget is read so."""
    values = session_state.WStates()
    values.set_widget_from_proto(WidgetState(id="x", string_value="sent"))
    values.set_widget_metadata(
        session_state.WidgetMetadata(
            id="x", deserializer=read, serializer=lambda value: value, value_type="string_value"
        )
    )
    with pytest.raises(ValueError, match=r"sent|lines") as raised:
        values["x"]
    return raised.value


def test_who_has_begun_the_server_is_noted_by_streamlits_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "config._server_mode = server_mode" in inspect.getsource(bootstrap)
    for mode, serves in (("starlette-app", True), (None, False)):
        monkeypatch.setattr(config, "_server_mode", mode)
        assert streamlit_private.serves_itself() is serves


def test_a_value_that_cannot_be_read_is_told_from_a_fault_of_the_script() -> None:
    assert error_util._LOGGER.name == streamlit_private.SCRIPT_LOGGER
    assert session_state.__name__ == streamlit_private.SESSION_STATE

    assert streamlit_private.of_a_sent_value(failure_of(int))
    for ours in ("dashboard.ui.table", "__main__", "modelarts_api.client"):
        scope: dict[str, Any] = {"__name__": ours}
        exec("def read(value):\n    raise ValueError('lines of ours')", scope)
        assert not streamlit_private.of_a_sent_value(failure_of(scope["read"]))
    with pytest.raises(ValueError, match="x") as raised:
        int("x")
    assert not streamlit_private.of_a_sent_value(raised.value)
