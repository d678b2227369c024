"""The only file that caches: clients, inventories, and what is derived from them, shared by all viewers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard import analysis
from dashboard.analysis import KeyFigures, Mask, Positions
from dashboard.inventories import Inventories, InventoryLoad, Snapshot
from dashboard.settings import VARIABLES, Connection, Settings, read_settings, sample_connection
from dashboard.view import SORTS, Facets, View
from modelarts_api import Client, ConfigurationDetail, ConfigurationQuery, ModelArtsError, ResultPage
from modelarts_api.local import LocalService

GRACE_SECONDS = 0.15
"""A quick inventory is waited for this long before the first rows are asked for on their own."""


@dataclass(frozen=True, eq=False)
class Selection:
    """What a snapshot holds under some facets: see the functions of the same names in analysis.

    The counts of a facet ignore that facet itself, so that its other values stay on offer.
    """

    mask: Mask
    key_figures: KeyFigures
    usage: pd.DataFrame
    engine_counts: Mapping[str, int]
    version_counts: Mapping[str, int]


def settings() -> Settings:
    """The connections as they are configured now."""
    found = st.secrets.to_dict() if st.secrets.load_if_toml_exists() else {}
    return _settings(found, {name: value for name, value in os.environ.items() if name in VARIABLES})


@st.cache_resource(ttl="10m", max_entries=4, show_spinner=False)
def _settings(secrets: dict[str, object], environment: dict[str, str]) -> Settings:
    return read_settings(secrets, environment)


def connection() -> Connection | None:
    """What the screens are about: the first connection, or the embedded service if none is configured."""
    configured = settings()
    if configured.nothing_configured:
        service = sample_service()
        return sample_connection(service.url, service.project_id)
    return configured.connections[0] if configured.connections else None


@st.cache_resource(ttl="365D", max_entries=1, show_spinner=False)
def inventories() -> Inventories:
    """The one collection of loads of this process."""
    return Inventories()


@st.cache_resource(ttl="365D", max_entries=1, show_spinner=False)
def sample_service() -> LocalService:
    """The embedded service, started when it is first needed."""
    service = LocalService()
    service.start()
    return service


@st.cache_resource(
    ttl="1D", max_entries=16, show_spinner=False, hash_funcs={Connection: lambda c: c.fingerprint}
)
def client(connection: Connection) -> Client:
    """One client, and so one pool of sockets, a connection."""
    return Client(connection.endpoint, connection.project_id, connection.credentials)


def inventory(connection: Connection, view: View) -> InventoryLoad:
    """The load behind a view, begun when it is due. Only search and configuration type matter to it."""
    load = inventories().get(
        connection.fingerprint, view.search, view.config_type, lambda: client(connection)
    )
    load.start_if_due()
    return load


def first_rows(connection: Connection, view: View) -> ResultPage | ModelArtsError:
    """The page a view asks for, straight from the service in one request; a failure is a value."""
    query = ConfigurationQuery(
        search_content=view.search,
        config_type=view.config_type,
        sort_by=SORTS[view.sort_by],
        order=view.order,
        page=view.page,
        per_page=view.per_page,
    )
    return _first_rows(connection, query)


@st.cache_resource(
    ttl=15, max_entries=64, show_spinner=False, hash_funcs={Connection: lambda c: c.fingerprint}
)
def _first_rows(connection: Connection, query: ConfigurationQuery) -> ResultPage | ModelArtsError:
    try:
        return client(connection).list_configurations(query)
    except ModelArtsError as error:
        return error


@st.cache_resource(
    ttl=60, max_entries=256, show_spinner=False, hash_funcs={Connection: lambda c: c.fingerprint}
)
def detail(connection: Connection, name: str, config_type: str) -> ConfigurationDetail | Exception:
    """Everything the service knows of one configuration, in one request; a failure is a value.

    The name may come from an address, so one that cannot be sent at all (ValueError) is a failure too.
    """
    try:
        return client(connection).get_configuration(name, config_type=config_type)
    except (ModelArtsError, ValueError) as error:
        return error


@st.cache_resource(ttl="10m", max_entries=128, show_spinner=False, hash_funcs={Snapshot: lambda s: s.serial})
def selection(snapshot: Snapshot, facets: Facets) -> Selection:
    """What a snapshot holds under some facets, worked out once for all viewers."""
    frame = snapshot.frame
    mask = analysis.matching(frame, facets)
    by_engine = analysis.matching(frame, facets.ignoring("engines"))
    by_version = analysis.matching(frame, facets.ignoring("versions"))
    return Selection(
        mask=mask,
        key_figures=analysis.key_figures(frame, mask, snapshot.loaded_at),
        usage=analysis.engine_usage(frame, by_engine),
        engine_counts=analysis.counts(frame, by_engine, "engine"),
        version_counts=analysis.counts(frame, by_version, "version"),
    )


@st.cache_resource(ttl="10m", max_entries=128, show_spinner=False, hash_funcs={Snapshot: lambda s: s.serial})
def timeline(snapshot: Snapshot, facets: Facets, wanted: str) -> tuple[pd.DataFrame, str]:
    """The timeline under some facets other than the period, and the granularity it came out with."""
    mask = analysis.matching(snapshot.frame, facets.ignoring("created_from", "created_to"))
    granularity = analysis.granularity_for(analysis.created_days(snapshot.frame)[mask], wanted)
    return analysis.timeline(snapshot.frame, mask, granularity), granularity


def positions(snapshot: Snapshot, view: View) -> Positions:
    """Positions of all rows a view matches, in its order: what the table pages through and exports write."""
    mask = selection(snapshot, view.facets).mask
    return analysis.in_order(mask, snapshot.orderings[view.sort_by], view.order)
