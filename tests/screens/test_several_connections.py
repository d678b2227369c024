"""Several connections: one is chosen in the sidebar, and nothing of one is ever seen under another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dashboard.data.projects import projects
from modelarts_local import LocalService
from tests.screens.opened import SECONDS, Opened
from tests.screens.several import HALF, TOKEN, rows_of, table

Open = Callable[..., Opened]
ALL = "../pages/connections.py"
ONE = "../pages/connection.py"


@pytest.fixture
def slow() -> Iterator[LocalService]:
    with LocalService(rows_of("slow", 10), latency_ms=SECONDS * 1000) as running:
        yield running


@pytest.fixture
def failing() -> Iterator[LocalService]:
    with LocalService(rows_of("failing", 10)) as running:
        running.fail(403)
        yield running


@pytest.fixture
def tables(
    alpha: LocalService, beta: LocalService, failing: LocalService, slow: LocalService
) -> dict[str, Any]:
    """Five connections: two good ones, one that fails, one that is slow, one that is half a key."""
    return {
        "alpha": table(alpha, label="Team Alpha"),
        "beta": table(beta),
        "failing": table(failing),
        "slow": table(slow),
        "half": HALF,
    }


@pytest.fixture
def several(tables: dict[str, Any]) -> Open:
    """Open a screen with these connections; loads that end are waited for."""
    return lambda **parameters: Opened(parameters, {"connections": tables}).settle()


def words_in(screen: Opened, *words: str) -> list[str]:
    """Which of these projects can be told from anything on screen."""
    text = screen.everything()
    return [word for word in words if f"{word}-0" in text or f"Engine {word}" in text or f"of {word}" in text]


def test_the_first_one_is_shown_and_the_control_offers_all(several: Open) -> None:
    screen = several()
    control = screen.control("connection")
    assert (control.value, control.options) == ("alpha", ["Team Alpha", "beta", "failing", "slow", "half"])
    assert screen.range_text() == "1–25 of 130"
    assert "Team Alpha" in screen.everything()
    assert words_in(screen, "alpha", "beta") == ["alpha"]


def test_one_connection_needs_no_control(alpha: LocalService) -> None:
    screen = Opened({"connection": "beta"}, {"connections": {"alpha": table(alpha)}}).settle()
    with pytest.raises(KeyError):
        screen.control("connection")
    assert screen.range_text() == "1–25 of 130"
    (told,) = (warning.value for warning in screen.app.warning)
    assert told.startswith("There is no connection “beta”")
    del screen.app.query_params["connection"]
    assert not screen.run().app.warning


@pytest.mark.parametrize("word", ["beta", "alpha"])
def test_a_link_names_the_connection(several: Open, word: str) -> None:
    screen = several(connection=word)
    assert screen.control("connection").value == word
    assert words_in(screen, "alpha", "beta") == [word]


def test_the_address_names_the_first_one_too(several: Open, alpha: LocalService) -> None:
    """A link to it opens the same project where another is first."""
    assert several().app.query_params["connection"] == "alpha"
    alone = Opened({}, {"connections": {"alpha": table(alpha)}}).settle()
    assert "connection" not in alone.app.query_params


@pytest.mark.parametrize("junk", ["", "no-such", "Beta", "beta ", "<b>", "\u202ebeta", "x" * 5000, "0"])
def test_junk_is_the_first_that_can_be_used(tables: dict[str, Any], junk: str) -> None:
    ordered = {"half": tables["half"], "beta": tables["beta"], "alpha": tables["alpha"]}
    screen = Opened({"connection": junk}, {"connections": ordered}).settle()
    assert screen.control("connection").value == "beta"
    assert screen.range_text() == "1–25 of 70"
    assert not screen.app.exception
    told = [warning.value for warning in screen.app.warning]
    assert len(told) == bool(junk)
    assert all(words.startswith("There is no connection “") for words in told)
    assert all(len(words) < 200 and "\u202e" not in words for words in told)
    screen.choose(connection="alpha")
    assert not screen.app.warning


def test_a_connection_that_is_gone_is_junk_too(alpha: LocalService, beta: LocalService) -> None:
    """The control of an open tab still says its name."""
    tables = {"alpha": table(alpha), "half": HALF, "beta": table(beta)}
    screen = Opened({"connection": "beta"}, {"connections": tables}).settle()
    assert words_in(screen, "alpha", "beta") == ["beta"]
    screen.app.secrets = {"connections": {name: tables[name] for name in ("half", "alpha")}}
    screen.settle()
    assert screen.control("connection").value == "alpha"
    assert words_in(screen, "alpha", "beta") == ["alpha"]
    assert not screen.app.exception


def test_what_one_project_has_not_is_not_said_of_another(several: Open) -> None:
    screen = several(engine="Nope")
    (warning,) = screen.app.warning
    assert warning.value.startswith("No configuration has engine “Nope”.")
    screen.choose(connection="beta")
    assert not screen.app.warning


def test_a_switch_shows_the_other_project_only(several: Open) -> None:
    screen = several(page="3", per_page="10")
    assert screen.names()[0] == "alpha-109"
    screen.choose(connection="beta")
    assert screen.range_text() == "1–10 of 70"
    assert screen.app.pagination(key="page").value == 1
    assert words_in(screen, "alpha", "beta") == ["beta"]
    screen.choose(connection="alpha")
    assert screen.range_text() == "1–10 of 130"
    assert words_in(screen, "alpha", "beta") == ["alpha"]


def test_details_close_with_a_switch_and_do_not_open_the_others(
    several: Open, alpha: LocalService, beta: LocalService
) -> None:
    """Both projects may have a configuration of the same name."""
    screen = several(config="alpha-001")
    assert "a recipe of alpha" in screen.html("details")
    asked = len(beta.requests)
    screen.choose(connection="beta")
    assert "config" not in screen.app.query_params
    assert all("alpha-001" not in request.path for request in beta.requests[asked:])
    assert words_in(screen, "alpha") == []


def test_the_same_name_has_details_of_its_own_in_each_connection() -> None:
    row = {"config_name": "twin", "create_time": 1_600_000_000_000}
    with (
        LocalService([{**row, "config_desc": "from the left", "log_url": "/left"}]) as left,
        LocalService([{**row, "config_desc": "from the right", "log_url": "/right"}]) as right,
    ):
        secrets = {"connections": {"left": table(left), "right": table(right)}}
        shown = [
            Opened({"config": "twin", "connection": name}, secrets).settle().everything()
            for name in ("left", "right", "left")
        ]
    assert ["/left" in text for text in shown] == [True, False, True]
    assert ["/right" in text for text in shown] == [False, True, False]


def test_no_row_of_the_other_connection_can_be_opened_after_a_switch(several: Open) -> None:
    screen = several()
    screen.choose(connection="beta")
    assert {name for name, _ in screen.app.session_state["drawn_rows"]} == set(screen.names())
    assert words_in(screen, "alpha") == []


def test_filters_that_mean_something_there_stay(several: Open) -> None:
    screen = several()
    screen.choose(search="-00", contains="trainer", engine=["Engine alpha 1"], sort_by="name")
    assert screen.range_text() == "1–3 of 3"
    screen.choose(connection="beta")
    assert [screen.control(key).value for key in ("search", "contains", "sort_by")] == [
        "-00",
        "trainer",
        "name",
    ]
    screen.choose(search="")
    assert screen.control("engine").value == []
    assert screen.range_text() == "1–25 of 70"


def test_a_failure_is_the_failing_connections_alone(several: Open) -> None:
    screen = several(connection="failing")
    assert "may not read" in screen.notices()
    assert words_in(screen, "alpha", "beta", "failing") == []
    assert not screen.has_figures()
    screen.choose(connection="beta")
    assert screen.notices() == ""
    assert words_in(screen, "alpha", "beta") == ["beta"]
    screen.choose(connection="failing")
    assert "may not read" in screen.notices()
    assert words_in(screen, "alpha", "beta") == []


def test_a_slow_connection_holds_no_other_up(several: Open) -> None:
    """Its answer does not come within this test: whoever waited for it would fail the test."""
    screen = Opened({"connection": "slow"}, several().app.secrets).run()
    assert screen.under_way()
    assert words_in(screen, "alpha", "beta", "slow") == []
    screen.choose(connection="beta")
    assert words_in(screen, "alpha", "beta") == ["beta"]
    screen.control("connection").set_value("slow")
    screen.run()
    assert screen.under_way()
    assert words_in(screen, "alpha", "beta") == []


def test_a_failed_search_of_one_is_none_of_the_other(several: Open, alpha: LocalService) -> None:
    alpha.fail(403, path_contains="search_content")
    screen = several(search="-00")
    assert "may not read" in screen.notices()
    screen.choose(connection="beta")
    assert screen.notices() == ""
    assert screen.range_text() == "1–10 of 10"


def test_each_connection_is_asked_by_its_own_credentials_only(
    alpha: LocalService, beta: LocalService
) -> None:
    tables = {"alpha": table(alpha, token="token-of-alpha"), "beta": table(beta, token="token-of-beta")}
    screen = Opened(secrets={"connections": tables}).settle()
    screen.choose(connection="beta")
    screen.app.switch_page(ALL)
    screen.settle()
    for service, token in ((alpha, "token-of-alpha"), (beta, "token-of-beta")):
        assert {request.headers["x-auth-token"] for request in service.requests} == {token}
        assert token not in screen.everything()


def test_a_broken_connection_is_on_offer_and_says_what_is_missing(several: Open) -> None:
    screen = several(connection="half")
    assert screen.control("connection").value == "half"
    assert screen.app.header[0].value == "This connection cannot be used"
    assert [text.value for text in screen.app.text] == ["• secret_key is missing"]
    assert '[connections.half]\nregion = "cn-north-4"' in screen.notices()
    assert "half-of-a-key" not in screen.everything()
    assert words_in(screen, "alpha", "beta") == []
    assert not screen.has_figures()
    screen.app.switch_page(ONE)
    screen.settle()
    assert screen.app.header[0].value == "This connection cannot be used"

    screen.choose(connection="beta")
    assert not screen.app.header
    screen.app.switch_page("../pages/overview.py")
    screen.settle()
    assert words_in(screen, "alpha", "beta") == ["beta"]


def test_if_none_can_be_used_all_are_told(alpha: LocalService) -> None:
    screen = Opened(secrets={"connections": {"a": HALF, "b": {}}}).settle()
    assert screen.app.header[0].value == "No connection can be used"
    assert len(screen.app.error) == 2
    assert "Sample data" not in screen.everything()


def test_a_change_of_the_settings_counts_at_the_next_look(alpha: LocalService, beta: LocalService) -> None:
    screen = Opened(secrets={"connections": {"one": table(alpha), "two": HALF}}).settle()
    assert words_in(screen, "alpha", "beta") == ["alpha"]
    screen.app.secrets = {"connections": {"one": table(beta, label="Renamed"), "two": HALF}}
    screen.settle()
    assert words_in(screen, "alpha", "beta") == ["beta"]
    assert "Renamed" in screen.everything()
    assert len(projects().ages()) == 1, "what was loaded of the old connection is kept"


def test_a_new_label_loads_nothing_anew(alpha: LocalService) -> None:
    screen = Opened(secrets={"connections": {"one": table(alpha)}}).settle()
    asked = len(alpha.requests)
    screen.app.secrets = {"connections": {"one": table(alpha, label="Renamed")}}
    screen.settle()
    assert "Renamed" in screen.everything()
    assert words_in(screen, "alpha") == ["alpha"]
    assert len(alpha.requests) == asked


def test_the_token_is_in_no_element_of_any_screen(several: Open) -> None:
    screen = several()
    sent = [screen.everything()]
    for page in (ALL, ONE):
        screen.app.switch_page(page)
        sent.append(screen.settle().everything())
    assert [TOKEN in text for text in sent] == [False, False, False]


def test_looking_at_one_connection_asks_no_other(several: Open, beta: LocalService) -> None:
    several()
    time.sleep(0.1)
    assert len(beta.requests) == 0
