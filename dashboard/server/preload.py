"""What is loaded when the server starts, so that the first viewer of the day sees it at once."""

from __future__ import annotations

import threading
from typing import Final

from dashboard.audit.live import live_of
from dashboard.data.loads import LoadedInventory
from dashboard.data.projects import Project, projects
from dashboard.data.switches import read_switch
from dashboard.data.view import Facets, View

VARIABLE: Final = "DASHBOARD_PRELOAD"
MAX_CONNECTIONS: Final = 5
"""Without a word in the settings so many connections are loaded, and none of more."""
WAIT_SECONDS: Final = 120.0
"""So long a load keeps the next one waiting: a service that does not answer holds up no other."""


def configured() -> bool | None:
    """Return what DASHBOARD_PRELOAD says, None for nothing; ValueError, in words, if it is neither."""
    return read_switch(VARIABLE)


def is_wanted(wish: bool | None, connections: int) -> bool:
    """Return whether so many connections are loaded at the start."""
    return connections <= MAX_CONNECTIONS if wish is None else wish


def begin() -> None:
    """Load the connections' inventories one after another, in a thread of its own; nothing waits for it."""
    threading.Thread(target=_load, name="preload", daemon=True).start()


def _load() -> None:
    everything = projects()
    connections = everything.registry.settings().connections
    if is_wanted(configured(), len(connections)):
        for connection in connections:
            project = everything.project(connection)
            load = project.inventory(View())
            if load.wait(WAIT_SECONDS) and load.state.result is not None:
                _audit(project, load.state.result)


def _audit(project: Project, loaded: LoadedInventory) -> None:
    """Audit what was loaded, and work out what the first view shows of it."""
    audit = live_of(project).job(project, loaded, whole=True, begin_details=False)
    audit.wait(WAIT_SECONDS)
    found = audit.state.result.inventory if audit.state.result else loaded
    found.selection(Facets())
