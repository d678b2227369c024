"""Trusted certificates and proxies: explicit ones win, and no password of a proxy is told."""

from __future__ import annotations

import logging
import ssl
import traceback
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from modelarts_api import (
    AccessKeyCredentials,
    Client,
    InvalidResponseError,
    ModelArtsError,
    PasswordCredentials,
    TokenCredentials,
    TransportError,
)
from modelarts_api.http.proxy import Network
from modelarts_local import LocalService
from tests.modelarts_api.forward_proxy import ForwardProxy
from tests.modelarts_api.scripted_service import Reply, ScriptedService, as_json, listing

PASSWORD = "hunter2/+ é"
IN_A_URL = "hunter2%2F%2B%20%C3%A9"
SENT = b64encode(f"auditor:{PASSWORD}".encode("latin-1")).decode()
ISSUED = as_json({"token": {"expires_at": "2126-01-01T00:00:00Z"}}, 201, X_Subject_Token="MIIvgJKoZIhvcNAQ")
PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def secure(tls: ssl.SSLContext) -> Iterator[ScriptedService]:
    with ScriptedService(lambda _: listing([{"config_name": "a"}]), tls) as service:
        yield service


# Certificates


def test_a_certificate_of_another_authority_is_refused_before_anything_is_sent(
    secure: ScriptedService,
) -> None:
    with secure.client() as client, pytest.raises(TransportError, match="certificate verify failed"):
        client.list_configurations()
    assert secure.requests == []


def test_the_authorities_of_the_bundle_are_trusted(secure: ScriptedService, bundle: str) -> None:
    with secure.client(ca_bundle=bundle) as client:
        assert client.list_configurations().total == 1
        assert bundle in repr(client)


def test_the_bundle_wins_over_the_environment_and_the_environment_over_the_usual(
    secure: ScriptedService, bundle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(other))
    with secure.client(ca_bundle=bundle) as client:
        assert client.list_configurations().total == 1
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
    with secure.client() as client:
        assert client.list_configurations().total == 1
    with secure.client(ca_bundle=str(other)) as client, pytest.raises(TransportError, match="verify failed"):
        client.list_configurations()


def test_a_bundle_that_is_gone_is_told(secure: ScriptedService, bundle: str, tmp_path: Path) -> None:
    moved = tmp_path / "moved.pem"
    moved.write_bytes(Path(bundle).read_bytes())
    with secure.client(ca_bundle=str(moved)) as client:
        moved.unlink()
        with pytest.raises(TransportError, match="CA certificate bundle"):
            client.list_configurations()


KEY_ONLY = trustme.CA().private_key_pem.bytes()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "is not a file that exists"),
        (b"", "holds no PEM certificate"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "holds no PEM certificate"),
        (KEY_ONLY, "holds no PEM certificate"),
        (b"\x00\xff" * 99, "holds no PEM certificate"),
    ],
)
def test_a_bundle_without_certificates_is_refused_by_name(
    content: bytes | None, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    for make in (_client, _credentials):
        with pytest.raises(ValueError, match="ca_bundle") as caught:
            make(ca_bundle=str(path))
        assert words in str(caught.value)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize("path", ["", " ", ".", "a\x00b"])
def test_a_path_that_is_no_file_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="ca_bundle"):
        _client(ca_bundle=path)


# Proxies


def test_every_request_goes_through_the_proxy_loopback_and_no_proxy_included(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with LocalService(1_100, auth="access-key") as service, ForwardProxy() as proxy:
        key = service.authorisation
        credentials = AccessKeyCredentials(key.access_key, key.secret_key, project_id=service.project_id)
        with Client(service.url, service.project_id, credentials, proxy=proxy.url) as client:
            assert len(client.list_all_configurations().configurations) == 1_100
        assert len(proxy.asked) == len(service.requests) == 2
        assert proxy.asked[0].startswith(f"GET {service.url}/v1/")


def test_without_one_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    with LocalService(1) as service, ForwardProxy() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        for expected, no_proxy in ((1, ""), (1, "127.0.0.1")):
            monkeypatch.setenv("no_proxy", no_proxy)
            with Client(service.url, service.project_id) as client:
                client.list_configurations()
            assert len(proxy.asked) == expected
        assert len(service.requests) == 2


@pytest.mark.parametrize("encrypted", [False, True], ids=["http-proxy", "https-proxy"])
def test_https_is_tunnelled_and_the_proxy_sees_neither_path_nor_token(
    encrypted: bool, secure: ScriptedService, tls: ssl.SSLContext, bundle: str
) -> None:
    with ForwardProxy("auditor", PASSWORD, tls if encrypted else None) as proxy:
        url = proxy.url.replace("://", f"://auditor:{IN_A_URL}@")
        with secure.client(TokenCredentials("MIIEvQYJKoZ"), ca_bundle=bundle, proxy=url) as client:
            client.list_configurations()
    (asked,) = proxy.asked
    assert asked.split()[:2] == ["CONNECT", secure.url[8:]]
    assert "x-auth-token" not in proxy.headers[0]
    (request,) = secure.requests
    assert request.headers["x-auth-token"] == "MIIEvQYJKoZ"
    assert "proxy-authorization" not in request.headers


def test_the_way_to_iam_is_the_credentials_own(secure: ScriptedService, bundle: str, tls: Any) -> None:
    with ScriptedService(lambda _: ISSUED, tls) as iam, ForwardProxy() as proxy, ForwardProxy() as other:
        credentials = PasswordCredentials(
            iam.url, "auditor", "Pa55word", "OTC0001", project_id="p1", ca_bundle=bundle, proxy=proxy.url
        )
        with secure.client(credentials, ca_bundle=bundle, proxy=other.url) as client:
            client.list_configurations()
    assert [line.split()[1] for line in proxy.asked] == [iam.url[8:]]
    assert [line.split()[1] for line in other.asked] == [secure.url[8:]]


def test_a_login_that_goes_another_way_shares_no_token(bundle: str) -> None:
    ways: list[dict[str, str]] = [{}, {"ca_bundle": bundle}, {"proxy": "http://a"}, {"proxy": "http://u:p@a"}]
    made = [_credentials(**way) for way in ways]
    assert len({credentials._source for credentials in made}) == len(ways)


@pytest.mark.parametrize(
    "proxy",
    ["", "proxy.example:3128", "socks5://hunter2@proxy", "http://", "http://u:hunter2@", "http://u:hunter2@h:x",
     "http://u:hunter2@h/path", "http://u:hunter2@h?a", "http://u:hunter2@[::1", "http://u:hunter2 x@h",
     "http://u:hunter2\n@h", "http://u:hunter2-%D0%BF@h", 7],
)  # fmt: skip
def test_a_proxy_that_is_none_is_refused_without_repeating_it(proxy: Any) -> None:
    for make in (_client, _credentials):
        with pytest.raises(ValueError, match="proxy") as caught:
            make(proxy=proxy)
        assert "hunter2" not in "".join(traceback.format_exception(caught.value))


# What is never told


def _client(**settings: Any) -> Client:
    return Client("https://modelarts.example", "p1", **settings)


def _credentials(**settings: Any) -> PasswordCredentials:
    iam = "https://iam.example"
    return PasswordCredentials(iam, "auditor", "Pa55word", "OTC0001", project_id="p1", **settings)


def _echo(text: str) -> Reply:
    return Reply(502, f"<p>{text}".encode(), {"X-Request-Id": text})


@pytest.mark.parametrize("spelling", [PASSWORD, IN_A_URL, SENT, f"http://auditor:{IN_A_URL}@proxy"])
def test_a_proxys_password_that_is_echoed_is_hidden(spelling: str, caplog: pytest.LogCaptureFixture) -> None:
    """By the proxy itself: a plain request goes to it, and it may answer what it likes."""
    caplog.set_level(logging.DEBUG)
    heard: list[Any] = []
    with ScriptedService(lambda _: _echo(spelling)) as proxy:
        url = proxy.url.replace("://", f"://auditor:{IN_A_URL}@")
        with (
            Client(
                "http://modelarts.example", "p1", proxy=url, retries=0, on_exchange=heard.append
            ) as client,
            pytest.raises(ModelArtsError) as caught,
        ):
            client.list_configurations()
        assert proxy.requests[0].headers["proxy-authorization"] == f"Basic {SENT}"
    _assert_hidden(_told(caught.value) + caplog.text + repr(heard) + repr(client))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_refusing_proxy_is_named_without_its_password(
    scheme: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with ForwardProxy("another", "word") as proxy:
        proxy.refusal = proxy.refusal.replace(b"Who are you", b"Not " + SENT.encode())
        url = proxy.url.replace("://", f"://auditor:{IN_A_URL}@")
        with (
            Client(f"{scheme}://127.0.0.1:1", "p1", proxy=url, retries=0) as client,
            pytest.raises((TransportError, InvalidResponseError)) as caught,
        ):
            client.list_configurations()
        if scheme == "https":
            assert f"through the proxy {proxy.url}: " in str(caught.value)
        assert "407" in str(caught.value)
    _assert_hidden(_told(caught.value) + caplog.text)


def test_a_proxy_that_is_gone_is_named_without_its_password() -> None:
    with ForwardProxy() as proxy:
        pass
    for scheme in ("http", "https"):
        url = proxy.url.replace("://", f"://auditor:{IN_A_URL}@")
        with (
            Client(f"{scheme}://service.example", "p1", proxy=url, retries=0) as client,
            pytest.raises(TransportError, match="refused") as caught,
        ):
            client.list_configurations()
        assert f"service.example through the proxy {proxy.url}: " in str(caught.value)
        _assert_hidden(_told(caught.value))


def test_a_password_in_the_environment_that_cannot_be_sent_is_an_error_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://auditor:пароль@127.0.0.1:9")
    with _plain_client() as client, pytest.raises(TransportError) as caught:
        client.list_configurations()
    assert "пароль" not in _told(caught.value)


def test_a_user_name_alone_may_be_a_token() -> None:
    network = Network(proxy="http://t0ken@proxy.example:3128")
    assert "t0ken" in network.secrets()
    assert "t0ken" not in repr(network)
    assert "t0ken" not in network.via()
    assert Network(proxy="http://proxy.example").secrets() == ()


def test_a_password_in_the_environment_that_is_echoed_is_hidden(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with ScriptedService(lambda _: _echo(f"{PASSWORD} {SENT}")) as proxy:
        monkeypatch.setenv("http_proxy", f"http://auditor:{IN_A_URL}@{proxy.url[7:]}")
        with _plain_client() as client, pytest.raises(ModelArtsError) as caught:
            client.list_configurations()
        assert proxy.requests[0].headers["proxy-authorization"] == f"Basic {SENT}"
    _assert_hidden(_told(caught.value) + caplog.text)


def _plain_client() -> Client:
    return Client("http://modelarts.example", "p1", retries=0)


def _told(error: BaseException) -> str:
    told = traceback.format_exception(error)
    chain: BaseException | None = error
    while chain is not None:
        told += [str(chain), repr(chain), repr(chain.args), repr(vars(chain))]
        chain = chain.__cause__ or chain.__context__
    return "\n".join(told)


def _assert_hidden(told: str) -> None:
    for spelling in (PASSWORD, IN_A_URL, SENT, "hunter2"):
        assert spelling not in told
