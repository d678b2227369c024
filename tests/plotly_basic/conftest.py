"""A Streamlit server with the charts of app_page.py, and a Chromium to look at them."""

import contextlib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.plotly_basic.screen import chart, wait_for_rest
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


@pytest.fixture(scope="session")
def chart_server() -> Iterator[str]:
    """The URL of a running server."""
    port = free_port()
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "browser.gatherUsageStats": "false",
        "server.fileWatcherType": "none",
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "streamlit", "run", "tests/plotly_basic/served_app.py", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_healthy(process, f"http://127.0.0.1:{port}/_stcore/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def wait_until_healthy(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the Streamlit server ended while it was starting"
        with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.1)
    raise TimeoutError(f"no answer from {url} within {START_SECONDS} s")


WINDOW: dict[str, Any] = {"viewport": {"width": 1000, "height": 1400}, "color_scheme": "light"}
PATIENCE_MS = 30_000


@pytest.fixture
def blank_page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh browser profile, in light mode: nothing is cached."""
    context = browser.new_context(**WINDOW)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """A tab of a browser profile that keeps what has been loaded and compiled."""
    context = browser.new_context(**WINDOW)
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(tab: Page, chart_server: str) -> Iterator[Page]:
    """A page with its charts drawn."""
    tab.goto(chart_server)
    for key in ("timeline", "usage", "fragment"):
        chart(tab, key).locator(".point").first.wait_for()
    wait_for_rest(tab)
    yield tab
    tab.emulate_media(color_scheme="light")
    tab.set_viewport_size(WINDOW["viewport"])
