"""What a request for the overview sees at once: whose it is, which connection, and what is loaded of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from urllib.parse import parse_qs

from starlette.types import Scope

from dashboard.access.naming import viewer_name
from dashboard.access.policy import Verdict
from dashboard.audit.live import Audited, ahead_of, audit_of, progress_words, titles_of
from dashboard.connections import Connection, chosen, labels
from dashboard.data import analysis
from dashboard.data.background import JobState
from dashboard.data.parameters import ALL_ENGINES, CONNECTION
from dashboard.data.projects import TTL_SECONDS, LoadState, projects
from dashboard.data.view import View, read_view
from dashboard.report import screens
from dashboard.report.first_view import Seen, first_view
from dashboard.server import rules
from dashboard.server.export_request import MAX_PARAMETERS
from dashboard.server.first_style import style

TRUE: Final = "true"


def view_of(scope: Scope) -> str:
    """Return the HTML of the view that a request asks for; "" for who may see none, or no usable connection.

    Begins no load, and asks nothing of the service.
    """
    # In one piece: from a request to who sees what; each step may end it.
    query = _query(scope)
    policy = rules.policy()
    claims = rules.claims_of(scope, policy)
    if query is None or rules.verdict(policy, claims) is not Verdict.ADMITTED:
        return ""
    entries = [
        entry for entry in projects().registry.settings().entries if policy.may_see(entry.name, claims)
    ]
    if not entries:
        return ""
    wanted = query.get(CONNECTION, [""])[-1]
    connection = chosen(entries, wanted)
    if not isinstance(connection, Connection):
        return ""
    seen = _seen(connection, query)
    return first_view(
        replace(
            seen,
            viewer=viewer_name(claims) if policy.sign_in else "",
            label=labels(entries)[connection.name],
            unknown="" if wanted in {entry.name for entry in entries} else wanted,
            connections=len(entries),
            screens=tuple(screen.title for screen in screens.offered(len(entries))),
        ),
        style(),
    )


def _query(scope: Scope) -> Mapping[str, Sequence[str]] | None:
    """Return the parameters of an address; None if it is none that can be read."""
    try:
        text = scope["query_string"].decode("latin-1")
        return parse_qs(text, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        return None


def _seen(connection: Connection, query: Mapping[str, Sequence[str]]) -> Seen:
    # In one piece: one record of what there is to see, and what its fields hang on.
    view = read_view(query)
    state = projects().state(connection, view)
    whole = projects().state(connection, View(config_type=view.config_type)).result
    ahead = ahead_of(whole, view.search) if state.result is None else None
    found = state.result or ahead
    auditing = audit_of(found) if found is not None else JobState[Audited, None]()
    audited = auditing.result
    if audited is not None:
        found = audited.inventory
    asked = view.facets
    if found is not None and not view.search:
        view = replace(view, facets=analysis.known(found.frame, asked))
    return Seen(
        connection.title,
        connection.name,
        connection.project,
        view,
        found,
        running=state.running,
        progress=state.progress,
        failed=state.error is not None,
        is_sample=connection.is_sample,
        is_stale=_is_stale(state),
        all_engines=query.get(ALL_ENGINES, [""])[-1].lower() == TRUE,
        endpoint=connection.endpoint,
        audit_note="" if ahead else progress_words(auditing, projects().details_state(connection)),
        check_titles=titles_of(audit_of(whole).result if ahead is not None and whole else audited),
        whole=whole,
        is_ahead=ahead is not None,
        left_out=asked.missing_in(view.facets),
    )


def _is_stale(state: LoadState) -> bool:
    return state.result is not None and state.result.age_seconds >= TTL_SECONDS
