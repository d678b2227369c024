"""What a check is: its class's name is its id, its docstring the why; it is pure and answers about one
configuration."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from dashboard.audit.end_of_life import EndOfLife
from dashboard.audit.facts import Facts
from dashboard.audit.outcome import PASSED, CannotAssessError, Crashed, NotAssessed, Outcome, Severity
from dashboard.audit.settings import AuditSettings

if TYPE_CHECKING:
    from modelarts_api import Engine


class Family(StrEnum):
    """What checks are about, in the order in which they are shown."""

    SECRETS = "secrets"
    SUPPLY_CHAIN = "supply chain"
    LIFECYCLE = "lifecycle"
    RELIABILITY = "reliability"
    REPRODUCIBILITY = "reproducibility"
    ISOLATION = "isolation"
    COST = "cost"
    HYGIENE = "hygiene"
    TEAM = "team"


Scope = Literal["list", "detail"]
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, eq=False)
class Context:
    """What checks are told beside the configuration: settings, the time (aware), dates, and what else is
    known.

    `engines` are those that the service offers, None where it was not asked. `whole` says that every
    configuration of the project is here, and `whole_details` that all their details are, too: without it
    nobody can say that there is no second one like this.
    """

    settings: AuditSettings
    now: datetime
    dates: EndOfLife
    engines: Sequence[Engine] | None = None
    whole: bool = True
    whole_details: bool = False

    @cached_property
    def now_ms(self) -> int:
        """Return the time in milliseconds since 1970, as creation times are given."""
        return (self.now - EPOCH) // timedelta(milliseconds=1)


class Check(ABC):
    """A check. `fields` are the wire's names of what it looks at: a waiver lapses when one of them
    changes."""

    family: ClassVar[Family]
    title: ClassVar[str]
    severity: ClassVar[Severity]
    remedy: ClassVar[str]
    basis: ClassVar[str]
    fields: ClassVar[tuple[str, ...]]
    scope: ClassVar[Scope] = "list"
    secrets_only: ClassVar[bool] = False
    """Whether only a configuration with a masked secret can fail."""

    @property
    def id(self) -> str:
        """Return the id, which stays the same for good."""
        return type(self).__name__

    @property
    def why(self) -> str:
        """Return why it matters."""
        return " ".join((inspect.getdoc(type(self)) or "").split())

    @abstractmethod
    def run(self, facts: Facts, context: Context) -> Outcome:
        """Return what it finds. CannotAssessError, which reading facts raises, means that it could not
        look."""

    def assess(self, facts: Facts, context: Context) -> Outcome:
        """Return what it finds; a crash is an outcome of its own, and never a pass."""
        try:
            return self.run(facts, context)
        except CannotAssessError as error:
            return NotAssessed(error.reason)
        except Exception as error:  # noqa: BLE001 - a fault of ours is told beside the findings, never hidden
            return Crashed(type(error).__name__)


class GroupCheck(Check):
    """A check of several configurations against each other: those that share a key belong together."""

    alone: ClassVar[str] = "not every configuration that it could be compared with is loaded"
    """Why nothing is said of one that shares its key with none."""

    @abstractmethod
    def keys(self, facts: Facts, context: Context) -> tuple[Hashable, ...]:
        """Return what this configuration may share with others; empty where there is nothing to share."""

    @abstractmethod
    def together(self, key: Hashable, names: Sequence[str]) -> Outcome:
        """Return what is said of each of the two or more configurations that share a key."""

    def shared(self, facts: Facts, context: Context) -> tuple[Hashable, ...] | NotAssessed | Crashed:
        """Return the keys, or why there are none."""
        try:
            return self.keys(facts, context)
        except CannotAssessError as error:
            return NotAssessed(error.reason)
        except Exception as error:  # noqa: BLE001 - as in `assess`
            return Crashed(type(error).__name__)

    def said_of(self, key: Hashable, names: Sequence[str]) -> Outcome:
        """Return what is said of those that share a key; a crash is an outcome."""
        try:
            return self.together(key, names)
        except Exception as error:  # noqa: BLE001 - as in `assess`
            return Crashed(type(error).__name__)

    def run(self, facts: Facts, context: Context) -> Outcome:
        """Say that one configuration cannot tell, unless it has nothing to share."""
        return NotAssessed(self.alone) if self.keys(facts, context) else PASSED
