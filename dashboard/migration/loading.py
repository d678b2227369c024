"""Loading everything that a connection has, for the command: list, details, and what API v2 offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from dashboard.connections import Connection, UnknownConnectionError
from dashboard.data import rows
from dashboard.data.failures import details_missing
from dashboard.data.fingerprint_key import fingerprint_key
from dashboard.data.loads import LoadedInventory, load_inventory
from dashboard.data.projects import Projects
from dashboard.data.record import NAME
from dashboard.migration.offers import Offers, read_offers
from dashboard.parsing.secrets import mask
from modelarts_api import Client, ModelArtsError

T = TypeVar("T")
Pair = tuple[Mapping[str, Any], Mapping[str, Any] | None]
"""A configuration's listed record, and its details where they have come."""


class CannotReadError(Exception):
    """The connection cannot be used, so there is nothing to map. The text is for people."""


@dataclass(frozen=True)
class LoadedPairs:
    """What a connection has: every configuration by name, what it offers, and what could not be read."""

    pairs: Sequence[Pair]
    offers: Offers
    unread: tuple[str, ...]


def load_all(projects: Projects, name: str, config_type: str) -> LoadedPairs:
    """Return everything that a connection has.

    Raises UnknownConnectionError, CannotReadError and ModelArtsError.
    """
    client = projects.project(_connection(projects, name)).client
    inventory = load_inventory(client, "", config_type, lambda _progress: None)
    return load_details(client, inventory, config_type, lambda _done, _total: None)


def load_details(
    client: Client, inventory: LoadedInventory, config_type: str, note: Callable[[int, int], None]
) -> LoadedPairs:
    """Return the configurations of an inventory with their details, through the door, and what is offered.

    `note` is told how many have come, of how many. Of what the service says nothing is raised.
    """
    asked = [_name_at_service(inventory, place) for place in range(len(inventory.records))]
    found = client.load_details(filter(None, asked), config_type=config_type, on_progress=note)
    key = fingerprint_key()
    details = {name: rows.detail(detail, key).record for name, detail in found.details.items()}
    # For several of one name the service has one answer: the first gets it, as in the audit.
    pairs = [(record, details.pop(name, None)) for record, name in zip(inventory.records, asked, strict=True)]
    unread = [] if inventory.complete else ["The service did not tell every configuration."]
    if not found.complete:
        missing = [mask(name) for name in (*found.errors, *found.left)]
        unread.append(f"{details_missing(found, missing, len(asked))}.")
    return LoadedPairs(pairs, offers_of(client), tuple(unread))


def offers_of(client: Client) -> Offers:
    """Return what a connection offers to training jobs of API v2; None for what it does not answer."""
    return read_offers(_answered(client.list_training_engines), _answered(client.list_training_flavors))


def _answered(ask: Callable[[], Sequence[T]]) -> Sequence[T] | None:
    """Return an answer; None without one. Some clouds have no such call, some users no right to it."""
    try:
        return ask()
    except ModelArtsError:
        return None


def _name_at_service(inventory: LoadedInventory, place: int) -> str:
    """Return the name by which the service knows a row, for requests alone; "" for one without."""
    name = inventory.records[place].get(NAME)
    if not isinstance(name, str) or not name.strip():
        return ""
    return inventory.name_at_service(name, inventory.number_of(place))


def _connection(projects: Projects, name: str) -> Connection:
    entry = next((one for one in projects.registry.settings().entries if one.name == name), None)
    if entry is None:
        raise UnknownConnectionError(name, [one.name for one in projects.registry.settings().entries])
    if not isinstance(entry, Connection):
        raise CannotReadError(f"The connection {name!a} cannot be used: {'; '.join(entry.faults)}.")
    return entry
