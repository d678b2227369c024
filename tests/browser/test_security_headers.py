"""What a browser is told to keep out, on every answer of a real server, and that it does keep it out."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import requests
from playwright.sync_api import Browser, Page
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from dashboard.server.headers import security_headers
from tests.browser.served import Dashboard

PATHS = {
    "/": 200,
    "/connection": 200,
    "/nowhere/at/all": 200,
    "/connection/": 301,
    "/favicon.png": 200,
    "/healthz": 200,
    "/media/none.csv": 404,
    "/auth/login": 404,
    "/_stcore/health": 200,
    "/_stcore/host-config": 200,
    "/_stcore/metrics": 401,
    "/_stcore/agent/none": 404,
    "/_stcore/bidi-components/none/x.js": 404,
    "/_stcore/upload_file/a/b": 404,
    "/..%5c..%5cetc": 400,
}
INSERT = """([tag, url]) => new Promise(resolve => {
  const told = event => resolve(event.effectiveDirective);
  document.addEventListener('securitypolicyviolation', told, { once: true });
  const element = document.createElement(tag);
  element.src = url;
  // A frame that is blocked loads an empty page, sometimes before the violation is told.
  element.onload = () => setTimeout(() => resolve('loaded'), 5000);
  document.body.append(element);
})"""
RUN = """code => new Promise(resolve => {
  const told = event => resolve(event.effectiveDirective);
  document.addEventListener('securitypolicyviolation', told, { once: true });
  const script = document.createElement('script');
  script.textContent = code;
  document.body.append(script);
  setTimeout(() => resolve(window.hasRun ? 'has run' : 'nothing'), 1000);
})"""


def assert_secured(headers: requests.structures.CaseInsensitiveDict[str]) -> None:
    for name, value in security_headers():
        assert headers[name] == value


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_secured(dashboard: Dashboard, path: str) -> None:
    answer = requests.get(dashboard.url + path, timeout=30, allow_redirects=False)
    assert answer.status_code == PATHS[path]
    assert_secured(answer.headers)
    other = requests.request("PROPFIND", dashboard.url + path, timeout=30, allow_redirects=False)
    assert_secured(other.headers)


def test_a_bundle_from_memory_is_secured(dashboard: Dashboard) -> None:
    path = "/_stcore/bidi-components/streamlit-plotly-basic.chart/chart.js"
    for _ in range(2):
        answer = requests.get(dashboard.url + path, headers={"Accept-Encoding": "gzip"}, timeout=30)
        assert answer.headers["Content-Encoding"] == "gzip"
        assert_secured(answer.headers)


@pytest.mark.parametrize(
    ("path", "origin"), [("/_stcore/stream", "https://evil.example.com"), ("/elsewhere", None)]
)
def test_a_web_socket_that_is_not_opened_is_secured(
    dashboard: Dashboard, path: str, origin: str | None
) -> None:
    address = dashboard.url.replace("http", "ws", 1) + path
    with pytest.raises(InvalidStatus) as refused, connect(address, origin=origin, proxy=None):  # type: ignore[arg-type]  # a NewType of str
        pass
    response = refused.value.response
    assert response.status_code in {403, 404}
    for name, value in security_headers():
        assert response.headers[name] == value


def test_a_page_from_elsewhere_makes_the_dashboard_ask_nobody(elsewhere: Elsewhere) -> None:
    """Streamlit would ask a host on the internet for its own address first, through the proxy that is set."""
    with Dashboard({"HTTP_PROXY": elsewhere.url, "HTTPS_PROXY": elsewhere.url}) as asked:
        address = asked.url.replace("http", "ws", 1) + "/_stcore/stream"
        foreign = "https://evil.example.com"
        with pytest.raises(InvalidStatus, match="403"), connect(address, origin=foreign, proxy=None):  # type: ignore[arg-type]  # a NewType of str
            pass
        assert "checkip" not in asked.output
        assert "external IP" not in asked.output
    assert elsewhere.asked == []


class Elsewhere:
    """Another host: it notes who asks it for something, and would give everything."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<p>framed</p>")

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    host = Elsewhere()
    yield host
    host.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab that nobody watches for violations: here they are wanted."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_nothing_foreign_is_loaded_and_no_inline_script_runs(
    page: Page, dashboard: Dashboard, elsewhere: Elsewhere
) -> None:
    page.goto(dashboard.url)
    # What the live page itself tries while it starts is not asked about here.
    page.wait_for_function(
        "() => !document.getElementById('first-view') && document.querySelector('.st-key-rows table')"
    )
    blocked = {
        tag: page.evaluate(INSERT, [tag, f"{elsewhere.url}/{tag}"])
        for tag in ("img", "script", "iframe", "embed", "video")
    }
    assert blocked == {
        "img": "img-src",
        "script": "script-src-elem",
        "iframe": "frame-src",
        "embed": "object-src",
        "video": "media-src",
    }
    assert page.evaluate(RUN, "window.hasRun = true") == "script-src-elem"
    assert "blocked" in page.evaluate(
        "url => fetch(url, {mode: 'no-cors'}).then(() => 'sent', error => `blocked: ${error}`)", elsewhere.url
    )
    assert elsewhere.asked == []


def test_no_other_page_frames_the_dashboard(page: Page, dashboard: Dashboard, elsewhere: Elsewhere) -> None:
    page.goto(elsewhere.url)
    page.evaluate(
        """url => new Promise(resolve => {
          const frame = document.createElement('iframe');
          frame.src = url;
          frame.onload = () => resolve();
          document.body.append(frame);
        })""",
        dashboard.url,
    )
    (frame,) = page.main_frame.child_frames
    assert frame.url.startswith("chrome-error://")
