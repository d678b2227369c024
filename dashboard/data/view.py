"""What a viewer asks to see: the state that the address bar carries, read tolerantly.

A browser can send anything, in the address bar and over the wire alike, so every value is validated here
again. What is not one of the allowed words falls back to its default; nothing here raises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

SORTS: Mapping[str, str] = {"name": "config_name", "description": "config_desc", "created": "create_time"}
"""The words for sorting, in the address bar and on the screen, and the query's name for each."""
ORDERS = ("asc", "desc")
CONFIG_TYPES = ("custom", "sample")
PER_PAGE = (10, 25, 50, 100)
GRANULARITIES = ("auto", "day", "week", "month", "quarter")

DEFAULTS: Mapping[str, object] = {
    "search": "",
    "config_type": "custom",
    "sort_by": "name",
    "order": "desc",
    "engine": [],
    "version": [],
    "contains": "",
    "created_from": None,
    "created_to": None,
    "per_page": 25,
    "page": 1,
    "granularity": "auto",
}
FILTERS = ("search", "engine", "version", "contains", "created_from", "created_to")
"""The parameters that narrow the set down, in the order in which a viewer is told of them."""
CONNECTION = "connection"
"""The parameter that says which connection is looked at, by its name."""
DETAILS = "config"
"""The parameter that says whose details are open, by the configuration's name."""
MAX_TEXT = 1000
MAX_CHOICES = 500
"""More values of one facet than these are nobody's choice."""


@dataclass(frozen=True)
class Facets:
    """The filters that are ours: they work on a loaded inventory and make no request.

    Dates are whole days in UTC, both ends included.
    """

    engines: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    contains: str = ""
    created_from: date | None = None
    created_to: date | None = None

    def __bool__(self) -> bool:
        return self != Facets()

    def ignoring(self, *fields: str) -> Facets:
        """The same facets without some: a chart that sets a filter shows what the others leave."""
        return Facets(**{name: value for name, value in vars(self).items() if name not in fields})


@dataclass(frozen=True)
class View:
    """One view of one project: which set, narrowed how, in which order, which page of it."""

    search: str = ""
    config_type: str = "custom"
    sort_by: str = "name"
    order: str = "desc"
    facets: Facets = Facets()
    per_page: int = 25
    page: int = 1
    granularity: str = "auto"

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the set down."""
        return bool(self.search or self.facets)

    def filters(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each of FILTERS that narrows the set down, and its values as texts."""
        facets = self.facets
        values: Mapping[str, str | date | tuple[str, ...] | None] = {
            "search": self.search,
            "engine": facets.engines,
            "version": facets.versions,
            "contains": facets.contains,
            "created_from": facets.created_from,
            "created_to": facets.created_to,
        }
        for name in FILTERS:
            if value := values[name]:
                yield name, value if isinstance(value, tuple) else (str(value),)

    def without(self, parameter: str) -> View:
        """This view with one filter dropped; ValueError when there is no such filter."""
        if parameter == "search":
            return replace(self, search="")
        if parameter not in FILTERS:
            raise ValueError(f"no filter is called {parameter!r}; there are {', '.join(FILTERS)}")
        field = {"engine": "engines", "version": "versions"}.get(parameter, parameter)
        return replace(self, facets=self.facets.ignoring(field))


def read_view(values: Mapping[str, object]) -> View:
    """Read a view from widget values or address-bar parameters, junk falling back to the default."""
    config_type = _word(values, "config_type", CONFIG_TYPES)
    sort_by = _word(values, "sort_by", sorts_for(config_type))
    facets = Facets(
        engines=_texts(values, "engine"),
        versions=_texts(values, "version"),
        contains=_text(values, "contains"),
        created_from=_day(values, "created_from"),
        created_to=_day(values, "created_to"),
    )
    return View(
        search=_text(values, "search"),
        config_type=config_type,
        sort_by=sort_by,
        order=_word(values, "order", ORDERS),
        facets=facets,
        per_page=_count(values, "per_page", PER_PAGE),
        page=_count(values, "page", None),
        granularity=_word(values, "granularity", GRANULARITIES),
    )


def read_query(values: Mapping[str, Sequence[str]]) -> View:
    """Read a view from an address' query, in which a parameter may come several times.

    Of those that have one value the last one counts.
    """
    known = {name: texts for name, texts in values.items() if name in DEFAULTS and texts}
    return read_view(
        {name: texts if isinstance(DEFAULTS[name], list) else texts[-1] for name, texts in known.items()}
    )


def rows_query(view: View) -> list[tuple[str, str]]:
    """Return the parameters that say which rows a view shows in which order; defaults are left out.

    Which page of them, and how charts are cut, is not among them. `read_query` reads them back.
    """
    values: Mapping[str, object] = {
        "config_type": view.config_type,
        "sort_by": view.sort_by,
        "order": view.order,
    }
    order = [(name, str(value)) for name, value in values.items() if value != DEFAULTS[name]]
    return [*((name, value) for name, texts in view.filters() for value in texts), *order]


def sorts_for(config_type: str) -> tuple[str, ...]:
    """The words a configuration type can be sorted by: the service cannot sort samples by creation time."""
    return tuple(word for word in SORTS if not (config_type == "sample" and word == "created"))


def _word(values: Mapping[str, object], name: str, allowed: tuple[str, ...]) -> str:
    value = values.get(name)
    return value if isinstance(value, str) and value in allowed else str(DEFAULTS[name])


def _text(values: Mapping[str, object], name: str) -> str:
    value = values.get(name)
    return value.strip()[:MAX_TEXT] if isinstance(value, str) else ""


def _texts(values: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = values.get(name)
    if isinstance(value, str):
        value = [value]
    listed = value[:MAX_CHOICES] if isinstance(value, list | tuple) else ()
    return tuple(text for text in listed if isinstance(text, str) and text.strip())


def _day(values: Mapping[str, object], name: str) -> date | None:
    value = values.get(name)
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _count(values: Mapping[str, object], name: str, allowed: tuple[int, ...] | None) -> int:
    value = values.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    if isinstance(value, int) and is_count and (allowed is None or value in allowed):
        return value
    default = DEFAULTS[name]
    assert isinstance(default, int)
    return default
