"""/metrics of a running server: open sessions, and several connections apart."""

from __future__ import annotations

import re
import time
from pathlib import Path

import requests
from websockets.sync.client import connect

from modelarts_local import LocalService
from tests.browser.served import Dashboard
from tests.browser.sessions import open_at_once
from tests.browser.test_shared_load import wait_for_data

TOKEN = "token-that-nobody-may-see"


def test_connections_are_told_apart_and_sessions_counted(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.toml"
    with LocalService(40, token=TOKEN) as first, LocalService(50, token=TOKEN) as second:
        tables = [
            f'[connections.{name}]\nendpoint = "{service.url}"\nproject_id = "{service.project_id}"\n'
            f'token = "{TOKEN}"\n'
            for name, service in (("first", first), ("second", second))
        ]
        secrets.write_text("\n".join([*tables, '[connections.unfinished]\ntoken = "x"\n']), encoding="utf-8")
        with Dashboard(options=(f"--secrets.files={secrets}",)) as dashboard:
            assert figure(dashboard, "sessions") == 0
            open_at_once(dashboard.url, 1)
            wait_for_data(dashboard)
            assert figure(dashboard, "loads_succeeded_total", "first") == 1
            assert figure(dashboard, "rows", "first") == 40
            assert figure(dashboard, "loads_started_total", "second") == 0
            assert figure(dashboard, "service_requests_total", "second") == len(second.requests) == 0
            assert figure(dashboard, "connections") == 2
            assert figure(dashboard, "unusable_connections") == 1
            with connect(f"{dashboard.url.replace('http', 'ws')}/_stcore/stream", proxy=None):
                limit = time.monotonic() + 10
                while figure(dashboard, "sessions") != 1:
                    assert time.monotonic() < limit
                    time.sleep(0.05)


def figure(dashboard: Dashboard, name: str, connection: str = "") -> float:
    """One sample."""
    text = requests.get(f"{dashboard.url}/metrics", timeout=30).text
    labels = f'{{connection="{connection}"}}' if connection else ""
    found = re.search(rf"^modelarts_dashboard_{name}{re.escape(labels)} (\S+)$", text, re.MULTILINE)
    assert found, text
    return float(found[1])
