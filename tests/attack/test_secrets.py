"""Secrets in configurations: no piece of one is in anything that the server sends or logs."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import requests

from modelarts_local import LocalService
from tests.attack.planted import NAME, SEEN, TROUBLE, Planted
from tests.browser.client import Client
from tests.browser.served import Dashboard

SECONDS = 60
MASK = "••• (secret key, 40 characters)"


@pytest.fixture(scope="module")
def planted() -> Planted:
    return Planted()


@pytest.fixture(scope="module")
def service(planted: Planted) -> Iterator[LocalService]:
    with LocalService(planted.rows) as running:
        yield running


@pytest.fixture(scope="module")
def dashboard(service: LocalService) -> Iterator[Dashboard]:
    """A dashboard of the project, which logs all that it can."""
    environment = {
        "MODELARTS_ENDPOINT": service.url,
        "MODELARTS_PROJECT_ID": service.project_id,
        "MODELARTS_TOKEN": "own-0123456789abcdef",
        "DASHBOARD_AUDIT_DETAILS": "true",
    }
    with Dashboard(environment, ("--logger.level=debug",)) as running:
        yield running


def sent(client: Client, *queries: str, page: str = "") -> bytes:
    """All that a session is sent for some addresses, one after the other."""
    for query in queries:
        client.run(query, **({"page_name": page} if page else {}))
    return b"".join(message.SerializeToString() for message in client.received)


def unpacked(body: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


def assert_clean(planted: Planted, data: bytes, *shown: str) -> None:
    """Nothing secret is in it; what is to be seen is, so what is looked for would be found."""
    for text in shown:
        assert text.encode() in data, text
    assert planted.found_in(data) == {}


def test_the_search_finds_what_is_there(planted: Planted, service: LocalService) -> None:
    address = f"{service.url}/v1/{service.project_id}/training-job-configs"
    listed = requests.get(address, timeout=SECONDS).content
    detail = requests.get(f"{address}/{NAME}", timeout=SECONDS).content
    places = set(planted.secrets) - {"an error", "a cut error"}
    assert set(planted.found_in(listed)) | set(planted.found_in(detail)) == places
    assert "a name" in planted.found_in(planted.secrets["a name"][3:11].encode("utf-16-le"))


def test_sessions_are_sent_no_secret(planted: Planted, service: LocalService, dashboard: Dashboard) -> None:
    hidden = planted.named.replace(planted.secrets["a name"], MASK)
    with Client(dashboard.url) as client:
        details = (f"config={quote(name)}" for name in (NAME, hidden, "odd", "nobody"))
        data = sent(client, "", *details, f"contains={planted.secrets['user_command'][:7]}")
        assert_clean(planted, data, MASK, SEEN, NAME, "Run parameters")
    with Client(dashboard.url) as client:
        assert_clean(planted, sent(client, "", page="connection"), service.project_id)


def test_findings_tell_secrets_without_showing_them(planted: Planted, dashboard: Dashboard) -> None:
    limit = time.monotonic() + SECONDS
    data = b""
    with Client(dashboard.url) as client:
        # The audit of the details comes in the background; SEC002 is about these.
        while b"SEC002" not in data or b"SEC001" not in data:
            assert time.monotonic() < limit
            data = sent(client, "", page="findings")
        details = f"config={NAME}&finding=SEC002"
        data += sent(client, "check=SEC001", "check=SEC002", details, page="findings")
        assert_clean(planted, data, "What to do", "<mark>", "secret key")


@pytest.mark.parametrize("ending", ["csv", "json", "xlsx"])
def test_downloads_have_no_secret(planted: Planted, dashboard: Dashboard, ending: str) -> None:
    answer = requests.get(f"{dashboard.url}/export.{ending}", timeout=SECONDS)
    assert answer.status_code == 200, answer.text[:500]
    data = unpacked(answer.content) if ending == "xlsx" else answer.content
    assert_clean(planted, data, MASK, SEEN)


def test_error_pages_and_screens_after_failures_have_no_secret(
    planted: Planted, service: LocalService, dashboard: Dashboard
) -> None:
    envelope = {"is_success": False, "error_code": "ModelArts.0104", "error_msg": planted.said}
    for body, status in ((envelope, 400), (f"<html>{planted.said}", 400), (lambda true: true[:-40], None)):
        with service.fail(status, body), Client(dashboard.url) as client:
            query = f"search={TROUBLE}{status}{type(body).__name__}"
            page = requests.get(f"{dashboard.url}/export.csv?{query}", timeout=SECONDS)
            assert_clean(planted, page.content + sent(client, query, f"{query}&config={TROUBLE}"), "Retry")


def test_logs_and_metrics_have_no_secret(planted: Planted, dashboard: Dashboard) -> None:
    for path in ("/", "/healthz", "/metrics", f"/nowhere/{NAME}"):
        answer = requests.get(f"{dashboard.url}{path}", timeout=SECONDS)
        assert_clean(planted, answer.content + str(answer.headers).encode())
    assert "modelarts_dashboard_rows" in requests.get(f"{dashboard.url}/metrics", timeout=SECONDS).text
    assert_clean(planted, dashboard.output.encode(), "uvicorn")
