"""What the API speaks of, as frozen dataclasses.

The names on the wire (`config_name`, `sortBy`) stop here: `from_wire` reads a JSON object and `raw`
gives it back as it came, unknown fields included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import product
from types import MappingProxyType
from typing import Any, Final, Self

from modelarts_api.reading import (
    EARLIEST_MS,
    LATEST_MS,
    MAX_LONG,
    MIN_LONG,
    Problems,
    Wire,
    integer,
    moment,
    text,
)

SORT_KEYS: Final = ("config_name", "config_desc", "create_time")
ORDERS: Final = ("asc", "desc")
CONFIG_TYPES: Final = ("custom", "sample")
MIN_PER_PAGE: Final = 1
MAX_PER_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class ConfigurationQuery:
    """Which configurations to list, and which page of them (1-based).

    Raises ValueError for what the API does not allow; samples cannot be sorted by `create_time`.

    >>> ConfigurationQuery(per_page=5000)
    Traceback (most recent call last):
    ValueError: per_page must be a whole number from 1 to 1000, not 5000
    """

    search_content: str = ""
    config_type: str = "custom"
    sort_by: str = "config_name"
    order: str = "desc"
    page: int = 1
    per_page: int = 10

    def __post_init__(self) -> None:
        if not isinstance(self.search_content, str):
            raise ValueError(f"search_content must be text, not {self.search_content!r}")  # noqa: TRY004 - documented
        try:
            self.search_content.encode()
        except UnicodeEncodeError:
            raise ValueError(
                f"search_content must be encodable as UTF-8, not {self.search_content!a}"
            ) from None
        _one_of("config_type", self.config_type, CONFIG_TYPES)
        _one_of("sort_by", self.sort_by, SORT_KEYS)
        _one_of("order", self.order, ORDERS)
        _within("per_page", self.per_page, MIN_PER_PAGE, MAX_PER_PAGE)
        _within("page", self.page, 1, None)
        if self.config_type == "sample" and self.sort_by == "create_time":
            allowed = ", ".join(key for key in SORT_KEYS if key != "create_time")
            raise ValueError(f"sort_by must be one of {allowed} for samples, not 'create_time'")

    def parameters(self) -> dict[str, str]:
        """The query parameters on the wire, in a fixed order; a blank search is left out."""
        parameters = {
            "per_page": str(self.per_page),
            "page": str(self.page),
            "sortBy": self.sort_by,
            "order": self.order,
            "config_type": self.config_type,
        }
        if self.search_content.strip():
            parameters["search_content"] = self.search_content
        return parameters


@dataclass(frozen=True, slots=True)
class Configuration:
    """A training job configuration, as the list call returns it.

    None stands for what did not come or could not be read; `problems` says what could not be read, and
    that there is no name. `created_at` is in UTC; `engine_type` and `engine_id` are the service's numbers.

    >>> Configuration.from_wire({"config_name": "resnet", "engine_type": "1", "owner": "me"}).engine_type
    1
    """

    name: str | None = None
    description: str | None = None
    created_at: datetime | None = None
    engine_type: int | None = None
    engine_name: str | None = None
    engine_id: int | None = None
    engine_version: str | None = None
    image_url: str | None = None
    command: str | None = None
    problems: tuple[str, ...] = ()
    _raw: dict[str, Any] = field(default_factory=dict, repr=False, hash=False)

    @property
    def raw(self) -> Mapping[str, Any]:
        """The JSON object that came, read-only."""
        return MappingProxyType(self._raw)

    @classmethod
    def from_wire(cls, wire: object) -> Self:
        """Read a JSON value; it never raises. What is not an object becomes a row with a problem."""
        if not isinstance(wire, dict):
            return cls(problems=(f"expected an object, got {type(wire).__name__}",))
        problems: Problems = []
        fields = cls._fields(wire, problems)
        return cls(**fields, problems=tuple(problems), _raw=wire)

    @classmethod
    def _fields(cls, wire: Wire, problems: Problems) -> dict[str, Any]:
        if wire.get("config_name") in (None, ""):
            problems.append("config_name: missing")
        return {
            "name": text(wire, "config_name", problems),
            "description": text(wire, "config_desc", problems),
            "created_at": moment(wire, "create_time", problems),
            "engine_type": integer(wire, "engine_type", problems),
            "engine_name": text(wire, "engine_name", problems),
            "engine_id": integer(wire, "engine_id", problems),
            "engine_version": text(wire, "engine_version", problems),
            "image_url": text(wire, "user_image_url", problems),
            "command": text(wire, "user_command", problems),
        }


@dataclass(slots=True)
class _Draft:
    """A Configuration that can still be written to: the same slots, filled four times as fast."""

    name: str
    description: str | None
    created_at: datetime | None
    engine_type: int | None
    engine_name: str | None
    engine_id: int | None
    engine_version: str | None
    image_url: str | None
    command: str | None
    problems: tuple[str, ...]
    _raw: dict[str, Any]


# The types of a documented row's fields, in the order of Configuration's: each as it should be, or missing.
_DOCUMENTED: Final = frozenset(
    product({str}, *({kind, type(None)} for kind in (str, int, int, str, int, str, str, str)))
)


def read_configurations(wires: list[Any]) -> list[Configuration]:
    """The rows of a page, in order. A row whose fields are all of the documented types is read faster."""
    return [
        (type(wire) is dict and _read_documented(wire)) or Configuration.from_wire(wire) for wire in wires
    ]


def _read_documented(wire: dict[str, Any]) -> Configuration | None:
    get = wire.get
    name, description, created = get("config_name"), get("config_desc"), get("create_time")
    engine_type, engine_name = get("engine_type"), get("engine_name")
    engine_id, version = get("engine_id"), get("engine_version")
    image, command = get("user_image_url"), get("user_command")
    types = (
        type(name), type(description), type(created), type(engine_type), type(engine_name),
        type(engine_id), type(version), type(image), type(command),
    )  # fmt: skip
    if not (
        name
        and types in _DOCUMENTED
        and (created is None or EARLIEST_MS <= created < LATEST_MS)
        and (engine_type is None or MIN_LONG <= engine_type <= MAX_LONG)
        and (engine_id is None or MIN_LONG <= engine_id <= MAX_LONG)
    ):
        return None
    created_at = None if created is None else datetime.fromtimestamp(created / 1000, UTC)
    draft = _Draft(
        name, description, created_at, engine_type, engine_name, engine_id, version, image, command, (), wire
    )
    draft.__class__ = Configuration  # type: ignore[assignment]  # same slots: Python allows it, mypy cannot see it
    return draft  # type: ignore[return-value]  # it is one now


@dataclass(frozen=True, slots=True)
class Engine:
    """An AI engine version that training jobs can use."""

    engine_type: int | None = None
    engine_name: str | None = None
    engine_id: int | None = None
    engine_version: str | None = None
    problems: tuple[str, ...] = ()

    @classmethod
    def from_wire(cls, wire: object) -> Self:
        """Read a JSON value, as tolerantly as a configuration."""
        if not isinstance(wire, dict):
            return cls(problems=(f"expected an object, got {type(wire).__name__}",))
        problems: Problems = []
        return cls(
            engine_type=integer(wire, "engine_type", problems),
            engine_name=text(wire, "engine_name", problems),
            engine_id=integer(wire, "engine_id", problems),
            engine_version=text(wire, "engine_version", problems),
            problems=tuple(problems),
        )


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of the list, and how many configurations match in all (`total`)."""

    configurations: tuple[Configuration, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Inventory:
    """Every configuration that matches, in descending order of the service's own name order.

    If not `complete`, the set kept changing or `reported_total` was wrong, and `configurations` is what is
    known. `loaded_at` is when the load that is kept began (UTC); `requests` counts retries as well.
    """

    configurations: tuple[Configuration, ...]
    reported_total: int
    complete: bool
    loaded_at: datetime
    requests: int


def _one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")


def _within(name: str, value: object, low: int, high: int | None) -> None:
    if (
        isinstance(value, bool)
        or not isinstance(value, int)
        or value < low
        or (high is not None and value > high)
    ):
        allowed = f"from {low} to {high}" if high is not None else f"of at least {low}"
        raise ValueError(f"{name} must be a whole number {allowed}, not {value!r}")
