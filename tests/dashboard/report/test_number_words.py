"""One of something is told in the singular."""

from __future__ import annotations

from datetime import UTC, date

from dashboard.data.analysis import KeyFigures
from dashboard.data.view import View
from dashboard.report.overview import figures_row
from dashboard.report.report_of import key_figures

ONE = KeyFigures(1, 1, 1, None, 1, date(2026, 1, 1), 1, 1, (1,) * 60, 1, 1)


def test_one_version_is_no_versions() -> None:
    assert ">1 version<" in figures_row(ONE, View(), 1, UTC)
    assert "1 version" in [figure.note for figure in key_figures(ONE)]
