"""What is loaded when the server starts, so that the first viewer of the day sees it at once."""

from __future__ import annotations

import os
import threading
from typing import Final

from dashboard.audit.live import live_of
from dashboard.data.projects import projects
from dashboard.data.view import Facets, View

VARIABLE: Final = "DASHBOARD_PRELOAD"
MAX_CONNECTIONS: Final = 5
"""Without a word in the settings so many connections are loaded, and none of more."""
WAIT_SECONDS: Final = 120.0
"""So long a load keeps the next one waiting: a service that does not answer holds up no other."""
WORDS: Final = {"true": True, "false": False}


def configured() -> bool | None:
    """Return what DASHBOARD_PRELOAD says, None for nothing; ValueError, in words, if it is neither."""
    text = os.environ.get(VARIABLE, "").strip().lower()
    if text and text not in WORDS:
        raise ValueError(f"{VARIABLE} must be true or false")
    return WORDS.get(text)


def is_wanted(wish: bool | None, connections: int) -> bool:
    """Return whether so many connections are loaded at the start."""
    return connections <= MAX_CONNECTIONS if wish is None else wish


def begin() -> None:
    """Load and audit the connections' inventories one after another, in a thread; nothing waits for it."""
    threading.Thread(target=_load, name="preload", daemon=True).start()


def _load() -> None:
    everything = projects()
    connections = everything.registry.settings().connections
    if is_wanted(configured(), len(connections)):
        for connection in connections:
            project = everything.project(connection)
            load = project.inventory(View())
            if not load.wait(WAIT_SECONDS) or (found := load.state.result) is None:
                continue
            audit = live_of(project).job(project, found, whole=True, begin_details=False)
            if audit.wait(WAIT_SECONDS) and audit.state.result is not None:
                found = audit.state.result.inventory
            found.selection(Facets())  # what the first view would have to work out
