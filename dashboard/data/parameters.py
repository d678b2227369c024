"""Every parameter of a view, declared once: its name in the address, its label, its default, how it is read.

The address bar, the sidebar, labels, file names, "drop this filter", masks and counts all follow from here. A
new facet is one declaration below and, if its column is new, one column in rows.py.

A browser can send anything, in the address bar and over the wire alike: what is not allowed falls back to the
default, and nothing here raises.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from dashboard.data import record

SORTS: Final[Mapping[str, str]] = {
    "name": record.NAME,
    "description": record.DESCRIPTION,
    "created": record.CREATED,
    "engine": "",
    "version": "",
    "image": "",
    "command": "",
    "severity": "",
}
"""The words for sorting, in the address and on screen, and the query's name where the service knows it."""
PER_PAGE: Final = (10, 25, 50, 100)
GRANULARITIES: Final = ("auto", "day", "week", "month", "quarter")
CONNECTION: Final = "connection"
"""The parameter that says which connection is looked at, by its name."""
DETAILS: Final = "config"
"""The parameter that says whose details are open, by the configuration's name."""
SAME_NAME: Final = "same_name"
"""The parameter that says which of several configurations of that name, from 1.

Alone, of those without one.
"""
BEFORE: Final = "before"
"""The parameter that says which point in time changes are told from: a word of `history.points`, or 7d."""
AFTER: Final = "after"
"""The parameter that says up to which point in time."""
SHOWN_CHANGES: Final = "show"
"""The parameter that says which changes are listed: of one kind or of one class."""
CHANGES_PAGE: Final = "changes_page"
"""The parameter that says which page of them."""
COMPARED: Final = "compare"
"""The parameter that says which configurations are side by side, repeated for each."""
COMPARED_AT: Final = "at"
"""The parameter that says from which snapshot they are; now without it."""
REFERENCE: Final = "reference"
"""The parameter that says which of them the others are compared with."""
FAMILY: Final = "family"
"""The parameter that says which family's map is shown."""
ALL_ENGINES: Final = "all_engines"
"""The parameter that says whether the chart of engines shows all of them; it is not of the view."""
HISTORY: Final = "history"
"""The parameter that says whether a configuration's details tell its history, too."""
FINDING: Final = "finding"
"""The parameter that says which check's finding is marked in the details, by the check's id."""
VERDICT: Final = "verdict"
"""The parameter that says which verdict of the migration is shown alone."""
REASON: Final = "reason"
"""The parameter that says which reason of the migration is shown alone, by its code."""
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
"""No configuration is known to be created outside of these; see the wrapper's reading of times."""
MAX_TEXT: Final = 1000
MAX_CHOICES: Final = 500
"""More values of one facet than these are nobody's choice."""


@dataclass(frozen=True)
class Parameter:
    """What every parameter has: its name in the address, its label on the screen, its default."""

    name: str
    label: str
    default: object = ""
    help: str = ""

    def read(self, value: object) -> object:
        """Return the value, or the default if it is none that is allowed."""
        raise NotImplementedError

    def words(self, value: object) -> tuple[str, ...]:
        """Return a value that is not the default as texts."""
        return tuple(map(str, value)) if isinstance(value, tuple) else (str(value),)

    @property
    def said(self) -> str:
        """Return what stands before its values where there is no room for the label: "search", "from"."""
        return self.name.removeprefix("created_")


@dataclass(frozen=True)
class Text(Parameter):
    """Any text, without white space around it."""

    placeholder: str = ""

    def read(self, value: object) -> str:
        """Return the text, cut at MAX_TEXT characters."""
        return value.strip()[:MAX_TEXT] if isinstance(value, str) else ""


@dataclass(frozen=True)
class OneOf(Parameter):
    """One of some words."""

    allowed: tuple[str, ...] = ()

    def read(self, value: object) -> str:
        """Return the word if it is allowed."""
        return value if isinstance(value, str) and value in self.allowed else str(self.default)


@dataclass(frozen=True)
class Count(Parameter):
    """A whole number from 1 on; one of some, if `allowed` says so."""

    default: object = 1
    allowed: tuple[int, ...] = ()

    def read(self, value: object) -> int:
        """Return the number; from an address it comes as digits."""
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            value = int(value)
        is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 1
        if isinstance(value, int) and is_count and (not self.allowed or value in self.allowed):
            return value
        assert isinstance(self.default, int)
        return self.default


@dataclass(frozen=True)
class Choices(Parameter):
    """A facet: any of the values of a category column of the loaded rows."""

    default: object = ()
    column: str = ""
    audited: bool = False
    """Whether the column comes with the audit, and is not there before."""

    def read(self, value: object) -> tuple[str, ...]:
        """Return the chosen values; one alone may come as a text."""
        if isinstance(value, str):
            value = [value]
        listed = value[:MAX_CHOICES] if isinstance(value, list | tuple) else ()
        return tuple(text for text in listed if isinstance(text, str) and text.strip())


@dataclass(frozen=True)
class Members(Choices):
    """A facet of which a row can have several values, each a column of booleans: "finding:SEC001:open".

    The value is the word at `place`. Facets of the same `column` ask for one and the same member: a finding
    of that check that is open. `allowed` are the values that are offered, if they are known beforehand.
    """

    place: int = 1
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contains(Text):
    """A facet: a text that one of some columns contains, without regard to case."""

    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Day(Parameter):
    """A facet: the first (`is_first`) or the last whole day in UTC of a column with times, included."""

    default: object = None
    column: str = ""
    is_first: bool = True

    def read(self, value: object) -> date | None:
        """Return the day if any row can be of it; from an address it comes as 2026-03-31."""
        if isinstance(value, str):
            with suppress(ValueError):
                value = date.fromisoformat(value)
        day = value.date() if isinstance(value, datetime) else value
        return day if isinstance(day, date) and FIRST_DAY <= day <= LAST_DAY else None


Facet = Choices | Contains | Day

SEARCH: Final = Text("search", "Search", help="Searched by the service.", placeholder="Name or description")
CONFIG_TYPE: Final = OneOf(
    "config_type",
    "Configuration type",
    "custom",
    "custom: your project's own. sample: the provider's examples.",
    ("custom", "sample"),
)
SORT_BY: Final = OneOf(
    "sort_by",
    "Sort by",
    "created",
    "Of samples the service knows no creation time, so they cannot be sorted by it.",
    tuple(SORTS),
)
ORDER: Final = OneOf("order", "Order", "desc", allowed=("asc", "desc"))
PER_PAGE_COUNT: Final = Count("per_page", "Rows per page", 25, allowed=PER_PAGE)
PAGE: Final = Count("page", "Page")
GRANULARITY: Final = OneOf("granularity", "Granularity", "auto", allowed=GRANULARITIES)
# Of the forecast alone, and so of no view.
AS_OF: Final = Day("as_of", "As of", help="A day: what runs on something that has ended by then.")
# Of the findings alone.
NEW_SINCE: Final = Day(
    "new_since",
    "New since",
    help="Findings of configurations that are new or have changed since a day (UTC).",
)
FACETS: Final[tuple[Facet, ...]] = (
    Choices(
        "severity",
        "Severity",
        column="severity",
        audited=True,
        help="The worst finding that nobody has accepted.",
    ),
    Members("check", "Check", column="finding", audited=True, help="What the audit has found."),
    Members(
        "status",
        "Status of findings",
        column="finding",
        audited=True,
        help="open; accepted; or lapsed: what was accepted has changed, or the time is over. With a check, of"
        " its findings.",
        place=2,
        allowed=("open", "accepted", "lapsed"),
    ),
    Choices("engine", "Engine", column="engine"),
    Choices("version", "Version", column="version"),
    Choices("framework", "Framework", column="framework", help="The engine's line: TensorFlow 1.x, say."),
    Choices("python", "Python", column="python", help="As the engine's version says."),
    Choices(
        "image", "Image", column="image_kind", help="Whether a configuration brings an image of its own."
    ),
    Choices("image_tag", "Image tag", column="image_tag", help="How the custom image is pinned."),
    Choices("described", "Described", column="described", help="Whether it has a description."),
    Contains(
        "contains",
        "Contains",
        help="Looked for in the loaded start commands and images, without regard to case.",
        placeholder="In start command or image",
        columns=("command", "image"),
    ),
    Day("created_from", "Created from", help="A day in UTC, included.", column="created"),
    Day("created_to", "Created to", help="A day in UTC, included.", column="created", is_first=False),
)
"""The filters that are ours: they work on a loaded inventory and make no request."""
AUDITED: Final = tuple(facet for facet in FACETS if isinstance(facet, Choices) and facet.audited)
"""Those that need the audit."""
FILTERS: Final[tuple[Parameter, ...]] = (SEARCH, *FACETS)
"""What narrows the set down, in the order in which a viewer is told of it."""
PARAMETERS: Final[tuple[Parameter, ...]] = (
    *(SEARCH, CONFIG_TYPE, SORT_BY, ORDER),
    *FACETS,
    *(PER_PAGE_COUNT, PAGE, GRANULARITY),
)
EVERY: Final[Mapping[str, Parameter]] = {parameter.name: parameter for parameter in PARAMETERS}
"""Each parameter by its name."""
IN_ADDRESS: Final = (
    *EVERY,
    *(CONNECTION, DETAILS, SAME_NAME, HISTORY, FINDING),
    *(BEFORE, AFTER, SHOWN_CHANGES, CHANGES_PAGE),
    *(COMPARED, COMPARED_AT, REFERENCE, FAMILY),
    *(ALL_ENGINES, AS_OF.name, NEW_SINCE.name, VERDICT, REASON),
)
"""The name of every parameter that an address can have, of the view or not."""
