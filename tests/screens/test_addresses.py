"""A link reproduces its view; whatever else stands in an address falls back to the default."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import pytest

from modelarts_local import LocalService
from tests.screens import naive
from tests.screens.opened import Opened

Open = Callable[..., Opened]


class Link(NamedTuple):
    """A parameter, its value in the address, the control's value, and which rows it lets through."""

    key: str
    value: Any
    chosen: Any
    matches: Callable[[naive.Row], bool]


LINKS = (
    Link("engine", "PyTorch", ["PyTorch"], lambda row: naive.engine(row) == "PyTorch"),
    Link(
        "engine",
        ["PyTorch", "No engine, own image"],
        ["PyTorch", "No engine, own image"],
        lambda row: naive.engine(row) in {"PyTorch", "No engine, own image"},
    ),
    Link(
        "version",
        "TF-1.13.1-python3.6",
        ["TF-1.13.1-python3.6"],
        lambda row: row.get("engine_version") == "TF-1.13.1-python3.6",
    ),
    Link("contains", "run_train", "run_train", lambda row: naive.contains(row, "run_train")),
    Link(
        "created_from",
        "2021-03-01",
        date(2021, 3, 1),
        lambda row: naive.created_between(row, date(2021, 3, 1), date.max),
    ),
    Link(
        "created_to",
        "2021-03-01",
        date(2021, 3, 1),
        lambda row: naive.created_between(row, date.min, date(2021, 3, 1)),
    ),
)
JUNK: dict[str, list[Any]] = {
    "sort_by": ["", "create_time", "NAME", "'; --"],
    "order": ["", "up", "ASC"],
    "config_type": ["", "everything", "Custom"],
    "per_page": ["", "0", "-10", "7", "1000000", "ten", "10.5", "\u0661\u0660"],
    "page": ["", "0", "-1", "x", "1.5", "1e3"],
    "engine": ["", "NoSuchEngine", ["NoSuch", "<b>Engine</b>"]],
    "version": ["", "NoSuchVersion"],
    "created_from": ["", "yesterday", "2021-13-45", "0000-00-00", "99999-01-01"],
    "created_to": ["", "2021-02-30", "20210101T"],
    "granularity": ["", "decade"],
    "all_engines": ["", "perhaps"],
    "config": [""],
    "no_such_key": ["x"],
}


@pytest.mark.parametrize("link", LINKS, ids=lambda link: f"{link.key}={link.value}")
def test_a_filter_in_the_link_is_set_and_applied(overview: Open, service: LocalService, link: Link) -> None:
    screen = overview(**{link.key: link.value})

    found = [row for row in naive.listed(service) if link.matches(row)]
    assert 0 < len(found) < 325
    assert screen.control(link.key).value == link.chosen
    assert screen.every_row() == [naive.shown(row) for row in found]


def test_search_type_order_and_page_in_the_link(overview: Open, service: LocalService) -> None:
    query = {"search": "v1", "sort_by": "created", "order": "asc", "per_page": "10", "page": "2"}
    screen = overview(**query)

    wanted = naive.listed(service, search_content="v1", sortBy="create_time", order="asc")
    assert screen.names() == [row["config_name"] for row in wanted[10:20]]
    values = {key: str(screen.control(key).value) for key in query}
    assert values == query


def test_samples_by_link_have_no_creation_time_to_sort_by(overview: Open, service: LocalService) -> None:
    screen = overview(config_type="sample", sort_by="created", order="asc")

    assert "created" not in screen.app.selectbox(key="sort_by").options
    wanted = naive.listed(service, config_type="sample", order="asc")
    assert screen.names() == [row["config_name"] for row in wanted]
    assert all(request.query.get("sortBy") != "create_time" for request in service.requests)


@pytest.mark.parametrize(
    ("key", "value"), [(key, value) for key, values in JUNK.items() for value in values], ids=ascii
)
def test_junk_in_the_link_shows_the_default_view(
    overview: Open, service: LocalService, key: str, value: Any
) -> None:
    screen = overview(**{key: value})

    assert not screen.app.exception
    assert screen.range_text() == "1–25 of 325"
    assert screen.names() == [row["config_name"] for row in naive.listed(service)][:25]


NOBODY: dict[str, list[str]] = {"engine": ["PyTorch", "<b>Nope"], "version": ["v1", "v2", "v3"]}


def test_values_that_no_configuration_has_are_told_until_the_filters_change(
    overview: Open, service: LocalService
) -> None:
    screen = overview(**NOBODY)
    told = (
        "No configuration has engine “<b>Nope”, version “v1” or version “v2”, nor 1 more that are asked for."
    )
    of_engine = [row["config_name"] for row in naive.listed(service) if naive.engine(row) == "PyTorch"]
    for _ in range(2):
        (warning,) = screen.app.warning
        assert warning.value.replace("\\", "") == f"{told} The filters are without that."
        assert "\\<b\\>" in warning.value
        assert screen.names() == of_engine[:25]
        screen.app.run()
    screen.choose(engine=[])
    assert not screen.app.warning


def test_nothing_is_told_of_values_that_are_there_or_that_a_search_may_hide(overview: Open) -> None:
    assert not overview(engine="PyTorch").app.warning
    assert not overview(engine="Nope", search="e").app.warning


@pytest.mark.parametrize("page", ["14", "999", "999999999"])
def test_a_page_beyond_the_end_is_the_last_one(overview: Open, page: str) -> None:
    screen = overview(page=page)
    assert screen.range_text() == "301–325 of 325"
    assert screen.app.pagination(key="page").value == 13


def test_a_link_to_details_opens_them(overview: Open) -> None:
    screen = overview(config="custom-only")
    assert '<pre id="command">bash run_train.sh python TRAIN.py</pre>' in screen.html("details")
    assert "  an image and no engine" in screen.html("details")


@pytest.mark.parametrize("name", ["no-such", "a/../b", "..", "x" * 5000, "\u202e\ud7ff<b>", "%00", "\x00"])
def test_a_link_to_details_that_do_not_exist_says_so(overview: Open, name: str) -> None:
    screen = overview(config=name)
    assert not screen.app.exception
    said = [*screen.app.error, *(info for info in screen.app.info if "no such" in info.value)]
    assert len(said) == 1
    assert screen.range_text() == "1–25 of 325"
