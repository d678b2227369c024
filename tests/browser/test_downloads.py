"""A download holds all matching rows, in the table's order, under the API's field names."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from modelarts_local import LocalService
from tests.browser.conftest import Visit, connected_to
from tests.browser.screen import Screen
from tests.browser.served import Dashboard
from tests.screens import naive

QUERY = "/?engine=PyTorch&engine=No+engine,+own+image&contains=train&sort_by=created&order=asc&per_page=10"
FIELDS = [
    "config_name",
    "config_desc",
    "create_time",
    "created",
    "engine_type",
    "engine_name",
    "engine_id",
    "engine_version",
    "user_image_url",
    "user_command",
]


def wanted(service: LocalService) -> list[naive.Row]:
    """The rows of QUERY."""
    return [
        row
        for row in naive.listed(service, sortBy="create_time", order="asc")
        if naive.engine(row) in {"PyTorch", "No engine, own image"} and naive.contains(row, "train")
    ]


def test_json_holds_the_services_rows_unchanged(
    screen: Screen, service: LocalService, tmp_path: Path
) -> None:
    screen.open(QUERY)
    expect(screen.range_text).to_have_text(f"1–10 of {len(wanted(service))}")
    file = screen.download("json", tmp_path)
    assert json.loads(file.read_text(encoding="utf-8")) == wanted(service)
    assert_named(file, service, "json")


def test_csv_holds_every_row_with_numbers_as_numbers(
    screen: Screen, service: LocalService, tmp_path: Path
) -> None:
    screen.open(QUERY)
    file = screen.download("csv", tmp_path)
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))
    assert list(rows[0]) == FIELDS
    assert [row.pop("created") for row in rows] == [in_utc(row) for row in wanted(service)]
    assert rows == [
        {field: "" if row.get(field) is None else str(row[field]) for field in FIELDS if field != "created"}
        for row in wanted(service)
    ]
    assert_named(file, service, "csv")


def in_utc(row: naive.Row) -> str:
    """The creation time in ISO 8601."""
    at = datetime.fromtimestamp(row["create_time"] // 1000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{row['create_time'] % 1000:03}Z"


def test_excel_holds_every_row_in_any_script(screen: Screen, service: LocalService, tmp_path: Path) -> None:
    screen.open("/?sort_by=description")
    file = screen.download("xlsx", tmp_path)
    head, *rows = openpyxl.load_workbook(file).active.iter_rows(values_only=True)
    assert list(head) == FIELDS
    listed = naive.listed(service, sortBy="config_desc")
    described = [row.get("config_desc") or None for row in listed]
    assert sorted(map(str, (row[1] for row in rows))) == sorted(map(str, described))
    assert any(re.search("[\u4e00-\u9fff]", text) for text in described if text), "there is Chinese in it"
    assert re.fullmatch(r"training-job-configs_.+_custom_\d{8}T\d{6}Z\.xlsx", file.name)


def test_the_links_are_of_the_current_view_and_say_what_they_give(
    screen: Screen, service: LocalService, tmp_path: Path
) -> None:
    screen.open("/?per_page=10")
    screen.choose("engine", "PyTorch")
    rows = [row for row in naive.listed(service) if naive.engine(row) == "PyTorch"]
    for name in ("CSV", "Excel", "JSON"):
        link = screen.page.get_by_role("link", name=f"{name}: all {len(rows)} matching rows", exact=True)
        expect(link).to_be_visible()
        expect(link).to_have_text(name)
    screen.pager("Page 2").click()
    expect(screen.range_text).to_have_text(f"11–20 of {len(rows)}")
    assert json.loads(screen.download("json", tmp_path).read_text(encoding="utf-8")) == rows


def test_a_link_works_with_the_keyboard(screen: Screen) -> None:
    screen.open()
    screen.of("download_csv").get_by_role("link").focus()
    with screen.page.expect_download():
        screen.page.keyboard.press("Enter")
    screen.page.keyboard.press("Tab")
    expect(screen.of("download_xlsx").get_by_role("link")).to_be_focused()


def test_an_error_is_read_beside_the_page_which_stays(visit: Visit) -> None:
    """What the export would be of is gone when the link is followed."""
    with LocalService(30, seed=3) as service, Dashboard(connected_to(service)) as own:
        tab = visit(own).open("/?sort_by=created")
        before = tab.page.url
        link = tab.of("download_csv").get_by_role("link")
        link.evaluate("link => link.href = link.href.replace('connection=', 'connection=gone-')")
        with tab.page.expect_popup() as popup:
            link.click()
        expect(popup.value.get_by_role("heading", name="There is no such connection")).to_be_visible()
        expect(popup.value.get_by_role("link", name="Open the dashboard")).to_be_visible()
        assert popup.value.evaluate("window.opener") is None
        assert tab.page.url == before
        expect(tab.figures).to_be_visible()
        popup.value.close()


def assert_named(file: Path, service: LocalService, ending: str) -> None:
    """The name carries project, filters and the time of the load."""
    parts = (
        "training-job-configs",
        service.project_id,
        "custom",
        "engine-PyTorch",
        "engine-No-engine-own-image",
        "contains-train",
    )
    assert re.fullmatch("_".join(parts) + rf"_\d{{8}}T\d{{6}}Z\.{ending}", file.name)
