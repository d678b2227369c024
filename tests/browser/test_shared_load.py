"""All viewers share one load: twenty sessions opening at once ask the service for as much as one does."""

from __future__ import annotations

import time

import requests

from modelarts_local import LocalService
from tests.browser.conftest import connected_to
from tests.browser.served import Dashboard
from tests.browser.sessions import open_at_once
from tests.screens import naive

CONFIGURATIONS = 2_300


def requests_for(sessions: int) -> list[tuple[str, str]]:
    """What the service is asked (rows and page) when so many sessions open a fresh dashboard at once."""
    with (
        LocalService(CONFIGURATIONS, seed=5, latency_ms=200) as service,
        Dashboard(connected_to(service)) as dashboard,
    ):
        sent = open_at_once(dashboard.url, sessions)
        wait_for_data(dashboard)
        later = open_at_once(dashboard.url, 1)
        assert all("of 2,300" in text for text in [*sent, *later])
        assert "2,300" in later[0]
        return sorted((request.query["per_page"], request.query["page"]) for request in naive.lists(service))


def wait_for_data(dashboard: Dashboard) -> None:
    """Return when an inventory is loaded."""
    limit = time.monotonic() + 60
    while requests.get(f"{dashboard.url}/healthz", timeout=30).json()["newest_data_age_seconds"] is None:
        assert time.monotonic() < limit, "nothing is loaded"
        time.sleep(0.1)


def test_twenty_sessions_ask_for_as_much_as_one() -> None:
    alone = requests_for(1)
    assert alone == [("1000", "1"), ("1000", "2"), ("1000", "3"), ("25", "1")]
    assert requests_for(20) == alone
