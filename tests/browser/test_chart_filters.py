"""Charts set the filters: a click on a bar, a dragged period, and the keyboard alone."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import expect

from modelarts_local import LocalService
from tests.browser.screen import Screen
from tests.screens import naive


def most_used(service: LocalService) -> list[tuple[str, int]]:
    """The engines with their counts, most first: the order of the bars."""
    return naive.counted([naive.engine(row) for row in naive.listed(service)])


def expect_only(screen: Screen, engine: str, count: int) -> None:
    """Wait until address, sidebar, table and key figures are of one engine."""
    screen.expect_query(engine=engine)
    expect(screen.of("engine").get_by_label(f"Remove {engine}", exact=True).last).to_be_attached()
    expect(screen.range_text).to_have_text(f"1–{min(count, 25)} of {count}")
    expect(screen.figure("Configurations")).to_have_text(str(count))
    expect(screen.figure("Engines in use")).to_have_text("1")


def test_a_click_on_a_bar_filters_by_its_engine_and_another_takes_it_back(
    screen: Screen, service: LocalService
) -> None:
    engine, count = most_used(service)[0]
    screen.open("/?page=3")
    screen.click_bar("engine_usage", 0, 0)
    expect_only(screen, engine, count)
    expect(screen.column(5)).to_have_text([engine] * 25)

    screen.click_bar("engine_usage", 0, 0)
    screen.expect_query(engine=None)
    expect(screen.range_text).to_have_text("1–25 of 320")


def test_another_bar_takes_the_place_of_the_first(screen: Screen, service: LocalService) -> None:
    (first, _), (second, count) = most_used(service)[:2]
    screen.open(f"/?engine={first}")
    versions = {row.get("engine_version") for row in naive.listed(service) if naive.engine(row) == first}
    screen.click_bar("engine_usage", 0, len(versions))
    expect_only(screen, second, count)


def test_the_keyboard_alone_filters_by_an_engine(screen: Screen, service: LocalService) -> None:
    screen.open()
    chart = screen.plot("engine_usage")
    said = chart.locator("[aria-live=polite]")
    chart.focus()
    screen.page.keyboard.press("Home")
    expect(said).not_to_be_empty()
    screen.page.keyboard.press("End")
    top, count = most_used(service)[0]
    expect(said).to_contain_text(top)
    screen.page.keyboard.press("Enter")
    expect_only(screen, top, count)

    expect(chart).to_be_focused()
    screen.page.keyboard.press("Enter")
    screen.expect_query(engine=None)
    expect(screen.range_text).to_have_text("1–25 of 320")


def test_the_folded_tail_opens_with_a_click(screen: Screen, service: LocalService) -> None:
    engines = [engine for engine, _ in most_used(service)]
    screen.open()
    ticks = screen.plot("engine_usage").locator(".ytick text")
    expect(ticks.filter(has_text="Other (")).to_have_count(1)
    bars = screen.plot("engine_usage").locator(".bars .point path")
    screen.click_bar("engine_usage", 0, bars.count() - 1)

    screen.expect_query(all_engines="true")
    expect(ticks).to_have_count(len(engines))
    assert set(ticks.all_text_contents()) == set(engines)


def test_a_dragged_period_filters_everything_and_can_be_undone(screen: Screen, service: LocalService) -> None:
    screen.open("/?page=2")
    screen.drag("timeline", 0.3, 0.5)
    screen.page.wait_for_function(
        "() => ['created_from', 'created_to'].every(key => new URLSearchParams(location.search).has(key))"
    )
    first, last = (date.fromisoformat(screen.query()[key][0]) for key in ("created_from", "created_to"))
    assert date(2018, 1, 1) < first < last < date(2026, 1, 1)
    count = sum(naive.created_between(row, first, last) for row in naive.listed(service))
    assert 0 < count < 320
    expect(screen.range_text).to_have_text(f"1–25 of {count}")
    expect(screen.figure("Configurations")).to_have_text(str(count))
    for key, day in (("created_from", first), ("created_to", last)):
        shown = "".join(screen.of(key).get_by_role("spinbutton").all_inner_texts())
        assert shown == f"{day:%Y%m%d}"

    screen.page.get_by_role("button", name="Clear all").click()
    expect(screen.range_text).to_have_text("1–25 of 320")
    screen.expect_query(created_from=None, created_to=None)


def test_a_click_on_a_bar_of_the_timeline_filters_by_its_period(
    screen: Screen, service: LocalService
) -> None:
    screen.open("/?granularity=quarter")
    screen.click_bar("timeline", 0, screen.highest("timeline", 0))
    screen.page.wait_for_function(
        "() => ['created_from', 'created_to'].every(key => new URLSearchParams(location.search).has(key))"
    )
    first, last = (date.fromisoformat(screen.query()[key][0]) for key in ("created_from", "created_to"))
    assert (first.day, (first.month - 1) % 3) == (1, 0)
    assert 89 <= (last - first).days <= 91
    count = sum(naive.created_between(row, first, last) for row in naive.listed(service))
    expect(screen.figure("Configurations")).to_have_text(str(count))


def test_charts_say_what_they_show(screen: Screen, service: LocalService) -> None:
    screen.open()
    engine, count = most_used(service)[0]
    usage = screen.plot("engine_usage").get_attribute("aria-label") or ""
    timeline = screen.plot("timeline").get_attribute("aria-label") or ""
    assert f"{engine} {count}" in usage
    assert "320 in all" in timeline
