"""What an export request asks for, and whether the viewer may have it; else the answer instead, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import HTTPConnection
from starlette.types import Scope

from dashboard.access.policy import Verdict
from dashboard.connections import Connection, ConnectionProblem
from dashboard.data import analysis
from dashboard.data.export import MEDIA_TYPES, TooManyRowsError
from dashboard.data.loads import LoadedInventory
from dashboard.data.parameters import CONNECTION, EVERY, MAX_CHOICES
from dashboard.data.projects import Project, projects
from dashboard.data.view import View, read_view
from dashboard.report.notices import no_such_values
from dashboard.server import rules
from dashboard.server.bundles import accepts_gzip
from dashboard.server.error_pages import Refusal
from dashboard.server.gate import SIGNED_OUT

MAX_PARAMETERS: Final = 2 * MAX_CHOICES + 4 * len(EVERY)
"""Two facets with as many values as count, and the others a few times."""


@dataclass(frozen=True, eq=False)
class Wanted:
    """What a request is for: all rows of a view of a connection, in a format."""

    project: Project
    view: View
    ending: str

    @property
    def connection(self) -> Connection:
        """Return the connection whose rows they are."""
        return self.project.connection


class RefusedError(Exception):
    """An export that is not given: `refusal` is the answer instead."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.title)
        self.refusal = refusal


def wanted_by(scope: Scope, ending: str) -> Wanted:
    """Read a request. Raises RefusedError. May start the service with sample data, which takes a moment."""
    try:
        query = parse_qs(
            scope["query_string"].decode("latin-1"), keep_blank_values=True, max_num_fields=MAX_PARAMETERS
        )
    except ValueError:
        text = f"An address has at most {MAX_PARAMETERS:,} parameters here."
        raise refused(400, "This address cannot be read", text) from None
    name = query.get(CONNECTION, [""])[-1]
    return Wanted(projects().project(connection_for(scope, name)), read_view(query), ending)


def connection_for(scope: Scope, name: str) -> Connection:
    """Return the connection of a name, if the viewer may see it; without a name the first that can be used.

    Raises RefusedError. A connection whose list a viewer is not on does not exist for them.
    """
    policy = rules.policy()
    claims = rules.claims_of(scope, policy)
    if rules.verdict(policy, claims) is not Verdict.ADMITTED:
        raise RefusedError(SIGNED_OUT)
    entries: tuple[Connection | ConnectionProblem, ...] = projects().registry.settings().entries
    seen = [entry for entry in entries if policy.may_see(entry.name, claims)]
    named = [entry for entry in seen if name in {"", entry.name}]
    usable = [entry for entry in named if isinstance(entry, Connection)]
    if usable:
        return usable[0]
    if named:
        raise refused(503, "This connection cannot be used", "Its page says what is wrong with its settings.")
    raise refused(404, "There is no such connection", "It may be called otherwise now, or not be for you.")


def viewer_of(scope: Scope) -> str:
    """Return who asks: the person who is signed in, else the address."""
    claims = rules.claims_of(scope, rules.policy())
    person = claims.get("sub") or claims.get("email")
    return f"person {person}" if person else f"address {(scope.get('client') or ['?'])[0]}"


def takes_gzip(scope: Scope) -> bool:
    """Return whether whoever asks takes gzip."""
    return accepts_gzip(HTTPConnection(scope).headers.get("accept-encoding", ""))


def refused(status: int, title: str, text: str, retry_after: int = 0) -> RefusedError:
    """Return an answer instead of an export; `retry_after` in seconds, if it makes sense to ask again."""
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    return RefusedError(Refusal(status, title, text, "/", headers))


def too_many_rows(error: TooManyRowsError) -> RefusedError:
    """Return what is said when a format does not hold all rows: never fewer of them."""
    others = ", ".join(ending.upper() for ending in MEDIA_TYPES if ending != "xlsx")
    text = (
        f"{error.rows:,} configurations match, and a worksheet holds {error.limit:,}. Narrow the view down,"
        f" or take one of {others}, which hold any number."
    )
    return refused(422, "These are too many rows for a spreadsheet", text)


def demand_known_values(view: View, inventory: LoadedInventory) -> None:
    """Raise RefusedError where a value is chosen that no row has, outside of a search.

    On the screen it is left out, which is told there; a file of all rows would look like what was asked for.
    """
    known = view.facets if view.search else analysis.known(inventory.frame, view.facets)
    if missing := view.facets.missing_in(known):
        text = f"{no_such_values(missing, view.config_type)} Leave that out of the address."
        raise refused(404, "There are no such configurations", text)


def not_loaded(error: Exception | None) -> RefusedError:
    """Return what is said when the inventory could not be loaded: the same as on the screen."""
    from dashboard.ui import messages  # noqa: PLC0415 - imports Streamlit's elements

    message = messages.describe(error or RuntimeError())
    text = " ".join(filter(None, [message.happened, message.next_step, message.facts]))
    return refused(502, "The configurations could not be loaded", text)
