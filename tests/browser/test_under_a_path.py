"""Below a path of a host name (`server.baseUrlPath`), behind the nginx configuration as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from modelarts_local import LocalService
from tests.browser.conftest import Visit, connected_to
from tests.browser.served import Dashboard
from tests.deploy.nginx import HOST, TRUSTED, Nginx
from tests.screens import naive

BASE = "/modelarts"


@pytest.fixture(scope="module")
def below(service: LocalService) -> Iterator[Dashboard]:
    """A dashboard below the path."""
    with Dashboard(connected_to(service) | TRUSTED, ("--server.baseUrlPath=modelarts",)) as running:
        yield running


@pytest.fixture(scope="module")
def nginx(below: Dashboard) -> Iterator[Nginx]:
    """nginx in front of it."""
    with Nginx("upstream.conf", {8501: below.port}) as running:
        yield running


def test_the_overview_a_filter_and_a_download(
    visit: Visit, nginx: Nginx, service: LocalService, tmp_path: Path
) -> None:
    tab = visit(nginx, ignore_https_errors=True)
    with tab.page.expect_websocket() as session:
        tab.open(f"{BASE}/?sort_by=created&order=asc")
    assert session.value.url == f"wss://{HOST}:{nginx.port}{BASE}/_stcore/stream"
    tab.choose("engine", "PyTorch")
    rows = naive.listed(service, sortBy="create_time", order="asc")
    wanted = [row for row in rows if naive.engine(row) == "PyTorch"]
    expect(tab.range_text).to_have_text(f"1–25 of {len(wanted)}")
    assert json.loads(tab.download("json", tmp_path).read_text(encoding="utf-8")) == wanted
    link = tab.of("download_json").get_by_role("link").get_attribute("href") or ""
    download = nginx.get(f"{BASE}/{link}")
    assert download.json() == wanted
    assert download.headers["Cache-Control"] == "private, no-store"
    tab.page.get_by_test_id("stHeader").get_by_role("link", name="Connection", exact=True).click()
    expect(tab.facts).to_be_visible()
    assert tab.page.url.startswith(f"{nginx.url}{BASE}/connection")


def test_health_and_figures_answer_there_and_at_the_dashboards_own_port(
    nginx: Nginx, below: Dashboard
) -> None:
    assert nginx.get(f"{BASE}/healthz", source="127.0.0.2").json()["status"] == "ok"
    assert "modelarts_dashboard_build_info" in nginx.get(f"{BASE}/metrics").text
    assert nginx.get(f"{BASE}/metrics", source="127.0.0.2").status_code == 403
    assert nginx.get(f"{BASE}/_stcore/metrics").status_code == 404
    assert requests.get(f"{below.url}/healthz", timeout=30).json()["status"] == "ok"
    assert "modelarts_dashboard_build_info" in requests.get(f"{below.url}/metrics", timeout=30).text


def test_every_answer_has_the_security_headers(nginx: Nginx) -> None:
    for path in ("/", "/healthz", "/metrics", "/media/nothing", "/_stcore/health", "/_stcore/upload_file/x"):
        headers = nginx.get(BASE + path).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
    assert nginx.get(f"{BASE}/media/nothing").headers["Cache-Control"] == "private, no-store"


def test_a_page_of_another_host_opens_no_session(nginx: Nginx) -> None:
    asked = {"Upgrade": "websocket", "Origin": "https://evil.example"}
    answer = nginx.get(f"{BASE}/_stcore/stream", headers=asked)
    assert (answer.status_code, answer.headers["Server"]) == (403, "nginx")
    assert "<center>nginx</center>" in answer.text
