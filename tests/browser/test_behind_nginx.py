"""Behind the nginx configuration that is shipped: the dashboard over https, and who is let through."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from modelarts_local import LocalService
from tests.browser.conftest import Visit, connected_to
from tests.browser.served import Dashboard
from tests.browser.sessions import ends_run
from tests.deploy.nginx import HOST, TRUSTED, Nginx
from tests.screens import naive

STREAM = "/_stcore/stream"


@pytest.fixture(scope="module")
def proxied(service: LocalService) -> Iterator[Dashboard]:
    """A dashboard that others may look at, although nobody signs in."""
    with Dashboard(connected_to(service) | TRUSTED) as running:
        yield running


@pytest.fixture(scope="module")
def nginx(proxied: Dashboard) -> Iterator[Nginx]:
    """nginx in front of it."""
    with Nginx("upstream.conf", {8501: proxied.port}) as running:
        yield running


def open_stream(nginx: Nginx, origin: str | None, host: str = HOST) -> str:
    """Open a session from a page of `origin`; what the first script run says of its end."""
    trusted = ssl.create_default_context(cafile=str(nginx.authority))
    with (
        socket.create_connection(("127.0.0.1", nginx.port), timeout=30) as plain,
        connect(
            f"wss://{host}:{nginx.port}{STREAM}",
            sock=plain,
            origin=origin,  # type: ignore[arg-type]  # a NewType of str
            subprotocols=["streamlit"],  # type: ignore[list-item]  # the same
            ssl=trusted,
            max_size=None,
        ) as stream,
    ):
        question = BackMsg()
        question.rerun_script.query_string = ""
        stream.send(question.SerializeToString())
        while True:
            message = ForwardMsg.FromString(bytes(stream.recv(30)))  # type: ignore[arg-type]  # never text
            if ends_run(message):
                return ForwardMsg.ScriptFinishedStatus.Name(message.script_finished)


def test_the_overview_a_filter_and_a_download_over_https(
    visit: Visit, nginx: Nginx, service: LocalService, tmp_path: Any
) -> None:
    tab = visit(nginx, ignore_https_errors=True)  # this Chromium does not know our authority
    with tab.page.expect_websocket() as session:
        tab.open("/?sort_by=created&order=asc")
    wanted = [
        row
        for row in naive.listed(service, sortBy="create_time", order="asc")
        if naive.engine(row) == "PyTorch"
    ]
    tab.choose("engine", "PyTorch")
    expect(tab.range_text).to_have_text(f"1–25 of {len(wanted)}")
    tab.expect_query(engine="PyTorch")
    assert json.loads(tab.download("json", tmp_path).read_text(encoding="utf-8")) == wanted
    assert session.value.url == f"wss://{HOST}:{nginx.port}{STREAM}"
    assert not session.value.is_closed()
    assert tab.page.evaluate("isSecureContext")
    cookies = tab.page.context.cookies()
    assert cookies
    assert all(cookie["secure"] for cookie in cookies)


def test_the_answers_say_that_only_https_will_do(nginx: Nginx) -> None:
    for path in ("/", "/healthz", "/_stcore/health", "/_stcore/metrics"):
        answer = nginx.get(path)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000", path
        assert answer.headers["Server"] == "nginx"  # and not its version
        for cookie in answer.raw.headers.getlist("Set-Cookie"):
            assert "secure" in cookie.lower(), cookie


def test_http_is_sent_to_https_at_the_configured_name(nginx: Nginx) -> None:
    address = f"http://127.0.0.1:{nginx.plain_port}/connection?engine=PyTorch&page=2"
    answer = requests.get(address, headers={"Host": "evil.example"}, timeout=30, allow_redirects=False)
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"https://{HOST}/connection?engine=PyTorch&page=2"


def test_bundles_come_over_http_2_and_compressed(nginx: Nginx) -> None:
    trusted = ssl.create_default_context(cafile=str(nginx.authority))
    trusted.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", nginx.port), timeout=30) as plain,
        trusted.wrap_socket(plain, server_hostname=HOST) as secure,
    ):
        assert secure.selected_alpn_protocol() == "h2"
    page = nginx.get("/").text
    script = page.split('"./static/js/')[1].split('"')[0]
    answer = nginx.get(f"/static/js/{script}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_page_of_the_same_host_may_open_a_session(nginx: Nginx) -> None:
    assert open_stream(nginx, nginx.url) == "FINISHED_SUCCESSFULLY"
    assert open_stream(nginx, None) == "FINISHED_SUCCESSFULLY"  # no browser


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        f"https://{HOST}",  # without the port it is another origin
        f"https://{HOST}.evil.example:{{port}}",
        f"http://{HOST}:{{port}}",
        "null",
    ],
)
def test_a_page_of_another_host_may_not(nginx: Nginx, origin: str) -> None:
    with pytest.raises(InvalidStatus, match="HTTP 403") as refusal:
        open_stream(nginx, origin.replace("{port}", str(nginx.port)))
    assert b"<center>nginx</center>" in (refusal.value.response.body or b"")  # the dashboard was not asked


def test_streamlit_itself_refuses_a_foreign_page_too(proxied: Dashboard) -> None:
    """nginx only comes first: the dashboard's own check stays on."""
    with (
        pytest.raises(InvalidStatus, match="HTTP 403"),
        connect(f"ws://127.0.0.1:{proxied.port}{STREAM}", origin="https://evil.example", proxy=None),  # type: ignore[arg-type]  # a NewType of str
    ):
        pass


def test_another_host_name_gets_no_certificate(nginx: Nginx) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized.name"):
        open_stream(nginx, None, host="other.localhost")


def test_figures_are_for_this_machine_alone(nginx: Nginx) -> None:
    assert nginx.get("/_stcore/metrics").status_code == 404
    assert nginx.get("/metrics", source="127.0.0.2").status_code == 403
    assert "modelarts_dashboard_build_info" in nginx.get("/metrics").text
    assert nginx.get("/healthz", source="127.0.0.2").json()["status"] == "ok"


def test_no_upload_is_taken(nginx: Nginx) -> None:
    assert nginx.request("POST", "/_stcore/upload_file", data=b"x" * 2_000_000).status_code == 413


def test_the_log_holds_no_query(nginx: Nginx) -> None:
    nginx.get("/?search=secret-project&code=of-a-sign-in")
    assert nginx.logged("/")
    assert "secret-project" not in nginx.log.read_text()


def test_who_comes_while_the_dashboard_is_away_is_told() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # and does not listen
        with Nginx("upstream.conf", {8501: nobody.getsockname()[1]}) as nginx:
            for path in ("/", STREAM):
                answer = nginx.get(path)
                assert answer.status_code == 503
                assert answer.headers["Retry-After"] == "5"
                assert "try again in a moment" in answer.text
