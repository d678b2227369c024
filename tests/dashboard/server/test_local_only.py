"""Where a request has to come from without a sign-in, and which pages may open a session at all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dashboard.asgi import run
from tests.dashboard.guarded import (
    ACCESS,
    AUTH,
    CLOSED,
    OPEN,
    Secrets,
    cookie,
    get,
    may_have,
    options,
    secrets,
    site,
)

__all__ = ["secrets"]


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:9000", "[::1]:8501", "localhost"])
def test_without_a_sign_in_this_machine_may_have_everything(secrets: Secrets, host: str) -> None:
    for path in (*OPEN, *CLOSED[:-1], "/metrics"):
        assert may_have(path, host=host)


@pytest.mark.parametrize(
    "host",
    [
        "dashboard.example.com",
        "10.0.0.1:8501",
        "localhost.evil.org",
        "127.0.0.1.evil.org",
        "[::1].evil.org",
        "[::1]evil.org:80",
        "127.0.0.1@evil.org",
        "127.0.0.1#evil.org",
        "localhost:80:80",
        "0.0.0.0",
        "",
        "[",
    ],
)
def test_without_a_sign_in_no_name_of_another_machine_is_answered(secrets: Secrets, host: str) -> None:
    """A name that was resolved to 127.0.0.1 by its owner's will, or by which a proxy is reached."""
    for path in ("/", "/media/x", "/metrics", "/auth/login", "/static/js/index.js"):
        answer = get(path, host=host)
        assert answer.status == 403
        assert "trusted_network" in answer.body.decode()
    assert may_have("/healthz", host=host)
    assert may_have("/_stcore/health", host=host)


@pytest.mark.parametrize(
    ("server", "here"),
    [
        (("127.0.0.1", 8501), True),
        (("::1", 8501), True),
        (("::ffff:127.0.0.1", 8501), True),
        (("/run/dashboard.sock", None), True),
        (None, True),
        (("10.0.0.1", 8501), False),
        (("::ffff:10.0.0.1", 8501), False),
        (("2001:db8::1", 8501), False),
        (("", 8501), False),
    ],
)
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_without_a_sign_in_no_other_address_is_answered(
    secrets: Secrets, kind: str, server: Any, here: bool
) -> None:
    started = run(
        start_of(kind, server=server, path="/_stcore/stream" if kind == "websocket" else "/media/x")
    )
    assert (started["type"], started.get("status")) == (
        {"http": ("http.response.start", 200), "websocket": ("websocket.accept", None)}[kind]
        if here
        else (f"{kind}.{'http.' if kind == 'websocket' else ''}response.start", 403)
    )


async def start_of(kind: str, **changes: Any) -> Any:
    """The first message that the site sends in answer to a request or a WebSocket."""
    sent: list[Any] = []
    incoming = [
        {"type": "websocket.disconnect"},
        {"type": f"{kind}.{'connect' if kind == 'websocket' else 'request'}"},
    ]
    scope = {
        "type": kind,
        "method": "GET",
        "scheme": kind,
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 1),
        "subprotocols": [],
        "extensions": {"websocket.http.response": {}},
        **changes,
    }

    async def receive() -> Any:
        return incoming.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    await site()(scope, receive, send)
    return sent[0]


@pytest.mark.parametrize(
    ("origin", "known"),
    [
        (None, True),  # no browser
        ("https://dashboard.example.com:8443", True),
        ("http://localhost:9000", True),
        ("http://127.0.0.1", True),
        ("https://named.example.com", True),
        ("https://listed.example.com:1234", True),
        ("https://dashboard.example.com", False),
        ("https://dashboard.example.com:8443.evil.example", False),
        ("https://localhost.evil.example", False),
        ("https://10.0.0.1", False),
        ("https://[::1", False),
        ("null", False),
        ("", False),
    ],
)
def test_a_session_is_opened_for_pages_that_are_known(
    secrets: Secrets, origin: str | None, known: bool
) -> None:
    secrets.write(AUTH)
    headers = [(b"host", b"dashboard.example.com:8443")]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    named = {
        "browser.serverAddress": "named.example.com",
        "server.corsAllowedOrigins": ["https://listed.example.com"],
    }
    with options(named):
        started = run(start_of("websocket", path="/_stcore/stream", headers=headers))
    assert started["type"] == ("websocket.accept" if known else "websocket.http.response.start")
    assert started.get("status") == (None if known else 403)


def test_on_a_trusted_network_everybody_may_have_everything(
    secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets.write("[access]\ntrusted_network = true\n")
    assert may_have("/media/x", host="10.0.0.1:8501")
    secrets.write(None)
    assert not may_have("/media/x", host="10.0.0.1:8501")
    monkeypatch.setenv("DASHBOARD_TRUSTED_NETWORK", "true")
    assert may_have("/media/x", host="10.0.0.1:8501")


@pytest.mark.parametrize("sent", [{}, {"cookie": cookie({"email": "eve@evil.org"})}])
def test_a_web_socket_of_another_path_is_refused(secrets: Secrets, sent: dict[str, str]) -> None:
    secrets.write(AUTH + ACCESS)
    headers = [(name.encode(), value.encode()) for name, value in {"host": "localhost", **sent}.items()]
    started = run(start_of("websocket", path="/elsewhere", server=("127.0.0.1", 1), headers=headers))
    assert started["status"] == 404
    assert dict(started["headers"])[b"x-frame-options"] == b"DENY"


def test_a_web_socket_is_refused_where_the_server_knows_only_to_close(secrets: Secrets) -> None:
    started = run(start_of("websocket", path="/_stcore/stream", server=("10.0.0.1", 1), extensions={}))
    assert started == {"type": "websocket.close", "code": 1008}
