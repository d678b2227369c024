"""Who is looking, at which project, in which view: asked once a script run, and once a fragment's run.

The frame asks and hands it down; a screen takes what the frame has found with `current()`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from dashboard.access.policy import Policy, Verdict
from dashboard.audit.live import Audited, ahead_of, audit_of, live_of, titles_of
from dashboard.connections import Connection, ConnectionProblem, chosen
from dashboard.data import analysis
from dashboard.data.background import JobState
from dashboard.data.loads import LoadedInventory
from dashboard.data.parameters import CONNECTION, EVERY, Facet
from dashboard.data.projects import GRACE_SECONDS, LoadState, Project, projects
from dashboard.data.view import View, read_view
from dashboard.server import rules

PATIENCE_SECONDS: Final = 1.0
"""So long a viewer's own thread waits for work in the background."""
POLL_SECONDS: Final = 0.4
"""So often it is looked at after that."""
Entry = Connection | ConnectionProblem
AuditState = JobState[Audited, None]


@dataclass(frozen=True)
class Viewer:
    """Who is looking: what the sign-in says, the rules in force, and the connections that exist for them.

    Whoever may not look has no `entries`.
    """

    claims: Mapping[str, object]
    policy: Policy
    verdict: Verdict
    zone: ZoneInfo
    entries: tuple[Entry, ...] = ()

    @property
    def entry(self) -> Entry:
        """Return the connection chosen, by the control or in the address; for junk the first usable one."""
        wanted = st.session_state.get(CONNECTION, st.query_params.get(CONNECTION))
        return chosen(self.entries, wanted)


@dataclass(frozen=True)
class Context:
    """One look of a viewer: the project and view that they have chosen, and how its load stands.

    `ahead` is what the loaded rows say of a search that the service has not answered; for a screen that
    `runs_ahead` of it, and says so. `check_titles` are those of the checks in the rows that are shown;
    `left_out` what was chosen although no row has it.
    """

    viewer: Viewer
    project: Project
    view: View
    state: LoadState
    auditing: AuditState = field(default_factory=JobState)
    ahead: LoadedInventory | None = None
    runs_ahead: bool = False
    check_titles: Mapping[str, str] = field(default_factory=dict)
    left_out: Sequence[tuple[Facet, str]] = ()

    @property
    def audited(self) -> Audited | None:
        """Return what the audit says of the loaded rows, if it is there."""
        return self.auditing.result

    @property
    def connection(self) -> Connection:
        """Return the connection that is looked at."""
        return self.project.connection

    @property
    def zone(self) -> ZoneInfo:
        """Return the viewer's time zone."""
        return self.viewer.zone

    @property
    def inventory(self) -> LoadedInventory | None:
        """Return the loaded rows, if there are any; with what the audit says of them, once it is there."""
        return self.audited.inventory if self.audited else self.state.result or self.ahead

    @property
    def whole(self) -> LoadedInventory | None:
        """Return all that is loaded of the type that the view asks for, whatever is searched for."""
        return self.project.loaded(View(config_type=self.view.config_type))

    @property
    def is_ahead(self) -> bool:
        """Return whether the rows are those that the service has not found yet."""
        return self.state.result is None and self.ahead is not None


_viewer: ContextVar[Viewer] = ContextVar("viewer")
_context: ContextVar[Context] = ContextVar("context")


def ask_viewer() -> Viewer:
    """Find out who is looking, before anything is loaded. The frame does it first of all."""
    policy = rules.policy()
    # Streamlit reads the file, too, before it tells of a viewer: not one that is known to be wrong.
    claims = {} if policy.faults else st.user.to_dict()
    viewer = Viewer(claims, policy, rules.verdict(policy, claims), _zone(st.context.timezone))
    if viewer.verdict is Verdict.ADMITTED:
        configured = projects().registry.settings().entries
        seen = tuple(entry for entry in configured if policy.may_see(entry.name, claims))
        viewer = replace(viewer, entries=seen)
    _viewer.set(viewer)
    return viewer


def look(
    viewer: Viewer, connection: Connection, *, patience: float = GRACE_SECONDS, runs_ahead: bool = False
) -> Context:
    """Look at a connection in the view that the controls ask for, and begin its load if it is due.

    The first load is waited for, if it is quick. A chosen value that is nowhere in all of the data is junk.
    With `runs_ahead` the loaded rows stand in for what the service has not found yet.
    """
    project, view = projects().project(connection), asked_view()
    load = project.inventory(view)
    if load.state.result is None:
        load.wait(patience)
    state, auditing = load.state, JobState[Audited, None]()
    if state.result is not None:
        audit = live_of(project).job(project, state.result, whole=not view.search)
        if audit.state.result is None:
            audit.wait(patience)
        auditing = audit.state
    ahead, audited = None, auditing.result
    if runs_ahead and state.result is None:
        whole = project.loaded(View(config_type=view.config_type))
        ahead = ahead_of(whole, view.search)
        audited = audit_of(whole).result if whole else None
    context = Context(viewer, project, view, state, auditing, ahead, runs_ahead, titles_of(audited))
    if context.inventory is not None and not view.search:
        known = analysis.known(context.inventory.frame, view.facets)
        missing = view.facets.missing_in(known)
        context = replace(context, view=replace(view, facets=known), left_out=missing)
    _context.set(context)
    return context


Seen = TypeVar("Seen", Viewer, Context)


def fragment(
    draw: Callable[[Seen], None],
    seen: Seen,
    see_again: Callable[[Seen], Seen],
    *,
    run_every: float | None = None,
    key: str | None = None,
) -> None:
    """Draw a part of the page that can be drawn again alone; only then does it look again."""
    first = True

    def draw_part() -> None:
        nonlocal first
        now, first = (seen if first else see_again(seen)), False
        draw(now)

    st.fragment(draw_part, key=key, run_every=run_every)()


def look_again(drawn: Context) -> Context:
    """Look again at the same connection in the view that the controls ask for now.

    When the settings have changed so that the viewer's connection is another one, everything is drawn again:
    what the settings no longer tell must not be asked for by an open tab.
    """
    viewer = ask_viewer()
    if not viewer.entries or viewer.entry != drawn.connection:
        st.rerun()
    return look(viewer, drawn.connection, patience=0, runs_ahead=drawn.runs_ahead)


def may_still(drawn: Context) -> bool:
    """Return whether the viewer may still look at the connection that a control was drawn for.

    A press that changes something for others asks this first: the settings may have changed meanwhile.
    """
    return drawn.connection in ask_viewer().entries


def ask_viewer_again(_drawn: Viewer) -> Viewer:
    """Find out who is looking once more; whoever may not look any more is shown the whole page."""
    viewer = ask_viewer()
    if not viewer.entries:
        st.rerun()
    return viewer


def _zone(told: str | None) -> ZoneInfo:
    """Return the browser's time zone; UTC where it tells none that is known here, such as Etc/Unknown."""
    try:
        return ZoneInfo(told or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a browser can send anything
        return ZoneInfo("UTC")


def current_viewer() -> Viewer:
    """Return who is looking, as the frame has found in this run."""
    return _viewer.get()


def current() -> Context:
    """Return what the frame has found in this run; it shows no screen that needs it without a project."""
    return _context.get()


def asked_view() -> View:
    """Return the view the controls ask for, validated; before they are drawn, the one of the address bar."""
    drawn = {name: st.session_state[name] for name in EVERY if name in st.session_state}
    return read_view({name: st.query_params.get_all(name) for name in EVERY} | drawn)
