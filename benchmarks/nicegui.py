"""The server of the NiceGUI page (`nicegui_page.py`), in an environment of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.environments import executables
from benchmarks.processes import answers, free_port, running
from benchmarks.service import Connection

REQUIREMENTS = Path(__file__).parent / "nicegui-requirements.txt"
PAGE = Path(__file__).parent / "nicegui_page.py"


@contextmanager
def served(connection: Connection, folder: Path) -> Iterator[str]:
    """Run the page over a connection's project, in ``folder``; yields its address."""
    port = free_port()
    # -P: this folder has modules of the names of others.
    command: list[str | Path] = [executables("nicegui", REQUIREMENTS) / "python", "-P", PAGE]
    environment = {
        "MODELARTS_ENDPOINT": connection.url,
        "MODELARTS_PROJECT_ID": connection.project_id,
        "PORT": str(port),
        "NO_PROXY": "127.0.0.1",
    }
    ready = answers(f"http://127.0.0.1:{port}/")
    with running(command, ready, environment=environment, folder=folder) as url:
        yield url
