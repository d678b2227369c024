"""A connection whose list a viewer is not on does not exist for them: no name, no row, no request."""

from __future__ import annotations

from typing import Any

import pytest

from modelarts_local import LocalService
from tests.screens.opened import Opened
from tests.screens.several import HALF, table
from tests.screens.test_sign_in import ANNA, AUTH

ALL = "../pages/connections.py"
GUSTAV = {"is_logged_in": True, "name": "Gustav", "email": "gustav@other.org", "groups": ["beta-team"]}
EVE = {"is_logged_in": True, "name": "Eve", "email": "eve@evil.org"}


@pytest.fixture
def tables(alpha: LocalService, beta: LocalService) -> dict[str, Any]:
    """Alpha is for example.com, beta for a group and for example.com, half for Anna and incomplete."""
    return {
        "alpha": {**table(alpha, label="Team Alpha"), "access": {"domains": ["example.com"]}},
        "beta": {**table(beta), "access": {"groups": ["beta-team"], "domains": ["example.com"]}},
        "half": {**HALF, "access": {"emails": ["anna@example.com"]}},
    }


def opened(user: dict[str, Any], tables: dict[str, Any], access: Any = None, **parameters: str) -> Opened:
    secrets = {"auth": AUTH, "connections": tables, **({"access": access} if access else {})}
    screen = Opened(parameters, secrets)
    screen.app.user = user
    return screen


def assert_no_sign_of(screen: Opened, *hidden: str | LocalService) -> None:
    told = screen.everything()
    for word in hidden:
        if isinstance(word, LocalService):
            assert word.url not in told
            assert list(word.requests) == []
        else:
            assert f"{word}-0" not in told
            assert word not in told
    assert not screen.app.exception


def test_who_is_on_all_lists_sees_all(tables: dict[str, Any]) -> None:
    screen = opened(ANNA, tables).settle()
    assert screen.control("connection").options == ["Team Alpha", "beta", "half"]
    assert screen.range_text() == "1–25 of 130"


@pytest.mark.parametrize("wanted", ["alpha", "half", "beta", "junk", ""])
def test_another_connection_is_junk_in_the_address(
    tables: dict[str, Any], alpha: LocalService, wanted: str
) -> None:
    screen = opened(GUSTAV, tables, connection=wanted, config="alpha-001").settle()
    assert screen.range_text() == "1–25 of 70"
    with pytest.raises(KeyError):
        screen.control("connection")
    assert_no_sign_of(screen, "Team Alpha", "half-of-a-key", alpha)
    screen.app.switch_page("../pages/connection.py")
    screen.settle()
    assert_no_sign_of(screen, "Team Alpha", "half-of-a-key", alpha)
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        screen.app.switch_page(ALL)


def test_all_connections_at_once_are_those_of_the_viewer(
    tables: dict[str, Any], alpha: LocalService, beta: LocalService
) -> None:
    tables["gamma"] = {**table(beta, label="Gamma"), "access": {"groups": ["beta-team"]}}
    screen = opened(GUSTAV, tables).settle()
    screen.app.switch_page(ALL)
    screen.settle()
    assert screen.control("connection").options == ["beta", "Gamma"]
    told = screen.everything()
    assert "Gamma" in told
    assert_no_sign_of(screen, "Team Alpha", "half", alpha)


def test_the_list_of_a_connection_does_not_open_the_dashboard(
    tables: dict[str, Any], alpha: LocalService, beta: LocalService
) -> None:
    screen = opened(GUSTAV, tables, {"domains": ["example.com"]}).run()
    assert screen.app.title[0].value == "This account may not look"
    assert_no_sign_of(screen, "beta-team", "Team Alpha", alpha, beta)


def test_who_is_on_the_list_of_no_connection_is_told_whom_to_ask(
    tables: dict[str, Any], alpha: LocalService, beta: LocalService
) -> None:
    screen = opened(EVE, tables, {"domains": ["evil.org"], "contact": "the platform team"}).run()
    assert screen.app.title[0].value == "This account may not look"
    assert "ask ` the platform team `" in screen.app.markdown[-1].value
    assert not screen.app.sidebar.children
    assert_no_sign_of(screen, "Team Alpha", "half", "No connection", "Sample data", alpha, beta)


def test_a_connection_without_a_list_is_for_all_who_may_look(
    tables: dict[str, Any], beta: LocalService
) -> None:
    del tables["beta"]["access"]
    screen = opened(EVE, tables).settle()
    assert screen.range_text() == "1–25 of 70"


def test_who_is_taken_off_the_list_of_a_connection_sees_another_at_the_next_run(
    tables: dict[str, Any], alpha: LocalService
) -> None:
    screen = opened(ANNA, tables, connection="alpha").settle()
    assert screen.range_text() == "1–25 of 130"
    alpha.requests.clear()
    tables["alpha"]["access"] = {"emails": ["berta@example.com"]}
    screen.settle()
    assert screen.control("connection").options == ["beta", "half"]
    assert screen.range_text() == "1–25 of 70"
    assert_no_sign_of(screen, "Team Alpha", alpha)


def test_a_wrong_list_of_one_connection_shuts_all(
    tables: dict[str, Any], alpha: LocalService, beta: LocalService
) -> None:
    tables["beta"]["access"] = {"group": ["beta-team"]}
    screen = opened(ANNA, tables).run()
    assert screen.app.title[0].value == "The dashboard is shut"
    assert screen.app.text[0].value.startswith("• group is not a key of [connections.beta.access]")
    assert_no_sign_of(screen, "Team Alpha", alpha, beta)
