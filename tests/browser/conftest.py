"""One browser for all tests, a dashboard on a service with known content, and a fresh screen each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from modelarts_api.local import LocalService
from tests.browser.chromium import find
from tests.browser.served import Dashboard, Screen

SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless."""
    path = find()
    assert path, "no Chromium: run the browser tests through `make`, which finds or installs one"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(SWITCHES))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def service() -> Iterator[LocalService]:
    """A project of 320 configurations, the same in every run of a day."""
    with LocalService(configurations=320, seed=7) as running:
        yield running


@pytest.fixture(scope="session")
def dashboard(service: LocalService) -> Iterator[Dashboard]:
    """A dashboard connected to the service through the environment."""
    with Dashboard(connected_to(service)) as running:
        yield running


def connected_to(service: LocalService) -> dict[str, str]:
    """The environment variables that connect a dashboard to a service."""
    return {
        "MODELARTS_ENDPOINT": service.url,
        "MODELARTS_PROJECT_ID": service.project_id,
        "MODELARTS_TOKEN": "token-for-tests",
    }


@pytest.fixture
def screen(browser: Browser, dashboard: Dashboard) -> Iterator[Screen]:
    """A fresh browser context at 1440 px, light, in Berlin."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 1000}, color_scheme="light", timezone_id="Europe/Berlin"
    )
    yield Screen(context.new_page(), dashboard.url)
    context.close()
