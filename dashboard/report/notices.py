"""What a viewer must know of the data, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dashboard.data.loads import LoadedInventory, Progress
from dashboard.data.parameters import Facet
from dashboard.history.shown import visible
from dashboard.report.ages import age_words

MAX_NAME, MAX_NAMED = 60, 3
SAMPLE: Final = "Sample data: no connection is configured. The README says how to connect your project."


def unknown_connection(wanted: str, shown: str) -> str:
    """Return what is said where an address names a connection that a viewer has not got; another is shown."""
    return f"There is no connection “{visible(wanted, MAX_NAME)}”, or it is not for you. This is {shown}."


def no_such_values(values: Sequence[tuple[Facet, str]], config_type: str) -> str:
    """Return which values are chosen although no configuration of this type has them."""
    named = [f"{facet.label.lower()} “{visible(value, MAX_NAME)}”" for facet, value in values]
    *some, last = named[:MAX_NAMED]
    one_of = f"{', '.join(some)} or {last}" if some else last
    more = f", nor {len(named) - MAX_NAMED:,} more that are asked for" if len(named) > MAX_NAMED else ""
    return f"No {'sample' if config_type == 'sample' else 'configuration'} has {one_of}{more}."


def left_out(values: Sequence[tuple[Facet, str]], config_type: str) -> str:
    """Return what is said where an address asks for values that no configuration has."""
    return f"{no_such_values(values, config_type)} The filters are without that."


def not_renewed(found: LoadedInventory) -> str:
    """Return what is said of data that could not be renewed."""
    return f"This is the data of {age_words(found.age_seconds)}; renewing it failed."


def not_whole(found: LoadedInventory) -> str:
    """Return what is said of an inventory that lacks rows: of all of it, not of rows that are picked out."""
    return (
        f"This inventory is not whole: {len(found.frame):,} configurations could be read and the"
        f" service reports {found.reported_total:,}. It kept changing while it was read, or its total"
        " is wrong. Refresh in a moment."
    )


def loading(come: Progress | None) -> str:
    """Return how far a load is."""
    return f"{come.loaded:,} of {come.total:,} configurations loaded" if come else "Asking the service…"
