"""File descriptors: as many as there may be, and one line a minute when there are none."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.server import descriptors
from dashboard.server.descriptors import AcceptErrors

ROOT = Path(__file__).parent.parent.parent.parent


def in_a_process(lines: str) -> list[str]:
    """What a process of its own prints: limits are changed for a whole process."""
    done = subprocess.run([sys.executable, "-c", lines], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_limit_is_raised_as_far_as_it_goes() -> None:
    assert in_a_process(
        "import resource\n"
        "from dashboard.server import descriptors\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (60, 100))\n"
        "print(descriptors.limit(), descriptors.max_viewers())\n"
        "descriptors.raise_limit()\n"
        "print(descriptors.limit(), descriptors.max_viewers())\n"
    ) == ["60", "20", "100", "60"]


def test_the_last_descriptors_are_kept() -> None:
    assert in_a_process(
        "import os, resource\n"
        "from dashboard.server import descriptors\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))\n"
        "opened = []\n"
        "while not descriptors.are_short():\n"
        "    opened.append(os.open('/dev/null', os.O_RDONLY))\n"
        "print(50 <= opened[-1] <= 56)\n"
    ) == ["True"]


def test_there_are_enough_here() -> None:
    assert descriptors.limit() == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert not descriptors.are_short()


def test_connections_that_were_not_accepted_are_told_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    now = [100.0]
    handle, loop = AcceptErrors(lambda: now[0]), asyncio.new_event_loop()
    none_left = {"message": "socket.accept() out of system resource", "exception": OSError(errno.EMFILE, "x")}
    with caplog.at_level(logging.ERROR):
        for _ in range(5_000):
            handle(loop, none_left)
        assert len(caplog.records) == 1
        now[0] += 59
        handle(loop, none_left)
        assert len(caplog.records) == 1
        now[0] += 1
        handle(loop, none_left)
    loop.close()
    _, second = caplog.records
    assert "5001 attempts" in second.getMessage()
    assert "LimitNOFILE" in second.getMessage()


@pytest.mark.parametrize(
    "error", [None, ValueError("x"), OSError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))]
)
def test_other_errors_of_the_loop_are_told_as_always(
    error: Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    handle, loop = AcceptErrors(), asyncio.new_event_loop()
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            handle(loop, {"message": "something else", "exception": error})
    loop.close()
    assert [record.getMessage().splitlines()[0] for record in caplog.records] == ["something else"] * 3
