"""Everything that is loaded of each connection, for the whole process. Needs no Streamlit.

This is the only room that keeps what it has loaded. What belongs to a connection is kept under its
fingerprint, so nothing crosses from one to another, and it goes when the connection goes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeVar

from dashboard.connections import Connection, Registry
from dashboard.connections.traffic import Traffic
from dashboard.data import rows
from dashboard.data.background import Job, Jobs, JobState
from dashboard.data.details import Details, DetailsState, details_wanted
from dashboard.data.failures import masked_errors
from dashboard.data.failures import step as masked_step
from dashboard.data.fingerprint_key import fingerprint_key
from dashboard.data.loads import LoadedInventory, Progress, load_inventory
from dashboard.data.parameters import CONFIG_TYPE, SORTS
from dashboard.data.rows import Detail, FirstRows
from dashboard.data.view import View
from dashboard.secrets_file import read_secrets
from modelarts_api import (
    AccessKeyCredentials,
    Client,
    ConfigurationQuery,
    PasswordCredentials,
    Step,
    diagnose,
)

TTL_SECONDS: Final = 300.0
RETRY_SECONDS: Final = 30.0
"""After a failed load the next automatic attempt waits this long; the Retry button does not."""
GRACE_SECONDS: Final = 0.15
"""A quick inventory is waited for this long before the first rows are asked for on their own."""
CALL_RETRY_SECONDS: Final = 10.0
FIRST_ROWS_SECONDS, DETAIL_SECONDS = 15.0, 60.0
"""So long the answer to a single call is good."""
MAX_INVENTORIES: Final = 24
"""Of searches and samples. The whole of each connection comes on top: a screen shows all of them at once."""
MAX_CALLS: Final = 256

T = TypeVar("T")
InventoryJob = Job[LoadedInventory, Progress]
LoadState = JobState[LoadedInventory, Progress]
Steps = tuple[Step, ...]
Observer = Callable[[str], AbstractContextManager[object]]
"""Entered with the connection's name when a load begins, and left, with what it raises, when that is over."""
OnWhole = Callable[["Project", str, LoadedInventory], None]
"""Called in the load's own thread with everything of a type that a connection has, before anybody sees it. It
has to return at once, and raises nothing."""
OnLoaded = Callable[["Project", View, LoadedInventory], None]
"""Called in the load's own thread with what was loaded behind a view. What was shown before stays until it
returns; it raises nothing."""


@dataclass(frozen=True, eq=False)
class Project:
    """What is loaded of one connection. Every method shares its work with all who ask for the same."""

    connection: Connection
    client: Client = field(repr=False)
    traffic: Traffic = field(repr=False)
    projects: Projects = field(repr=False)

    def inventory(self, view: View) -> InventoryJob:
        """Return the load behind a view, begun when it is due.

        Only search and configuration type matter to it.
        """
        load = self._load(view.search, view.config_type)
        load.start_if_due()
        return load

    def whole(self) -> LoadedInventory | None:
        """Return what is loaded of all that the project has, if anything is; begins nothing."""
        return self.loaded(View())

    def loaded(self, view: View) -> LoadedInventory | None:
        """Return what is loaded behind a view, if anything is; begins nothing."""
        load = self.projects.loads.find(_key(self.connection, view.search, view.config_type))
        found: LoadedInventory | None = load.state.result if load else None
        return found

    def renew(self, view: View) -> None:
        """Load again now, because a person has asked for it. A quick load is waited for."""
        self.try_again()
        load = self._load(view.search, view.config_type)
        load.start_if_due(now=True)
        load.wait(GRACE_SECONDS)

    def try_again(self) -> None:
        """Let refused credentials be sent once more.

        Only when a person asks: attempts lock users and keys.
        """
        credentials = self.connection.credentials
        if isinstance(credentials, AccessKeyCredentials | PasswordCredentials):
            credentials.try_again()

    def first_rows(self, view: View) -> Job[FirstRows, None]:
        """Return the page a view asks for, straight from the service in one request.

        The view's sorting must be one that the service knows, and its facets are not applied.
        """
        query = ConfigurationQuery(
            search_content=view.search,
            config_type=view.config_type,
            sort_by=SORTS[view.sort_by],
            order=view.order,
            page=view.page,
            per_page=view.per_page,
        )

        def work(_note: object) -> FirstRows:
            with masked_errors():
                page = self.client.list_configurations(query)
            return rows.first_rows(page, fingerprint_key())

        return self._call(("first rows", query), work, FIRST_ROWS_SECONDS)

    def detail(self, name: str, config_type: str) -> Job[Detail, None]:
        """Return everything the service knows of one configuration, in one request.

        The name is the one that is shown. It may come from an address, so one that cannot be sent at all
        (ValueError) is a failure too.
        """

        def work(_note: object) -> Detail:
            whole = self.loaded(View(config_type=config_type))
            asked = name if whole is None else whole.name_at_service(name)
            with masked_errors():
                found = self.client.get_configuration(asked, config_type=config_type)
            return rows.detail(found, fingerprint_key())

        return self._call(("detail", name, config_type), work, DETAIL_SECONDS)

    def retry_detail(self, name: str, config_type: str) -> None:
        """Ask for details that have failed again, because a person wants it."""
        self.try_again()
        self.detail(name, config_type).start_if_due(now=True)

    def details(self, *, begin: bool = True) -> Details:
        """Return the details of all that the project has; goes on loading them, once that is loaded.

        Without `begin`, and with `[audit] details = false`, nothing is loaded.
        """
        found = self.projects.details_of(self.connection, self.client)
        whole = self.whole()
        if begin and whole is not None and details_wanted(read_secrets().tables):
            found.want(whole)
        return found

    def keep(self, name: str, make: Callable[[], T]) -> T:
        """Return what a room above keeps with this connection, made when it is first asked for."""
        return self.projects.keep(self.connection, name, make)

    def known_details(self, config_type: str) -> dict[str, Detail]:
        """Return the details that are loaded of configurations of a type, by name; asks for none."""
        is_whole_type = config_type == CONFIG_TYPE.default
        known = dict(self.projects.details_of(self.connection, self.client).found()) if is_whole_type else {}
        for key, job in self.projects.calls.items():
            if key[:2] == _key(self.connection, "detail") and key[3] == config_type and job.state.result:
                known[key[2]] = job.state.result
        return known

    def test(self) -> Job[Steps, Steps]:
        """Return the one test of the connection.

        It runs when a person starts it, and notes its steps as they end.
        """
        return self.projects.tests.get(
            _key(self.connection), lambda: Job(self._diagnose, fresh_seconds=0, retry_seconds=0)
        )

    def _diagnose(self, note: Callable[[Steps], None]) -> Steps:
        steps: Steps = ()
        for step in diagnose(self.client):
            steps = (*steps, masked_step(step))
            note(steps)
        return steps

    def _load(self, search: str, config_type: str) -> InventoryJob:
        def work(note: Callable[[Progress], None]) -> LoadedInventory:
            view = View(search=search, config_type=config_type)
            with self.projects.observe(self.connection.name):
                loaded = load_inventory(self.client, search, config_type, note, self.loaded(view))
            self.projects.on_loaded(self, view, loaded)
            if not search:
                self.projects.on_whole(self, config_type, loaded)
            return loaded

        return self.projects.loads.get(
            _key(self.connection, search, config_type),
            lambda: Job(work, fresh_seconds=TTL_SECONDS, retry_seconds=RETRY_SECONDS),
        )

    def _call(self, what: tuple[object, ...], work: Callable[[object], T], seconds: float) -> Job[T, None]:
        job: Job[T, None] = self.projects.calls.get(
            _key(self.connection, *what),
            lambda: Job(work, fresh_seconds=seconds, retry_seconds=CALL_RETRY_SECONDS),
        )
        job.start_if_due()
        return job


class Projects:
    """The projects of this process, one a connection. Safe to share between threads."""

    def __init__(self) -> None:
        self.registry = Registry(self._forget)
        self.loads = Jobs(MAX_INVENTORIES, stays=_is_whole)
        self.calls = Jobs(MAX_CALLS)
        self.tests = Jobs(MAX_CALLS)
        self.observe: Observer = nullcontext
        self.on_whole: OnWhole = lambda _project, _config_type, _loaded: None
        self.on_loaded: OnLoaded = lambda _project, _view, _loaded: None
        self.is_crowded: Callable[[], bool] = lambda: False
        self._lock = threading.Lock()
        self._details: dict[str, Details] = {}
        self._kept: dict[tuple[str, str], Any] = {}

    def project(self, connection: Connection) -> Project:
        """Return the project of a connection; nothing is asked of it yet."""
        registry = self.registry
        return Project(connection, registry.client(connection), registry.traffic(connection), self)

    def state(self, connection: Connection, view: View) -> LoadState:
        """Return how the load behind a view stands; begins nothing, and makes no client."""
        load = self.loads.find(_key(connection, view.search, view.config_type))
        state: LoadState = load.state if load else JobState()
        return state

    def is_loading(self) -> bool:
        """Return whether an inventory is being loaded."""
        return any(job.state.running for job in self.loads.all())

    def details_state(self, connection: Connection) -> DetailsState:
        """Return how a connection's details stand; begins nothing, and makes no client."""
        with self._lock:
            found = self._details.get(connection.fingerprint)
        return found.state() if found is not None else DetailsState(0, 0)

    def details_of(self, connection: Connection, client: Client) -> Details:
        """Return the one collection of a connection's details."""
        fingerprint = connection.fingerprint

        def is_busy() -> bool:
            return any(job.state.running for job in self.loads.all(lambda key: key[0] == fingerprint))

        with self._lock:
            if fingerprint not in self._details:
                self._details[fingerprint] = Details(client, is_busy, lambda: self.is_crowded())  # noqa: PLW0108 - set later
            return self._details[fingerprint]

    def keep(self, connection: Connection, name: str, make: Callable[[], T]) -> T:
        """Return what a room above keeps with a connection; it goes when the connection goes."""
        with self._lock:
            key = (connection.fingerprint, name)
            if key not in self._kept:
                self._kept[key] = make()
            found: T = self._kept[key]
            return found

    def ages(self) -> list[float]:
        """Return how many seconds ago each inventory was loaded."""
        states: list[LoadState] = [job.state for job in self.loads.all()]
        return [state.result.age_seconds for state in states if state.result is not None]

    def _forget(self, kept: frozenset[str]) -> None:
        """Drop what was loaded of any other connection: it is configured no more, or differently."""
        for jobs in (self.loads, self.calls, self.tests):
            jobs.keep(lambda key: key[0] in kept)
        with self._lock:
            for gone in self._details.keys() - kept:
                self._details.pop(gone).stop()
            self._kept = {key: value for key, value in self._kept.items() if key[0] in kept}


@cache
def projects() -> Projects:
    """Return the one collection of this process."""
    return Projects()


def _key(connection: Connection, *what: object) -> tuple[object, ...]:
    return (connection.fingerprint, *what)


def _is_whole(key: tuple[object, ...]) -> bool:
    return key[1:] == ("", "custom")
