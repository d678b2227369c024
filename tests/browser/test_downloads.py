"""A download holds all matching rows, in the table's order, under the API's field names."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

from playwright.sync_api import expect

from modelarts_local import LocalService
from tests.browser.screen import Screen
from tests.screens import naive

QUERY = "/?engine=PyTorch&engine=Custom+image&contains=train&sort_by=created&order=asc&per_page=10"
FIELDS = [
    "config_name",
    "config_desc",
    "create_time",
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
    assert rows == [
        {field: "" if row.get(field) is None else str(row[field]) for field in FIELDS}
        for row in wanted(service)
    ]
    assert_named(file, service, "csv")


def assert_named(file: Path, service: LocalService, ending: str) -> None:
    """The name carries project, filters and the time of the load."""
    parts = (
        "training-job-configs",
        service.project_id,
        "custom",
        "PyTorch",
        "Custom-image",
        "contains-train",
    )
    assert re.fullmatch("_".join(parts) + rf"_\d{{8}}T\d{{6}}Z\.{ending}", file.name)


def test_no_other_download_is_offered(screen: Screen) -> None:
    """The grid's own would hold the page alone, and formulas as they are."""
    screen.open()
    screen.of("table").hover()
    expect(screen.page.get_by_role("button", name=re.compile("^Download as CSV"))).to_have_count(0)
