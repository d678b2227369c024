"""The local service in a process of its own, so that it shares no interpreter with what is measured."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks import processes
from modelarts_local.service import PROJECT_ID


@dataclass(frozen=True)
class Connection:
    """Where the service listens."""

    url: str
    project_id: str


@contextmanager
def running(configurations: int, latency_ms: int = 0) -> Iterator[Connection]:
    """Run ``python -m modelarts_local`` until the block ends."""
    command = [
        *(sys.executable, "-m", "modelarts_local", "--port", "0"),
        *("--configurations", str(configurations), "--latency-ms", str(latency_ms)),
    ]
    with processes.running(command, _address) as url:
        yield Connection(url, PROJECT_ID)


def _address(output: str) -> str | None:
    found = re.search(r"http://127\.0\.0\.1:\d+", output)
    return found.group() if found else None
