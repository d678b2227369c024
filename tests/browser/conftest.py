"""One browser for all tests, dashboards on services with known content, and a screen for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, Request

from modelarts_local import LocalService
from tests.browser.screen import Screen
from tests.browser.served import Dashboard

TOKEN = "token-that-nobody-may-see"
PATIENCE_MS = 30_000
WINDOW: dict[str, Any] = {
    "viewport": {"width": 1440, "height": 1000},
    "color_scheme": "light",
    "timezone_id": "Europe/Berlin",
    "reduced_motion": "reduce",  # without a graphics card each frame of an animation is computed
}

Visit = Callable[..., Screen]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def service() -> Iterator[LocalService]:
    """A project of 320 configurations, the same in every run of a day. For reading only."""
    with LocalService(configurations=320, seed=7) as running:
        yield running


@pytest.fixture(scope="session")
def dashboard(service: LocalService) -> Iterator[Dashboard]:
    """A dashboard connected to the service through the environment, started as users start it."""
    with Dashboard(connected_to(service) | {"DASHBOARD_PRELOAD": "true"}, own_python=True) as running:
        yield running


def connected_to(service: LocalService) -> dict[str, str]:
    """The environment variables that connect a dashboard to a service."""
    return {
        "MODELARTS_ENDPOINT": service.url,
        "MODELARTS_PROJECT_ID": service.project_id,
        "MODELARTS_TOKEN": TOKEN,
    }


class Windows:
    """Browser windows at 1440 px, light, in Berlin, or with other options; one for all that want the same.

    The tabs of a window share its cookies and what the browser has loaded: most of what a test would take.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._shared: dict[str, BrowserContext] = {}

    def new(self, **options: Any) -> BrowserContext:
        """Return a window that nobody else has; to be closed."""
        context = self._browser.new_context(**WINDOW | options)
        context.set_default_timeout(PATIENCE_MS)
        return context

    def shared(self, **options: Any) -> BrowserContext:
        """Return the window of these options."""
        key = repr(sorted(options.items()))
        if key not in self._shared:
            self._shared[key] = self.new(**options)
        return self._shared[key]


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Windows:
    """The windows of this run. They close with the browser."""
    return Windows(browser)


@pytest.fixture(scope="session")
def window(windows: Windows) -> BrowserContext:
    """The window that most tests share."""
    return windows.shared()


@pytest.fixture
def visit(windows: Windows) -> Iterator[Visit]:
    """Open a tab on a dashboard; with options of the context, or others `beside` it, in a new window.

    Whatever a test does: nothing is asked of another host, save those `beside` it; no script fails, no dialog
    opens, and the content security policy has nothing to stop.
    """
    opened: list[tuple[Page, Screen, list[str]]] = []
    own: list[BrowserContext] = []

    def open_tab(dashboard: Dashboard, beside: tuple[str, ...] = (), **options: Any) -> Screen:
        if options.keys() <= {"color_scheme"} and not beside:
            context = windows.shared(**options)
        else:  # cookies, or what the browser remembers of the sidebar, are what these tests are about
            context = windows.new(**options)
            own.append(context)
        incidents: list[str] = []
        page = context.new_page()
        page.on("request", lambda request: incidents.extend(strays(request, dashboard.url, beside)))
        at_home = (dashboard.url, *beside)
        page.on("websocket", lambda socket: incidents.extend(foreign(socket.url, *at_home)))
        page.on("pageerror", lambda error: incidents.append(f"script error: {error}"))
        page.on("dialog", lambda dialog: dismiss(dialog, incidents))
        page.on("console", lambda message: incidents.extend(violations(message)))
        opened.append((page, Screen(page, dashboard.url), incidents))
        return opened[-1][1]

    yield open_tab
    for page, _, _ in opened:
        page.close()
    for context in own:
        context.close()
    assert [incident for _, _, incidents in opened for incident in incidents] == []


def dismiss(dialog: Dialog, incidents: list[str]) -> None:
    """Close a dialog that a script has opened, and take note of it."""
    incidents.append(f"dialog: {dialog.message}")
    dialog.dismiss()


def foreign(url: str, *homes: str) -> list[str]:
    """The address if it leads to another host."""
    parts = urlsplit(url)
    if parts.scheme in {"data", "blob"} or parts.netloc in {urlsplit(home).netloc for home in homes}:
        return []
    return [f"request to {url[:200]}"]


def strays(request: Request, home: str, beside: tuple[str, ...]) -> list[str]:
    """The address of a request to another host; a page beside the dashboard may ask for what it likes."""
    if beside and (request.url.startswith(beside) or request.frame.url.startswith(beside)):
        return []
    return foreign(request.url, home)


def violations(message: ConsoleMessage) -> list[str]:
    """What the content security policy has stopped: the browser says so in the console."""
    told = "Content Security Policy" in message.text or "Permissions policy" in message.text
    return [f"console: {message.text[:300]}"] if told else []


@pytest.fixture
def screen(visit: Visit, dashboard: Dashboard) -> Screen:
    """A tab for the dashboard that all share; nothing is opened yet."""
    return visit(dashboard)
