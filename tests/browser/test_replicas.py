"""Several replicas behind one address: a visitor stays on one, and moves with the view when that one ends."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.sync.client import connect

from modelarts_local import LocalService
from tests.browser.conftest import Visit, connected_to
from tests.browser.screen import Screen
from tests.browser.served import Dashboard
from tests.browser.sessions import ends_run
from tests.browser.test_server import as_bytes
from tests.browser.test_shared_load import wait_for_data
from tests.deploy.nginx import TRUSTED, Nginx
from tests.screens import naive

COOKIE = "modelarts_replica"
QUERY = "/?engine=PyTorch&sort_by=created&order=asc&per_page=10&page=2"


class Site:
    """Two replicas of a dashboard on one project, behind nginx."""

    def __init__(
        self,
        replicas: dict[str, Dashboard],
        nginx: Nginx,
        service: LocalService,
        of_prometheus: Mapping[str, str] | None = None,
    ) -> None:
        """`of_prometheus`: headers that open /metrics."""
        self.replicas, self.nginx, self.service, self._headers = replicas, nginx, service, of_prometheus

    def sessions(self, name: str) -> int:
        """How many sessions are open on a replica, by its own count."""
        address = f"{self.replicas[name].url}/metrics"
        text = requests.get(address, headers=self._headers, timeout=30).text
        found = re.search(r"^modelarts_dashboard_sessions (\d+)", text, re.MULTILINE)
        assert found, text
        return int(found[1])

    def replica_of(self, tab: Screen) -> str:
        """Which replica a tab's window is bound to."""
        cookies = tab.page.context.cookies()
        (name,) = [cookie["value"] for cookie in cookies if cookie["name"] == COOKIE]
        assert name in self.replicas
        return name

    def wanted(self) -> list[naive.Row]:
        """The rows of QUERY, of all pages."""
        rows = naive.listed(self.service, sortBy="create_time", order="asc")
        return [row for row in rows if naive.engine(row) == "PyTorch"]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Both replicas run, before and after each test."""
    shared = {"STREAMLIT_SERVER_COOKIE_SECRET": "the same on every replica"} | TRUSTED
    with (
        LocalService(configurations=320, seed=7) as service,
        Dashboard(connected_to(service) | shared) as first,
        Dashboard(connected_to(service) | shared) as second,
        Nginx("replicas.conf", {8501: first.port, 8502: second.port}) as nginx,
    ):
        yield Site({"1": first, "2": second}, nginx, service)


def look(tab: Screen, site: Site, folder: Path) -> None:
    """The tab shows page 2 of the wanted rows, and gives all of them to who downloads."""
    wanted = site.wanted()
    expect(tab.range_text).to_have_text(f"11–20 of {len(wanted)}")
    tab.expect_names([str(row["config_name"]) for row in wanted[10:20]])
    tab.expect_query(engine="PyTorch", sort_by=None, order="asc", per_page="10", page="2")
    assert json.loads(tab.download("json", folder).read_text(encoding="utf-8")) == wanted


def test_a_visitor_stays_on_a_replica_and_moves_when_it_ends(
    visit: Visit, site: Site, tmp_path: Path
) -> None:
    tabs: dict[str, Screen] = {}
    for _ in range(12):  # newcomers take turns, request by request
        tab = visit(site.nginx, ignore_https_errors=True).open(QUERY)
        tabs.setdefault(site.replica_of(tab), tab)
        if set(tabs) == set(site.replicas):
            break
    else:
        pytest.fail("all newcomers are sent to one replica")
    for name, tab in tabs.items():
        look(tab, site, tmp_path)
        assert site.replica_of(tab) == name
        assert site.sessions(name) >= 1
    for replica in site.replicas.values():
        wait_for_data(replica)
    pages = [
        request.query["page"] for request in naive.lists(site.service) if request.query["per_page"] == "1000"
    ]
    assert pages == ["1", "1"], "each replica loads the project once"

    moved, stayed = tabs["1"], tabs["2"]
    with moved.page.expect_websocket() as reconnected:
        site.replicas["1"].__exit__(None, None, None)
    with reconnected.value.expect_event("framereceived", is_end_of_run):
        pass  # a click before the end of the first run would be one on what the old session drew
    look(moved, site, tmp_path)
    assert site.replica_of(moved) == "2"

    site.replicas["1"].__enter__()
    wait_until(lambda: COOKIE not in site.nginx.get("/", cookies={COOKIE: "1"}).cookies)
    for tab in (moved, stayed):  # downloads go where the session is, although the first replica is back
        look(tab, site, tmp_path)
        assert site.replica_of(tab) == "2"
    assert {newcomer(site) for _ in range(4)} == {"1", "2"}


def is_end_of_run(frame: str | bytes) -> bool:
    """Whether this message says that a script run is over."""
    return ends_run(ForwardMsg.FromString(as_bytes(frame)))


def newcomer(site: Site) -> str:
    """Which replica somebody without a cookie is bound to; the next requests reach the same."""
    first = site.nginx.get("/")
    cookie = first.cookies[COOKIE]
    assert {"secure", "httponly", "samesite=lax"} <= set(
        re.split(r"; ?", first.headers["Set-Cookie"].lower())
    )
    for _ in range(3):
        again = site.nginx.get("/", cookies={COOKIE: cookie})
        assert COOKIE not in again.cookies
    lines = site.nginx.logged("/")[-3:]
    port = site.replicas[cookie].port
    assert [line.rsplit(":", 1)[1] for line in lines] == [str(port)] * 3
    return cookie


def test_a_cookie_that_names_no_replica_is_replaced(site: Site) -> None:
    for value in ("3", "127.0.0.1", "1|1"):
        answer = site.nginx.get("/", cookies={COOKIE: value})
        assert answer.status_code == 200
        assert answer.cookies[COOKIE] in site.replicas


def test_a_replica_that_hangs_is_left_for_the_other(site: Site) -> None:
    """Whoever is bound to it, and newcomers: within the 30 s that a request has here, by nginx's 5."""
    stopped = site.replicas["1"].process
    stopped.send_signal(signal.SIGSTOP)
    try:
        for cookies in ({COOKIE: "1"}, {}, {}):
            answer = site.nginx.get("/", cookies=cookies)
            assert (answer.status_code, answer.cookies[COOKIE]) == (200, "2")
    finally:
        stopped.send_signal(signal.SIGCONT)
    wait_until(lambda: COOKIE not in site.nginx.get("/", cookies={COOKIE: "1"}).cookies)


def test_a_replica_that_is_told_to_end_says_goodbye_with_a_code_at_which_browsers_come_again(
    site: Site,
) -> None:
    """And takes nobody any more: what goes to it is sent on at once."""
    leaving = site.replicas["2"]
    with connect(f"{leaving.url.replace('http', 'ws')}/_stcore/stream", proxy=None) as session:
        leaving.process.send_signal(signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as goodbye:
            session.recv(timeout=30)
    assert goodbye.value.rcvd is not None
    assert goodbye.value.rcvd.code == CloseCode.SERVICE_RESTART
    answer = site.nginx.get("/", cookies={COOKIE: "2"})
    assert (answer.status_code, answer.cookies[COOKIE]) == (200, "1")
    leaving.__exit__(None, None, None)
    leaving.__enter__()
    wait_until(lambda: COOKIE not in site.nginx.get("/", cookies={COOKIE: "2"}).cookies)


def wait_until(true: Callable[[], bool]) -> None:
    """Return when it is true."""
    limit = time.monotonic() + 30
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.1)
