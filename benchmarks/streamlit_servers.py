"""The two Streamlit servers: the dashboard as it is deployed, and the bare page."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import ROOT, answers, free_port, started
from benchmarks.service import Connection

TOKEN = "benchmark"
BARE_PAGE = Path(__file__).parent / "bare_page.py"


@dataclass(frozen=True)
class Server:
    """A running server: its address and its process."""

    url: str
    pid: int


@contextmanager
def dashboard(connection: Connection) -> Iterator[str]:
    """Run ``streamlit run app.py`` in the project's folder, as ``make run`` does; yields its address."""
    with _streamlit(Path("app.py"), _environment(connection), ROOT) as server:
        yield server.url


@contextmanager
def dashboard_of(
    connections: Mapping[str, Connection], folder: Path, *, more: str = "", **environment: str
) -> Iterator[Server]:
    """Run the dashboard with connections, by their names; ``folder`` is for secrets, ``more`` among them."""
    secrets = folder / "secrets.toml"
    tables = [
        f'[connections.{name}]\nendpoint = "{connection.url}"\nproject_id = "{connection.project_id}"\n'
        f'token = "{TOKEN}"\n'
        for name, connection in connections.items()
    ]
    secrets.write_text("\n".join([*tables, more]), encoding="utf-8")
    with _streamlit(Path("app.py"), environment, ROOT, **{"secrets.files": str(secrets)}) as server:
        yield server


@contextmanager
def bare_page(connection: Connection, folder: Path) -> Iterator[str]:
    """Run the bare page in ``folder``, out of reach of the dashboard's settings; yields its address."""
    with bare_server(connection, folder) as server:
        yield server.url


@contextmanager
def bare_server(connection: Connection, folder: Path) -> Iterator[Server]:
    """Run the bare page; yields its process, too."""
    with _streamlit(BARE_PAGE, _environment(connection), folder) as server:
        yield server


def _environment(connection: Connection) -> dict[str, str]:
    return {
        "MODELARTS_ENDPOINT": connection.url,
        "MODELARTS_PROJECT_ID": connection.project_id,
        "MODELARTS_TOKEN": TOKEN,
    }


@contextmanager
def _streamlit(
    script: Path, environment: Mapping[str, str], folder: Path, **more_options: str
) -> Iterator[Server]:
    port = free_port()
    options = {
        "server.port": str(port),
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        **more_options,
    }
    command: list[str | Path] = [Path(sys.executable).with_name("streamlit"), "run", script]
    command += [f"--{name}={value}" for name, value in options.items()]
    no_proxy = ",".join(filter(None, [os.environ.get("NO_PROXY"), "127.0.0.1"]))
    ready = answers(f"http://127.0.0.1:{port}/_stcore/health")
    with started(command, ready, environment={**environment, "NO_PROXY": no_proxy}, folder=folder) as found:
        yield Server(*found)
