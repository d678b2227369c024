"""What stands on the screen when there is nothing, not everything, or not yet anything to show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.report.screens import SCREENS
from modelarts_local import LocalService
from tests.screens import naive
from tests.screens.opened import Opened

Open = Callable[..., Opened]
Connect = Callable[[str, str], None]


@pytest.fixture
def empty_service() -> Iterator[LocalService]:
    """A project without a single configuration."""
    with LocalService([], samples=[]) as running:
        yield running


@pytest.mark.parametrize("file", [screen.file for screen in SCREENS if not screen.is_of_all])
def test_every_screen_has_one_heading_of_the_first_level(overview: Open, file: str) -> None:
    screen = overview()
    screen.app.switch_page(f"../pages/{file}.py")
    told = screen.settle().everything()
    assert len(screen.app.title) + told.count("<h1") == 1, file


@pytest.mark.parametrize("config_type", ["custom", "sample"])
def test_an_empty_project_says_that_it_is(
    empty_service: LocalService, connect: Connect, config_type: str
) -> None:
    connect(empty_service.url, empty_service.project_id)
    screen = Opened({"config_type": config_type}).settle()

    assert screen.notices() == "This project has no configurations of this type."
    assert screen.figures()["Configurations"] == "0"
    assert not screen.app.exception
    assert not screen.has_table()


def test_a_search_without_a_match_in_an_empty_project(empty_service: LocalService, connect: Connect) -> None:
    connect(empty_service.url, empty_service.project_id)
    screen = Opened({"search": "x"}).settle()
    screen.click("drop_search")
    assert screen.notices() == "This project has no configurations of this type."


def test_no_match_names_each_filter_to_drop_and_how_many_would_match(
    overview: Open, service: LocalService
) -> None:
    screen = overview(
        search="v", engine="PyTorch", version="TF-1.13.1-python3.6", contains="train", created_to="2020-06-30"
    )
    found = naive.listed(service, search_content="v")
    tests: dict[str, Callable[[naive.Row], bool]] = {
        "engine": lambda row: naive.engine(row) == "PyTorch",
        "version": lambda row: row.get("engine_version") == "TF-1.13.1-python3.6",
        "contains": lambda row: naive.contains(row, "train"),
        "created to": lambda row: naive.created_between(row, date.min, date(2020, 6, 30)),
    }
    left = {
        dropped: sum(all(test(row) for name, test in tests.items() if name != dropped) for row in found)
        for dropped in tests
    }
    assert any(left.values())

    assert screen.notices().startswith("No configuration matches all of these filters.")
    assert drop_buttons(screen.app) == {"search": None, **left}

    dropped = max(left, key=left.__getitem__)
    screen.click(f"drop_{dropped.replace(' ', '_')}")
    assert screen.range_text().endswith(f" of {left[dropped]}")
    assert len(screen.every_row()) == left[dropped]


def drop_buttons(app: AppTest) -> dict[str, int | None]:
    """The filters that are offered to be dropped, each with the matches that are promised."""
    labels = [button.label for button in app.button if (button.key or "").startswith("drop_")]
    found = [re.fullmatch(r"Drop ([a-z ]+)(?:: ([\d,]+) would match)?", label) for label in labels]
    assert all(found)
    return {match[1]: int(match[2].replace(",", "")) if match[2] else None for match in found if match}


def test_a_period_that_ends_before_it_begins_is_pointed_out(overview: Open) -> None:
    screen = overview(created_from="2022-01-01", created_to="2021-01-01")
    assert "Created from is after Created to" in screen.notices()
    assert "No configuration matches" in screen.notices()


def test_samples_have_no_timeline_and_say_why(overview: Open) -> None:
    screen = overview(config_type="sample")
    assert "Samples carry no creation time, so there is no timeline of them." in screen.notices()
    assert screen.figures()["Created in 30 days"] == "–"
    with pytest.raises(KeyError):
        screen.app.get_by_key("timeline")
    assert screen.app.get_by_key("engine_usage")


def test_rows_without_a_creation_time_are_counted_beside_the_timeline(overview: Open) -> None:
    captions = [caption.value for caption in overview().app.caption]
    assert "1 without a readable creation time are not on it." in captions


@pytest.mark.parametrize(("have", "reported"), [(3, 50), (7, 1234), (9, 2)])
def test_an_inventory_that_is_not_whole_says_so_with_both_numbers(
    own_service: LocalService, connect: Connect, have: int, reported: int
) -> None:
    rows = [{"config_name": f"row-{number}", "config_desc": ""} for number in range(have)]
    own_service.fail(200, {"is_success": True, "config_total_count": reported, "configs": rows})
    connect(own_service.url, own_service.project_id)
    screen = Opened().settle()

    (warning,) = [warning.value for warning in screen.app.warning]
    assert warning.startswith("This inventory is not whole")
    assert {f"{have:,}", f"{reported:,}"} <= set(re.findall(r"[\d,]+", warning))
    assert screen.range_text() == f"1–{have} of {have}"
    screen.app.switch_page("../pages/connection.py").run()
    assert warning in [warning.value for warning in screen.app.warning]


def test_rows_are_on_screen_while_the_inventory_loads(connect: Connect) -> None:
    with (
        LocalService(1060) as service,
        service.fail(429, headers={"Retry-After": "1"}, path_contains="&page=2&"),
    ):
        connect(service.url, service.project_id)
        screen = Opened().run()
        assert screen.range_text() == "1–25 of 1,060"
        assert screen.under_way()
        assert not screen.has_figures()
        (progress,) = screen.run().app.progress
        assert "1,000 of 1,060 configurations loaded" in str(progress.proto)


def test_the_rest_follows_when_the_inventory_is_there(connect: Connect) -> None:
    with LocalService(1060) as service:
        held = service.fail(429, headers={"Retry-After": "1"}, path_contains="&page=2&")
        connect(service.url, service.project_id)
        screen = Opened().run()
        assert screen.under_way()
        held.lift()
        screen.settle()
    assert screen.figures()["Configurations"] == "1,060"
    assert not screen.app.progress
