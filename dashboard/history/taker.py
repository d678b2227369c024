"""Snapshots that are taken by themselves: after each load of everything that differs from the last one.

A load hands over what it has brought, and goes on. One thread of its own does the rest, unhurried, so that
nobody who looks at the dashboard waits for it. What fails there is told once in the log and on the screen of
the connection, and changes nothing else.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Final

from dashboard.data.courtesy import COURTESY, politely
from dashboard.data.database import shared_database
from dashboard.data.loads import LoadedInventory
from dashboard.data.projects import Project, Projects, projects
from dashboard.data.record import Record
from dashboard.history.grouped import GROUPED
from dashboard.history.records import detail_of
from dashboard.history.settings import HistorySettings, read_history_settings
from dashboard.history.take import (
    Taken,
    records_of,
    take_snapshot,
)
from dashboard.secrets_file import read_secrets
from dashboard.store.canonical import canonical
from dashboard.store.errors import StoreError

if TYPE_CHECKING:
    from dashboard.store.database import Database

Series = tuple[str, str]
"""A connection's name and a configuration type."""
PRUNE_SECONDS: Final = 24 * 3600.0
UNEXPECTED: Final = "Taking a snapshot failed unexpectedly; the log says more."
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class TakerState:
    """How it stands with a connection's snapshots: the last one taken by this process, and why the latest try
    failed, since when; `failure` is "" after one that did not. `tries` counts those that are over."""

    taken: Taken | None = None
    failure: str = ""
    failed_at: datetime | None = None
    tries: int = 0


@dataclass(frozen=True)
class _Waiting:
    """What a load has handed over."""

    project: Project
    loaded: LoadedInventory


class Taker:
    """Takes snapshots in a thread of its own. Safe to share between threads."""

    def __init__(
        self,
        database: Callable[[], Database] = shared_database,
        settings: Callable[[], HistorySettings] = lambda: read_history_settings(read_secrets().tables),
    ) -> None:
        self._database, self._settings = database, settings
        self._changed = threading.Condition()
        self._waiting: dict[Series, _Waiting] = {}
        self._working = False
        self._states: dict[Series, TakerState] = {}
        self._digests: dict[Series, str] = {}
        self._pruned_at: float | None = None

    def watch(self, collection: Projects) -> None:
        """Take a snapshot after each load of everything from now on."""
        collection.on_whole = self.loaded

    def loaded(self, project: Project, config_type: str, loaded: LoadedInventory) -> None:
        """Hand over everything that a connection has; returns at once. Sample data is not kept.

        Begins to look for the families in it, too.
        """
        GROUPED.families(loaded)
        if project.connection.is_sample or not loaded.complete:
            return
        with self._changed:
            self._waiting[project.connection.name, config_type] = _Waiting(project, loaded)
            if not self._working:
                self._working = True
                threading.Thread(target=self._run, name="snapshots", daemon=True).start()

    def state(self, connection: str, config_type: str) -> TakerState:
        """Return how it stands with the snapshots of a connection and type."""
        return self._states.get((connection, config_type), TakerState())

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is left to do, at most so long; True when that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._working, seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._waiting:
                    self._working = False
                    self._changed.notify_all()
                    return
                series = next(iter(self._waiting))
                waiting = self._waiting.pop(series)
            self._try(series, waiting)

    def _try(self, series: Series, waiting: _Waiting) -> None:
        before = self.state(*series)
        before = replace(before, tries=before.tries + 1)
        try:
            with COURTESY.in_turn(len(waiting.loaded.records)):
                taken = self._take(series, waiting)
        except StoreError as error:
            failure = str(error)
            if failure != before.failure:
                _log.warning("no snapshot of connection %s: %s", series[0], failure)
        except Exception:  # noqa: BLE001 - a fault of ours must reach the screen, not end the thread
            failure = UNEXPECTED
            if failure != before.failure:
                _log.exception("no snapshot of connection %s", series[0])
        else:
            self._states[series] = replace(before, taken=taken or before.taken, failure="", failed_at=None)
            return
        failed_at = before.failed_at if before.failure else datetime.now(UTC)
        self._states[series] = replace(before, failure=failure, failed_at=failed_at)

    def _take(self, series: Series, waiting: _Waiting) -> Taken | None:
        settings = self._settings()
        if not settings.enabled:
            return None
        found = waiting.project.known_details(series[1])
        details = {name: detail_of(detail.record, detail.secrets) for name, detail in found.items()}
        digest = _digest(records_of(waiting.loaded, details))
        database, at = self._database(), waiting.loaded.loaded_at
        if (taken := self._confirmed(database, series, digest, at)) is not None:
            return taken
        self._digests.pop(series, None)
        taken = take_snapshot(database, *series, at, politely(records_of(waiting.loaded, details)))
        self._digests[series] = digest
        if taken.stored:
            self._prune(database, settings)
        return taken

    def _confirmed(self, database: Database, series: Series, digest: str, at: datetime) -> Taken | None:
        """Return the last snapshot where nothing has changed since this process took it, else None."""
        from dashboard.store.snapshots import confirm_snapshot  # noqa: PLC0415 - SQLAlchemy

        last = self.state(*series).taken
        if last is None or self._digests.get(series) != digest:
            return None
        return replace(last, stored=False) if confirm_snapshot(database, last.snapshot, at) else None

    def _prune(self, database: Database, settings: HistorySettings) -> None:
        """Delete what no rule keeps, once a day; never by settings that somebody has mistyped."""
        from dashboard.store.retention import prune  # noqa: PLC0415 - SQLAlchemy

        now = time.monotonic()
        if settings.faults or (self._pruned_at is not None and now - self._pruned_at < PRUNE_SECONDS):
            return
        self._pruned_at = now
        prune(database, datetime.now(UTC), keep_days=settings.keep_days, keep_last=settings.keep_last)


def _digest(records: Iterable[Record]) -> str:
    """Return what two inventories share that say the same in the same order."""
    found = hashlib.sha256()
    for record in politely(records):
        found.update(canonical(record).encode("ascii"))
    return found.hexdigest()


@cache
def taker() -> Taker:
    """Return the one of this process; it takes snapshots from the first call on."""
    one = Taker()
    one.watch(projects())
    return one
