"""The details of a connection's configurations, loaded in the background while people look at the list.

One load at a time for each connection, at the pace of its client. It waits while an inventory is loading,
goes on where it was ended, and with another inventory asks only for what is new or changed.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from dashboard.data import rows
from dashboard.data.background import Job
from dashboard.data.failures import failure, masked_errors
from dashboard.data.fingerprint_key import KEY, TABLE, fingerprint_key
from dashboard.data.loads import LoadedInventory
from dashboard.data.number_words import count_of
from dashboard.data.rows import Detail
from dashboard.data.switches import read_switch
from dashboard.data.view import View
from dashboard.secrets_file import unknown_key
from modelarts_api import Client, ConfigurationDetail, InvalidNameError, ModelArtsError, NotFoundError

VARIABLE: Final = "DASHBOARD_AUDIT_DETAILS"
KEYS: Final = ("details", KEY)
"""Of the table [audit] in secrets.toml."""
MAX_DETAILS: Final = 10_000
"""Of so many configurations of a connection, the newest, details are kept: some 60 MB."""
FRESH_SECONDS: Final = 30.0
"""So long after a load nobody looks whether something is missing."""
RETRY_SECONDS: Final = 60.0
OLD_SECONDS: Final = 6 * 3_600.0
"""Details can change without the list telling so: after this long they are asked for again."""
PAUSE_SECONDS: Final = 0.1
CROWD_SECONDS, CROWD_DETAILS = 2.0, 16
"""While viewers wait for the server, a pause of so long, then so many details: viewers first."""


@dataclass(frozen=True)
class DetailsState:
    """How the details stand: for how many (`done`) of how many configurations (`total`) they are there.

    `failed` counts those that could not be loaded. Not asked for are `nameless`, configurations without a
    name of their own (for several of one name the service has one answer), and `older`, those beyond the
    newest MAX_DETAILS. `error` is what ended the last load before its time.
    """

    done: int
    total: int
    failed: int = 0
    running: bool = False
    error: Exception | None = None
    nameless: int = 0
    older: int = 0

    @property
    def words(self) -> str:
        """Return how far it is, in words."""
        return f"details for {self.done:,} of {self.total:,}"

    @property
    def to_come(self) -> int:
        """Return how many are left to wait for."""
        return max(0, self.total - self.done - self.failed - self.nameless - self.older)

    @property
    def complete(self) -> bool:
        """Return whether there is nothing left to wait for."""
        return not self.to_come

    @property
    def missing_words(self) -> str:
        """Return why it is not all of them, in words; "" where it is."""
        said = {
            f"{self.to_come:,} still to come": self.to_come,
            f"{self.failed:,} could not be loaded": self.failed,
            count_of(self.nameless, "has no name of its own", "have no name of their own"): self.nameless,
            count_of(self.older, "is", "are") + f" older than the newest {MAX_DETAILS:,}": self.older,
        }
        return ", ".join(words for words, count in said.items() if count)


@dataclass(frozen=True, eq=False)
class _Kept:
    """Details, the listed record that they belong to, and when they came (monotonic)."""

    detail: Detail
    record: Mapping[str, object]
    at: float


@dataclass
class _Wanted:
    """An inventory whose details are wanted: its rows by the name that is shown, the newest first.

    `named` counts those that have a name of their own: there may be more of them than are wanted.
    """

    inventory: LoadedInventory
    records: Mapping[str, Mapping[str, object]]
    named: int
    failed: dict[str, ModelArtsError] = field(default_factory=dict)


class Details:
    """The details of one connection. Safe to share between threads.

    `busy` tells whether something more urgent is loading, `crowded` whether viewers wait for the server.
    """

    def __init__(
        self,
        client: Client,
        busy: Callable[[], bool] = lambda: False,
        crowded: Callable[[], bool] = lambda: False,
    ) -> None:
        self._client, self._busy, self._crowded = client, busy, crowded
        self._lock = threading.Lock()
        self._kept: dict[str, _Kept] = {}
        self._wanted: _Wanted | None = None
        self._stopped = threading.Event()
        self._job: Job[int, None] = Job(self._work, fresh_seconds=FRESH_SECONDS, retry_seconds=RETRY_SECONDS)

    def want(self, inventory: LoadedInventory) -> None:
        """Load the details of an inventory, unless that is under way or done already."""
        is_new = self._wanted is None or self._wanted.inventory is not inventory
        if is_new:
            wanted = _Wanted(inventory, *_newest(inventory))
            with self._lock:
                self._wanted = wanted
                self._kept = {
                    name: kept for name, kept in self._kept.items() if wanted.records.get(name) == kept.record
                }
        if not self._stopped.is_set():
            self._job.start_if_due(now=is_new)

    def state(self) -> DetailsState:
        """Return how far it is."""
        with self._lock:
            wanted, done = self._wanted, len(self._kept)
            failed = 0 if wanted is None else sum(name not in self._kept for name in list(wanted.failed))
        job = self._job.state
        if wanted is None:
            return DetailsState(done, 0, running=job.running, error=job.error)
        total = len(wanted.inventory.frame)
        nameless, older = total - wanted.named, wanted.named - len(wanted.records)
        return DetailsState(done, total, failed, job.running, job.error, nameless, older)

    def found(self) -> Mapping[str, Detail]:
        """Return the details that are there, by the names that are shown."""
        with self._lock:
            return {name: kept.detail for name, kept in self._kept.items()}

    def wait(self, seconds: float) -> bool:
        """Wait until the load that runs is over, at most so long; True when it is."""
        return self._job.wait(seconds)

    def stop(self) -> None:
        """End the load, and begin no other: the connection has gone."""
        self._stopped.set()

    def _work(self, _note: object) -> int:
        """Load what is missing, of another inventory too if one comes meanwhile; the number that came."""
        came = 0
        self._forgive()
        while not self._is_over():
            wanted = self._wanted
            assert wanted is not None
            if self._busy():
                self._stopped.wait(PAUSE_SECONDS)
                continue
            is_crowded = self._crowded()
            names = islice(self._missing(wanted), CROWD_DETAILS if is_crowded else None)
            missing = {wanted.inventory.name_at_service(name): name for name in names}
            if missing and is_crowded:
                self._stopped.wait(CROWD_SECONDS)
            if missing:
                came += self._load(wanted, missing)
            elif wanted is self._wanted:
                break
        return came

    def _is_over(self) -> bool:
        """Return whether nobody needs the details any more: the connection has gone, or the process ends."""
        return self._stopped.is_set() or not threading.main_thread().is_alive()

    def _forgive(self) -> None:
        """Let what has failed be asked for again, but for what is not there."""
        if (wanted := self._wanted) is not None:
            for name, error in list(wanted.failed.items()):
                if not isinstance(error, NotFoundError | InvalidNameError):
                    del wanted.failed[name]

    def _load(self, wanted: _Wanted, missing: Mapping[str, str]) -> int:
        """Ask for details by the names at the service. Raises what ends a load before its time."""
        key = fingerprint_key()

        def take(name: str, detail: ConfigurationDetail) -> None:
            kept = _Kept(rows.detail(detail, key), wanted.records[missing[name]], time.monotonic())
            with self._lock:
                if self._wanted is wanted:
                    self._kept[missing[name]] = kept

        def stop() -> bool:
            is_crowd = len(missing) > CROWD_DETAILS and self._crowded()
            return self._is_over() or self._wanted is not wanted or self._busy() or is_crowd

        with masked_errors():
            try:
                load = self._client.load_details(missing, on_detail=take, stop=stop)
            except RuntimeError:  # the interpreter is ending, and begins no thread any more
                if self._is_over():
                    return 0
                raise
            wanted.failed.update({missing[name]: failure(error) for name, error in load.errors.items()})
            if load.ended_by is not None:
                raise load.ended_by
        return len(load.details)

    def _missing(self, wanted: _Wanted) -> Iterator[str]:
        """Yield the names whose details are not there, or old; without those that have failed."""
        oldest = time.monotonic() - OLD_SECONDS
        for name in wanted.records:
            kept = self._kept.get(name)
            is_good = kept is not None and kept.at >= oldest
            if not is_good and name not in wanted.failed:
                yield name


def _newest(inventory: LoadedInventory) -> tuple[dict[str, Mapping[str, object]], int]:
    """Return the listed records by name, the newest first, and how many names there are.

    Of several of one name it is the first in the list.
    """
    names = inventory.frame["name"].fillna("").to_numpy(dtype=object)
    order = inventory.positions(View(sort_by="created", order="desc"))
    named = order[(inventory.numbers[order] == 1) & (names[order] != "")]
    newest = named[:MAX_DETAILS].tolist()
    return {names[position]: inventory.records[position] for position in newest}, len(named)


def check_settings(tables: Mapping[str, object], environment: Mapping[str, str] = os.environ) -> None:
    """Raise ValueError for a key of `[audit]` that nothing reads, or what details_wanted raises."""
    table = tables.get(TABLE)
    for key in table if isinstance(table, Mapping) else ():
        if key not in KEYS:
            raise ValueError(f"secrets.toml: {unknown_key(key, f'[{TABLE}]', KEYS)}")
    details_wanted(tables, environment)


def details_wanted(tables: Mapping[str, object], environment: Mapping[str, str] = os.environ) -> bool:
    """Return whether details are loaded in the background.

    DASHBOARD_AUDIT_DETAILS says it, else `[audit] details` in secrets.toml, else yes. Raises ValueError for
    what is neither true nor false.
    """
    if (told := read_switch(VARIABLE, environment)) is not None:
        return told
    table = tables.get(TABLE)
    wanted = table.get("details", True) if isinstance(table, Mapping) else True
    if not isinstance(wanted, bool):
        raise ValueError(f"[{TABLE}] details must be true or false")  # noqa: TRY004 - a setting, not a call
    return wanted
