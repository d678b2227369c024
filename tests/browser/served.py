"""The dashboard as its users get it: a process of its own, and a screen in a real browser to look at it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import requests
from playwright.sync_api import Locator, Page

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 60
SETTLED = """() => {
  const app = document.querySelector('[data-testid="stApp"]');
  return app?.dataset.testScriptState === 'notRunning'
    && app?.dataset.testConnectionState === 'CONNECTED'
    && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]');
}"""


class Dashboard:
    """A running dashboard; `url` is where. `environment` is put on top of ours, "" takes a variable away."""

    def __init__(self, environment: Mapping[str, str] | None = None, options: tuple[str, ...] = ()) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._options = options
        self._environment = {k: v for k, v in os.environ.items() if not k.startswith("MODELARTS_")}
        self._environment |= {"NO_PROXY": "127.0.0.1", **(environment or {})}

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={self.port}"]
        self._process = subprocess.Popen(
            [*command, *self._options],
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        limit = time.monotonic() + START_SECONDS
        while not self._healthy():
            if self._process.poll() is not None or time.monotonic() > limit:
                self._process.kill()
                raise RuntimeError(f"the dashboard did not start:\n{self._process.communicate()[0]}")
            time.sleep(0.1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self.output = self._process.communicate(timeout=10)[0]
        except subprocess.TimeoutExpired:
            self._process.kill()
            self.output = self._process.communicate()[0]

    def _healthy(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except requests.ConnectionError:
            return False


class Screen:
    """One browser page on a dashboard: what a viewer does and sees there."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url

    def open(self, path: str = "/") -> Self:
        """Open an address and wait until everything is drawn."""
        self.page.goto(self.url + path)
        return self.settle()

    def settle(self) -> Self:
        """Wait until the app has nothing left to do, twice in a row."""
        for _ in range(2):
            self.page.wait_for_function(SETTLED, timeout=30_000)
            self.page.wait_for_timeout(120)
        return self

    def of(self, key: str) -> Locator:
        """The element that carries a key."""
        return self.page.locator(f".st-key-{key}")

    def query(self) -> dict[str, str]:
        """The parameters in the address bar."""
        found: dict[str, str] = self.page.evaluate(
            "() => Object.fromEntries(new URLSearchParams(location.search))"
        )
        return found

    def rows_text(self) -> str:
        """Which rows are shown of how many, as the table says it."""
        return self.of("paging").locator('[data-testid="stText"]').inner_text()
