"""The address bar is the state: on a fresh server, over a switch of screens, and back again."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from modelarts_local import LocalService
from tests.browser.conftest import Visit, connected_to
from tests.browser.screen import Screen, hold, release
from tests.browser.served import Dashboard
from tests.screens import naive

QUERY = "engine=PyTorch&contains=train&sort_by=created&order=asc&per_page=10"


@pytest.fixture
def fresh_dashboard(service: LocalService) -> Iterator[Dashboard]:
    """A dashboard that nobody has visited yet."""
    with Dashboard(connected_to(service)) as running:
        yield running


def matches(service: LocalService) -> list[naive.Row]:
    """The rows of QUERY."""
    rows = naive.listed(service, sortBy="create_time", order="asc")
    return [row for row in rows if naive.engine(row) == "PyTorch" and naive.contains(row, "train")]


def asked_screens(frame: str | bytes) -> list[str]:
    """The screen that a message to the server asks for, by Streamlit's name of it, if it asks for one."""
    said = BackMsg.FromString(frame.encode() if isinstance(frame, str) else frame)
    return [said.rerun_script.page_script_hash] if said.HasField("rerun_script") else []


def expect_filters(screen: Screen) -> None:
    """Wait until the controls and the address show the filters of QUERY."""
    expect(screen.of("engine").get_by_label("Remove PyTorch", exact=True).last).to_be_attached()
    expect(screen.of("contains").get_by_role("searchbox")).to_have_value("train")
    screen.expect_query(engine="PyTorch", contains="train")


def expect_order(screen: Screen) -> None:
    """Wait until the table's own controls and the address show the order of QUERY."""
    expect(screen.of("sort_by").get_by_role("combobox")).to_have_value("created")
    expect(screen.of("order").get_by_role("combobox")).to_have_value("asc")
    expect(screen.of("per_page").get_by_role("combobox")).to_have_value("10")
    screen.expect_query(sort_by=None, order="asc", per_page="10")


def test_the_first_visitor_may_come_by_a_link_to_the_overview(
    visit: Visit, fresh_dashboard: Dashboard, service: LocalService
) -> None:
    screen, wanted = visit(fresh_dashboard), matches(service)
    screen.open(f"/?{QUERY}&page=2")
    expect_filters(screen)
    expect_order(screen)
    expect(screen.range_text).to_have_text(f"11–20 of {len(wanted)}")
    screen.expect_names([row["config_name"] for row in wanted[10:20]])


def test_the_first_visitor_may_come_by_a_link_to_another_screen(
    visit: Visit, fresh_dashboard: Dashboard, service: LocalService
) -> None:
    """Even one who goes on before the filters' controls are there: what they were told is told again."""
    screen = visit(fresh_dashboard)
    held = hold(screen.page, r"/(Multiselect|TextInput|Radio|DateInput)\.")
    screen.page.goto(f"{screen.url}/connection?{QUERY}")
    expect(screen.facts).to_be_visible()

    screen.page.get_by_test_id("stHeader").get_by_role("link", name="Overview").click()
    expect(screen.range_text).to_contain_text(f" of {len(matches(service))}")
    release(held)
    expect_filters(screen)


def test_filters_survive_a_switch_of_screens_and_the_back_button(
    screen: Screen, service: LocalService
) -> None:
    asked: list[str] = []
    with screen.page.expect_websocket() as opened:
        screen.open()
    opened.value.on("framesent", lambda frame: asked.extend(asked_screens(frame)))
    screen.choose("engine", "PyTorch")
    screen.expect_query(engine="PyTorch")
    screen.fill("contains", "train")
    expect_filters(screen)

    screen.page.get_by_test_id("stHeader").get_by_role("link", name="Connection").click()
    expect(screen.facts).to_be_visible()
    expect(screen.of("engine")).to_be_hidden()

    screen.page.go_back()
    expect(screen.range_text).to_contain_text(f" of {len(matches(service))}")
    expect_filters(screen)

    screen.page.go_forward()
    expect(screen.facts).to_be_visible()
    screen.page.get_by_test_id("stHeader").get_by_role("link", name="Overview").click()
    expect_filters(screen)

    # A click that ends a text would tell of the text last, with the old screen, which then came back.
    overview = asked[-1]
    screen.fill("contains", "train.py")
    screen.page.get_by_test_id("stHeader").get_by_role("link", name="Connection").click()
    screen.expect_query(engine="PyTorch", contains="train.py")
    expect(screen.facts).to_be_visible()
    assert asked[-1] != overview


def test_back_and_forward_lead_to_filters_and_figures_of_one_address(
    screen: Screen, service: LocalService
) -> None:
    engines = naive.counted([naive.engine(row) for row in naive.listed(service)])
    (first, first_count), (second, second_count) = engines[:2]
    screen.open(f"/?{urlencode({'engine': first})}")
    links = screen.page.get_by_test_id("stHeader")
    links.get_by_role("link", name="Findings").click()
    clean = screen.page.get_by_test_id("stMain").get_by_text(" configurations are clean")
    expect(clean).to_contain_text(f" of {first_count} ")
    screen.of("engine_values").get_by_role("button", name=second).click()
    expect(clean).to_contain_text(f" of {second_count} ")

    screen.page.go_back()
    expect(screen.range_text).to_have_text(f"1–25 of {first_count}")
    expect(screen.of("engine").get_by_label(f"Remove {first}", exact=True).last).to_be_attached()
    expect(screen.figure("Configurations")).to_have_text(str(first_count))
    screen.expect_query(engine=first)

    screen.page.go_forward()
    expect(clean).to_contain_text(f" of {second_count} ")
    expect(screen.of("engine").get_by_label(f"Remove {second}", exact=True).last).to_be_attached()
    screen.expect_query(engine=second)
