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
    ends = [(begin + timedelta(days=days), days <= MAX_DAYS_BY_HOUR) for days in DAYS]
    cases = [(end, width, daily) for end, daily in ends for width in WIDTHS]
    told = [[end.date().isoformat(), width, DAY_MS if daily else None] for end, width, daily in cases]
    plotly = page.evaluate(TICKS, [start, told])
    page.close()
    for (end, width, daily), texts in zip(cases, plotly, strict=True):
        ticks = date_ticks(begin, end, date_step(begin, end, width, daily=daily))
        assert ["<br>".join(filter(None, (tick.label, tick.below))) for tick in ticks] == texts, (end, width)
