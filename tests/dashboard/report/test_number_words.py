"""One of something is told in the singular."""

from __future__ import annotations

from datetime import UTC, date

import numpy as np

from dashboard.data.analysis import KeyFigures, engine_usage
from dashboard.data.columns import Part
from dashboard.data.figures import engine_usage_spec
from dashboard.data.view import View
from dashboard.history.difference import difference
from dashboard.report.changes import counts_row
from dashboard.report.overview import figures_row
from dashboard.report.report_of import key_figures
from tests.dashboard.builders import inventory_of

ONE = KeyFigures(1, 1, 1, None, 1, date(2026, 1, 1), 1, 1, (1,) * 60, 1, 1)


def test_one_version_is_no_versions() -> None:
    assert ">1 version<" in figures_row(ONE, View(), 1, UTC)
    assert "1 version" in [figure.note for figure in key_figures(ONE)]


def test_one_configuration_is_no_configurations() -> None:
    frame = inventory_of({"config_name": "one", "engine_name": "Ray", "engine_version": "2.9"}).frame
    assert "1 configuration, 100.0%" in str(
        engine_usage_spec(engine_usage(Part.of(frame, np.ones(1, dtype=bool))), ())
    )


def test_one_field_of_one_configuration_is_told_so() -> None:
    before = [{"config_name": "a", "config_desc": "x"}]
    after = [{"config_name": "a", "config_desc": "y"}, {"config_name": "b"}]
    html = counts_row(difference(before, after), "")
    assert '>1</span><span class="note">configuration<' in html
    assert ">1 field<" in html
