"""Servers for the time of a measurement: started in a session of their own, waited for, always ended."""

import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build" / "benchmarks"
START_SECONDS = 300.0


class ServerError(RuntimeError):
    """A server that did not start; the message ends with what it printed last."""


@contextmanager
def running(
    command: Sequence[str | Path],
    ready: Callable[[str], str | None],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
) -> Iterator[str]:
    """Run ``command`` until the block ends; yields what ``ready`` makes of its output, once not None."""
    with started(command, ready, environment=environment, folder=folder) as (answer, _):
        yield answer


@contextmanager
def started(
    command: Sequence[str | Path],
    ready: Callable[[str], str | None],
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path = ROOT,
) -> Iterator[tuple[str, int]]:
    """Do as ``running``, and yield the number of the process, too."""
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            [str(part) for part in command],
            cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield _wait_until_ready(process, lambda: _text(output.fileno()), ready), process.pid
        finally:
            _end(process)


def _text(descriptor: int) -> str:
    # pread leaves the offset alone, which the child shares and writes at.
    return os.pread(descriptor, 1_000_000, 0).decode(errors="replace")


def _wait_until_ready(
    process: subprocess.Popen[bytes], output: Callable[[], str], ready: Callable[[str], str | None]
) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if (answer := ready(output())) is not None:
            return answer
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise ServerError(f"{process.args!r} did not start (exit code {process.poll()}):\n{output()[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, signal_number)
            process.wait(timeout=5)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait(timeout=5)


def resident_bytes(pid: int) -> int:
    """Return the memory of a process that is in RAM."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def answers(url: str) -> Callable[[str], str | None]:
    """Return a condition for ``running``: ``url`` answers 200; its value is the address without path."""

    def ready(_: str) -> str | None:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return re.sub(r"(?<!/)/(?!/).*", "", url) if response.status == 200 else None
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return None

    return ready


def descriptors(pid: int) -> int:
    """Return how many files and sockets a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 - names are counted, nothing else


def peak_bytes(pid: int) -> int:
    """Return the most memory of a process that has been in RAM."""
    found = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    if found is None:
        raise ServerError(f"process {pid} tells no peak of its memory")
    return int(found[1]) * 1024


def cpu_seconds(pid: int) -> float:
    """Return the processor's time that a process has taken, its own and the system's for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
