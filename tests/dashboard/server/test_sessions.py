"""There may be so many sessions: in all, from one address, and of those who have not signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from dashboard.server import descriptors, rules, sessions
from dashboard.server.sessions import FULL, Sessions, address_of, is_stranger
from tests.dashboard.guarded import ACCESS, AUTH, CLAIMS, Secrets, cookie, may_have, secrets

__all__ = ["secrets"]


@pytest.fixture(autouse=True)
def _ten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten sessions, two of strangers; half of each from one address."""
    monkeypatch.setenv("DASHBOARD_MAX_SESSIONS", "10")


@pytest.fixture
def there() -> Iterator[tuple[Sessions, ExitStack]]:
    with ExitStack() as stack:
        yield Sessions(), stack


def fits(found: Sessions, address: str, *, stranger: bool = False) -> bool:
    return found.refusal(address, stranger=stranger) is None


def test_one_address_gets_half_and_all_get_ten(there: tuple[Sessions, ExitStack]) -> None:
    found, stack = there
    for _ in range(5):
        assert fits(found, "10.0.0.1")
        stack.enter_context(found.opened("10.0.0.1", stranger=False))
    assert not fits(found, "10.0.0.1")
    for number in range(5):
        assert fits(found, f"10.0.1.{number}")
        stack.enter_context(found.opened(f"10.0.1.{number}", stranger=False))
    assert not fits(found, "10.0.2.1")
    assert found.count == 10
    stack.close()
    assert found.count == 0
    assert fits(found, "10.0.0.1")


def test_strangers_get_a_fifth_and_leave_the_rest_to_viewers(there: tuple[Sessions, ExitStack]) -> None:
    found, stack = there
    stack.enter_context(found.opened("10.0.0.1", stranger=True))
    assert not fits(found, "10.0.0.1", stranger=True)
    stack.enter_context(found.opened("10.0.0.2", stranger=True))
    assert not fits(found, "10.0.0.3", stranger=True)
    assert fits(found, "10.0.0.1")


def test_who_comes_without_an_address_is_counted_in_all_only(there: tuple[Sessions, ExitStack]) -> None:
    """As over a Unix socket: nobody knows who is who."""
    found, stack = there
    for _ in range(10):
        assert fits(found, "")
        stack.enter_context(found.opened("", stranger=False))
    assert not fits(found, "")


def test_before_the_last_file_descriptors_nobody_is_taken(
    there: tuple[Sessions, ExitStack], monkeypatch: pytest.MonkeyPatch
) -> None:
    found, _ = there
    monkeypatch.setattr(descriptors, "limit", lambda: 0)
    assert not fits(found, "10.0.0.1")


def test_there_are_no_more_sessions_than_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descriptors, "limit", lambda: 48)
    assert sessions.max_sessions() == 8
    monkeypatch.delenv("DASHBOARD_MAX_SESSIONS")
    monkeypatch.setattr(descriptors, "limit", lambda: 8192)
    assert sessions.max_sessions() == sessions.MAX_SESSIONS


@pytest.mark.parametrize("text", ["0", "-1", "many", "1e3", "²", "1.5"])
def test_a_number_that_is_none_is_a_mistake(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_MAX_SESSIONS", text)
    with pytest.raises(ValueError, match="DASHBOARD_MAX_SESSIONS must be a whole number"):
        sessions.configured()


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (("192.0.2.7", 1234), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::/64"),
        (("2001:db8:1:2::1", 1), "2001:db8:1:2::/64"),
        (("::1", 1), "::/64"),
        (("fe80::1%eth0", 1), "fe80::/64"),
        (("unknown", 0), "unknown"),
        (None, ""),
    ],
)
def test_an_address_is_one_of_ipv4_or_a_network_of_ipv6(client: Any, address: str) -> None:
    assert address_of({"type": "websocket", "client": client}) == address


def test_a_stranger_is_who_would_have_to_sign_in(secrets: Secrets) -> None:
    scope: dict[str, Any] = {"type": "http", "headers": []}
    assert not is_stranger(scope, rules.policy())
    secrets.write(AUTH + ACCESS)
    assert is_stranger(scope, rules.policy())
    for claims, stranger in ((CLAIMS, False), ({**CLAIMS, "email": "eve@evil.org"}, True)):
        signed = {**scope, "headers": [(b"cookie", cookie(claims).encode())]}
        assert is_stranger(signed, rules.policy()) == stranger


def test_the_page_is_told_before_it_opens_a_session(secrets: Secrets) -> None:
    """Streamlit's page asks for the host's configuration first, and shows the words of a refusal."""
    assert may_have("/_stcore/host-config", host="localhost")
    with ExitStack() as stack:
        for number in range(10):
            stack.enter_context(sessions.sessions.opened(f"10.0.0.{number}", stranger=False))
        assert not may_have("/_stcore/host-config", host="localhost")
        assert may_have("/healthz", host="localhost")
        assert may_have("/", host="localhost")
    assert may_have("/_stcore/host-config", host="localhost")
    assert FULL.status == 503
    assert FULL.headers["Retry-After"]
