"""What a viewer asks to see: the state that the address bar carries, read tolerantly. Nothing here raises."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self, cast

from dashboard.data.parameters import (
    CONFIG_TYPE,
    EVERY,
    FACETS,
    FILTERS,
    GRANULARITY,
    ORDER,
    PAGE,
    PER_PAGE_COUNT,
    SEARCH,
    SORT_BY,
    SORTS,
    Choices,
    Facet,
    Members,
    Parameter,
)


@dataclass(frozen=True)
class Facets:
    """The filters that work on loaded rows, by the names of their declarations.

    Those at their default are left out.
    """

    values: tuple[tuple[str, object], ...] = ()

    @classmethod
    def of(cls, **values: object) -> Self:
        """Return the facets with these values, each read as its declaration says."""
        read = ((facet.name, facet.read(values.get(facet.name))) for facet in FACETS)
        return cls(tuple((name, value) for name, value in read if value != EVERY[name].default))

    def __bool__(self) -> bool:
        return bool(self.values)

    def __getitem__(self, name: str) -> Any:
        return dict(self.values).get(name, EVERY[name].default)

    @property
    def period(self) -> tuple[date | None, date | None]:
        """Return the first and the last day, both included."""
        return self["created_from"], self["created_to"]

    def given(self) -> Iterator[tuple[Facet, Any]]:
        """Yield each declaration whose facet narrows the rows down, and its value."""
        yield from ((cast(Facet, EVERY[name]), value) for name, value in self.values)

    def missing_in(self, known: Facets) -> tuple[tuple[Facet, str], ...]:
        """Return each value that is chosen here and not in `known`, with its facet."""
        return tuple(
            (facet, value)
            for facet, chosen in self.given()
            if isinstance(facet, Choices)
            for value in chosen
            if value not in known[facet.name]
        )

    @property
    def members(self) -> dict[int, tuple[str, ...]]:
        """Return which words are chosen at which place of the rows' members: see parameters.Members."""
        return {facet.place: chosen for facet, chosen in self.given() if isinstance(facet, Members)}

    def ignoring(self, *names: str) -> Facets:
        """Return the same facets without some: a chart that sets a filter shows what the others leave."""
        return Facets(tuple(pair for pair in self.values if pair[0] not in names))


@dataclass(frozen=True)
class View:
    """One view of one project: which set, narrowed how, in which order, which page of it."""

    search: str = ""
    config_type: str = "custom"
    sort_by: str = "created"
    order: str = "desc"
    facets: Facets = Facets()
    per_page: int = 25
    page: int = 1
    granularity: str = "auto"

    @property
    def filtered(self) -> bool:
        """Return whether anything narrows the set down."""
        return bool(self.search or self.facets)

    def filters(self) -> Iterator[tuple[Parameter, tuple[str, ...]]]:
        """Yield each filter that narrows the set down, and its values as texts."""
        for parameter in FILTERS:
            value = self.search if parameter is SEARCH else self.facets[parameter.name]
            if value:
                yield parameter, parameter.words(value)

    def without(self, parameter: str) -> View:
        """Return this view with one filter dropped; ValueError when there is no such filter."""
        if parameter not in {known.name for known in FILTERS}:
            raise ValueError(f"no filter is called {parameter!r}")
        if parameter == SEARCH.name:
            return replace(self, search="")
        return replace(self, facets=self.facets.ignoring(parameter))


def read_view(asked: Mapping[str, object]) -> View:
    """Return the view of widget values or address-bar parameters, junk falling back to the default.

    In an address a parameter may come several times: of those that have one value the last one counts.
    """
    values = dict(asked)
    for name, value in asked.items():
        if isinstance(value, list) and not isinstance(EVERY.get(name), Choices):
            values[name] = next((text for text in value[-1:] if isinstance(text, str)), None)
    config_type = CONFIG_TYPE.read(values.get(CONFIG_TYPE.name))
    sort_by = SORT_BY.read(values.get(SORT_BY.name))
    return View(
        search=SEARCH.read(values.get(SEARCH.name)),
        config_type=config_type,
        sort_by=sort_by if sort_by in sorts_for(config_type) else sorts_for(config_type)[0],
        order=ORDER.read(values.get(ORDER.name)),
        facets=Facets.of(**{facet.name: values.get(facet.name) for facet in FACETS}),
        per_page=PER_PAGE_COUNT.read(values.get(PER_PAGE_COUNT.name)),
        page=PAGE.read(values.get(PAGE.name)),
        granularity=GRANULARITY.read(values.get(GRANULARITY.name)),
    )


def rows_query(view: View) -> list[tuple[str, str]]:
    """Return the parameters that say which rows a view shows in which order; defaults are left out.

    Which page of them, and how charts are cut, is not among them. `read_view` reads them back.
    """
    words = ((CONFIG_TYPE, view.config_type), (SORT_BY, view.sort_by), (ORDER, view.order))
    order = [(parameter.name, word) for parameter, word in words if word != parameter.default]
    return [*((filter_.name, value) for filter_, texts in view.filters() for value in texts), *order]


def sorts_for(config_type: str) -> tuple[str, ...]:
    """Return the words a type can be sorted by: the service cannot sort samples by creation time."""
    return tuple(word for word in SORTS if not (config_type == "sample" and word == "created"))
