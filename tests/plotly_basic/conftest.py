"""A Streamlit server with the charts of app_page.py, and a Chromium to look at them."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.plotly_basic.screen import chart, wait_for_rest

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


@pytest.fixture(scope="session")
def chart_server() -> Iterator[str]:
    """The URL of a running server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
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


@pytest.fixture
def blank_page(browser: Browser) -> Iterator[Page]:
    """A page in a fresh browser profile, in light mode."""
    context = browser.new_context(
        viewport={"width": 1000, "height": 1400}, color_scheme="light", accept_downloads=True
    )
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def page(blank_page: Page, chart_server: str) -> Page:
    """The page with its charts drawn."""
    blank_page.goto(chart_server)
    for key in ("timeline", "usage", "fragment"):
        chart(blank_page, key).locator(".point").first.wait_for()
    wait_for_rest(blank_page)
    return blank_page
