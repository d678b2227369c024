"""The report's numbers are the overview's."""

from __future__ import annotations

import re
from datetime import date

from dashboard.data.view import Facets, View
from dashboard.report.report import report
from dashboard.report.report_data import ReportData
from dashboard.report.report_of import connection_report
from tests.dashboard.builders import inventory_of, milliseconds
from tests.dashboard.report.reports import MOMENT

ROWS = [
    {
        "config_name": f"job-{number}",
        "engine_name": "PyTorch" if number % 3 else "MXNet",
        "engine_version": f"PyTorch-1.{number % 2}" if number % 3 else "MXNet-1.2",
        "create_time": milliseconds(f"2024-0{1 + number % 2}-1{number}"),
    }
    for number in range(9)
]
NAMES = {"name": "one", "title": "One", "endpoint": "https://e.example.com", "project": "p"}


def test_a_view_is_counted_as_on_the_overview() -> None:
    view = View(facets=Facets.of(engine=("PyTorch",)))
    found = connection_report(inventory_of(*ROWS), view, **NAMES)
    assert (found.loaded, found.reported, found.details, found.details_wanted) == (9, 9, 0, 6)
    assert found.filters == (("Engine", ("PyTorch",)),)
    assert [(figure.label, figure.value) for figure in found.figures][:2] == [
        ("Configurations", "6"),
        ("Engines in use", "1"),
    ]
    assert sum(part.count for part in found.usage) == 6
    assert {part.version for part in found.usage} == {"PyTorch-1.0", "PyTorch-1.1"}
    assert sum(part.count for part in found.created) == 6
    assert all(isinstance(part.first_day, date) for part in found.created)


def test_its_charts_can_be_drawn_again_from_the_data() -> None:
    found = connection_report(inventory_of(*ROWS), View(), **NAMES)
    text = report(ReportData(MOMENT, "rules", (found,))).decode()
    assert "PyTorch 6, MXNet 3; 2 engines in all." in text
    assert re.search(r"9 in all, most \(\d\)", text)
    assert "9 in all" in text


def test_nothing_at_all_is_a_report_too() -> None:
    found = connection_report(inventory_of(), View(), **NAMES)
    assert (found.usage, found.created) == ((), ())
    assert b"Configurations read: 0 of 0" in report(ReportData(MOMENT, "rules", (found,)))
