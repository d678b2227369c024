"""One browser for all tests, dashboards on services with known content, and a screen for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Error, Page, Request

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
    """Browser windows at 1440 px, light, in Berlin, or with other options, and their tabs.

    Whoever wants another size or colour scheme alone shares the window of all; others have one of their own,
    without cookies. A tab that a test has left is the next one's at the same address: scripts that are
    compiled already are half of what an opening takes.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._shared: BrowserContext | None = None
        self._left: dict[str, list[Page]] = {}

    def tab(self, url: str, **options: Any) -> Page:
        """Return a tab in a window of these options, for an address."""
        left = self._left.get(_kind(url, options))
        page = left.pop() if left else self._window(_of_window(options)).new_page()
        wanted = WINDOW | options
        page.emulate_media(
            media="null", color_scheme=wanted["color_scheme"], reduced_motion=wanted["reduced_motion"]
        )
        page.set_viewport_size(wanted["viewport"])
        return page

    def leave(self, page: Page, url: str, is_changed: bool = False, **options: Any) -> None:
        """Take a tab back that was on a dashboard; close one that cannot be as it was at first.

        What it has stored is cleared in any case: other tabs of its window would find it.
        """
        context = page.context
        if context != self._shared:
            context.clear_cookies()
            for other in context.pages:
                if other != page:
                    other.close()
        try:
            page.unroute_all()
            session = context.new_cdp_session(page)  # which also clears where the dashboard is gone
            session.send("Storage.clearDataForOrigin", {"origin": url, "storageTypes": "local_storage"})
            page.goto(f"{url}/healthz", wait_until="commit")  # the same host, and nothing that runs
            page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        except Error:  # the dashboard is gone, or the page is
            is_changed = True
        if is_changed or not options.get("java_script_enabled", True):
            (page if context == self._shared else context).close()
        else:
            self._left.setdefault(_kind(url, options), []).append(page)

    def _window(self, options: dict[str, Any]) -> BrowserContext:
        if not options and self._shared:
            return self._shared
        context = self._browser.new_context(**WINDOW | options)
        context.set_default_timeout(PATIENCE_MS)
        if not options:
            self._shared = context
        return context


def _of_window(options: dict[str, Any]) -> dict[str, Any]:
    """The options that a tab cannot have for itself."""
    return {name: options[name] for name in sorted(options) if name not in {"viewport", "color_scheme"}}


def _kind(url: str, options: dict[str, Any]) -> str:
    """Which tabs can be each other's."""
    return f"{url} {_of_window(options)}"


@pytest.fixture(scope="session")
def windows(browser: Browser) -> Windows:
    """The windows of this run. They close with the browser."""
    return Windows(browser)


@pytest.fixture
def visit(windows: Windows) -> Iterator[Visit]:
    """Open a tab on a dashboard; with options of the window, or others `beside` it.

    Whatever a test does: nothing is asked of another host, save those `beside` it; no script fails, no dialog
    opens, and the content security policy has nothing to stop.
    """
    opened: list[tuple[Screen, dict[str, Any], dict[str, Callable[..., None]]]] = []
    incidents: list[str] = []

    def open_tab(dashboard: Dashboard, beside: tuple[str, ...] = (), **options: Any) -> Screen:
        page = windows.tab(dashboard.url, **options)
        at_home = (dashboard.url, *beside)
        listeners: dict[str, Callable[..., None]] = {
            "request": lambda request: incidents.extend(strays(request, dashboard.url, beside)),
            "websocket": lambda socket: incidents.extend(foreign(socket.url, *at_home)),
            "pageerror": lambda error: incidents.append(f"script error: {error}"),
            "dialog": lambda dialog: dismiss(dialog, incidents),
            "console": lambda message: incidents.extend(violations(message)),
        }
        for event, listener in listeners.items():
            page.on(event, listener)  # type: ignore[call-overload]  # the events are literals there
        opened.append((Screen(page, dashboard.url), options, listeners))
        return opened[-1][0]

    yield open_tab
    for screen, options, listeners in opened:
        for event, listener in listeners.items():
            screen.page.remove_listener(event, listener)
        windows.leave(screen.page, screen.url, screen.is_changed, **options)
    assert incidents == []


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
