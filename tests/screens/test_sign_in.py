"""Before anything is loaded the viewer has to be somebody who may look; everybody else is told what to do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from modelarts_local import LocalService
from tests.screens.conftest import TOKEN
from tests.screens.opened import Opened

Connect = Callable[[str, str], None]
SECRET = "0123456789abcdef0123456789abcdef"
AUTH = {
    "redirect_uri": "http://localhost:8501/oauth2callback",
    "cookie_secret": SECRET,
    "client_id": "dashboard",
    "client_secret": "client-secret-that-nobody-may-see",
    "server_metadata_url": "http://localhost:9/.well-known/openid-configuration",
}
ANNA = {"is_logged_in": True, "name": "Anna Berg", "email": "anna@example.com", "email_verified": True}
EVE = {"is_logged_in": True, "name": "Eve ![](http://evil.org/x) **<b>x</b>**", "email": "eve@evil.org"}
SCREENS = ("../pages/overview.py", "../pages/connection.py")


@pytest.fixture(autouse=True)
def _connected(own_service: LocalService, connect: Connect) -> None:
    connect(own_service.url, own_service.project_id)


def opened(
    user: dict[str, Any], *, auth: Any = AUTH, access: Any = None, parameters: dict[str, str] | None = None
) -> Opened:
    """The dashboard as somebody sees it under these tables of secrets.toml."""
    tables = {"auth": auth, "access": access}
    screen = Opened(parameters, {name: table for name, table in tables.items() if table is not None})
    screen.app.user = user
    return screen


def assert_nothing_is_shown(screen: Opened, service: LocalService) -> None:
    app = screen.app
    assert not app.exception
    assert not app.sidebar.children
    for kind in ("dataframe", "metric", "selectbox", "multiselect", "radio", "text_input"):
        assert not app.get(kind), kind
    told = screen.everything()
    for hidden in (
        service.url,
        service.project_id,
        TOKEN,
        SECRET,
        AUTH["client_secret"],
        "Sample data",
        "export.",
    ):
        assert hidden not in told
    assert list(service.requests) == []


@pytest.mark.parametrize("user", [{}, {"email": "anna@example.com"}, {**ANNA, "is_logged_in": False}])
@pytest.mark.parametrize("page", SCREENS)
def test_who_is_not_signed_in_is_asked_to_and_sees_nothing(
    own_service: LocalService, user: dict[str, Any], page: str
) -> None:
    screen = opened(user, parameters={"engine": "PyTorch", "config": "x"}).run()
    screen.app.switch_page(page).run()
    assert screen.app.title[0].value == "Training job configurations"
    assert [button.label for button in screen.app.button] == ["Sign in"]
    assert_nothing_is_shown(screen, own_service)


def test_who_is_signed_in_looks_and_is_named(own_service: LocalService) -> None:
    screen = opened(ANNA).settle()
    assert screen.range_text() == "1–25 of 60"
    assert "Anna Berg" in [text.value for text in screen.app.sidebar.text]
    assert screen.app.button(key="sign_out").label == "Sign out"


def test_without_a_sign_in_nobody_is_named(own_service: LocalService) -> None:
    screen = opened({}, auth=None).settle()
    assert screen.range_text() == "1–25 of 60"
    assert not [button for button in screen.app.button if button.key == "sign_out"]


def test_who_signs_out_sees_nothing_any_more(own_service: LocalService) -> None:
    screen = opened(ANNA).settle()
    own_service.requests.clear()
    screen.app.button(key="sign_out").click()
    screen.app.run()
    assert [button.label for button in screen.app.button] == ["Sign in"]
    assert_nothing_is_shown(screen, own_service)


def test_who_is_on_no_list_is_told_as_whom_and_whom_to_ask(own_service: LocalService) -> None:
    access = {"emails": ["anna@example.com"], "contact": "ml-platform@example.com"}
    screen = opened(EVE, access=access).run()
    assert screen.app.title[0].value == "This account may not look"
    told = [markdown.value for markdown in screen.app.markdown]
    assert told == [
        "You are signed in as ` Eve ![](http://evil.org/x) **<b>x</b>**, eve@evil.org `.",
        "If you should see this dashboard, ask ` ml-platform@example.com ` to add the account.",
    ]
    assert [button.label for button in screen.app.button] == ["Use another account", "Sign out"]
    assert "anna@example.com" not in screen.everything()
    assert_nothing_is_shown(screen, own_service)


def test_an_address_that_is_not_verified_is_said_to_be_the_reason(own_service: LocalService) -> None:
    screen = opened({**ANNA, "email_verified": False}, access={"domains": ["example.com"]}).run()
    assert "has not verified this e-mail address" in screen.app.markdown[1].value
    assert_nothing_is_shown(screen, own_service)


def test_who_is_taken_off_the_list_is_out_at_the_next_run(own_service: LocalService) -> None:
    screen = opened(ANNA, access={"emails": ["anna@example.com"]}).settle()
    assert screen.names()
    own_service.requests.clear()
    screen.app.secrets["access"] = {"emails": ["berta@example.com"]}
    screen.run()
    assert screen.app.title[0].value == "This account may not look"
    assert_nothing_is_shown(screen, own_service)


def test_a_sign_in_that_is_too_old_is_asked_for_again(own_service: LocalService) -> None:
    access = {"sign_in_hours": 1.5}
    assert opened({**ANNA, "iat": time.time() - 3600}, access=access).settle().names()
    own_service.requests.clear()
    screen = opened({**ANNA, "iat": time.time() - 7200}, access=access).run()
    assert screen.notices() == "A sign-in lasts for 1.5 h, and yours is older."
    assert [button.label for button in screen.app.button] == ["Sign in"]
    assert_nothing_is_shown(screen, own_service)


def test_a_sign_in_that_failed_says_so(own_service: LocalService) -> None:
    screen = opened({}, access={"contact": "the platform team"}, parameters={"sign_in": "failed"}).run()
    assert screen.notices() == ("Signing in did not work. Try again; if it stays, ask ` the platform team `.")
    assert opened({}, parameters={"sign_in": "x"}).run().notices() == ""


@pytest.mark.parametrize(
    ("auth", "access", "faults"),
    [
        ({**AUTH, "client_id": ""}, None, ["• [auth] client_id is missing"]),
        ({**AUTH, "cookie_secret": ""}, None, ["• [auth] cookie_secret is missing"]),
        (AUTH, {"email": ["a@b.c"]}, ["• email is not a key of [access]; is emails meant?"]),
        (None, {"emails": ["a@b.c"]}, ["• [access] says who may look, but without [auth]"]),
        ("yes", None, ["• auth is not a table: write [auth] on a line of its own"]),
    ],
    ids=["missing", "empty secret", "unknown key", "no sign-in", "no table"],
)  # fmt: skip
@pytest.mark.parametrize("user", [{}, ANNA], ids=["nobody", "Anna"])
def test_what_is_set_up_wrongly_is_named_and_nobody_looks(
    own_service: LocalService, auth: Any, access: Any, faults: list[str], user: dict[str, Any]
) -> None:
    screen = opened(user, auth=auth, access=access).run()
    assert screen.app.title[0].value == "The dashboard is shut"
    told = [text.value for text in screen.app.text]
    assert [text[: len(fault)] for text, fault in zip(told, faults, strict=True)] == faults
    assert not screen.app.button
    assert_nothing_is_shown(screen, own_service)


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": " Anna\n Berg ", "email": "a@b.c"}, "Anna Berg"),
        ({"name": "", "email": "a@b.c"}, "a@b.c"),
        ({"name": 7, "preferred_username": "anna"}, "anna"),
        ({"sub": "0815"}, "0815"),
        ({"name": "x" * 10_000}, "x" * 79 + "…"),
        ({}, "somebody without a name"),
    ],
)
def test_a_viewer_is_called_by_what_the_provider_has(claims: dict[str, Any], name: str) -> None:
    from dashboard.ui.sign_in import viewer_name

    assert viewer_name(claims) == name
