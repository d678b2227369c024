"""A dashboard that takes no more viewers says so on the page, and lets in who waits when there is room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from modelarts_local import LocalService
from tests.browser.client import Client
from tests.browser.conftest import Visit, connected_to
from tests.browser.served import Dashboard


@pytest.fixture
def narrow(service: LocalService) -> Iterator[Dashboard]:
    """A dashboard with room for one session from here."""
    with Dashboard({**connected_to(service), "DASHBOARD_MAX_SESSIONS": "1"}) as running:
        yield running


def test_who_finds_no_room_is_told_and_gets_in_when_there_is(narrow: Dashboard, visit: Visit) -> None:
    screen = visit(narrow)
    with Client(narrow.url):
        screen.page.goto(narrow.url)
        told = screen.page.get_by_role("dialog")
        expect(told).to_contain_text("The dashboard takes no more viewers at the moment")
        expect(told).to_contain_text("this page tries again by itself")
    expect(screen.range_text).to_be_visible(timeout=60_000)
    expect(told).to_have_count(0)
