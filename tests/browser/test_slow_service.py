"""A slow service and a large project: first rows after one request, and none at all once it is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import expect

from modelarts_local import LocalService
from tests.browser.conftest import Visit, connected_to
from tests.browser.served import Dashboard
from tests.screens import naive

CONFIGURATIONS = 4_200
LATENCY_MS = 300
ROWS_AND_PROGRESS = """() => {
  const rows = document.querySelector('.st-key-table_bar [role="status"]')?.innerText;
  const progress = document.querySelector('[data-testid="stProgress"]')?.innerText;
  return rows === '1–25 of 4,200' && progress?.includes('1,000 of 4,200 configurations loaded')
    ? document.querySelectorAll('.js-plotly-plot').length + 1 : 0;
}"""


@pytest.fixture(scope="module")
def slow_service() -> Iterator[LocalService]:
    """A project of several pages whose service takes its time."""
    with LocalService(CONFIGURATIONS, seed=11, latency_ms=LATENCY_MS) as running:
        yield running


@pytest.fixture
def slow_dashboard(slow_service: LocalService) -> Iterator[Dashboard]:
    """A dashboard that has nothing loaded yet."""
    with Dashboard(connected_to(slow_service)) as running:
        yield running


def everything(service: LocalService) -> list[naive.Row]:
    """All rows, asked for in no time and without a trace in the log."""
    service.latency_ms = 0
    rows = naive.listed(service)
    service.latency_ms = LATENCY_MS
    service.requests.clear()
    return rows


def first_rows_requests(service: LocalService) -> list[str]:
    """The pages asked for by requests of one page of the table."""
    return [request.query["page"] for request in naive.lists(service) if request.query["per_page"] == "25"]


def test_first_rows_are_there_after_one_request_while_the_rest_loads(
    visit: Visit, slow_service: LocalService, slow_dashboard: Dashboard
) -> None:
    names = [row["config_name"] for row in everything(slow_service)[:25]]
    tab = visit(slow_dashboard)
    # The second page is refused until somebody has looked, so that there is something to see.
    with slow_service.fail(429, headers={"Retry-After": "2"}, path_contains="per_page=1000&page=2&"):
        tab.page.goto(tab.url)
        charts = tab.page.wait_for_function(ROWS_AND_PROGRESS).json_value() - 1
        assert charts == 0
        assert first_rows_requests(slow_service) == ["1"]
        tab.expect_names(names)

    expect(tab.figure("Configurations")).to_have_text("4,200")
    expect(tab.plot("engine_usage")).to_be_visible()
    expect(tab.page.get_by_test_id("stProgress")).to_have_count(0)
    expect(tab.range_text).to_have_text("1–25 of 4,200")
    assert first_rows_requests(slow_service) == ["1"]


def test_nothing_is_asked_of_the_service_once_the_project_is_loaded(
    visit: Visit, slow_service: LocalService, slow_dashboard: Dashboard
) -> None:
    rows = everything(slow_service)
    engine, count = naive.counted([naive.engine(row) for row in rows])[0]
    tab = visit(slow_dashboard).open()
    loaded = len(naive.lists(slow_service))
    assert loaded == 6  # the table's page, and five of a thousand

    tab.pager("Page 168").click()
    expect(tab.range_text).to_have_text("4,176–4,200 of 4,200")
    tab.click_header("name")
    tab.expect_query(sort_by="name", page=None)
    expect(tab.range_text).to_have_text("1–25 of 4,200")
    tab.choose("per_page", "100")
    expect(tab.range_text).to_have_text("1–100 of 4,200")
    tab.click_bar("engine_usage", 0, 0)
    expect(tab.range_text).to_have_text(f"1–100 of {count:,}")
    tab.fill("contains", "train")
    found = [row for row in rows if naive.engine(row) == engine and naive.contains(row, "train")]
    expect(tab.figure("Configurations")).to_have_text(f"{len(found):,}")
    tab.drag("timeline", 0.4, 0.6)
    tab.page.wait_for_function("() => new URLSearchParams(location.search).has('created_to')")
    first, last = (date.fromisoformat(tab.query()[key][0]) for key in ("created_from", "created_to"))
    found = [row for row in found if naive.created_between(row, first, last)]
    expect(tab.figure("Configurations")).to_have_text(f"{len(found):,}")
    tab.of("top").get_by_role("button", name="Clear all").click()
    expect(tab.figure("Configurations")).to_have_text("4,200")
    tab.page.reload()
    expect(tab.figure("Configurations")).to_have_text("4,200")

    assert len(naive.lists(slow_service)) == loaded
