"""The whole over time of a series of snapshots: told in a thread of its own, once for all who look."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from dashboard.audit.settings import AuditSettings
from dashboard.data.background import Job
from dashboard.data.projects import Project
from dashboard.history.reading import step_of
from dashboard.history.recall import timeless
from dashboard.history.severities import Judge
from dashboard.history.timeline import (
    Adoption,
    CountsOverTime,
    DayCounts,
    adoptions,
    day_counts,
    engine_counts,
)

if TYPE_CHECKING:
    from dashboard.store.database import Database
    from dashboard.store.series import Snapshot


@dataclass(frozen=True)
class Story:
    """How many configurations on each engine at each snapshot, since when, until when, what happened by day,
    and how many findings of each severity there were."""

    counts: CountsOverTime
    adoptions: tuple[Adoption, ...]
    days: tuple[DayCounts, ...]
    findings: CountsOverTime


StoryJob = Job[Story, None]


@dataclass(frozen=True)
class _Asked:
    """What a story depends on."""

    database: Database
    last: Snapshot
    day: date
    settings: AuditSettings


class Teller:
    """Tells the story of one series of snapshots. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock, self._telling = threading.Lock(), threading.Lock()
        self._judge = Judge()
        self._asked: _Asked | None = None
        self._job: StoryJob | None = None

    def job(self, database: Database, last: Snapshot, now: datetime, settings: AuditSettings) -> StoryJob:
        """Return the work that tells the story up to a series' last snapshot, begun. `now` is aware."""
        asked = _Asked(database, timeless(last), now.date(), settings)
        with self._lock:
            if self._job is None or self._asked != asked:
                self._asked = asked
                self._job = Job(
                    lambda _note: self._tell(asked, now), fresh_seconds=float("inf"), retry_seconds=30.0
                )
            job = self._job
        job.start_if_due()
        return job

    def _tell(self, asked: _Asked, now: datetime) -> Story:
        from dashboard.store.series_steps import series_steps  # noqa: PLC0415 - SQLAlchemy

        with self._telling:
            found = series_steps(asked.database, asked.last.connection, asked.last.config_type)
            findings = self._judge.counts(found, now, asked.settings)
        steps = tuple(map(step_of, found))
        return Story(engine_counts(steps), adoptions(steps), day_counts(steps), findings)


def teller_of(project: Project, config_type: str) -> Teller:
    """Return who tells of a project's configurations of a type; goes when the project goes."""
    return project.keep(f"story {config_type}", Teller)
