"""The dashboard as its users get it: a process of its own, forked where the tests need many."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from dashboard.connections import VARIABLES
from tests.browser.forked import Forked, Process
from tests.databases import ready_database
from tests.ports import port_for

ROOT = Path(__file__).parent.parent.parent
START_SECONDS = 60


class Dashboard:
    """A running dashboard; `url` is where. `environment` is put on top of ours, "" takes a variable away.

    It is a fork, unless a test gives it another `command`, or says that it is to have its `own_python`.
    """

    process: Process

    def __init__(
        self,
        environment: Mapping[str, str] | None = None,
        options: tuple[str, ...] = (),
        *,
        own_python: bool = False,
    ) -> None:
        self.port = port_for(self)
        self.url = f"http://127.0.0.1:{self.port}"
        address = f"--server.port={self.port}"
        self._arguments = ["run", "app.py", address, *options]
        self.command = [sys.executable, "-m", "streamlit", *self._arguments]
        self._usual = None if own_python else list(self.command)
        self._environment = {k: v for k, v in os.environ.items() if k not in VARIABLES}
        self._folder = tempfile.mkdtemp(prefix="dashboard-")
        atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        # Unless a test says otherwise nothing is loaded before somebody looks, and nothing is remembered.
        preload = {"DASHBOARD_PRELOAD": "false"}
        own = preload | {"DASHBOARD_DATABASE_URL": ready_database(Path(self._folder))}
        self._environment |= {"NO_PROXY": "127.0.0.1", **own, **(environment or {})}

    def __enter__(self) -> Self:
        # A file: nobody reads a pipe while the tests run, and a full one would stop the server.
        log = Path(self._folder) / "output"
        self._log = log.open("w+b")
        if self.command == self._usual:
            self.process = Forked(self._arguments, ROOT, self._environment, log)
        else:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self._environment,
                stdout=self._log,
                stderr=subprocess.STDOUT,
            )
        limit = time.monotonic() + START_SECONDS
        while not self._healthy():
            if self.process.poll() is not None or time.monotonic() > limit:
                output = self.output
                self.__exit__(None, None, None)
                raise RuntimeError(f"the dashboard did not start:\n{output}")
            time.sleep(0.1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._log.close()

    @property
    def output(self) -> str:
        """All that the server has printed so far."""
        size = os.fstat(self._log.fileno()).st_size
        return os.pread(self._log.fileno(), size, 0).decode(errors="replace")

    def _healthy(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except (requests.ConnectionError, requests.Timeout):
            return False
