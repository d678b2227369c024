"""Every control does what a plain loop over the service's own rows does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest

from modelarts_local import LocalService
from tests.screens import naive
from tests.screens.opened import Opened

Open = Callable[..., Opened]
WIRE_NAMES = {"name": "config_name", "description": "config_desc", "created": "create_time"}
FIRST, LAST = date(2021, 3, 1), date(2022, 11, 30)


def expected(rows: list[naive.Row]) -> list[tuple[object, ...]]:
    """Rows as the table shows them."""
    return [naive.shown(row) for row in rows]


def test_the_whole_project_is_listed_page_by_page(overview: Open, service: LocalService) -> None:
    screen = overview()
    assert screen.range_text() == "1–25 of 325"
    assert [len(page) for page in screen.pages()] == [25] * 13
    assert screen.every_row() == expected(naive.listed(service))


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort_by", ["name", "description", "created"])
def test_sorting_gives_the_services_own_pages(
    overview: Open, service: LocalService, sort_by: str, order: str
) -> None:
    screen = overview(page="3", per_page="50")
    screen.choose(sort_by=sort_by, order=order)

    # Which of two rows with one name, text and time is first is the service's secret.
    wanted = naive.listed(service, sortBy=WIRE_NAMES[sort_by], order=order)
    assert [(row[0], row[2]) for row in screen.every_row()] == [
        (row["config_name"], row.get("create_time")) for row in wanted
    ]


def test_search_shows_what_the_service_finds(overview: Open, service: LocalService) -> None:
    screen = overview()
    screen.choose(search="ResNet")

    found = naive.listed(service, search_content="ResNet")
    assert 0 < len(found) < 325
    assert screen.every_row() == expected(found)
    assert screen.figures()["Configurations"] == str(len(found))


def test_until_the_service_has_searched_the_loaded_rows_say_what_they_have(
    own_overview: Open, own_service: LocalService
) -> None:
    screen = own_overview()
    loaded = screen.figures()["Configurations"]
    own_service.latency_ms = 5_000
    screen.control("search").set_value("ResNet")
    screen.run()
    assert "still searching" in screen.html("top")
    ahead = screen.figures()["Configurations"]
    assert 0 < int(ahead) < int(loaded)
    own_service.latency_ms = 0
    screen.settle()
    assert screen.figures()["Configurations"] == ahead
    assert "the loaded rows say the same" in screen.html("top")


def test_the_other_configuration_type_shows_the_samples(overview: Open, service: LocalService) -> None:
    screen = overview()
    screen.choose(config_type="sample")

    assert screen.every_row() == expected(naive.listed(service, config_type="sample"))


def test_engines_and_versions_narrow_down(overview: Open, service: LocalService) -> None:
    screen, rows = overview(), naive.listed(service)
    engines = ["No engine, own image", "No engine given", "PyTorch"]
    screen.choose(engine=engines)
    assert screen.every_row() == expected([row for row in rows if naive.engine(row) in engines])

    versions = [naive.counted([row["engine_version"] for row in rows if row.get("engine_version")])[0][0]]
    screen.choose(version=versions)
    both = [row for row in rows if naive.engine(row) in engines and row.get("engine_version") in versions]
    assert both
    assert screen.every_row() == expected(both)


def test_of_very_many_versions_the_rest_is_found_by_typing(connect: Callable[[str, str], None]) -> None:
    rows = [
        {"config_name": f"c{n:03}", "engine_name": "PyTorch", "engine_version": f"v{n:03}"}
        for n in range(300)
    ]
    with LocalService(rows) as many:
        connect(many.url, many.project_id)
        screen = Opened({"version": ["v290", "nowhere"]}).settle()
        version, others = screen.control("version"), screen.control("offered_version")
        assert version.value == ["v290"]
        assert version.options == [*(f"v{n:03}" for n in range(200)), "v290"]
        assert others.label == "Version: 99 more not listed"

        screen.choose(offered_version="V25")
        assert screen.control("offered_version").label == "Version: all that match are listed"
        assert screen.control("version").options == [*(f"v25{n}" for n in range(10)), "v290"]
        assert [row[0] for row in screen.every_row()] == ["c290"]

        screen.choose(version=["v290", "v257"], offered_version="")
        assert [row[0] for row in screen.every_row()] == ["c290", "c257"]


def test_contains_looks_into_command_and_image_in_any_case(overview: Open, service: LocalService) -> None:
    screen, rows = overview(), naive.listed(service)
    for text in ("Train.PY", "swr.", "(", "%"):
        screen.choose(contains=text)
        found = [row for row in rows if naive.contains(row, text)]
        if found:
            assert screen.every_row() == expected(found)
        else:
            assert "No configuration matches" in screen.notices()
            assert screen.figures()["Configurations"] == "0"


def test_a_period_includes_both_of_its_days(overview: Open, service: LocalService) -> None:
    rows = naive.listed(service)
    days = sorted({day for row in rows if (day := naive.created_day(row))})
    first, last = days[len(days) // 4], days[len(days) // 2]
    screen = overview()
    screen.choose(created_from=first)
    screen.choose(created_to=last)

    found = [row for row in rows if naive.created_between(row, first, last)]
    assert {first, last} <= {naive.created_day(row) for row in found}
    assert screen.every_row() == expected(found)


def test_all_controls_together(overview: Open, service: LocalService) -> None:
    screen = overview(engine=["PyTorch", "TensorFlow"], contains="train", created_from=FIRST.isoformat())
    screen.choose(search="v")
    screen.choose(created_to=LAST)
    screen.choose(sort_by="created")
    screen.choose(per_page=10)

    found = [
        row
        for row in naive.listed(service, search_content="v", sortBy="create_time")
        if naive.engine(row) in {"PyTorch", "TensorFlow"}
        and naive.contains(row, "train")
        and naive.created_between(row, FIRST, LAST)
    ]
    assert len(found) > 5
    assert screen.every_row() == expected(found)


@pytest.mark.parametrize("per_page", [10, 25, 50, 100])
def test_rows_per_page_and_the_last_page(overview: Open, service: LocalService, per_page: int) -> None:
    screen, rows = overview(), naive.listed(service)
    screen.choose(per_page=per_page)
    assert screen.names() == [row["config_name"] for row in rows[:per_page]]
    assert screen.page_count() == -(-325 // per_page)

    screen.choose(page=screen.page_count())
    first = (screen.page_count() - 1) * per_page
    assert screen.names() == [row["config_name"] for row in rows[first:]]
    assert screen.range_text() == f"{first + 1}–325 of 325"


@pytest.mark.parametrize(
    "change",
    [
        {"contains": "train"},
        {"search": "v"},
        {"engine": ["PyTorch"]},
        {"created_from": FIRST},
        {"created_to": LAST},
        {"order": "asc"},
        {"sort_by": "description"},
        {"per_page": 10},
        {"config_type": "sample"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_changes_the_rows_begins_at_the_first_page(
    overview: Open, change: dict[str, object]
) -> None:
    screen = overview(page="3")
    assert screen.range_text() == "51–75 of 325"
    screen.choose(**change)

    assert screen.app.pagination(key="page").value == 1
    assert screen.range_text().startswith("1–")


def test_paging_filtering_and_sorting_make_no_request(overview: Open, service: LocalService) -> None:
    screen = overview()
    service.requests.clear()
    screen.choose(page=5)
    screen.choose(engine=["PyTorch"])
    screen.choose(contains="train")
    screen.choose(created_from=FIRST)
    screen.choose(sort_by="created")
    screen.choose(granularity="quarter")
    screen.choose(per_page=100)

    assert list(service.requests) == []


def test_the_key_figures_count_what_matches(overview: Open, service: LocalService) -> None:
    screen = overview(contains="train")
    rows = [row for row in naive.listed(service) if naive.contains(row, "train")]
    today = datetime.now(UTC).date()
    first = today - timedelta(days=29)
    images = sum(bool(row.get("user_image_url")) for row in rows)
    silent = sum(not row.get("config_desc") for row in rows)

    assert screen.figures() == {
        "Configurations": str(len(rows)),
        "Engines in use": str(len({row["engine_name"] for row in rows if row.get("engine_name")})),
        "Custom image": f"{images / len(rows):.0%}".replace("%", " %"),
        "Created in 30 days": str(sum(naive.created_between(row, first, today) for row in rows)),
        "Without description": f"{silent / len(rows):.0%}".replace("%", " %"),
    }


def test_a_filtered_count_says_of_how_many(overview: Open, service: LocalService) -> None:
    """The service's search decides what is loaded; the filters here, how many of those are counted."""
    screen = overview(search="demo", engine=["PyTorch"])
    found = [
        row for row in naive.listed(service) if "demo" in f"{row['config_name']} {row['config_desc']}".lower()
    ]
    rows = [row for row in found if naive.engine(row) == "PyTorch"]
    assert 0 < len(rows) < len(found)
    assert screen.figures()["Configurations"] == str(len(rows))
    assert screen.notes()["Configurations"] == f"of {len(found)}"

    screen.choose(engine=[])
    assert screen.figures()["Configurations"] == str(len(found))
    assert screen.notes()["Configurations"].startswith("newest ")


def test_facets_offer_every_value_with_its_count_under_the_other_filters(
    overview: Open, service: LocalService
) -> None:
    screen = overview(engine=["PyTorch"], contains="train")
    rows = [row for row in naive.listed(service) if naive.contains(row, "train")]
    engines = naive.counted([naive.engine(row) for row in rows])
    versions = naive.counted(
        [
            row["engine_version"]
            for row in rows
            if naive.engine(row) == "PyTorch" and row.get("engine_version")
        ]
    )

    facets = ("engine", "version", "image", "described")
    lists = [listed_counts(screen.html(f"{facet}_values")) for facet in facets]
    assert lists[:2] == [engines[:6], versions[:6]]
    shown = [row for row in rows if naive.engine(row) == "PyTorch"]
    assert lists[2] == naive.counted(["custom" if row.get("user_image_url") else "none" for row in shown])
    described = [str(row.get("config_desc") or "").strip() for row in shown]
    assert lists[3] == naive.counted(["yes" if text else "no" for text in described])
    assert screen.app.multiselect(key="engine").options[: len(engines)] == [name for name, _ in engines]
    assert screen.app.multiselect(key="version").options[: len(versions)] == [name for name, _ in versions]


def listed_counts(body: str) -> list[tuple[str, int]]:
    """The names and numbers of a facet's list."""
    pairs = re.findall(r"<bdi[^>]*>([^<]*)</bdi><span>([\d,]+)</span>", body)
    return [(unescape(name), int(number.replace(",", ""))) for name, number in pairs]


def test_clear_filters_is_offered_only_when_there_are_any(overview: Open) -> None:
    screen = overview(engine=["PyTorch"], contains="train", search="v", created_to="2024-01-01")
    for parameter in ("engine", "contains", "search", "created_to"):
        assert f'data-press="drop {parameter}"' in screen.html("top")
    screen.press("top", "clear")

    assert screen.range_text() == "1–25 of 325"
    assert 'data-press="clear"' not in screen.html("top")


@pytest.mark.parametrize("parameter", ["engine", "contains", "search", "created_to"])
def test_each_filter_is_said_above_the_figures_and_taken_away_there(overview: Open, parameter: str) -> None:
    values = {"engine": "PyTorch", "contains": "train", "search": "v", "created_to": "2024-01-01"}
    screen = overview(**values)
    screen.press("top", f"drop {parameter}")
    assert f'data-press="drop {parameter}"' not in screen.html("top")
    assert screen.html("top").count('data-press="drop ') == len(values) - 1
    assert not screen.control(parameter).value


def test_refresh_shows_what_has_changed(own_overview: Open, own_service: LocalService) -> None:
    screen = own_overview()
    gone = screen.names()[0]
    own_service.remove(gone)
    own_service.add({"config_name": "zzz-newest", "config_desc": "just now"})
    screen.click("refresh")

    assert screen.names()[0] == "zzz-newest"
    assert gone not in [row[0] for row in screen.every_row()]
    assert screen.figures()["Configurations"] == "60"


@pytest.mark.parametrize(
    ("chosen", "label", "field"),
    [
        (("image", "custom"), "Custom image", "user_image_url"),
        (("described", "no"), "Without description", "config_desc"),
    ],
)
def test_a_figure_is_a_way_in_to_what_it_counts(
    overview: Open, service: LocalService, chosen: tuple[str, str], label: str, field: str
) -> None:
    """The count that the figure says, the count after a press on it, and the rows themselves are the same."""
    facet, value = chosen
    rows = naive.listed(service)
    has_it = value == "custom"
    wanted = sorted(r["config_name"] for r in rows if bool(str(r.get(field) or "").strip()) == has_it)
    screen = overview()
    assert screen.notes()[label] == f"{len(wanted)} of {len(rows)}"
    screen.press("top", f"choose {facet} {value}")
    assert screen.control(facet).value == [value]
    assert sorted(name for page in screen.pages() for name in page["name"]) == wanted
    assert screen.figures()[label] == "100 %"
    screen.press("top", f"choose {facet} {value}")
    assert screen.control(facet).value == []
