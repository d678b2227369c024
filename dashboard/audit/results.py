"""What a run of the audit over some connections comes to, whatever format it is written in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dashboard.audit.baseline import Baseline
from dashboard.audit.findings import STATUSES, Audit, Finding, Status
from dashboard.audit.outcome import SEVERITIES, Severity

if TYPE_CHECKING:
    from dashboard.data.loads import LoadedInventory

FOUND, INCOMPLETE, CLEAN = 1, 2, 0


@dataclass(frozen=True, eq=False)
class ConnectionAudit:
    """One connection's audit: None where nothing could be loaded. `faults` say why it is not complete.

    The rest is for the report alone.
    """

    name: str
    audit: Audit | None
    faults: tuple[str, ...] = ()
    title: str = ""
    endpoint: str = ""
    project: str = ""
    loaded: LoadedInventory | None = field(default=None, repr=False)

    @property
    def complete(self) -> bool:
        """Return whether everything that was to be audited was."""
        return self.audit is not None and not self.faults


@dataclass(frozen=True, eq=False)
class Results:
    """A whole run. Findings that the baseline knows are none that count, and neither are accepted ones."""

    generated_at: datetime
    connections: tuple[ConnectionAudit, ...]
    fail_on: Severity = Severity.HIGH
    baseline: Baseline | None = None
    version: str = ""
    _new: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict, repr=False)

    @cached_property
    def exit_code(self) -> int:
        """Return 2 where anything is missing, else 1 where a finding counts, else 0."""
        if not all(connection.complete for connection in self.connections):
            return INCOMPLETE
        return FOUND if any(self.counting(one).any() for one in self.connections) else CLEAN

    def counting(self, connection: ConnectionAudit) -> npt.NDArray[np.bool_]:
        """Return which findings count: open or lapsed, bad enough, and not in the baseline."""
        if connection.audit is None:
            return np.zeros(0, dtype=bool)
        bad = connection.audit.severity_of <= SEVERITIES.index(self.fail_on)
        counting: npt.NDArray[np.bool_] = np.logical_and(bad, self.standing(connection))
        return counting

    def standing(self, connection: ConnectionAudit) -> npt.NDArray[np.bool_]:
        """Return which findings are neither accepted nor in the baseline."""
        if connection.audit is None:
            return np.zeros(0, dtype=bool)
        open_ones = connection.audit.status_of != STATUSES.index(Status.ACCEPTED)
        standing: npt.NDArray[np.bool_] = np.logical_and(open_ones, self.new(connection))
        return standing

    def new(self, connection: ConnectionAudit) -> npt.NDArray[np.bool_]:
        """Return which findings the baseline does not know; all of them without one."""
        audit = connection.audit
        if audit is None:
            return np.zeros(0, dtype=bool)
        if self.baseline is None:
            return np.ones(len(audit), dtype=bool)
        if connection.name not in self._new:
            known = self.baseline.known(connection.name)
            new = np.fromiter((one.fingerprint not in known for one in audit), dtype=bool, count=len(audit))
            self._new[connection.name] = new
        return self._new[connection.name]

    def first_seen(self, connection: str, finding: Finding) -> str:
        """Return when a finding was first in a baseline, or now; empty without a baseline."""
        if self.baseline is None:
            return ""
        return self.baseline.known(connection).get(finding.fingerprint) or iso(self.generated_at)

    def findings(self) -> Iterator[tuple[ConnectionAudit, Finding, bool]]:
        """Yield every finding with its connection, and whether it counts."""
        for connection in self.connections:
            counting = self.counting(connection)
            for position, finding in enumerate(connection.audit or ()):
                yield connection, finding, bool(counting[position])


def iso(moment: datetime) -> str:
    """Return a moment as the exports write it: seconds, and Z for UTC."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
