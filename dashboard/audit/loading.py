"""Load what the command line audits: connections as the dashboard has them, or sample data."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from dashboard.audit.subject import Subject
from dashboard.audit.subjects import Subjects
from dashboard.connections import ConnectionProblem, NoConnectionError, Registry, UnknownConnectionError
from dashboard.data import rows
from dashboard.data.failures import details_missing, masked_errors
from dashboard.data.fingerprint_key import fingerprint_key
from dashboard.data.loads import LoadedInventory, load_inventory
from dashboard.data.record import NAME
from dashboard.data.rows import Detail
from dashboard.secrets_file import read_secrets
from modelarts_api import Client, Engine, ModelArtsError, NotFoundError
from modelarts_api.detail import ConfigurationDetail

Note = Callable[[str, int, int], None]
"""Told of progress: of what, how many of how many."""


@dataclass(frozen=True)
class Target:
    """A connection to audit, or why it cannot be."""

    name: str
    client: Client | None = None
    faults: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class LoadedRows:
    """The configurations of a connection, the details that came, by the shown name, and what did not come."""

    inventory: LoadedInventory
    details: Mapping[str, Detail]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoadedSubjects:
    """What was loaded of a connection, and what could not be."""

    subjects: Sequence[Subject]
    engines: tuple[Engine, ...] | None
    reported_total: int
    complete: bool
    inventory: LoadedInventory
    faults: tuple[str, ...] = ()


@contextmanager
def sample_target() -> Iterator[list[Target]]:
    """Give the sample data as a connection, as long as the context lasts."""
    from modelarts_local import LocalService  # noqa: PLC0415 - needed by whoever asks for it

    with LocalService() as service, Client(service.url, service.project_id) as client:
        yield [Target("sample", client, (), "Sample data")]


@contextmanager
def configured_targets(names: Sequence[str]) -> Iterator[list[Target]]:
    """Give the connections with these names, all of them without any. Raises NoConnectionError."""
    registry = Registry()
    try:
        settings = registry.settings()
        entries = {} if settings.nothing_configured else {entry.name: entry for entry in settings.entries}
        for name in names:
            if name not in entries:
                raise UnknownConnectionError(name, entries, read_secrets().fault)
        if not entries:
            raise NoConnectionError("No connection is configured; run --sample audits the sample data.")
        yield [
            Target(entry.name, None, entry.faults, entry.title)
            if isinstance(entry, ConnectionProblem)
            else Target(entry.name, registry.client(entry), (), entry.title)
            for name, entry in entries.items()
            if not names or name in names
        ]
    finally:
        registry.close()


def load(client: Client, note: Note, *, details: bool) -> LoadedSubjects:
    """Load everything that is audited of a connection. Raises ModelArtsError where there is no inventory."""
    rows = load_rows(client, note, "custom", details=details)
    engines, faults = _engines(client)
    inventory = rows.inventory
    return LoadedSubjects(
        Subjects(inventory, rows.details),
        engines,
        inventory.reported_total,
        inventory.complete,
        inventory,
        (*rows.faults, *faults),
    )


def load_rows(client: Client, note: Note, config_type: str, *, details: bool) -> LoadedRows:
    """Load every configuration of a type. Raises ModelArtsError where there is no inventory."""
    inventory = load_inventory(
        client, "", config_type, lambda progress: note("configurations", progress.loaded, progress.total)
    )
    faults = (
        [] if inventory.complete else ["the list kept changing, or its total was wrong: rows may be missing"]
    )
    found, fault = _details(client, inventory, note, config_type) if details else ({}, [])
    return LoadedRows(inventory, found, (*faults, *fault))


@contextmanager
def shown_progress(name: str) -> Iterator[Note]:
    """Give what shows progress on standard error, where that is a terminal; the line goes at the end."""
    shown = sys.stderr.isatty()

    def note(what: str, done: int, total: int) -> None:
        if shown:
            sys.stderr.write(f"\r\x1b[K{name}: {what} {done:,} of {total:,}")
            sys.stderr.flush()

    try:
        yield note
    finally:
        if shown:
            sys.stderr.write("\r\x1b[K")


def _engines(client: Client) -> tuple[tuple[Engine, ...] | None, list[str]]:
    """Return the engines that the service offers; None where it has no such call."""
    try:
        with masked_errors():
            return tuple(client.list_engines()), []
    except NotFoundError:
        return None, []
    except ModelArtsError as error:
        return None, [f"the engines could not be listed: {error}"]


def _details(
    client: Client, inventory: LoadedInventory, note: Note, config_type: str
) -> tuple[dict[str, Detail], list[str]]:
    """Return the details that came, by name as it is shown, and what did not come."""
    shown = {
        inventory.name_at_service(name): name
        for record in inventory.records
        if isinstance(name := record.get(NAME), str) and name.strip()
    }
    key = fingerprint_key()
    found: dict[str, Detail] = {}

    def take(name: str, detail: ConfigurationDetail) -> None:
        found[shown[name]] = rows.detail(detail, key)

    with masked_errors():
        load = client.load_details(
            shown,
            config_type=config_type,
            on_progress=lambda done, total: note("details", done, total),
            on_detail=take,
        )
    missing = [name for name in shown.values() if name not in found]
    return found, [] if load.complete else [details_missing(load, missing, len(inventory.records))]
