"""A loaded inventory.

Everything that matches one search, ready to be looked at, shared by all who look at it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Final

import pandas as pd

from dashboard.data import analysis, rows
from dashboard.data.analysis import Positions, Selection
from dashboard.data.view import Facets, View
from modelarts_api import Client, Inventory

MAX_SELECTIONS: Final = 64
"""So many combinations of facets are kept worked out for each inventory."""


@dataclass(frozen=True)
class Progress:
    """How many rows of a load have come, of how many."""

    loaded: int
    total: int


class LoadedInventory:
    """All rows of one load. Shared by all viewers: read only.

    `frame` is that of rows.configurations_frame, `records` are the service's own rows as they may be shown,
    by position; `orderings` those of analysis.orderings. `loaded_at` (UTC) is for reading; ages are measured
    by a clock that nobody sets. What is derived from the rows is worked out once for all viewers, and goes
    with them.
    """

    def __init__(self, inventory: Inventory, seconds: float) -> None:
        self.frame = rows.configurations_frame(inventory.configurations)
        self.records = rows.records(inventory.configurations)
        self.orderings = analysis.orderings(self.frame)
        self.reported_total, self.complete = inventory.reported_total, inventory.complete
        self.loaded_at, self.requests, self.seconds = inventory.loaded_at, inventory.requests, seconds
        self._loaded_monotonic = time.monotonic()
        self._lock = threading.Lock()
        # Of the frame and not of self: what refers to itself stays in memory until it is searched for.
        self._selection = lru_cache(MAX_SELECTIONS)(partial(analysis.select, self.frame, self.loaded_at))
        self._timeline = lru_cache(MAX_SELECTIONS)(partial(analysis.select_timeline, self.frame))

    @property
    def age_seconds(self) -> float:
        """How long ago it was loaded."""
        return time.monotonic() - self._loaded_monotonic

    def selection(self, facets: Facets) -> Selection:
        """Return what the inventory holds under some facets: see analysis.select."""
        with self._lock:
            return self._selection(facets)

    def known(self, facets: Facets) -> Facets:
        """Return the facets without the choices that no row has."""
        return analysis.known(self.frame, facets)

    def timeline(self, facets: Facets, wanted: str) -> tuple[pd.DataFrame, str]:
        """Return the timeline under the facets other than the period, and the granularity that it has."""
        with self._lock:
            return self._timeline(facets.ignoring("created_from", "created_to"), wanted)

    def positions(self, view: View) -> Positions:
        """Return the positions of all rows a view matches, in its order.

        What is paged through and exported.
        """
        mask = self.selection(view.facets).mask
        return analysis.in_order(mask, self.orderings[view.sort_by], view.order)


def load_inventory(
    client: Client, search: str, config_type: str, note: Callable[[Progress], None]
) -> LoadedInventory:
    """Load everything that matches a search, and say how far it is after each page.

    Raises what `Client.list_all_configurations` raises.
    """
    started = time.perf_counter()
    inventory = client.list_all_configurations(
        search_content=search,
        config_type=config_type,
        on_progress=lambda loaded, total: note(Progress(loaded, total)),
    )
    return LoadedInventory(inventory, time.perf_counter() - started)
