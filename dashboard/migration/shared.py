"""What all configurations of a load become, worked out once for all viewers in the background."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dashboard.data.background import Job
from dashboard.data.database import shared_database
from dashboard.data.loads import LoadedInventory, Progress
from dashboard.data.projects import RETRY_SECONDS, Project
from dashboard.data.view import View
from dashboard.migration.decisions import Decisions, from_store
from dashboard.migration.loading import Loaded, load_details
from dashboard.migration.mapping import migrate_all
from dashboard.migration.migration import Migration
from dashboard.store.errors import StoreError

if TYPE_CHECKING:
    from dashboard.store.decisions import Decision

KEY: Final = "migrations"


@dataclass(frozen=True)
class TeamDecisions:
    """What holds for a connection: the decisions, and who made them when (`stored`).

    `faults` tell which of those stored do not count, `error` why none could be read.
    """

    decisions: Decisions
    stored: tuple[Decision, ...] = ()
    faults: tuple[str, ...] = ()
    error: StoreError | None = None

    @property
    def version(self) -> tuple[int, ...]:
        """Return what differs whenever other decisions hold."""
        return tuple(one.id for one in self.stored)


@dataclass(frozen=True, eq=False)
class Migrated:
    """What the configurations of an inventory become, by position, under which decisions."""

    inventory: LoadedInventory
    loaded: Loaded
    team: TeamDecisions
    migrations: tuple[Migration, ...]


MigratedJob = Job[Migrated, Progress]


def team_decisions(connection: str) -> TeamDecisions:
    """Return what holds for a connection. Where the database cannot be read, nothing, and why."""
    from dashboard.store.decisions import current_decisions  # noqa: PLC0415 - SQLAlchemy

    try:
        found = current_decisions(shared_database(), connection)
    except StoreError as error:
        return TeamDecisions(Decisions(), error=error)
    stored = tuple(sorted(found.values(), key=lambda one: one.id))
    decisions, faults = from_store(stored)
    return TeamDecisions(decisions, stored, faults)


def migrations(project: Project, view: View) -> MigratedJob:
    """Return the work behind a view, begun where its inventory or the decisions are others by now.

    Only search and configuration type matter to it. The inventory has to be loaded.
    """
    job = project.derived((KEY, view.search, view.config_type), _work(project, view))
    state, inventory = job.state, project.loaded(view)
    if inventory is None or state.running:
        return job
    found = state.result
    if found is None:
        job.start_if_due()
    elif found.inventory is not inventory or found.team.version != team_decisions(_name(project)).version:
        job.start_if_due(now=state.error is None or state.seconds > RETRY_SECONDS)
    return job


def _work(project: Project, view: View) -> Callable[[Callable[[Progress], None]], Migrated]:
    def work(note: Callable[[Progress], None]) -> Migrated:
        inventory = project.loaded(view)
        assert inventory is not None
        before = project.derived((KEY, view.search, view.config_type), work).state.result
        team = team_decisions(_name(project))
        if before is not None and before.inventory is inventory and before.team.version != team.version:
            loaded = before.loaded
        else:  # a new inventory; or a person wants the details that have not come
            loaded = load_details(
                project.client, inventory, view.config_type, lambda done, total: note(Progress(done, total))
            )
        return Migrated(
            inventory, loaded, team, tuple(migrate_all(loaded.pairs, team.decisions, loaded.offers))
        )

    return work


def _name(project: Project) -> str:
    return project.connection.name


def by_decision(found: Mapping[int, Migration]) -> Mapping[tuple[str, str], list[int]]:
    """Return the positions that each open decision concerns, the most frequent first."""
    concerned: dict[tuple[str, str], list[int]] = {}
    for position, migration in found.items():
        for about in dict.fromkeys(one.decision for one in migration.reasons if one.decision is not None):
            concerned.setdefault(about, []).append(position)
    return dict(sorted(concerned.items(), key=lambda pair: -len(pair[1])))
