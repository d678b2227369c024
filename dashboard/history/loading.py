"""Loading everything that a connection has, once, for a command."""

from __future__ import annotations

from dashboard.audit.loading import LoadedRows, configured_sources, load_rows, shown_progress
from dashboard.history.faults import CannotDoError


def loaded_whole(name: str, config_type: str, *, details: bool) -> LoadedRows:
    """Return everything of a type that a connection has, which is configured.

    Raises CannotDoError, and ModelArtsError where there is no inventory.
    """
    with configured_sources([name]) as (source,):
        if source.client is None:
            raise CannotDoError(f"The connection {name!a} cannot be used: {'; '.join(source.faults)}.")
        with shown_progress(name) as note:
            return load_rows(source.client, note, config_type, details=details)
