"""What all configurations of a load become, worked out once for all viewers in the background.

It is kept with the inventory that it was made of, and goes with it. It is made again when details have come
or the team has decided something.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dashboard.data.background import Job
from dashboard.data.database import shared_database
from dashboard.data.loads import LoadedInventory, Progress
from dashboard.data.parameters import CONFIG_TYPE
from dashboard.data.projects import Project
from dashboard.data.view import View
from dashboard.migration.decisions import EVERY_DATASET, Decisions, from_store
from dashboard.migration.loading import LoadedPairs, load_details, offers_of
from dashboard.migration.mapping import migrate_all
from dashboard.migration.migration import Migration
from dashboard.store.errors import StoreError

if TYPE_CHECKING:
    from dashboard.store.decisions import Decision

DETAILS_SECONDS: Final = 5.0
"""While details come, it is worked out at most so often."""
DECISIONS_SECONDS: Final = 2.0
"""So long decisions count as read: all viewers of a connection share one reading."""
RETRY_SECONDS: Final = 30.0
_NAME: Final = "migrations"
_DECISIONS: Final = "decisions"
_ATTACHING: Final = threading.Lock()


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
    """What the configurations of an inventory become, by position, under which decisions.

    `details` is for how many the details were there.
    """

    loaded: LoadedPairs
    details: int
    team: TeamDecisions
    migrations: tuple[Migration, ...]


MigratedJob = Job[Migrated, Progress]


class _Kept:
    """What the team decided, as it was read a moment ago: shared by all who look at a connection."""

    def __init__(self) -> None:
        self.at = float("-inf")
        self.team = TeamDecisions(Decisions())


def team_decisions(project: Project) -> TeamDecisions:
    """Return what holds for a connection, as it was a moment ago."""
    kept = project.keep(_DECISIONS, _Kept)
    if time.monotonic() - kept.at > DECISIONS_SECONDS:
        kept.team, kept.at = _read_decisions(project.connection.name), time.monotonic()
    return kept.team


def forget_decisions(project: Project) -> None:
    """Read the decisions anew at the next look: somebody has changed them here."""
    project.keep(_DECISIONS, _Kept).at = float("-inf")


def _read_decisions(connection: str) -> TeamDecisions:
    """Return what holds for a connection. Where the database cannot be read, nothing, and why."""
    from dashboard.store.decisions import current_decisions  # noqa: PLC0415 - SQLAlchemy

    try:
        found = current_decisions(shared_database(), connection)
    except StoreError as error:
        return TeamDecisions(Decisions(), error=error)
    stored = tuple(sorted(found.values(), key=lambda one: one.id))
    decisions, faults = from_store(stored)
    return TeamDecisions(decisions, stored, faults)


def migrations(project: Project, inventory: LoadedInventory, view: View) -> MigratedJob:
    """Return the work on an inventory of a view, begun where it is due.

    Only the view's configuration type matters to it.
    """
    with _ATTACHING:
        held = weakref.ref(inventory)  # what refers to itself stays in memory until it is searched for
        work = _work(project, held, view.config_type)
        job: MigratedJob = inventory.derived(
            _NAME, lambda: Job(work, fresh_seconds=float("inf"), retry_seconds=RETRY_SECONDS)
        )
    if project.whole() is None and view.config_type == CONFIG_TYPE.default:
        project.inventory(View())  # details are loaded of all that the connection has
    found: Migrated | None = job.state.result
    if found is None:
        job.start_if_due()
    elif found.team.version != team_decisions(project).version or _is_behind(project, job, view):
        job.start_if_due(now=job.state.error is None or job.state.seconds > RETRY_SECONDS)
    return job


def _is_behind(project: Project, job: MigratedJob, view: View) -> bool:
    """Return whether details have come since, and it is time to take them in."""
    if view.config_type != CONFIG_TYPE.default:
        return False
    state, found = project.details().state(), job.state.result
    is_due = state.complete or job.state.seconds >= DETAILS_SECONDS
    return is_due and found is not None and state.done > found.details


def _work(
    project: Project, held: weakref.ref[LoadedInventory], config_type: str
) -> Callable[[Callable[[Progress], None]], Migrated]:
    before: LoadedPairs | None = None

    def work(note: Callable[[Progress], None]) -> Migrated:
        nonlocal before
        inventory = held()
        if inventory is None:
            raise RuntimeError("the inventory has gone")
        count = 0
        if config_type == CONFIG_TYPE.default:
            loaded, count = _with_known_details(project, inventory, before)
        else:
            loaded = before or load_details(
                project.client, inventory, config_type, lambda done, total: note(Progress(done, total))
            )
        before = loaded
        team = team_decisions(project)
        return Migrated(loaded, count, team, tuple(migrate_all(loaded.pairs, team.decisions, loaded.offers)))

    return work


def _with_known_details(
    project: Project, inventory: LoadedInventory, before: LoadedPairs | None
) -> tuple[LoadedPairs, int]:
    """Return the configurations with the details that are there, and how many the connection has in all."""
    known = project.details().found()
    names = inventory.frame["name"].fillna("").tolist()
    # For several of one name the service has one answer: the first gets it, as in the audit.
    left = {name: detail.record for name, detail in known.items()}
    pairs = [(record, left.pop(name, None)) for name, record in zip(names, inventory.records, strict=True)]
    offers = before.offers if before is not None else offers_of(project.client)
    unread = () if inventory.complete else ("The service did not tell every configuration.",)
    return LoadedPairs(pairs, offers, unread), len(known)


def by_decision(found: Mapping[int, Migration]) -> Mapping[tuple[str, str], list[int]]:
    """Return the positions that each open decision concerns, the most frequent first.

    Where several old datasets are open, all of them together are one more.
    """
    concerned: dict[tuple[str, str], list[int]] = {}
    every: dict[int, None] = {}
    for position, migration in found.items():
        for about in dict.fromkeys(one.decision for one in migration.reasons if one.decision is not None):
            concerned.setdefault(about, []).append(position)
        if any(one.code == "old-dataset" for one in migration.reasons):
            every[position] = None
    if len(every) > 1:
        concerned[EVERY_DATASET] = list(every)
    return dict(sorted(concerned.items(), key=lambda pair: -len(pair[1])))
