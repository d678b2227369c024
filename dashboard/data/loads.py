"""A loaded inventory.

Everything that matches one search, ready to be looked at, shared by all who look at it.
"""

from __future__ import annotations

import copy
import itertools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from functools import lru_cache, partial
from typing import Any, Final, TypeVar

import numpy as np
import pandas as pd

from dashboard.data import analysis, rows
from dashboard.data.analysis import Selection
from dashboard.data.courtesy import COURTESY, GREEDY_ROWS, let_go
from dashboard.data.failures import masked_errors
from dashboard.data.fingerprint_key import fingerprint_key
from dashboard.data.masking import RecordDict
from dashboard.data.memory import Room
from dashboard.data.sorting import Orders, Positions, in_order, ordering
from dashboard.data.view import Facets, View
from modelarts_api import Client, Inventory

MAX_SELECTIONS: Final = 64
"""So many combinations of facets are kept worked out for each inventory."""
MAX_SEARCHED: Final = 50_000
"""Of a text that more rows have, they are not shown before the service has answered."""
MAX_DERIVED: Final = 128
"""So many pieces of other rooms, such as drawn tables, are kept for each inventory."""
MAX_PREPARED: Final = 6
"""So many selections and timelines that were asked for last are worked out before a renewal is shown."""
ROWS_A_LOOK: Final = 100

T = TypeVar("T")


@dataclass(frozen=True)
class Progress:
    """How many rows of a load have come, of how many."""

    loaded: int
    total: int


class _Asked:
    """What was asked for last: selections, and timelines with their granularity."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: OrderedDict[tuple[Facets, str | None], None] = OrderedDict()

    def note(self, facets: Facets, granularity: str | None) -> None:
        """Take note of something that is asked for; without a granularity it is a selection."""
        with self._lock:
            self._last[facets, granularity] = None
            self._last.move_to_end((facets, granularity))
            if len(self._last) > MAX_PREPARED:
                self._last.popitem(last=False)

    def last(self) -> list[tuple[Facets, str | None]]:
        """Return what was asked for last."""
        with self._lock:
            return list(self._last)


class LoadedInventory:
    """All rows of one load. Shared by all viewers: read only.

    `frame` is that of frame.configurations_frame, `records` are the service's own rows as they may be shown,
    by position, and `secrets` what was masked in those that had any; `key` is that of the fingerprints. Of
    `known`, what was loaded before, all is kept that has not changed.
    `loaded_at` (UTC) is for reading; ages are measured by a clock that nobody sets. What is derived from the
    rows is worked out once for all viewers, and goes with them; `derived` is for what rooms above make of it.
    """

    def __init__(
        self,
        inventory: Inventory,
        seconds: float,
        key: bytes | None = None,
        known: LoadedInventory | None = None,
    ) -> None:
        key, came = fingerprint_key() if key is None else key, inventory.configurations
        same = known if known is not None and rows.are_same(came, known.rows, key) else None
        self.rows: rows.Rows = rows.arrived(came, key) if same is None else same.rows
        self.frame, self.records, self.secrets = self.rows.frame, self.rows.records, self.rows.secrets
        self._hidden = self.rows.hidden
        self._orders: Orders = Orders.of(self.frame) if same is None else same._orders
        self.reported_total, self.complete = inventory.reported_total, inventory.complete
        self.loaded_at, self.requests, self.seconds = inventory.loaded_at, inventory.requests, seconds
        self._loaded_monotonic = time.monotonic()
        self._asked = _Asked()
        self._derive()

    def with_columns(self, columns: Mapping[str, Any]) -> LoadedInventory:
        """Return the same rows with more columns in their frame; one that is there already is replaced."""
        more = copy.copy(self)
        more.frame = self.frame.assign(**columns)
        more._derive()
        return more

    def _derive(self) -> None:
        self._lock = threading.Lock()
        self._selection = lru_cache(MAX_SELECTIONS)(partial(analysis.select, self.frame, self.loaded_at))
        self._by_severity = lru_cache(1)(partial(ordering, self.frame, "severity"))
        self._derived: OrderedDict[Hashable, Any] = OrderedDict()
        self._searched: tuple[str, LoadedInventory | None] | None = None
        self._timeline = lru_cache(MAX_SELECTIONS)(partial(analysis.select_timeline, self.frame))

    def prepare(self, like: LoadedInventory | None = None) -> None:
        """Work out what the first who looks would wait for; of `like` it is what was asked for last."""
        self._orders.numbers()
        self.positions(View())
        for facets, granularity in like._asked.last() if like is not None else ():
            COURTESY.give_way()
            self.selection(facets) if granularity is None else self.timeline(facets, granularity)

    def derived(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` makes of the rows: once a key, as long as it is asked for now and then."""
        with self._lock:
            if key in self._derived:
                self._derived.move_to_end(key)
                kept: T = self._derived[key]
                return kept
        made = make()
        with self._lock:
            self._derived[key] = made
            if len(self._derived) > MAX_DERIVED:
                self._derived.popitem(last=False)
        return made

    def kept(self, key: Hashable) -> object | None:
        """Return what `derived` has made of a key, if it is kept; makes nothing."""
        with self._lock:
            if key in self._derived:
                self._derived.move_to_end(key)
            return self._derived.get(key)

    @property
    def today(self) -> date:
        """Return the day (UTC) on which it was loaded."""
        return self.loaded_at.astimezone(UTC).date()

    @property
    def age_seconds(self) -> float:
        """Return how long ago it was loaded."""
        return time.monotonic() - self._loaded_monotonic

    def selection(self, facets: Facets) -> Selection:
        """Return what the inventory holds under some facets: see analysis.select."""
        self._asked.note(facets, None)
        with self._lock:
            return self._selection(facets)

    def timeline(self, facets: Facets, wanted: str) -> tuple[pd.DataFrame, str]:
        """Return the timeline under the facets other than the period, and the granularity that it has."""
        self._asked.note(facets, wanted)
        with self._lock:
            return self._timeline(facets.ignoring("created_from", "created_to"), wanted)

    def positions(self, view: View) -> Positions:
        """Return the positions of all rows a view matches, in its order.

        What is paged through and exported.
        """
        mask = self.selection(view.facets).mask
        with self._lock:
            is_ours = view.sort_by == "severity"  # it comes with the audit
            ascending = self._by_severity() if is_ours else self._orders.ordering(view.sort_by)
        return in_order(mask, ascending, view.order)

    def place_of(self, name: str, number: int) -> int | None:
        """Return the position of the row with a name, the `number`th (from 1) of several; "" is no name."""
        is_named = (self.frame["name"].fillna("") == name).to_numpy()
        found = (is_named & (self.numbers == number)).nonzero()[0]
        return int(found[0]) if len(found) else None

    def places_of(self, rows: Sequence[tuple[str, int]]) -> list[int | None]:
        """Return the positions of some rows by their names, and which of that name each is: see place_of."""
        named = np.flatnonzero(self.frame["name"].isin([name for name, _ in rows]))
        names = self.frame["name"].iloc[named].tolist()
        numbers = self.numbers[named].tolist()
        places = dict(zip(zip(names, numbers, strict=True), named.tolist(), strict=True))
        return [places.get(row) if row[0] else self.place_of(*row) for row in rows]

    def name_at_service(self, name: str, number: int = 1) -> str:
        """Return the name by which the service knows a row. It is another one where a secret was in it.

        For requests alone: it may never be shown.
        """
        place = self.place_of(name, number) if self._hidden else None
        return name if place is None else self._hidden.get(place, name)

    @property
    def numbers(self) -> Positions:
        """Return which of the rows of its name each row is, from 1, by position."""
        return self._orders.numbers()

    def number_of(self, position: int) -> int:
        """Return which of the rows of its name a row is, from 1."""
        return int(self.numbers[position])

    def with_text(self, text: str) -> Positions:
        """Return the positions of the rows with a text in name or description, without regard to case."""
        return np.flatnonzero(analysis.searched(self.frame, text))

    def searched(self, text: str) -> LoadedInventory | None:
        """Return the rows with a text as an inventory of its own; None for no rows, or very many.

        The service may find others. The last one is kept.
        """
        kept = self._searched
        if kept is not None and kept[0] == text:
            return kept[1]
        positions = self.with_text(text)
        found = self._part(positions) if 0 < len(positions) <= MAX_SEARCHED else None
        self._searched = (text, found)
        return found

    def _part(self, positions: Positions) -> LoadedInventory:
        """Return some of the rows as an inventory of its own."""
        found = copy.copy(self)
        whole = replace(self.rows, frame=self.frame, secrets=self.secrets, hidden=self._hidden)
        found.rows = rows.part(whole, positions)
        found.frame, found.records, found.secrets = found.rows.frame, found.rows.records, found.rows.secrets
        found._hidden, found._orders = found.rows.hidden, Orders.of(found.frame)
        found._derive()
        return found

    def same_names(self, name: str) -> int:
        """Return how many rows have a name; "" is no name."""
        return int((self.frame["name"].fillna("") == name).sum())


def load_inventory(
    client: Client,
    search: str,
    config_type: str,
    note: Callable[[Progress], None],
    known: LoadedInventory | None = None,
) -> LoadedInventory:
    """Load everything that matches a search, and say how far it is after each page.

    What has not changed since `known` was loaded is shared with it. Raises what
    `Client.list_all_configurations` raises, and TooLargeError for what does not fit into memory.
    """
    # In one piece: what is looked at while rows come belongs to their load.
    started = time.perf_counter()
    room = Room(len(known.records) if known is not None else 0)
    same = rows.shared_with(known.rows) if known is not None else None

    came = itertools.count()

    def shared(record: RecordDict) -> RecordDict:
        room.weigh(record)
        if (number := next(came)) >= GREEDY_ROWS and number % ROWS_A_LOOK == 0:
            COURTESY.give_way()
        return record if same is None else same(record)

    def progress(loaded: int, total: int) -> None:
        room.check(total)
        note(Progress(loaded, total))

    with masked_errors():
        inventory = client.list_all_configurations(
            search_content=search,
            config_type=config_type,
            on_progress=progress,
            shared=shared,
        )
    loaded = LoadedInventory(inventory, time.perf_counter() - started, known=known)
    configurations = list(inventory.configurations)
    del inventory
    let_go(configurations)
    loaded.prepare(known)
    return loaded
