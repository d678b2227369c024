"""The two Streamlit servers: the dashboard as it is deployed, and the bare page."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import ROOT, answers, free_port, running
from benchmarks.service import Connection

BARE_PAGE = Path(__file__).parent / "bare_page.py"


@contextmanager
def dashboard(connection: Connection) -> Iterator[str]:
    """``streamlit run app.py`` in the project's folder, as ``make run`` starts it; yields its address."""
    with _streamlit(Path("app.py"), connection, ROOT) as url:
        yield url


@contextmanager
def bare_page(connection: Connection, folder: Path) -> Iterator[str]:
    """The bare page, run in ``folder``, out of reach of the dashboard's settings; yields its address."""
    with _streamlit(BARE_PAGE, connection, folder) as url:
        yield url


@contextmanager
def _streamlit(script: Path, connection: Connection, folder: Path) -> Iterator[str]:
    port = free_port()
    options = {
        "server.port": str(port),
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    command: list[str | Path] = [Path(sys.executable).with_name("streamlit"), "run", script]
    command += [f"--{name}={value}" for name, value in options.items()]
    environment = {
        "MODELARTS_ENDPOINT": connection.url,
        "MODELARTS_PROJECT_ID": connection.project_id,
        "MODELARTS_TOKEN": "benchmark",
        "NO_PROXY": ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1"])),
    }
    ready = answers(f"http://127.0.0.1:{port}/_stcore/health")
    with running(command, ready, environment=environment, folder=folder) as url:
        yield url
