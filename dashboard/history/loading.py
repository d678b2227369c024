"""Loading everything that a connection has, once, for a command."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Final

from dashboard.connections import Connection
from dashboard.data.loads import LoadedInventory
from dashboard.data.parameters import CONFIG_TYPE
from dashboard.data.projects import Projects
from dashboard.data.view import read_view
from dashboard.history.faults import CannotDoError

MAX_SECONDS: Final = 3600.0


def loaded_whole(name: str, config_type: str) -> LoadedInventory:
    """Return everything of a type that a connection has. Raises CannotDoError, and what the load raises."""
    projects = Projects()
    with ExitStack() as at_the_end:
        at_the_end.callback(projects.registry.close)
        project = projects.project(_connection(projects, name))
        load = project.inventory(read_view({CONFIG_TYPE.name: config_type}))
        if not load.wait(MAX_SECONDS):
            raise CannotDoError("The load took longer than an hour.")
        if load.state.error is not None:
            raise load.state.error
        assert load.state.result is not None
        return load.state.result


def _connection(projects: Projects, name: str) -> Connection:
    entry = next((one for one in projects.registry.settings().entries if one.name == name), None)
    if entry is None:
        raise CannotDoError(f"There is no connection {name!a}.")
    if not isinstance(entry, Connection):
        raise CannotDoError(f"The connection {name!a} cannot be used: {'; '.join(entry.faults)}.")
    return entry
