"""What the server gives away: compressed bundles, a health check, and the token to nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Request, WebSocket, expect

from modelarts_local import LocalService
from tests.browser.conftest import TOKEN, Visit, connected_to
from tests.browser.served import Dashboard

CHART_BUNDLE = "/_stcore/bidi-components/streamlit-plotly-basic.chart/plotly-basic-4.1.1.min.js"


def test_static_bundles_come_compressed_to_who_accepts_it(dashboard: Dashboard) -> None:
    page = requests.get(dashboard.url, timeout=30).text
    scripts = re.findall(r'(?:src|href)="\.?/?(static/(?:js|css)/[^"]+)"', page)
    assert scripts
    for path in [f"/{scripts[0]}", CHART_BUNDLE]:
        packed = requests.get(dashboard.url + path, headers={"Accept-Encoding": "gzip"}, timeout=30)
        plain = requests.get(dashboard.url + path, headers={"Accept-Encoding": "identity"}, timeout=30)
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert packed.content == plain.content
        assert int(packed.headers["Content-Length"]) < len(plain.content) / 2


def test_healthz_answers_without_secrets(visit: Visit, dashboard: Dashboard, service: LocalService) -> None:
    visit(dashboard).open()
    answer = requests.get(f"{dashboard.url}/healthz", timeout=30)
    body = answer.json()
    assert answer.status_code == 200
    assert body["status"] == "ok"
    assert body["connections"] == 1
    assert re.fullmatch(r"\d+\.\d+.*", body["version"])
    assert 0 <= body["newest_data_age_seconds"] <= body["oldest_data_age_seconds"]
    for secret in (TOKEN, service.url, service.project_id):
        assert secret not in answer.text


@pytest.fixture
def guarded_service() -> Iterator[LocalService]:
    """A project that is shown to the token only."""
    with LocalService(60, seed=3, token=TOKEN) as running:
        yield running


def test_the_token_reaches_the_service_and_nobody_else(
    visit: Visit, guarded_service: LocalService, tmp_path: Path
) -> None:
    with Dashboard(connected_to(guarded_service), ("--logger.level=debug",)) as talkative:
        tab, received = visit(talkative), []

        def listen(socket: WebSocket) -> None:
            socket.on("framereceived", lambda frame: received.append(as_bytes(frame)))
            socket.on("framesent", lambda frame: received.append(as_bytes(frame)))

        def keep(request: Request) -> None:
            if "/static/" not in request.url and "/bidi-components/" not in request.url:
                response = request.response()
                received.append(request.url.encode())
                received.append(str(response.all_headers() if response else "").encode())

        tab.page.on("websocket", listen)
        tab.page.on("requestfinished", keep)
        tab.open()
        received.append(tab.download("json", tmp_path).read_bytes())
        tab.click_row(0)
        expect(tab.drawer.get_by_text("Raw JSON", exact=True)).to_be_visible()
        tab.page.keyboard.press("Escape")
        expect(tab.drawer).to_have_count(0)
        tab.expect_query(config=None)  # until then the next request would ask for it again
        echo = {"error_code": "APIG.0301", "error_msg": f"the token {TOKEN} is not accepted"}
        with guarded_service.fail(401, echo):
            tab.of("refresh").get_by_role("button").click()
            expect(tab.page.get_by_text("renewing it failed")).to_be_visible()
            received.append(tab.page.content().encode())
        tab.page.get_by_test_id("stHeader").get_by_role("link", name="Connection").click()
        expect(tab.facts).to_be_visible()
        received.append(tab.page.content().encode())
        received.append(talkative.output.encode())

    assert {request.headers["x-auth-token"] for request in guarded_service.requests} == {TOKEN}
    everything = b"\n".join(received)
    assert guarded_service.project_id.encode() in everything
    assert b"is not accepted" in everything
    assert TOKEN.encode() not in everything


def as_bytes(frame: str | bytes) -> bytes:
    """A frame's content."""
    return frame.encode() if isinstance(frame, str) else frame
