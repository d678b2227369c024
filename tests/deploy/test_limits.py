"""How many sessions: what nginx, the unit and the dashboard say agrees, and nginx refuses in words."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response
from websockets.sync.client import connect

from dashboard.server import run_queue, sessions
from tests.browser.served import Dashboard
from tests.deploy import unit
from tests.deploy.nginx import HOST, SHIPPED, TRUSTED, Nginx

UNIT = SHIPPED.parent / "modelarts-dashboard@.service"


class Narrow(Nginx):
    """nginx with lower numbers: of sessions, or of openings at once."""

    def __init__(self, port: int, directive: str, number: int) -> None:
        super().__init__("upstream.conf", {8501: port})
        self._directive, self._number = directive, number

    def _adapted(self, text: str, folder: Path) -> str:
        text, count = re.subn(
            rf"({self._directive})\d+", rf"\g<1>{self._number}", super()._adapted(text, folder)
        )
        assert count <= 1
        self.is_narrow = getattr(self, "is_narrow", False) or count == 1
        return text.replace("rate=20r/s", "rate=1r/m")  # no machine is so slow that another one comes due


@pytest.fixture(scope="module")
def dashboard() -> Iterator[Dashboard]:
    """A dashboard with the sample project, under the name that nginx has."""
    with Dashboard(TRUSTED) as running:
        yield running


@contextmanager
def opened(nginx: Nginx) -> Iterator[None]:
    """A session through nginx, as a page of it opens one."""
    trusted = ssl.create_default_context(cafile=str(nginx.authority))
    with connect(
        f"wss://{HOST}:{nginx.port}/_stcore/stream",
        sock=socket.create_connection(("127.0.0.1", nginx.port)),
        ssl=trusted,
        server_hostname=HOST,
        subprotocols=["streamlit"],  # type: ignore[list-item]  # a NewType of str
        proxy=None,
    ):
        yield


def refusal(nginx: Nginx) -> Response:
    with pytest.raises(InvalidStatus) as refused, opened(nginx):
        pass
    return refused.value.response


def assert_in_words(response: Response) -> None:
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "15"
    assert b"Too many sessions from this address" in response.body


def test_one_address_gets_so_many_sessions(dashboard: Dashboard) -> None:
    with Narrow(dashboard.port, "limit_conn modelarts_sessions ", 3) as nginx, ExitStack() as stack:
        assert nginx.is_narrow
        for _ in range(3):
            stack.enter_context(opened(nginx))
        assert_in_words(refusal(nginx))
        assert nginx.get("/healthz").json()["sessions"] == 3


def test_one_address_opens_so_many_at_once(dashboard: Dashboard) -> None:
    with Narrow(dashboard.port, "burst=", 2) as nginx:
        assert nginx.is_narrow
        for _ in range(3):
            with opened(nginx):
                pass
        assert_in_words(refusal(nginx))
        assert nginx.get("/healthz").status_code == 200


def test_nginx_and_the_dashboard_say_the_same() -> None:
    text = (SHIPPED / "dashboard.conf").read_text(encoding="utf-8")
    found = re.search(r"limit_conn modelarts_sessions (\d+);", text)
    assert found
    assert int(found[1]) == sessions.MAX_SESSIONS // sessions.ADDRESS_SHARE


def test_the_unit_has_room_for_the_threads_and_the_sessions() -> None:
    told = unit.read_service(UNIT)
    assert int(told["TasksMax"][0]) >= 2 * run_queue.MAX_THREADS
    assert int(told["LimitNOFILE"][0]) > 7 * sessions.MAX_SESSIONS  # a browser has six connections beside it
