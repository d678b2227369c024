"""A token, or a password in an address, is never told: not in a message, a repr, a log, or a chain."""

from __future__ import annotations

import json
import logging
import traceback

import pytest

from modelarts_api import (
    TokenCredentials,
    TransportError,
)
from tests.modelarts_api.scripted_service import Reply, ScriptedService, as_json, failure_of, listing

TOKEN = "MII/vg+JKoZIhvcNAQcCoIIFrzCCBasCAQ+ExDTALBg/lghkgBZQMEAgEwggPPBgkqh=="


def test_a_redirect_to_another_host_never_brings_the_token_there() -> None:
    with ScriptedService(lambda _: listing([])) as other:
        failure_of(Reply(302, b"", {"Location": f"{other.url}/x"}), TokenCredentials(TOKEN))
    assert other.requests == []


@pytest.mark.parametrize(
    "reply",
    [
        as_json({"is_success": False, "error_code": TOKEN, "error_message": TOKEN, "request_id": TOKEN}),
        as_json({"is_success": False, "error_message": f"bad token {TOKEN[:40]}"}, 401),
        as_json({"is_success": False, "error_message": "x" * 1_990 + TOKEN}, 403),
        Reply(200, f"<p>{TOKEN}".encode()),
        Reply(200, b"x" * 190 + TOKEN.encode()),
        Reply(502, json.dumps({"token": TOKEN}).replace("/", "\\/").replace("=", "\\u003d").encode()),
        Reply(302, b"", {"Location": f"https://elsewhere.example/{TOKEN}?t={TOKEN}"}),
        Reply(500, b"", {"X-Request-Id": TOKEN}),
        Reply(raw=[b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}"], then_reset=True),
        Reply(raw=[b"nonsense\r\n\r\n"]),
    ],
)  # fmt: skip
def test_a_token_that_the_service_echoes_is_never_repeated(
    reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    error = failure_of(reply, TokenCredentials(TOKEN))
    told = "".join(
        [str(error), repr(error), repr(vars(error)), *traceback.format_exception(error), caplog.text]
    )
    chain: BaseException | None = error
    while chain is not None:
        told += repr(chain) + repr(chain.args)
        chain = chain.__cause__ or chain.__context__
    assert TOKEN[:12] not in told
    assert TOKEN[12:24] not in told


def test_nothing_that_is_raised_leads_to_the_request() -> None:
    with ScriptedService(lambda _: listing([])) as service:
        client = service.client(TokenCredentials(TOKEN))
    with pytest.raises(TransportError) as caught:
        client.list_configurations()
    client.close()
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "ConnectionRefusedError (Connection refused)" in str(caught.value)


def test_credentials_and_clients_do_not_show_the_token() -> None:
    credentials = TokenCredentials(TOKEN)
    with ScriptedService(lambda _: listing([])) as service, service.client(credentials) as client:
        assert TOKEN[:12] not in f"{credentials} {credentials!r} {client} {client!r}"


@pytest.mark.parametrize("token", ["", "  ", "two words", "line\nbreak", "schlüssel", "null\x00"])
def test_a_token_that_cannot_be_sent_is_refused_without_showing_it(token: str) -> None:
    with pytest.raises(ValueError, match="token must") as caught:
        TokenCredentials(token)
    assert not token.strip() or token not in str(caught.value)


def test_a_proxys_password_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with ScriptedService(lambda _: listing([])) as gone:
        pass
    for proxy in (f"http://user:hunter2@{gone.url[7:]}", "http://user:hunter2@[bad"):
        monkeypatch.setenv("http_proxy", proxy)
        with gone.client() as client, pytest.raises(TransportError) as caught:
            client.list_configurations()
        assert "hunter2" not in "".join(traceback.format_exception(caught.value))
