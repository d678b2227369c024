"""Processes that start faster: forks of one that has imported what they would import.

Importing is most of what a start costs. All that `streamlit run` does comes after the fork, with the command
line, the environment, and the output of the process that it stands for.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Protocol
from unittest.mock import patch

CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(["tests.browser.preloaded"])


class Process(Protocol):
    """What tests ask of a process: `subprocess.Popen`, or a fork of ours."""

    @property
    def pid(self) -> int:
        """Its number."""

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, when it has ended. Raises subprocess.TimeoutExpired."""

    def send_signal(self, sig: int) -> None:
        """Send a signal, if it still runs."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it."""


class Forked:
    """`python -m streamlit` with some arguments, in a fork."""

    def __init__(self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path):
        self._arguments = arguments
        options = (tuple(arguments), str(folder), dict(environment), str(log))
        self._process = CONTEXT.Process(target=run_streamlit, args=options)
        # The program that runs the tests is none of the fork's: AppTest puts screens into its place.
        with patch.dict(sys.modules, {"__main__": ModuleType("__main__")}):
            self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Return its exit code, None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end. Returns its exit code; raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(list(self._arguments), timeout or 0.0)
        return self._process.exitcode

    def send_signal(self, sig: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def run_streamlit(arguments: Sequence[str], folder: str, environment: Mapping[str, str], log: str) -> None:
    """Do what `python -m streamlit` does with these arguments, in this process."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(output, stream)
    os.close(output)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = ["streamlit", *arguments]

    from streamlit.web.cli import main  # with the environment of the fork

    main(prog_name="streamlit")
