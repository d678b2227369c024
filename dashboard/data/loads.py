"""Inventories loaded in the background: everything that matches one search, shared by all who look at it.

An inventory is kept with its age. After TTL_SECONDS the next look renews it while the old one stays on
screen; a renewal that fails keeps the old one too, and says so. Knows no Streamlit: loading.py holds the one
collection of a process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count

import pandas as pd

from dashboard.data import analysis
from dashboard.data.analysis import Positions
from dashboard.data.load_history import LoadCounts, LoadHistory
from dashboard.data.rows import configurations_frame
from modelarts_api import Client, Inventory, ModelArtsError

TTL_SECONDS = 300.0
RETRY_SECONDS = 30.0
"""After a failure the next automatic attempt waits this long; the Retry button does not."""
MAX_INVENTORIES = 24
"""Of searches and samples. The whole of each connection comes on top: a screen shows all of them at once."""

_log = logging.getLogger(__name__)
_serials = count(1)
Key = tuple[str, str, str]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """One loaded inventory, ready to be looked at. Shared by all viewers: read only.

    `records` are the service's own rows, by position; `orderings` those of analysis.orderings.
    """

    serial: int
    frame: pd.DataFrame
    orderings: Mapping[str, Positions]
    records: tuple[Mapping[str, object], ...]
    reported_total: int
    complete: bool
    loaded_at: datetime
    requests: int
    seconds: float


@dataclass(frozen=True)
class LoadState:
    """How the load of an inventory stands. `snapshot` is the last good one, `error` of a later attempt.

    `began_at` is when the attempt that runs began. `finished` counts the attempts that are over, good or not.
    """

    snapshot: Snapshot | None = None
    error: Exception | None = None
    loading: bool = False
    loaded: int = 0
    total: int | None = None
    began_at: datetime | None = None
    finished: int = 0


class InventoryLoad:
    """Loads one inventory in the background, and again when it is old. Safe to share between threads.

    `client` is called in the background too: making one may take a question to IAM, which may fail.
    """

    def __init__(
        self,
        client: Callable[[], Client],
        search: str,
        config_type: str,
        history: LoadHistory | None = None,
    ) -> None:
        self._client, self._search, self._config_type = client, search, config_type
        self._history = history or LoadHistory()
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._state = LoadState()
        self._due_at = 0.0  # monotonic

    @property
    def state(self) -> LoadState:
        """How it stands now."""
        return self._state

    def start_if_due(self, *, now: bool = False) -> None:
        """Begin a load unless one runs; without `now`, only when there is none yet or it is old."""
        with self._lock:
            if self._state.loading or not (now or time.monotonic() >= self._due_at):
                return
            self._done.clear()
            self._state = replace(self._state, loading=True, loaded=0, total=None, began_at=datetime.now(UTC))
        self._history.began()
        threading.Thread(target=self._load, name="inventory", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Wait until the load that runs is over, at most so long; True when it is."""
        return self._done.wait(seconds)

    def _load(self) -> None:
        started = time.perf_counter()
        try:
            inventory = self._client().list_all_configurations(
                search_content=self._search, config_type=self._config_type, on_progress=self._progress
            )
            snapshot = _snapshot(inventory, started)
            state, due_in = replace(self._state, snapshot=snapshot, error=None), TTL_SECONDS
        except ModelArtsError as error:
            state, due_in = replace(self._state, error=error), RETRY_SECONDS
        except Exception as error:  # noqa: BLE001 - a fault of ours must reach the screen, not die here
            _log.exception("loading an inventory failed unexpectedly")
            state, due_in = replace(self._state, error=error), RETRY_SECONDS
        self._history.ended(time.perf_counter() - started, failed=state.error is not None)
        with self._lock:
            self._state = replace(state, loading=False, began_at=None, finished=state.finished + 1)
            self._due_at = time.monotonic() + due_in
            self._done.set()

    def _progress(self, loaded: int, total: int) -> None:
        self._state = replace(self._state, loaded=loaded, total=total)


class Inventories:
    """The loads of this process by connection, search and configuration type; the longest unused go first.

    Of every connection the load of everything stays, however many connections there are, until the
    connection itself goes.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loads: OrderedDict[Key, InventoryLoad] = OrderedDict()
        self._histories: dict[str, LoadHistory] = {}

    def get(
        self, connection: str, search: str, config_type: str, client: Callable[[], Client]
    ) -> InventoryLoad:
        """The one load for these, made when it is first asked for. `connection` is its fingerprint."""
        key = (connection, search, config_type)
        with self._lock:
            if key not in self._loads:
                history = self._histories.setdefault(connection, LoadHistory())
                self._loads[key] = InventoryLoad(client, search, config_type, history)
            self._loads.move_to_end(key)
            partial = [key for key in self._loads if not _is_whole(key)]
            for unused in partial[: max(0, len(partial) - MAX_INVENTORIES)]:
                del self._loads[unused]
            return self._loads[key]

    def keep_only(self, connections: Collection[str]) -> None:
        """Forget what was loaded of any other connection: it is configured no more, or differently."""
        with self._lock:
            for key in [key for key in self._loads if key[0] not in connections]:
                del self._loads[key]
            for gone in self._histories.keys() - set(connections):
                del self._histories[gone]

    def whole(self, connection: str) -> Snapshot | None:
        """What is loaded of all that a connection has, if anything is; begins nothing."""
        return self.latest(connection, "", "custom")

    def latest(self, connection: str, search: str, config_type: str) -> Snapshot | None:
        """What is loaded of one search, if anything is; begins nothing, and counts as no use of it."""
        with self._lock:
            load = self._loads.get((connection, search, config_type))
        return load.state.snapshot if load else None

    def load_counts(self, connection: str) -> LoadCounts:
        """How all loads of a connection have gone."""
        with self._lock:
            history = self._histories.get(connection)
        return (history or LoadHistory()).counts()

    def ages(self) -> list[float]:
        """Seconds since each snapshot was loaded."""
        with self._lock:
            snapshots = [load.state.snapshot for load in self._loads.values()]
        now = datetime.now(UTC)
        return [(now - snapshot.loaded_at).total_seconds() for snapshot in snapshots if snapshot]


def _is_whole(key: Key) -> bool:
    return key[1:] == ("", "custom")


def _snapshot(inventory: Inventory, started: float) -> Snapshot:
    frame = configurations_frame(inventory.configurations)
    return Snapshot(
        serial=next(_serials),
        frame=frame,
        orderings=analysis.orderings(frame),
        # Plain dicts of texts and numbers, which the garbage collector does not walk after every run.
        records=tuple(dict(configuration.raw) for configuration in inventory.configurations),
        reported_total=inventory.reported_total,
        complete=inventory.complete,
        loaded_at=inventory.loaded_at,
        requests=inventory.requests,
        seconds=time.perf_counter() - started,
    )
