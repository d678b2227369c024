"""What a browser sends becomes a view that every other module can rely on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import product
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.data import parameters
from dashboard.data.parameters import (
    CONFIG_TYPE,
    EVERY,
    FACETS,
    FILTERS,
    GRANULARITIES,
    IN_ADDRESS,
    MAX_CHOICES,
    MAX_TEXT,
    ORDER,
    PER_PAGE,
    SORTS,
    Parameter,
)
from dashboard.data.view import Facets, View, read_view, rows_query, sorts_for
from tests.dashboard.builders import EXAMPLES

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=5)
    | st.dates()
    | st.times()
    | st.timedeltas()
    | st.complex_numbers()
    | st.uuids()
    | st.sampled_from(
        ["name", "created", "desc", "sample", "25", "2024-02-29", "week", "-1", "\uff11\uff12", "²"]
    )
)
_JUNK = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=5,
)
_FULL = {
    "search": "resnet",
    "config_type": "custom",
    "sort_by": "created",
    "order": "asc",
    "severity": ["high"],
    "check": ["SEC001"],
    "status": ["open"],
    "engine": ["PyTorch", "MXNet"],
    "version": ["1.0"],
    "framework": ["PyTorch 1.x"],
    "python": ["3.6"],
    "image": ["custom"],
    "image_tag": ["latest"],
    "described": ["no"],
    "contains": "run.sh",
    "created_from": date(2024, 1, 2),
    "created_to": date(2024, 2, 3),
    "per_page": 100,
    "page": 7,
    "granularity": "week",
}
_FULL_VIEW = View(
    search="resnet",
    sort_by="created",
    order="asc",
    facets=Facets.of(
        severity=("high",),
        check=("SEC001",),
        status=("open",),
        engine=("PyTorch", "MXNet"),
        version=("1.0",),
        framework=("PyTorch 1.x",),
        python=("3.6",),
        image=("custom",),
        image_tag=("latest",),
        described=("no",),
        contains="run.sh",
        created_from=date(2024, 1, 2),
        created_to=date(2024, 2, 3),
    ),
    per_page=100,
    page=7,
    granularity="week",
)


def _values(view: View) -> Mapping[str, object]:
    """The widget values that a view stands for."""
    own = {name: getattr(view, name) for name in EVERY if hasattr(view, name)}
    facets = {facet.name: view.facets[facet.name] for facet in FACETS}
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in (own | facets).items()
    }


@EXAMPLES
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(EVERY, _JUNK)))
def test_whatever_comes_the_view_holds_only_what_is_allowed(values: dict[str, object]) -> None:
    """Nothing raises, every word is one of its list, and reading the view again changes nothing."""
    view = read_view(values)
    assert view.config_type in CONFIG_TYPE.allowed
    assert view.sort_by in sorts_for(view.config_type)
    assert view.order in ORDER.allowed
    assert view.granularity in GRANULARITIES
    assert view.per_page in PER_PAGE
    assert type(view.per_page) is type(view.page) is int
    assert view.page >= 1
    facets = view.facets
    assert all(isinstance(text, str) for text in (*facets["engine"], *facets["version"]))
    assert len(view.search) <= MAX_TEXT
    assert len(facets["contains"]) <= MAX_TEXT
    assert all(day is None or isinstance(day, date) for day in facets.period)
    assert isinstance(hash(view), int)
    assert read_view(_values(view)) == view


_NO_TEXT: tuple[object, ...] = (None, True, False, 0, 1, 2.5, b"name", date(2024, 1, 1), [], {}, object())


@pytest.mark.parametrize("value", _NO_TEXT, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("name", ["search", "config_type", "sort_by", "order", "contains", "granularity"])
def test_text_of_another_type_falls_back(name: str, value: object) -> None:
    assert read_view({name: value}) == View()


@pytest.mark.parametrize(
    "value", [None, True, 0, 3, 1.5, b"x", {"PyTorch": 1}, {"PyTorch"}, [1, None, ["x"]]]
)
@pytest.mark.parametrize("name", ["engine", "version"])
def test_choices_of_another_type_are_no_choice(name: str, value: object) -> None:
    assert read_view({name: value}) == View()


@pytest.mark.parametrize(
    "value", [None, True, 20240101, 1.0, "", "yesterday", "2024-13-01", "2024-02-30", [], "²"]
)
@pytest.mark.parametrize("name", ["created_from", "created_to"])
def test_what_is_no_day_is_no_bound(name: str, value: object) -> None:
    assert read_view({name: value}) == View()


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        -1,
        1.5,
        25.5,
        "",
        "0",
        "-1",
        "+1",
        "1.0",
        "1e1",
        "\uff11\uff12",
        "²",
        "9" * 30,
        [2],
    ],
)
@pytest.mark.parametrize("name", ["per_page", "page"])
def test_what_is_no_count_falls_back(name: str, value: object) -> None:
    view = read_view({name: value})
    assert view == View()
    assert type(view.page) is type(view.per_page) is int  # True is equal to 1


@pytest.mark.parametrize("value", [1, 11, 1000, "1000"])
def test_only_offered_page_lengths_are_taken(value: object) -> None:
    assert read_view({"per_page": value}).per_page == 25


def test_nothing_and_the_defaults_are_the_default_view() -> None:
    assert read_view({}) == read_view({name: each.default for name, each in EVERY.items()}) == View()
    assert not View().filtered


def test_every_value_that_is_allowed_is_taken() -> None:
    assert read_view(_FULL) == _FULL_VIEW
    for name, words in (
        ("config_type", CONFIG_TYPE.allowed),
        ("order", ORDER.allowed),
        ("granularity", GRANULARITIES),
    ):
        assert [getattr(read_view({name: word}), name) for word in words] == list(words)
    assert [read_view({"sort_by": word}).sort_by for word in SORTS] == list(SORTS)
    assert [read_view({"per_page": n}).per_page for n in PER_PAGE] == list(PER_PAGE)


def test_the_address_bar_gives_texts_and_lists_alike() -> None:
    """A parameter that stands there once is one choice, several times as many."""
    address = {
        **{name: str(value) for name, value in _FULL.items() if not isinstance(value, list)},
        "engine": ["PyTorch", "MXNet"],
        **{name: value[0] for name, value in _FULL.items() if isinstance(value, list) and name != "engine"},
    }
    assert read_view(address) == _FULL_VIEW
    assert read_view({"engine": ("PyTorch", 3, "MXNet")}).facets["engine"] == ("PyTorch", "MXNet")


def test_names_are_taken_to_the_letter() -> None:
    """A choice is compared with the service's names, so neither case nor blanks are touched."""
    assert read_view({"engine": [" PyTorch", "pytorch"]}).facets["engine"] == (" PyTorch", "pytorch")


def test_more_values_of_a_facet_than_anybody_chooses_are_cut_off() -> None:
    view = read_view({"engine": [f"engine {number}" for number in range(5000)]})
    assert view.facets["engine"] == tuple(f"engine {number}" for number in range(MAX_CHOICES))


def test_typed_texts_lose_surrounding_blanks_and_what_is_too_long() -> None:
    view = read_view({"search": "  a b\n", "contains": "x" * 5000})
    assert (view.search, len(view.facets["contains"])) == ("a b", MAX_TEXT)
    assert read_view({"search": " \t "}) == View()


def test_samples_are_not_sorted_by_creation_time() -> None:
    assert "created" in sorts_for("custom")
    assert "created" not in sorts_for("sample")
    assert read_view({"config_type": "sample", "sort_by": "created"}).sort_by == "name"
    assert read_view({"config_type": "sample", "sort_by": "description"}).sort_by == "description"


@pytest.mark.parametrize("name", ["engine", "version"])
@pytest.mark.parametrize("blank", ["", [""], ["", "  "]])
def test_a_blank_choice_is_none(name: str, blank: object) -> None:
    """No engine or version is blank, so `?engine=` must not filter everything away."""
    assert read_view({name: blank}) == View()


@pytest.mark.parametrize("name", ["created_from", "created_to"])
def test_a_moment_is_read_as_its_day(name: str) -> None:
    """A datetime is a date to Python, but cannot be compared with one."""
    moment = datetime(2024, 1, 2, 23, 59, tzinfo=UTC)
    assert type(read_view({name: moment}).facets[name]) is date


def test_without_drops_one_filter_and_nothing_else() -> None:
    for dropped in (parameter.name for parameter in FILTERS):
        expected = read_view({name: value for name, value in _FULL.items() if name != dropped})
        assert _FULL_VIEW.without(dropped) == expected
        assert expected != _FULL_VIEW


def test_without_all_filters_nothing_is_filtered() -> None:
    view = _FULL_VIEW
    for number, dropped in enumerate(FILTERS, 1):
        assert view.filtered
        view = view.without(dropped.name)
        assert view.filtered == (number < len(FILTERS))
    assert view.facets == Facets()
    assert (view.sort_by, view.per_page, view.page) == ("created", 100, 7)


@pytest.mark.parametrize("name", ["page", "order", "config_type", "engines", "", "facets"])
def test_without_knows_only_filters(name: str) -> None:
    with pytest.raises(ValueError, match="no filter is called"):
        _FULL_VIEW.without(name)


def test_facets_ignore_what_they_are_told() -> None:
    facets, names = _FULL_VIEW.facets, [facet.name for facet in FACETS]
    given = [name for name, _ in facets.values]
    assert given == names
    for some in product((False, True), repeat=len(given)):
        ignored = [name for name, chosen in zip(given, some, strict=True) if chosen]
        left = facets.ignoring(*ignored)
        for name in names:
            assert left[name] == (EVERY[name].default if name in ignored else facets[name])
        assert bool(left) == (not all(some))


def test_each_facet_alone_is_a_filter() -> None:
    examples = {"contains": "x", "created_from": date(2024, 1, 2), "created_to": date(2024, 1, 2)}
    for facet in FACETS:
        facets = Facets.of(**{facet.name: examples.get(facet.name, ["x"])})
        assert facets
        assert View(facets=facets).filtered
    assert View(search="x").filtered


# Addresses

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_QUERIES = st.dictionaries(
    st.sampled_from([*EVERY, "connection", "config", "x"]),
    st.lists(
        st.sampled_from(["name", "created", "asc", "sample", "2024-02-29", "3", ""]) | _TEXTS, max_size=3
    ),
)


@EXAMPLES
@given(_QUERIES)
def test_the_query_of_a_view_leads_to_its_rows(query: dict[str, list[str]]) -> None:
    """Through an address and back: the same rows in the same order. The page of them is not in it."""
    view = read_view(query)
    again = read_view(parse_qs(urlencode(rows_query(view)), keep_blank_values=True))
    assert (again.search, again.config_type, again.facets) == (view.search, view.config_type, view.facets)
    assert (again.sort_by, again.order) == (view.sort_by, view.order)
    assert (again.page, again.per_page, again.granularity) == (1, 25, "auto")


def test_of_a_parameter_that_comes_twice_the_last_counts_unless_it_takes_several() -> None:
    view = read_view({"search": ["a", "b"], "engine": ["a", "b"], "order": ["asc", "junk"], "version": []})
    assert (view.search, view.facets["engine"], view.order, view.facets["version"]) == (
        "b",
        ("a", "b"),
        "desc",
        (),
    )


def test_what_is_at_its_default_stands_in_no_address() -> None:
    assert rows_query(View()) == rows_query(View(page=3, per_page=100, granularity="day")) == []


def test_no_parameter_of_the_address_is_forgotten() -> None:
    """Back and Forward restore all: a forgotten one would keep what the address had that was left."""
    constants = [value for name, value in vars(parameters).items() if name.isupper()]
    words = {value for value in constants if isinstance(value, str)}
    declared = {one.name for one in (*constants, *parameters.PARAMETERS) if isinstance(one, Parameter)}
    assert sorted(words | declared) == sorted(IN_ADDRESS)
