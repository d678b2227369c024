"""No secret of any kind of credentials is told, and none reaches another host than the one it is for."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from modelarts_api import AccessKeyCredentials, Client, ModelArtsError, PasswordCredentials
from modelarts_api.auth.password import IssuedToken, Login
from modelarts_local import LocalService
from tests.modelarts_api.scripted_service import Reply, ScriptedService, as_json, listing

PASSWORD = 'correct horse "battery" stäple/+=<&>\\1'
ACCESS_KEY = "QTWAOYTTINDUT2QVKYUC"
SECRET_KEY = "MFyfvK41ba2giqM7uS/8p+KGpownRZlmVmHc"
SECURITY_TOKEN = "gQpjbi1ub3J0aC00tOkEn/0+aB3nC5dE7=="
TOKEN = "MIIvgJKoZIhvcNAQcCoIIFrzCCBasCAQExDTALBglghkgBZQMEAgEwggPPBgkqh"
ISSUED = as_json({"token": {"expires_at": "2126-01-01T00:00:00Z"}}, 201, X_Subject_Token=TOKEN)


def _access_key() -> AccessKeyCredentials:
    return AccessKeyCredentials(ACCESS_KEY, SECRET_KEY, project_id="p1", security_token=SECURITY_TOKEN)


def _password(iam: str) -> PasswordCredentials:
    return PasswordCredentials(iam, "auditor", PASSWORD, "OTC0001", project_id="p1")


def _told(call: Callable[[], object], caplog: pytest.LogCaptureFixture) -> str:
    """Everything that a failed call leaves behind: messages, reprs, attributes, traceback, chain, log."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ModelArtsError) as caught:
        call()
    told = [*traceback.format_exception(caught.value), caplog.text]
    error: BaseException | None = caught.value
    while error is not None:
        told += [str(error), repr(error), repr(error.args), repr(vars(error))]
        error = error.__cause__ or error.__context__
    return "\n".join(told)


def _assert_hidden(told: str, *secrets: str) -> None:
    for secret in secrets:
        for spelling in (secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret)):
            assert spelling not in told
            assert spelling[:12] not in told
            assert spelling[-12:] not in told


def _echoes(text: str) -> list[Reply]:
    return [
        as_json({"error_code": "APIG.0301", "error_msg": f"verify aksk signature fail: {text}"}, 401),
        as_json({"error": {"code": 401, "message": text, "title": text}}, 401),
        as_json({"is_success": False, "error_code": text, "error_message": text, "request_id": text}),
        Reply(502, json.dumps({"echo": text}).encode()),
        Reply(502, text.encode()),
        Reply(200, b"x" * 190 + text.encode()),
        Reply(500, quote_plus(text).encode(), {"X-Request-Id": quote(text)}),
        Reply(302, b"", {"Location": f"https://elsewhere.example/{quote(text, safe='')}"}),
    ]


@pytest.mark.parametrize("index", range(8))
@pytest.mark.parametrize("secret", [SECRET_KEY, SECURITY_TOKEN, ACCESS_KEY])
def test_what_the_gateway_echoes_of_an_access_key_is_hidden(
    secret: str, index: int, caplog: pytest.LogCaptureFixture
) -> None:
    reply = _echoes(secret)[index]
    with ScriptedService(lambda _: reply) as service, service.client(_access_key()) as client:
        _assert_hidden(_told(client.list_configurations, caplog), secret)


def test_a_signature_that_the_gateway_echoes_is_hidden(caplog: pytest.LogCaptureFixture) -> None:
    def echo(request: Any) -> Reply:
        signed.append(request.headers["authorization"].rpartition("=")[2])
        return as_json({"error_code": "APIG.0301", "error_msg": request.headers["authorization"]}, 401)

    signed: list[str] = []
    with ScriptedService(echo) as service, service.client(_access_key()) as client:
        _assert_hidden(_told(client.list_configurations, caplog), *signed)
    assert len(signed[0]) == 64


@pytest.mark.parametrize("index", range(8))
@pytest.mark.parametrize("secret", [PASSWORD, TOKEN])
def test_what_iam_or_the_service_echo_of_a_user_is_hidden(
    secret: str, index: int, caplog: pytest.LogCaptureFixture
) -> None:
    reply = _echoes(secret)[index]
    if secret == PASSWORD:
        with ScriptedService(lambda _: reply) as iam, _client(iam, _password(iam.url)) as client:
            _assert_hidden(_told(client.list_configurations, caplog), secret)
    with (
        ScriptedService(lambda _: ISSUED) as iam,
        ScriptedService(lambda _: reply) as service,
        _client(service, _password(iam.url)) as client,
    ):
        _assert_hidden(_told(client.list_configurations, caplog), secret)


def _client(service: ScriptedService, credentials: PasswordCredentials) -> Client:
    return service.client(credentials)


@pytest.mark.parametrize("reply", [Reply(raw=[b"HTTP/1.1 201"], then_reset=True), Reply(raw=[b"x\r\n\r\n"])])
def test_a_broken_answer_of_iam_does_not_tell_the_question(
    reply: Reply, caplog: pytest.LogCaptureFixture
) -> None:
    with ScriptedService(lambda _: reply) as iam, iam.client(_password(iam.url)) as client:
        _assert_hidden(_told(client.list_configurations, caplog), PASSWORD)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_takes_a_secret_to_another_host(status: int) -> None:
    with ScriptedService(lambda _: ISSUED) as other:
        reply = Reply(status, b"", {"Location": f"{other.url}/v3/auth/tokens"})
        with ScriptedService(lambda _: reply) as iam:
            for credentials in (_password(iam.url), _access_key()):
                with iam.client(credentials) as client, pytest.raises(ModelArtsError, match="redirect"):
                    client.list_configurations()
    assert other.requests == []


def test_the_password_goes_to_iam_alone_and_the_token_to_the_service_alone() -> None:
    with (
        ScriptedService(lambda _: ISSUED) as iam,
        ScriptedService(lambda _: listing([])) as service,
        service.client(_password(iam.url)) as client,
    ):
        client.list_all_configurations()
    asked, listed = iam.requests[0], service.requests[0]
    assert "x-auth-token" not in asked.headers
    _assert_hidden(f"{asked.target} {dict(asked.headers)}", PASSWORD)
    assert listed.headers["x-auth-token"] == TOKEN
    _assert_hidden(f"{listed.target} {dict(listed.headers)}", PASSWORD)
    assert TOKEN not in listed.target


def test_a_secret_key_is_not_sent_at_all_and_nothing_secret_is_in_an_address() -> None:
    with ScriptedService(lambda _: listing([])) as service, service.client(_access_key()) as client:
        client.list_configurations()
    (request,) = service.requests
    assert SECRET_KEY not in f"{request.target} {dict(request.headers)}"
    _assert_hidden(request.target, SECURITY_TOKEN, ACCESS_KEY)


def test_no_netrc_file_and_no_cookie_adds_to_what_authorises(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    answers = iter([as_json({"error": {"code": 503}}, 503, Set_Cookie="a=b"), ISSUED])
    with ScriptedService(lambda _: next(answers)) as iam:
        credentials = _password(iam.url)
        for _ in range(2):
            with ScriptedService(lambda _: listing([])) as service, service.client(credentials) as client:
                if not iam.requests:
                    with pytest.raises(ModelArtsError):
                        client.list_configurations()
                else:
                    client.list_configurations()
    assert all({"authorization", "cookie"}.isdisjoint(request.headers) for request in iam.requests)


def test_no_repr_shows_a_secret() -> None:
    password = _password("https://iam.example")
    login = Login("https://iam.example", "auditor", PASSWORD, "OTC0001", "p1")
    with LocalService(1) as service, Client(service.url, "p1", password) as client:
        shown = f"{password!r} {_access_key()!r} {client!r} {login!r} {IssuedToken(TOKEN, 'p1', 1.0)!r}"
    _assert_hidden(shown, PASSWORD, SECRET_KEY, SECURITY_TOKEN, ACCESS_KEY, TOKEN)
    assert "auditor" in shown
    assert "***" in shown
    assert "KEY" not in repr(AccessKeyCredentials("KEYKEY", "SECRET", project_id="p"))


@pytest.mark.parametrize("auth", ["token", "password", "access-key"])
def test_the_local_service_does_not_show_its_secrets(auth: str) -> None:
    with LocalService(1, auth=auth) as service:
        shown = f"{service!r} {service.authorisation!r} {service.requests!r}"
        secrets = {
            getattr(service.authorisation, name, None)
            for name in ("token", "password", "secret_key", "security_token")
        }
    assert not any(secret in shown for secret in secrets if secret)
