"""The table: to the last page, sorted as a whole by its headers, and each row's details with a link."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from modelarts_local import LocalService
from tests.browser.screen import Screen
from tests.screens import naive


def names(rows: list[naive.Row]) -> list[str]:
    """The names of rows."""
    return [row["config_name"] for row in rows]


def test_paging_leads_to_the_last_page_and_back(screen: Screen, service: LocalService) -> None:
    rows = names(naive.listed(service))
    screen.open()
    screen.pager("Page 13").click()
    expect(screen.range_text).to_have_text("301–320 of 320")
    screen.expect_names(rows[300:])
    screen.expect_query(page="13")
    expect(screen.pager("Next page")).to_be_disabled()

    screen.pager("Previous page").click()
    expect(screen.range_text).to_have_text("276–300 of 320")
    screen.expect_names(rows[275:300])
    screen.pager("Page 1").click()
    screen.expect_names(rows[:25])
    screen.expect_query(page=None)

    cut = screen.column(6).filter(has_text="python").last
    assert cut.evaluate("cell => cell.scrollWidth > cell.clientWidth"), "for a test of what is cut"
    cut.hover()
    expect(cut).to_have_attribute("title", cut.text_content() or "")

    screen.choose("per_page", "100")
    for number in ("1", "2", "3", "4"):  # few pages are there to be chosen, too
        expect(screen.pager(f"Page {number}")).to_be_visible()


def test_a_page_beyond_the_end_shows_the_last_one(screen: Screen, service: LocalService) -> None:
    screen.open("/?page=99")
    expect(screen.range_text).to_have_text("301–320 of 320")
    screen.expect_names(names(naive.listed(service))[300:])
    expect(screen.pager("Page 13")).to_have_attribute("aria-current", "page")
    screen.pager("Previous page").click()
    expect(screen.range_text).to_have_text("276–300 of 320")
    screen.expect_query(page="12")


def test_a_header_sorts_all_rows_and_not_the_page(screen: Screen, service: LocalService) -> None:
    screen.open("/?page=2")
    for header, order, wire in (
        ("created", "asc", "create_time"),
        ("name", "asc", "config_name"),
        ("name", "desc", "config_name"),
        ("name", "asc", "config_name"),
        ("created", "desc", "create_time"),
        ("created", "asc", "create_time"),
        ("description", "asc", "config_desc"),
    ):
        screen.click_header(header)
        screen.expect_names(names(naive.listed(service, sortBy=wire, order=order))[:25])
        expect(screen.of("sort_by").get_by_role("combobox")).to_have_value(header)
        expect(screen.of("order").get_by_role("combobox")).to_have_value(order)
        sorted_by = {"asc": "ascending", "desc": "descending"}[order]
        expect(screen.of("rows").locator(f'th[aria-sort="{sorted_by}"]')).to_contain_text(header.title())


def test_a_row_opens_its_details_even_after_a_header_was_clicked(
    screen: Screen, service: LocalService
) -> None:
    rows = names(naive.listed(service, sortBy="create_time", order="asc"))
    screen.open()
    screen.click_header("created")
    screen.expect_names(rows[:25])
    screen.click_row(1)
    expect(screen.drawer).to_contain_text(rows[1])
    screen.expect_names(rows[:25])


def test_a_row_opens_its_details_and_the_link_opens_them_again(screen: Screen, service: LocalService) -> None:
    contains = "run_train"
    rows = [row for row in naive.listed(service, order="asc") if naive.contains(row, contains)]
    place, row = next((place, row) for place, row in enumerate(rows) if row["config_desc"])
    screen.open(f"/?contains={contains}&order=asc")
    screen.expect_names(names(rows[:25]))
    screen.click_row(place)
    expect_details(screen, row)
    screen.expect_query(config=row["config_name"])

    link = screen.drawer.locator("#link").text_content()
    with screen.page.context.expect_page() as opened:
        screen.page.evaluate("link => void window.open(link)", link)
    again = Screen(opened.value, screen.url)
    expect_details(again, row)
    expect(again.of("contains").get_by_role("searchbox")).to_have_value(contains)
    again.page.close()


def expect_details(screen: Screen, row: naive.Row) -> None:
    """Wait until the drawer shows a row: every field of the list, the command to copy, the raw JSON."""
    drawer = screen.drawer
    expect(drawer.get_by_role("heading", name=row["config_name"])).to_be_visible()
    for field in ("config_desc", "user_command", "user_image_url", "engine_name", "engine_version"):
        if row.get(field):
            expect(drawer).to_contain_text(row[field])
    expect(drawer.get_by_role("button", name="Copy link")).to_be_visible()
    drawer.get_by_text("Raw JSON", exact=True).click()
    raw = drawer.locator("#raw")
    expect(raw).to_contain_text("config_name")
    shown = json.loads(raw.inner_text())
    assert {field: shown[field] for field in row} == row
    assert "worker_server_num" in shown


def test_the_keyboard_opens_a_row_and_escape_leads_back_to_it(screen: Screen, service: LocalService) -> None:
    name = naive.listed(service)[3]["config_name"]
    screen.open()
    button = screen.of("rows").locator('button[data-press="open 3"]')
    button.focus()
    screen.page.keyboard.press("Enter")
    expect(screen.drawer.get_by_role("heading", name=name)).to_be_visible()
    expect(screen.of("rows").locator("tr[aria-current]")).to_contain_text(name)
    screen.page.keyboard.press("Escape")
    expect(screen.drawer).to_have_count(0)
    expect(button).to_be_focused()


def test_previous_and_next_go_through_the_rows_in_their_order(screen: Screen, service: LocalService) -> None:
    rows = names(naive.listed(service))
    screen.open(f"/?config={rows[23]}")
    for place in (24, 25, 26, 25):
        word = "Previous" if place == 25 and screen.query()["config"] == [rows[26]] else "Next"
        screen.drawer.get_by_role("button", name=word).click()
        screen.expect_query(config=rows[place])
        expect(screen.drawer.get_by_role("heading", name=rows[place], exact=True)).to_be_visible()
    expect(screen.range_text).to_have_text("26–50 of 320")


def test_escape_closes_the_details_and_clears_the_address(screen: Screen, service: LocalService) -> None:
    row = naive.listed(service)[2]
    screen.open()
    for _ in range(2):
        screen.click_row(2)
        expect(screen.drawer).to_contain_text(row["config_name"])
        screen.expect_query(config=row["config_name"])
        screen.page.keyboard.press("Escape")
        expect(screen.drawer).to_have_count(0)
        screen.expect_query(config=None)
        expect(screen.of("rows").locator("tr[aria-current]")).to_have_count(0)

    screen.pager("Next page").click()
    expect(screen.range_text).to_have_text("26–50 of 320")
    expect(screen.drawer).to_have_count(0)


def test_creation_times_are_shown_in_the_viewers_time_zone(screen: Screen, service: LocalService) -> None:
    screen.open("/?sort_by=created")
    expect(screen.cell(0, 4)).to_have_text(naive.in_berlin(naive.listed(service, sortBy="create_time")[0]))
