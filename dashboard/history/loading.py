"""Loading everything that a connection has, once, for a command."""

from __future__ import annotations

from dashboard.audit.loading import LoadedRows, configured_targets, load_rows, shown_progress
from dashboard.history.faults import CannotDoError


def loaded_whole(name: str, config_type: str, *, details: bool) -> LoadedRows:
    """Return everything of a type that a connection has, which is configured.

    Raises CannotDoError, and ModelArtsError where there is no inventory.
    """
    with configured_targets([name]) as (target,):
        if target.client is None:
            raise CannotDoError(f"The connection {name!a} cannot be used: {'; '.join(target.faults)}.")
        with shown_progress(name) as note:
            return load_rows(target.client, note, config_type, details=details)
