"""Several connections in a browser: two tabs at once, the screen over all, and failures as they are seen."""

from __future__ import annotations

import csv
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from modelarts_local import LocalService
from tests.browser.conftest import Visit
from tests.browser.screen import Screen, hold, release
from tests.browser.served import Dashboard
from tests.screens.several import rows_of, table

WORDS = ("alpha", "beta", "expiring", "throttled", "redirect", "partial", "dripping")


@pytest.fixture(scope="module")
def services() -> Iterator[dict[str, LocalService]]:
    """A project for each word; whose name says so, fails."""
    running = {word: LocalService(rows_of(word, 60)).start() for word in WORDS}
    running["throttled"].fail(429, headers={"Retry-After": "0"})
    running["redirect"].fail(302, "", {"Location": "https://elsewhere.example/sign-in"})
    body = {"is_success": True, "config_total_count": 99, "configs": rows_of("partial", 3)}
    running["partial"].fail(200, body)
    running["dripping"].fail(None, drip_s=0.5)
    yield running
    for service in running.values():
        service.stop()


@pytest.fixture(scope="module")
def nobody() -> Iterator[str]:
    """An address that is taken, and where nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture(scope="module")
def tables(services: dict[str, LocalService], nobody: str) -> dict[str, dict[str, Any]]:
    """A connection to each project, one to nobody, and half a one."""
    found: dict[str, dict[str, Any]] = {word: table(service) for word, service in services.items()}
    found["alpha"]["label"] = "Team Alpha"
    found["refused"] = table(services["alpha"], endpoint=nobody)
    found["half"] = {"region": "eu-de", "project_id": "p", "access_key": "half-of-a-key"}
    return found


@pytest.fixture(scope="module")
def secrets(tables: dict[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that tells the connections."""
    path = tmp_path_factory.mktemp("secrets") / "secrets.toml"
    path.write_text(toml(tables), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def several(secrets: Path) -> Iterator[Dashboard]:
    """A dashboard with all these connections."""
    with Dashboard(options=("--secrets.files", str(secrets))) as running:
        yield running


def toml(tables: dict[str, dict[str, Any]]) -> str:
    """Connections as lines of secrets.toml."""
    return "\n".join(
        line
        for name, values in tables.items()
        for line in [f"[connections.{name}]", *(f"{key} = {json.dumps(values[key])}" for key in values)]
    )


def names(word: str) -> list[str]:
    """The first names of a project as the overview shows them."""
    return [f"{word}-{number:03}" for number in range(59, 34, -1)]


def switch(tab: Screen, connection: str) -> None:
    """Choose a connection in the sidebar."""
    tab.choose("connection", "Team Alpha" if connection == "alpha" else connection)
    tab.expect_query(connection=connection)


def test_two_tabs_on_two_connections_see_nothing_of_each_other(
    visit: Visit, several: Dashboard, tmp_path: Path
) -> None:
    first, second = visit(several).open(), visit(several).open("/?connection=beta")
    first.expect_names(names("alpha"))
    second.expect_names(names("beta"))
    first.pager("Next page").click()
    expect(first.range_text).to_have_text("26–50 of 60")
    second.fill("search", "beta-00")
    expect(second.range_text).to_have_text("1–10 of 10")
    expect(first.range_text).to_have_text("26–50 of 60")

    switch(first, "beta")
    first.expect_names(names("beta"))
    first.expect_query(page=None)
    switch(second, "alpha")
    expect(second.page.get_by_text("No configuration matches all of these filters.")).to_be_visible()
    second.fill("search", "")
    second.expect_names(names("alpha"))
    first.expect_names(names("beta"))

    for tab, word in ((first, "beta"), (second, "alpha")):
        expect(tab.sidebar).to_contain_text("Team Alpha" if word == "alpha" else "beta")
        with tab.download("csv", tmp_path / word).open(encoding="utf-8", newline="") as file:
            assert {row["config_name"].split("-")[0] for row in csv.DictReader(file)} == {word}


def test_an_open_row_closes_with_a_switch(visit: Visit, several: Dashboard) -> None:
    tab = visit(several).open()
    tab.click_row(0)
    expect(tab.drawer).to_contain_text("a recipe of alpha")
    tab.expect_query(config="alpha-059")
    tab.page.keyboard.press("Escape")
    expect(tab.drawer).to_have_count(0)
    tab.expect_query(config=None)  # until then the next request would ask for it again
    switch(tab, "beta")
    tab.expect_names(names("beta"))
    expect(tab.drawer).to_have_count(0)
    tab.expect_query(connection="beta", config=None)


def test_back_leads_to_the_connection_that_was_looked_at(visit: Visit, several: Dashboard) -> None:
    tab = visit(several).open("/?connection=beta")
    tab.page.get_by_test_id("stHeader").get_by_role("link", name="Connection", exact=True).click()
    expect(tab.facts).to_be_visible()
    switch(tab, "alpha")
    tab.page.go_back()
    tab.expect_names(names("beta"))
    tab.expect_query(connection="beta")


def test_the_screen_over_all_fills_in_and_opens_each(visit: Visit, several: Dashboard) -> None:
    tab = visit(several)
    tab.page.goto(f"{tab.url}/connections")
    all_rows = tab.of("connections")
    states = {
        0: "✓ up to date",
        1: "✓ up to date",
        3: "✕ failed",
        4: "✕ failed",
        5: "△ not whole",
        6: "… loading",
        7: "✕ failed",
        8: "✕ settings",
    }
    for row, state in states.items():
        expect(all_rows.locator(f"tbody tr:nth-child({row + 1}) .state")).to_have_text(state)
    expect(all_rows.locator("tbody th").first).to_have_text("Team Alpha")

    all_rows.get_by_role("button", name="beta").click()
    tab.expect_names(names("beta"))
    tab.expect_query(connection="beta")
    expect(tab.of("connection").get_by_role("combobox")).to_have_value("beta")


SEEN = {
    "throttled": ("The service is throttling our requests.", "HTTP 429 ModelArts.2799"),
    "redirect": ("The answer is not one of this API.", "a redirect to https://elsewhere.example/sign-in"),
    "refused": ("Nothing takes a connection there.", "Connection refused"),
    "half": ("This connection cannot be used", "secret_key is missing"),
}


@pytest.mark.parametrize("word", SEEN)
def test_a_failure_is_told_and_another_connection_is_a_choice_away(
    visit: Visit, several: Dashboard, word: str
) -> None:
    tab = visit(several)
    tab.page.goto(f"{tab.url}/?connection={word}")
    for words in SEEN[word]:
        expect(tab.page.get_by_text(words).first).to_be_visible()
    expect(tab.of("rows")).to_have_count(0)
    switch(tab, "beta")
    tab.expect_names(names("beta"))
    for words in SEEN[word]:
        expect(tab.page.get_by_text(words)).to_have_count(0)


def test_old_data_stays_marked_until_a_retry_succeeds(
    visit: Visit, several: Dashboard, services: dict[str, LocalService]
) -> None:
    tab = visit(several).open("/?connection=expiring")
    with services["expiring"].fail(401, {"is_success": False, "error_code": "ModelArts.0202"}):
        tab.of("refresh").get_by_role("button").click()
        expect(tab.page.get_by_text("renewing it failed")).to_be_visible()
        expect(tab.page.get_by_text("The token has expired")).to_be_visible()
        expect(tab.page.get_by_text("HTTP 401 ModelArts.0202")).to_be_visible()
        tab.expect_names(names("expiring"))
    tab.of("retry").get_by_role("button").click()
    expect(tab.page.get_by_text("renewing it failed")).to_have_count(0)
    tab.expect_names(names("expiring"))


def test_an_inventory_that_is_not_whole_says_so(visit: Visit, several: Dashboard) -> None:
    tab = visit(several).open("/?connection=partial")
    expect(tab.page.get_by_text("3 configurations could be read and the service reports 99")).to_be_visible()


@pytest.fixture
def beside_a_drip(tables: dict[str, dict[str, Any]], tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard that nobody has looked at: in time the load of the dripping project fails."""
    path = tmp_path / "secrets.toml"
    path.write_text(toml({name: tables[name] for name in ("alpha", "beta", "dripping")}), encoding="utf-8")
    with Dashboard(options=("--secrets.files", str(path))) as running:
        yield running


def test_an_answer_that_drips_freezes_nothing(visit: Visit, beside_a_drip: Dashboard) -> None:
    tab = visit(beside_a_drip)
    tab.page.goto(f"{tab.url}/?connection=dripping")
    expect(tab.page.get_by_text("No answer yet; asked").first).to_be_visible()
    expect(tab.page.get_by_test_id("stProgress")).to_be_visible()
    tab.page.get_by_test_id("stHeader").get_by_role("link", name="Connection", exact=True).click()
    expect(tab.of("connection_facts")).to_be_visible()
    expect(tab.sidebar.get_by_text("No answer yet; asked").last).to_be_visible()
    switch(tab, "beta")
    expect(tab.of("connection_facts")).to_contain_text("60 of 60 reported")


def test_the_test_of_a_connection_is_seen_step_by_step(visit: Visit, several: Dashboard) -> None:
    """Of the link's connection, also where the choice of connections comes after the test has begun."""
    tab = visit(several)
    held = hold(tab.page, r"/Selectbox\.")
    tab.page.goto(f"{tab.url}/connection?connection=refused")
    tab.page.get_by_role("button", name="Test connection").first.click()
    expect(tab.of("diagnosis")).to_be_visible()
    release(held)
    expect(tab.of("connection").get_by_role("combobox")).to_have_value("refused")
    steps = tab.of("diagnosis")
    expect(steps.get_by_text("failed at TCP connection.")).to_be_visible()
    expect(steps).to_contain_text("Passed · name resolution")
    expect(steps).to_contain_text("Failed · TCP connection")
    expect(steps).to_contain_text("Not assessed · first page")
    expect(steps).to_contain_text("Nothing takes a connection there.")


def test_a_page_beyond_the_end_becomes_the_last_one_in_the_address_too(
    visit: Visit, several: Dashboard
) -> None:
    tab = visit(several).open("/?page=99&per_page=10")
    expect(tab.range_text).to_have_text("51–60 of 60")
    tab.expect_query(page="6", per_page="10")
    tab.page.reload()
    expect(tab.range_text).to_have_text("51–60 of 60")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_screens_of_several_connections_are_accessible(
    visit: Visit, several: Dashboard, scheme: str
) -> None:
    tab = visit(several, color_scheme=scheme)
    tab.page.goto(f"{tab.url}/connections")
    expect(tab.of("connections").locator(".state").first).to_have_text("✓ up to date")
    assert tab.violations() == []
    tab.page.goto(f"{tab.url}/connection?connection=refused")
    tab.page.get_by_role("button", name="Test connection").first.click()
    expect(tab.of("diagnosis").get_by_text("failed at TCP connection.")).to_be_visible()
    expect(tab.of("last_failures")).to_be_visible()
    assert tab.violations() == []
    tab.page.goto(f"{tab.url}/?connection=half")
    expect(tab.page.get_by_text("secret_key is missing")).to_be_visible()
    assert tab.violations() == []


def test_the_screen_over_all_fits_a_narrow_window(visit: Visit, several: Dashboard) -> None:
    tab = visit(several, viewport={"width": 400, "height": 800})
    for path, key in (
        ("/connections", "connections"),
        ("/connection?connection=redirect", "connection_facts"),
    ):
        tab.page.goto(tab.url + path)
        box = tab.of(key).bounding_box()
        assert box is not None
        assert (box["x"] >= 0, box["x"] + box["width"] <= 400) == (True, True)


def test_an_open_tab_follows_the_settings(
    visit: Visit, several: Dashboard, secrets: Path, tables: dict[str, dict[str, Any]]
) -> None:
    """What they no longer tell is not shown any more, nor asked for."""
    with LocalService(rows_of("late", 3)) as service:
        service.fail(silent=True)
        secrets.write_text(toml({**tables, "late": table(service)}), encoding="utf-8")
        tab = visit(several)
        wait_for_option(tab, "late")
        expect(tab.sidebar).to_contain_text("Loading…")
        secrets.write_text(toml({**tables, "late": table(service, label="Renamed")}), encoding="utf-8")
        expect(tab.sidebar).to_contain_text("Renamed")
        secrets.write_text(toml(tables), encoding="utf-8")
        expect(tab.sidebar).to_contain_text("Team Alpha")
        tab.expect_names(names("alpha"))


def wait_for_option(tab: Screen, word: str) -> None:
    """Open a connection as soon as the server knows it."""
    for _ in range(20):
        tab.page.goto(f"{tab.url}/?connection={word}")
        expect(tab.of("connection").get_by_role("combobox")).not_to_have_value("")
        if tab.of("connection").get_by_role("combobox").input_value() == word:
            return
    raise AssertionError(f"{word} is never on offer")
