"""What the API speaks of, as frozen dataclasses.

The names on the wire (`config_name`, `sortBy`) stop here: `from_wire` reads a JSON object and `raw`
gives it back as it came, unknown fields included.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, make_dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any, ClassVar, Final

from modelarts_api.errors import SettingError
from modelarts_api.reading import (
    EARLIEST_MS,
    LATEST_MS,
    LOST,
    MAX_LONG,
    MIN_LONG,
    Problems,
    Wire,
    WireObject,
)

SORT_KEYS: Final = ("config_name", "config_desc", "create_time")
SORT_ORDERS: Final = ("asc", "desc")
CONFIG_TYPES: Final = ("custom", "sample")
MAX_PER_PAGE: Final = 1000


@dataclass(frozen=True, slots=True)
class ConfigurationQuery:
    """Which configurations to list, and which page of them (1-based).

    Raises SettingError for what the API does not allow; samples cannot be sorted by `create_time`.

    >>> ConfigurationQuery(per_page=5000)
    Traceback (most recent call last):
    modelarts_api.errors.SettingError: per_page must be a whole number from 1 to 1000, not 5000
    """

    search_content: str = ""
    config_type: str = "custom"
    sort_by: str = "config_name"
    order: str = "desc"
    page: int = 1
    per_page: int = 10

    def __post_init__(self) -> None:
        try:
            self.search_content.encode()
        except (AttributeError, UnicodeEncodeError):
            raise SettingError(
                "search_content", f"must be text that UTF-8 can say, not {self.search_content!a}"
            ) from None
        check_choice("config_type", self.config_type, CONFIG_TYPES)
        check_choice("sort_by", self.sort_by, SORT_KEYS)
        if self.config_type == "sample":  # they have no creation time
            check_choice("sort_by", self.sort_by, SORT_KEYS[:2], " for samples")
        check_choice("order", self.order, SORT_ORDERS)
        _check_number("per_page", self.per_page, MAX_PER_PAGE)
        _check_number("page", self.page, None)

    def parameters(self) -> dict[str, str]:
        """Return the query parameters on the wire, in a fixed order; a blank search is left out."""
        search = {"search_content": self.search_content} if self.search_content.strip() else {}
        place = {"per_page": str(self.per_page), "page": str(self.page)}
        return {
            **place,
            "sortBy": self.sort_by,
            "order": self.order,
            "config_type": self.config_type,
            **search,
        }


@dataclass(frozen=True, slots=True)
class Configuration(WireObject):
    """A training job configuration, as the list call returns it.

    None stands for what did not come or could not be read; `problems` says what could not be read, and
    that there is no name. `created_at` is in UTC; `engine_type` and `engine_id` are the service's numbers.

    >>> Configuration.from_wire({"config_name": "resnet", "engine_type": "1", "owner": "me"}).engine_type
    1
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {
        "name": "config_name", "description": "config_desc", "created_at": "create_time",
        "image_url": "user_image_url", "command": "user_command",
    }  # fmt: skip

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

    @classmethod
    def _more(cls, wire: Wire, problems: Problems) -> dict[str, Any]:
        if wire.get("config_name") in (None, ""):
            problems.append("config_name: missing")
        return {}


# A Configuration that can still be written to: the same slots, filled four times as fast.
_Draft: Any = make_dataclass(
    "_Draft", [each.name for each in fields(Configuration)], bases=(WireObject,), slots=True
)

# The types of a documented row's fields, in the order of Configuration's: each as it should be, or missing.
_DOCUMENTED: Final = frozenset(
    product({str}, *({kind, type(None)} for kind in (str, int, int, str, int, str, str, str)))
)


Shared = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes a JSON object as it came, and returns one to keep in its place, which says the same."""


def read_configurations(wires: list[Any], shared: Shared | None = None) -> list[Configuration]:
    """Read the rows of a page, in order. One whose fields are all of the documented types is read faster."""
    kept = wires
    if shared is not None:
        kept = [shared(wire) if type(wire) is dict else wire for wire in wires]
    return [(type(wire) is dict and _read_documented(wire)) or Configuration.from_wire(wire) for wire in kept]


def _read_documented(wire: dict[str, Any]) -> Configuration | None:
    get = wire.get
    name, description, created = get("config_name"), get("config_desc"), get("create_time")
    engine_type, engine_name = get("engine_type"), get("engine_name")
    engine_id, version = get("engine_id"), get("engine_version")
    image, command = get("user_image_url"), get("user_command")
    if not (
        name
        and (type(name), type(description), type(created), type(engine_type), type(engine_name),
             type(engine_id), type(version), type(image), type(command)) in _DOCUMENTED
        and (created is None or EARLIEST_MS <= created < LATEST_MS)
        and (engine_type is None or MIN_LONG <= engine_type <= MAX_LONG)
        and (engine_id is None or MIN_LONG <= engine_id <= MAX_LONG)
        and LOST not in name and not (description and LOST in description)
        and not (engine_name and LOST in engine_name) and not (version and LOST in version)
        and not (image and LOST in image) and not (command and LOST in command)
    ):  # fmt: skip
        return None
    created_at = None if created is None else datetime.fromtimestamp(created / 1000, UTC)
    row: Configuration = _Draft(
        name, description, created_at, engine_type, engine_name, engine_id, version, image, command, (), wire
    )
    row.__class__ = Configuration  # the same slots: Python allows it
    return row


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of the list, and how many configurations match in all (`total`).

    `began_at` is when its request began by the service's clock; `requests` counts retries as well.
    """

    configurations: tuple[Configuration, ...]
    total: int
    began_at: datetime
    requests: int = 1


@dataclass(frozen=True, slots=True)
class Inventory:
    """Every configuration that matches, in descending order of the service's own name order.

    If not `complete`, the set kept changing or `reported_total` was wrong. `loaded_at` is when the load that
    is kept began (UTC); `requests` counts retries as well.
    """

    configurations: tuple[Configuration, ...]
    reported_total: int
    complete: bool
    loaded_at: datetime
    requests: int


def check_choice(name: str, value: object, allowed: tuple[str, ...], where: str = "") -> None:
    """Raise SettingError if a value is none of those allowed."""
    if value not in allowed:
        raise SettingError(name, f"must be one of {', '.join(allowed)}{where}, not {value!r}")


def _check_number(name: str, value: object, most: int | None) -> None:
    if type(value) is not int or value < 1 or (most is not None and value > most):
        allowed = "of at least 1" if most is None else f"from 1 to {most}"
        raise SettingError(name, f"must be a whole number {allowed}, not {value!r}")
