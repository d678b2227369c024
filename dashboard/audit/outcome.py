"""What a check answers about one configuration: passed, failed, not assessed, or that it crashed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """Return its place, the worst being 0."""
        return SEVERITIES.index(self)


SEVERITIES: Sequence[Severity] = tuple(Severity)
"""From the worst to the mildest."""


@dataclass(frozen=True, slots=True)
class Span:
    """A place in a field's (masked) text: from `start` up to, not including, `end`, in characters.

    `field` is the path in the wire's record: `user_command`, `parameter[lr].value`, `volumes[0]`. Start and
    end are both 0 where the whole field is meant.
    """

    field: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Passed:
    """The check looked, and found nothing."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The check found something: what, and where. `severity` is None where it is the check's own."""

    message: str
    spans: tuple[Span, ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class NotAssessed:
    """The check could not look, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Crashed:
    """The check itself failed: a fault of ours. `error` is the kind of the error, without its text."""

    error: str


Outcome = Passed | Failed | NotAssessed | Crashed
PASSED = Passed()


class CannotAssessError(Exception):
    """Raised while facts are read: what a check wants to look at is not there, or cannot be read."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
