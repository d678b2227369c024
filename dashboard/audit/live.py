"""The audits of what is on screen: one for each loaded inventory, shared by all who look at it.

An audit runs in the background, and again when details have come, waivers have changed or a day has passed.
What it says of each configuration becomes columns of the inventory, by which the screens filter and sort.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

import numpy as np
import pandas as pd

from dashboard.audit.findings import STATUSES, Audit
from dashboard.audit.outcome import SEVERITIES
from dashboard.audit.run import Auditor
from dashboard.audit.settings import AuditSettings, SettingsError, load_settings, settings_file
from dashboard.audit.subjects import Subjects
from dashboard.audit.waivers import apply_waivers
from dashboard.data.background import Job, JobState
from dashboard.data.courtesy import COURTESY
from dashboard.data.database import configured_url, shared_database
from dashboard.data.details import DetailsState
from dashboard.data.failures import masked_errors
from dashboard.data.loads import LoadedInventory
from dashboard.data.projects import Project, Projects
from dashboard.data.rows import Detail, Rows
from dashboard.data.view import View
from dashboard.secrets_file import read_secrets
from dashboard.store.errors import StoreError
from dashboard.store.location import read_location
from dashboard.store.waiver import Waiver
from modelarts_api import Engine, ModelArtsError

AUDITING: Final = "Auditing…"
CLEAN: Final = "clean"
"""What stands for a severity where nothing is found that is not accepted."""
SEVERITY_WORDS: Final = (*map(str, SEVERITIES), CLEAN)
DETAILS_SECONDS, DETAILS_GROWTH = 5.0, 1.5
"""While details come, an audit begins at most so often, and when there are so many times as many: each one
has every open tab drawn anew."""
WAIVERS_SECONDS: Final = 2.0
WAIVED_SECONDS: Final = 1.0
ENGINES_SECONDS: Final = 3_600.0
RENEWAL_SECONDS: Final = 10.0
"""So long what was loaded waits for its audit, while what was there before is shown with its own."""
_NAME: Final = "audit"


@dataclass(frozen=True)
class Waivers:
    """The waivers of a connection, or why they cannot be read."""

    active: tuple[Waiver, ...] = ()
    fault: str = ""


@dataclass(frozen=True, eq=False)
class Audited:
    """An audit, the inventory with what it says as columns, and what it was made of.

    Columns: `severity` (ordered category: the worst that is not accepted, or "clean"); `finding:ID:STATUS`
    (bool): whether that check has found something that is of that status.
    """

    audit: Audit
    inventory: LoadedInventory
    waivers: Waivers
    details: int
    day: date
    settings_fault: str = ""


AuditJob = Job[Audited, None]


@dataclass(frozen=True, eq=False)
class _OfRows:
    """An audit of rows, good for a load that has brought the same ones: what else it was made `of`."""

    of: tuple[object, ...]
    audit: Audit
    columns: Mapping[str, object]


class Live:
    """The audits of one connection. Safe to share between threads."""

    def __init__(self) -> None:
        self._auditing = threading.Lock()
        self._auditor: Auditor | None = None
        self._settings_fault = ""
        self._engines: tuple[float, tuple[Engine, ...] | None] | None = None
        self._waivers: tuple[float, Waivers] | None = None
        self._of_rows: weakref.WeakKeyDictionary[Rows, _OfRows] = weakref.WeakKeyDictionary()

    def job(
        self, project: Project, loaded: LoadedInventory, *, whole: bool, begin_details: bool = True
    ) -> AuditJob:
        """Return the audit of an inventory, begun when it is due. `whole`: it is all that the project has."""
        details = project.details(begin=begin_details)
        known = self.waivers(project.connection.name)
        with _ATTACHING:
            found = weakref.ref(loaded)  # what refers to itself stays in memory until it is searched for
            work = self._work(project, found, whole=whole)
            job: AuditJob = loaded.derived(
                _NAME, lambda: Job(work, fresh_seconds=float("inf"), retry_seconds=30.0)
            )
        last: Audited | None = job.state.result
        if last is None:
            job.start_if_due()
        elif last.waivers != known:
            job.start_if_due(now=True)
            job.wait(WAIVED_SECONDS)  # who accepts a finding sees it accepted
        elif last.day != _now().date() or _is_due(details.state(), last.details, job.state.seconds):
            job.start_if_due(now=True)
        return job

    def waivers(self, connection: str) -> Waivers:
        """Return the waivers of a connection as they were a moment ago."""
        kept = self._waivers
        if kept is None or time.monotonic() - kept[0] > WAIVERS_SECONDS:
            kept = self._waivers = (time.monotonic(), _read_waivers(connection))
        return kept[1]

    def forget_waivers(self) -> None:
        """Read the waivers anew at the next look: somebody has changed them here."""
        self._waivers = None

    def _work(
        self, project: Project, inventory: weakref.ref[LoadedInventory], *, whole: bool
    ) -> Callable[[object], Audited]:
        def work(_note: object) -> Audited:
            loaded = inventory()
            if loaded is None:
                raise RuntimeError("the inventory has gone")
            with self._auditing, COURTESY.working(len(loaded.records)):
                return self._audited(project, loaded, whole=whole)

        return work

    def _audited(self, project: Project, loaded: LoadedInventory, *, whole: bool) -> Audited:
        details: Mapping[str, Detail] = project.details(begin=False).found()
        waivers, now = self.waivers(project.connection.name), _now()
        if self._auditor is None:
            settings, self._settings_fault = settings_in_force()
            self._auditor = Auditor(settings)
        of = (details, waivers.active, now.date(), engines := self._offered(project), whole, loaded.complete)
        known = self._of_rows.get(loaded.rows)
        if known is None or known.of != of:
            audit = self._auditor.audit(
                Subjects(loaded, details), now, engines=engines, complete=loaded.complete, whole=whole
            )
            audit = apply_waivers(audit, waivers.active, project.connection.name, now)
            known = self._of_rows[loaded.rows] = _OfRows(of, audit, audited_columns(audit))
        coverage = replace(known.audit.coverage, reported_total=loaded.reported_total)
        shown = loaded.with_columns(known.columns)
        shown.prepare(loaded)
        audit = replace(known.audit, coverage=coverage)
        return Audited(audit, shown, waivers, len(details), now.date(), self._settings_fault)

    def _offered(self, project: Project) -> Sequence[Engine] | None:
        """Return the engines that the service offers; None where it does not tell."""
        if self._engines is None or time.monotonic() - self._engines[0] > ENGINES_SECONDS:
            try:
                with masked_errors():
                    found: tuple[Engine, ...] | None = tuple(project.client.list_engines())
            except ModelArtsError:  # the checks say that the engines are not known
                found = None
            self._engines = (time.monotonic(), found)
        return self._engines[1]


def _is_due(details: DetailsState, audited: int, seconds: float) -> bool:
    """Return whether so many more details are there than were audited that it is done again."""
    if details.complete or not details.running:
        return details.done != audited and (details.complete or seconds >= DETAILS_SECONDS)
    return details.done >= DETAILS_GROWTH * max(audited, 1) and seconds >= DETAILS_SECONDS


_ATTACHING: Final = threading.Lock()


def live_of(project: Project) -> Live:
    """Return the audits of a project's connection; they go when it goes."""
    return project.keep(_NAME, Live)


def audit_loads(collection: Projects) -> None:
    """Have what takes the place of audited rows audited before it is shown.

    Otherwise each renewal, and each answer to a search, would take severities and findings off the screen for
    as long as an audit lasts.
    """
    collection.on_loaded = _audit_before_it_is_shown


def _audit_before_it_is_shown(project: Project, view: View, loaded: LoadedInventory) -> None:
    shown, whole = project.loaded(view), project.loaded(View(config_type=view.config_type))
    if shown is None and ahead_of(whole, view.search) is not None:
        shown = whole
    if shown is not None and audit_of(shown).result is not None:
        job = live_of(project).job(project, loaded, whole=not view.search, begin_details=False)
        job.wait(RENEWAL_SECONDS)


def audit_of(loaded: LoadedInventory) -> JobState[Audited, None]:
    """Return how the audit of an inventory stands; begins none."""
    job = loaded.kept(_NAME)
    return job.state if isinstance(job, Job) else JobState()


def ahead_of(whole: LoadedInventory | None, search: str) -> LoadedInventory | None:
    """Return what loaded rows say of a search before the service does, with what the audit says of them."""
    if whole is None or not search:
        return None
    audited = audit_of(whole).result
    return (audited.inventory if audited else whole).searched(search)


def titles_of(audited: Audited | None) -> Mapping[str, str]:
    """Return what the checks of an audit are called, by their ids."""
    return {check.id: check.title for check in audited.audit.checks} if audited else {}


def progress_words(auditing: JobState[Audited, None], details: DetailsState) -> str:
    """Return how much was audited, where that is not all that comes: "details for 120 of 3,214".

    Details that are all there count only when the audit on screen has used them.
    """
    audited = auditing.result
    if audited is None:
        return "The audit has failed" if auditing.error is not None else AUDITING
    coverage = audited.audit.coverage
    more_come = not details.complete or audited.details < details.done
    return coverage.words if audited.details < coverage.configurations and more_come else ""


def audited_columns(audit: Audit) -> Mapping[str, object]:
    """Return what an audit says of each configuration as columns of its inventory: see Audited."""
    columns: dict[str, object] = {
        "severity": pd.Categorical.from_codes(
            audit.worst().astype(int), categories=pd.Index(SEVERITY_WORDS, dtype="str"), ordered=True
        )
    }
    for place, check in enumerate(audit.checks):
        own = audit.check_of == place
        # One that has found nothing can be asked for as well.
        for number in np.unique(audit.status_of[own]) if own.any() else (0,):
            columns[f"finding:{check.id}:{STATUSES[number]}"] = _members(
                audit, own & (audit.status_of == number)
            )
    return columns


def _members(audit: Audit, chosen: np.ndarray) -> np.ndarray:
    column = np.zeros(len(audit.subjects), dtype=bool)
    column[audit.numbers[chosen]] = True
    return column


def _read_waivers(connection: str) -> Waivers:
    try:
        location = read_location(configured_url(read_secrets().tables, os.environ))
        if location.file is not None and not location.file.exists():
            return Waivers()
        from dashboard.store.waivers import list_waivers  # noqa: PLC0415 - SQLAlchemy, where there is a database

        return Waivers(list_waivers(shared_database(), connection))
    except StoreError as error:
        return Waivers(fault=str(error))


def settings_in_force() -> tuple[AuditSettings, str]:
    """Return the team's settings; the defaults, and what is wrong, where the file cannot be used."""
    from dashboard.audit.checks import all_checks  # noqa: PLC0415

    try:
        return load_settings(settings_file(), [check.id for check in all_checks(AuditSettings())]), ""
    except SettingsError as error:
        return AuditSettings(), str(error)


def _now() -> datetime:
    return datetime.now(UTC)
