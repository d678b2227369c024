"""The first view's dates stand where Plotly puts them, and say the same."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import streamlit_plotly_basic
from playwright.sync_api import Browser

from dashboard.data.timeline import DAY_MS, MAX_DAYS_BY_HOUR
from dashboard.report.ticks import date_step, date_ticks

(BUNDLE,) = (Path(streamlit_plotly_basic.__file__).parent / "assets").glob("plotly-*.min.js")
DAYS = (1, 2, 5, 6, 7, 10, 14, 15, 18, 21, 28, 35, 50, 75, 100, 150, 200, 300, 500, 1000, 2500, 4000)
WIDTHS = (240, 420, 800)
TICKS = """async ([start, cases]) => {
  const place = document.body.appendChild(document.createElement("div"));
  const found = [];
  for (const [end, width, dtick] of cases) {
    const xaxis = { type: "date", range: [start, end], dtick };
    const margin = { l: 0, r: 0, t: 0, b: 30 };
    await Plotly.newPlot(place, [{ type: "bar", x: [start], y: [1] }], { width, height: 200, margin, xaxis });
    found.push(place._fullLayout.xaxis._vals.map(tick => tick.text));
  }
  return found;
}"""


@pytest.mark.parametrize("start", ["2024-01-01", "2023-05-17"])
def test_dates_are_those_of_plotly(browser: Browser, start: str) -> None:
    page = browser.new_page()
    page.add_script_tag(path=BUNDLE)
    begin = datetime.fromisoformat(start)
    cases = [(begin + timedelta(days=days), width) for days in DAYS for width in WIDTHS]
    dticks = [DAY_MS if (end - begin).days <= MAX_DAYS_BY_HOUR else None for end, _ in cases]
    told = [[end.date().isoformat(), width, dtick] for (end, width), dtick in zip(cases, dticks, strict=True)]
    plotly = page.evaluate(TICKS, [start, told])
    page.close()
    ours = [
        [
            f"{tick.label}<br>{tick.below}" if tick.below else tick.label
            for tick in date_ticks(begin, end, step)
        ]
        for end, step in ((end, date_step(begin, end, width)) for end, width in cases)
    ]
    assert ours == plotly
