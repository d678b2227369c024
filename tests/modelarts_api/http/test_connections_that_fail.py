"""A connection that does not come about says what it is and what to do; a certificate is not asked twice."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import trustme

from modelarts_api import Client, PasswordCredentials, TransportError, diagnose, diagnosis
from modelarts_api.errors import TRANSPORT_KINDS
from modelarts_api.http.limits import RetryPolicy
from modelarts_local import LocalService
from tests.modelarts_api.forward_proxy import ForwardProxy
from tests.modelarts_api.full_listener import full_listener
from tests.modelarts_api.scripted_service import ScriptedService, listing

YESTERDAY = datetime.now(UTC) - timedelta(days=1)
CERTIFICATES: dict[str, dict[str, Any]] = {
    "certificate expired": {"not_before": YESTERDAY - timedelta(days=9), "not_after": YESTERDAY},
    "certificate early": {"not_before": YESTERDAY + timedelta(days=9)},
    "certificate host": {"identity": "other.example"},
    "certificate authority": {"authority": True},
}
WORDS = {
    "name": ("leads nowhere", "name server"),
    "refused": ("takes a connection", "firewall"),
    "certificate expired": ("has expired", "renew it"),
    "certificate early": ("not valid yet", "clock"),
    "certificate host": ("another host", "that the certificate names"),
    "certificate authority": ("not trusted here", "ca_bundle"),
    "tls": ("No encrypted connection", "begins with http://"),
    "silent": ("Nobody answers", "firewall drops"),
}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@dataclass
class Patience:
    """What would have been slept, and how often."""

    slept: list[float] = field(default_factory=list)

    def policy(self) -> RetryPolicy:
        return RetryPolicy(retries=2, sleep=self.slept.append, draw=lambda low, _high: low)


@contextmanager
def _secure(
    authority: trustme.CA, identity: str = "127.0.0.1", **validity: datetime
) -> Iterator[ScriptedService]:
    """A service with such a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(identity, **validity).configure_cert(context)
    with ScriptedService(lambda _: listing([]), context) as service:
        yield service


def _failure(client: Client) -> TransportError:
    with client, pytest.raises(TransportError) as caught:
        client.list_configurations()
    return caught.value


def _check(error: TransportError, kind: str) -> None:
    assert error.kind == kind
    meaning, remedy = WORDS[kind]
    assert meaning in error.meaning
    assert remedy in error.remedy
    assert error.meaning not in str(error)


@pytest.mark.parametrize("kind", CERTIFICATES)
def test_a_certificate_that_is_not_accepted_says_why_and_is_not_tried_again(
    kind: str, authority: trustme.CA, bundle: str
) -> None:
    patience = Patience()
    certificate = dict(CERTIFICATES[kind])
    if certificate.pop("authority", False):
        authority = trustme.CA()
    with _secure(authority, **certificate) as service:
        error = _failure(service.client(ca_bundle=bundle, _policy=patience.policy()))
    _check(error, kind)
    assert not error.may_pass
    assert "certificate verify failed" in str(error)
    assert patience.slept == []
    assert service.requests == []


@pytest.mark.parametrize("kind", CERTIFICATES)
def test_the_diagnosis_says_the_same(kind: str, authority: trustme.CA, bundle: str) -> None:
    certificate = dict(CERTIFICATES[kind])
    if certificate.pop("authority", False):
        authority = trustme.CA()
    with _secure(authority, **certificate) as service, service.client(ca_bundle=bundle) as client:
        (step,) = [step for step in diagnose(client) if step.state == "failed"]
    assert step.name == "TLS"
    assert isinstance(step.error, TransportError)
    _check(step.error, kind)


def test_a_connection_that_is_refused_is_tried_again_and_says_so() -> None:
    patience = Patience()
    with ScriptedService(lambda _: listing([])) as gone:
        pass
    error = _failure(gone.client(_policy=patience.policy()))
    _check(error, "refused")
    assert error.may_pass
    assert len(patience.slept) == 2
    with gone.client() as client:
        (step,) = [step for step in diagnose(client) if step.state == "failed"]
    assert isinstance(step.error, TransportError)
    _check(step.error, "refused")


def test_a_host_that_does_not_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "CONNECTION_SECONDS", 0.2)
    with full_listener() as url, Client(url, "p1") as client:
        (step,) = [step for step in diagnose(client) if step.state == "failed"]
    assert isinstance(step.error, TransportError)
    _check(step.error, "silent")


def test_a_name_that_leads_nowhere_says_so() -> None:
    error = _failure(Client("http://modelarts.invalid", "p1", retries=0))
    _check(error, "name")
    with Client("https://modelarts.invalid", "p1") as client:
        step = next(iter(diagnose(client)))
    assert isinstance(step.error, TransportError)
    _check(step.error, "name")


def test_a_port_without_tls_says_so() -> None:
    with LocalService(1) as service:
        client = Client(service.url.replace("http:", "https:"), "p1", retries=0)
        _check(_failure(client), "tls")


def test_iams_certificate_is_told_like_the_services(authority: trustme.CA, bundle: str) -> None:
    patience = Patience()
    with (
        _secure(authority, **CERTIFICATES["certificate expired"]) as iam,
        ScriptedService(lambda _: listing([])) as service,
    ):
        credentials = PasswordCredentials(
            iam.url, "auditor", "Pa55word", "OTC0001", project_name="eu-de", ca_bundle=bundle
        )
        error = _failure(Client(service.url, credentials=credentials, _policy=patience.policy()))
    _check(error, "certificate expired")
    assert iam.url.removeprefix("https://") in str(error)
    assert patience.slept == []


def test_a_proxy_whose_certificate_is_not_trusted_is_told_as_one(bundle: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with ForwardProxy(tls=context) as proxy:
        client = Client("https://service.example", "p1", ca_bundle=bundle, proxy=proxy.url, retries=0)
        error = _failure(client)
    _check(error, "certificate authority")
    assert f"through the proxy {proxy.url}" in str(error)


@pytest.mark.parametrize(
    "error", [ConnectionResetError(104, "reset"), TimeoutError("slow"), socket.herror(1, "x")]
)
def test_what_is_nothing_of_these_has_no_words_of_its_own(error: OSError) -> None:
    from modelarts_api.errors import transport_kind

    assert transport_kind(error) == ""
    assert TransportError("x", transport_kind(error)).meaning == ""
    assert TransportError("x").may_pass


def test_every_kind_says_what_it_is_and_what_to_do() -> None:
    assert set(WORDS) | {"certificate"} == set(TRANSPORT_KINDS)
    for meaning, remedy in TRANSPORT_KINDS.values():
        assert meaning.endswith(".")
        assert remedy.endswith(".")
