"""The only file that caches: clients, inventories, and what is derived from them, shared by all viewers.

What belongs to a connection is kept under its fingerprint, so nothing crosses from one to another.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
import streamlit as st
from streamlit.errors import StreamlitSecretNotFoundError

from dashboard.access.policy import Policy
from dashboard.connections import (
    VARIABLES,
    Connection,
    ConnectionProblem,
    LatestSettings,
    Settings,
    read_settings,
    sample_connection,
    unreadable_file,
)
from dashboard.data import analysis
from dashboard.data.analysis import KeyFigures, Mask, Positions
from dashboard.data.calls import Call, Calls
from dashboard.data.diagnoses import Diagnosis
from dashboard.data.loads import Inventories, InventoryLoad, Snapshot
from dashboard.data.traffic import Traffic
from dashboard.data.view import SORTS, Facets, View
from dashboard.server import rules
from modelarts_api import (
    AccessKeyCredentials,
    Client,
    ConfigurationDetail,
    ConfigurationQuery,
    PasswordCredentials,
    ResultPage,
)
from modelarts_api.http.exchanges import observed_by
from modelarts_local import LocalService

GRACE_SECONDS = 0.15
"""A quick inventory is waited for this long before the first rows are asked for on their own."""
TIMEOUT, TIME_LIMIT = (5.0, 30.0), 60.0
"""Seconds to wait for a connection and for data, and for one call with all its repetitions."""
MAX_CONNECTIONS: Final = 1_000
BY_FINGERPRINT: Final[dict[str | type[Any], Callable[[Any], Any]]] = {Connection: lambda c: c.fingerprint}


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
    """What is configured now, for whomever it is meant. A change of it shows at the next look."""
    try:
        secrets = st.secrets.to_dict()
    except StreamlitSecretNotFoundError as error:
        if error.error_id != "no-secrets-found":
            where = re.search(r"line \d+, column \d+", str(error))
            reason = f"it is not valid TOML ({where[0]})" if where else "it is not valid TOML"
            return Settings((unreadable_file(reason),))
        secrets = {}
    except (OSError, UnicodeDecodeError):
        return Settings((unreadable_file("it is no text file that this user may read"),))
    before = _latest_settings().settings
    variables = {name: os.environ[name] for name in VARIABLES if name in os.environ}
    found = _latest_settings().get(secrets, variables)
    if found is not before:
        _forget_all_but(found, before)
    return found


def _forget_all_but(found: Settings, before: Settings) -> None:
    """Drop what is kept of connections that are configured no more, or differently: data and secrets."""
    kept = {connection.fingerprint for connection in found.connections}
    inventories().keep_only(kept)
    _calls().forget_all()
    for connection in before.connections:
        if connection.fingerprint not in kept:
            for cached in (client, traffic, diagnosis):
                cached.clear(connection)


def entries() -> tuple[Connection | ConnectionProblem, ...]:
    """The connections that the viewer may see, usable or not, in the order of the settings.

    Every screen, control and request takes its connection from here, so one whose list a viewer is not on
    does not exist for them.
    """
    return entries_for(rules.policy(), st.user.to_dict())


def entries_for(policy: Policy, claims: Mapping[str, object]) -> tuple[Connection | ConnectionProblem, ...]:
    """The same for somebody who is admitted by this policy and has these claims, outside of a session."""
    configured = settings()
    if configured.nothing_configured:
        service = sample_service()
        return (sample_connection(service.url, service.project_id),)
    return tuple(entry for entry in configured.entries if policy.may_see(entry.name, claims))


def connections() -> tuple[Connection, ...]:
    """Those of the entries that can be used."""
    return tuple(entry for entry in entries() if isinstance(entry, Connection))


@st.cache_resource(ttl="365D", max_entries=1, show_spinner=False)
def _latest_settings() -> LatestSettings:
    return LatestSettings(read_settings)


@st.cache_resource(ttl="365D", max_entries=1, show_spinner=False)
def inventories() -> Inventories:
    """The one collection of loads of this process."""
    return Inventories()


@st.cache_resource(ttl="365D", max_entries=1, show_spinner=False)
def _calls() -> Calls:
    return Calls()


@st.cache_resource(ttl="365D", max_entries=1, show_spinner=False)
def sample_service() -> LocalService:
    """The embedded service, started when it is first needed."""
    service = LocalService()
    service.start()
    return service


@st.cache_resource(ttl="365D", max_entries=MAX_CONNECTIONS, show_spinner=False, hash_funcs=BY_FINGERPRINT)
def traffic(connection: Connection) -> Traffic:  # noqa: ARG001 - the key
    """What the connection's requests have come to since the process began."""
    return Traffic()


@st.cache_resource(ttl="1D", max_entries=MAX_CONNECTIONS, show_spinner=False, hash_funcs=BY_FINGERPRINT)
def client(connection: Connection) -> Client:
    """One client, and so one pool of sockets, a connection.

    If the project is known by its name only, this asks IAM for its id first, which takes a while and may
    fail as a call does: never call it in a viewer's own thread.
    """
    credentials, record = connection.credentials, traffic(connection).record
    project_id = connection.project_id
    if not project_id and isinstance(credentials, PasswordCredentials):
        with observed_by(record):
            project_id = credentials.project_id
    return Client(
        connection.endpoint,
        project_id,
        credentials,
        timeout=TIMEOUT,
        time_limit=TIME_LIMIT,
        ca_bundle=connection.ca_bundle,
        proxy=connection.proxy,
        on_exchange=record,
    )


@st.cache_resource(ttl="365D", max_entries=MAX_CONNECTIONS, show_spinner=False, hash_funcs=BY_FINGERPRINT)
def diagnosis(connection: Connection) -> Diagnosis:
    """The one test of a connection, for all who look at it."""
    return Diagnosis(lambda: client(connection))


def inventory(connection: Connection, view: View) -> InventoryLoad:
    """The load behind a view, begun when it is due. Only search and configuration type matter to it."""
    load = _load(connection, view)
    load.start_if_due()
    return load


def renew(connection: Connection, view: View) -> None:
    """Load again now, because a person has asked for it. A quick load is waited for."""
    try_again(connection)
    load = _load(connection, view)
    load.start_if_due(now=True)
    load.wait(GRACE_SECONDS)


def _load(connection: Connection, view: View) -> InventoryLoad:
    return inventories().get(
        connection.fingerprint, view.search, view.config_type, lambda: client(connection)
    )


def try_again(connection: Connection) -> None:
    """Let refused credentials be sent once more. Only when a person asks: attempts lock users and keys."""
    if isinstance(connection.credentials, AccessKeyCredentials | PasswordCredentials):
        connection.credentials.try_again()


def first_rows(connection: Connection, view: View) -> Call[ResultPage]:
    """The page a view asks for, straight from the service in one request; shared for 15 s."""
    query = ConfigurationQuery(
        search_content=view.search,
        config_type=view.config_type,
        sort_by=SORTS[view.sort_by],
        order=view.order,
        page=view.page,
        per_page=view.per_page,
    )
    key = ("first rows", connection.fingerprint, query)
    return _calls().get(key, lambda: client(connection).list_configurations(query), kept_seconds=15)


def detail(connection: Connection, name: str, config_type: str) -> Call[ConfigurationDetail]:
    """Everything the service knows of one configuration, in one request; shared for a minute.

    The name may come from an address, so one that cannot be sent at all (ValueError) is a failure too.
    """
    key = ("detail", connection.fingerprint, name, config_type)
    return _calls().get(
        key,
        lambda: client(connection).get_configuration(name, config_type=config_type),
        kept_seconds=60,
    )


def retry_detail(connection: Connection, name: str, config_type: str) -> None:
    """Ask for details that have failed again at the next look, because a person wants it."""
    try_again(connection)
    _calls().forget_failure(("detail", connection.fingerprint, name, config_type))


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
