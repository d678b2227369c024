"""An application with routes of every kind behind the gate, and secrets.toml as a test wants it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket
from streamlit import config
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from dashboard.server import rules
from dashboard.server.gate import Gate
from dashboard.server.headers import SecurityHeaders, failed
from tests.dashboard.asgi import Answer, call, run

ORIGIN = "https://dashboard.example.com"
SECRET = "0123456789abcdef0123456789abcdef"
TOKEN = "metrics-token-0123456789-0123456789"
AUTH = f"""
[auth]
redirect_uri = "{ORIGIN}/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "dashboard"
client_secret = "client-secret"
server_metadata_url = "https://login.example.com/.well-known/openid-configuration"
"""
ACCESS = '[access]\nemails = ["anna@example.com"]\n'
CLAIMS = {"origin": ORIGIN, "is_logged_in": True, "email": "anna@example.com", "provider": "default"}
COOKIE = "_streamlit_user"
DATA = "what only viewers may have"

OPEN = (
    "/",
    "/connection",
    "/connection?engine=PyTorch",
    "/static/js/index.js",
    "/favicon.png",
    "/healthz",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/bidi-components/chart.js",
)
SIGN_IN = ("/auth/login", "/auth/logout", "/oauth2callback")
CLOSED = (
    "/report",
    "/report?x=/healthz",
    "/media/0123.csv",
    "/media/deep/0123.csv",
    "/_stcore/agent/interact",
    "/broken",
)


class Secrets:
    """secrets.toml: `write` replaces it, None removes it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, text: str | bytes | None) -> None:
        if text is None:
            self.path.unlink(missing_ok=True)
        else:
            self.path.write_bytes(text.encode() if isinstance(text, str) else text)
        st.secrets._reset()


@contextmanager
def options(values: Mapping[str, Any]) -> Iterator[None]:
    """Streamlit's options as they are wanted, and afterwards as they were."""
    before = {name: config.get_option(name) for name in values}
    try:
        for name, value in values.items():
            config.set_option(name, value)
        yield
    finally:
        for name, value in before.items():
            config.set_option(name, value)


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Secrets]:
    """A secrets.toml of the test's own, not there yet; afterwards the process has none again."""
    path = tmp_path / "secrets.toml"
    monkeypatch.delenv("DASHBOARD_TRUSTED_NETWORK", raising=False)
    monkeypatch.setitem(rules._at_start, "sign_in", False)
    monkeypatch.setattr(type(st.secrets), "_maybe_install_file_watchers", lambda _self: None)
    with options({"secrets.files": [str(path)]}):
        st.secrets._reset()
        yield Secrets(path)
    st.secrets._reset()


def cookie(claims: Mapping[str, Any] | None = None, secret: str = SECRET, name: str = COOKIE) -> str:
    """The Cookie header of somebody with these claims on top of Anna's, signed as Streamlit does."""
    value = json.dumps({**CLAIMS, **(claims or {})})
    return f"{COOKIE}={create_signed_value(secret, name, value).decode()}"


async def data(_request: Request) -> Response:
    return PlainTextResponse(DATA)


async def broken(_request: Request) -> Response:
    raise RuntimeError("the reason is nobody's business")


async def redirected(_request: Request) -> Response:
    return RedirectResponse("/")


async def stream(socket: WebSocket) -> None:
    await socket.accept()


async def page(scope: Any, receive: Any, send: Any) -> None:
    await PlainTextResponse("the page that is the same for every address")(scope, receive, send)


def site() -> Starlette:
    """Routes of ours, routes as Streamlit has them, and its bundles and page for every other address."""
    paths = (
        "/healthz",
        "/metrics",
        "/report",
        "/_stcore/health",
        "/_stcore/host-config",
        "/_stcore/metrics",
        "/_stcore/agent/interact",
        "/_stcore/bidi-components/chart.js",
        "/_stcore/upload_file/session/file",
        "/media/{file_id:path}",
        "/auth/login",
        "/auth/logout",
        "/oauth2callback",
    )
    return Starlette(
        routes=[
            *(Route(path, data, methods=["GET", "POST", "PUT"]) for path in paths),
            Route("/broken", broken),
            Route("/redirected", redirected),
            WebSocketRoute("/_stcore/stream", stream),
            Mount("/", page, name="static-assets"),
        ],
        middleware=[Middleware(SecurityHeaders), Middleware(Gate)],
        exception_handlers={Exception: failed},
    )


def get(path: str, *, host: str = "dashboard.example.com", method: str = "GET", **headers: str) -> Answer:
    """One request to the site."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return run(call(site(), path, {"host": host, **given}, method))


def may_have(path: str, **headers: str) -> bool:
    """Whether a request is answered; what is not answered tells nothing of what only viewers may have."""
    answer = get(path, **headers)
    assert (answer.status == 200) or (
        DATA.encode() not in answer.body and answer.status in {401, 403, 404, 503}
    )
    return answer.status == 200
