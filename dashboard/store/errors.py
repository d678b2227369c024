"""What can go wrong with the store. Each says what was wrong and what to do about it.

    StoreError
    ├ DatabaseUrlError           the URL cannot be used
    ├ DatabaseUnreachableError   no server, no permission, no such place
    ├ DatabaseReadOnlyError      it is there and may not be written
    ├ DatabaseFullError          no room; nothing of the change was stored
    ├ DatabaseBusyError          somebody else held it for too long
    ├ DatabaseDamagedError       what it holds is not what was written
    │  └ NotADatabaseError       a file of another kind
    ├ ForeignDatabaseError       another program's database
    ├ NewerDatabaseError         written by a newer version of the dashboard
    ├ UnstorableError            a value that JSON cannot hold
    ├ UnknownRecordError         there is none with this number
    ├ WaiverConflictError        somebody else was first
    └ FaultyFileError            a file to import, with all its faults

No text of these holds a password; what a URL may show is decided in `location.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dashboard.store.waiver import Waiver


class StoreError(Exception):
    """Everything that this room raises on purpose, except ValueError for wrong arguments.

    `problem` says what was wrong, `remedy` what to do; both are whole sentences.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem} {self.remedy}".rstrip()


class DatabaseUrlError(StoreError):
    """The URL of the database cannot be used."""


class DatabaseUnreachableError(StoreError):
    """The database cannot be opened: no server answers, it refuses us, or the place does not exist."""


class DatabaseReadOnlyError(StoreError):
    """The database, or the folder that it is in, may not be written."""


class DatabaseFullError(StoreError):
    """There is no room left. Nothing of the change was stored."""


class DatabaseBusyError(StoreError):
    """Somebody else held the database for longer than we wait. Nothing of the change was stored."""


class DatabaseDamagedError(StoreError):
    """What the database holds is not what was written."""


class NotADatabaseError(DatabaseDamagedError):
    """The file is no database."""


class ForeignDatabaseError(StoreError):
    """The database holds another program's tables."""


class NewerDatabaseError(StoreError):
    """The database was written by a newer version of the dashboard."""


class UnstorableError(StoreError):
    """A value cannot be written as JSON."""


class UnknownRecordError(StoreError):
    """There is no record with this number."""


class WaiverConflictError(StoreError):
    """Somebody else was first. `existing` are the waivers that hold now; nothing was changed."""

    def __init__(self, existing: Sequence[Waiver]) -> None:
        first = f"{existing[0].check} of {existing[0].configuration!a}" if existing else "one of them"
        others = f" and {len(existing) - 1:,} more" if len(existing) > 1 else ""
        super().__init__(
            f"Somebody else has changed the waiver of {first}{others} in the meantime.",
            "Look at what holds now, and replace or revoke that.",
        )
        self.existing = tuple(existing)


class FaultyFileError(StoreError):
    """A file cannot be imported. `faults` names everything that is wrong; nothing of it was stored."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(f"The file cannot be imported: {'; '.join(faults)}.", "Nothing of it was stored.")
        self.faults = tuple(faults)
