"""Signing in at a real provider: who may look looks, and nobody else sees a row."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from playwright.sync_api import expect
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value

from modelarts_local import LocalService
from tests.browser.conftest import Visit
from tests.browser.guarded import (
    ACCESS,
    METRICS_TOKEN,
    QUERY,
    Guarded,
    Tab,
    cookies_of,
    expect_sign_in,
    guarded,
    identify,
    provider,
    server,
    sign_in,
    tab,
    wanted,
)
from tests.browser.provider import Provider

__all__ = ["guarded", "provider", "server", "tab"]


def test_a_cold_deep_link_survives_the_sign_in(tab: Tab, service: LocalService) -> None:
    screen = tab()
    screen.page.goto(f"{screen.url}/?{QUERY}&page=2")
    expect_sign_in(screen.page)
    assert screen.violations() == []
    sign_in(screen.page, "anna")
    screen.expect_names(wanted(service)[10:20])
    screen.expect_query(engine="PyTorch", contains="train", sort_by=None, order="asc", page="2")
    expect(screen.of("viewer")).to_contain_text("Anna Berg")


def test_a_deep_link_to_another_screen_survives_too_and_a_sign_out_ends_it(tab: Tab) -> None:
    screen = tab()
    page = screen.page
    page.goto(f"{screen.url}/connection?engine=PyTorch")
    expect_sign_in(page)
    sign_in(page, "anna")
    expect(screen.facts).to_be_visible()
    expect(page).to_have_url(f"{screen.url}/connection?engine=PyTorch")

    screen.of("sign_out").get_by_role("button").click()
    page.get_by_role("button", name="End session").click()
    expect_sign_in(page)
    assert not [name for name in cookies_of(page) if name.startswith("_streamlit_user")]
    page.goto(f"{screen.url}/connection?engine=PyTorch")
    expect_sign_in(page)


def test_who_is_on_no_list_is_told_so_and_may_use_another_account(tab: Tab, service: LocalService) -> None:
    screen = tab()
    page = screen.page
    page.goto(f"{screen.url}/?{QUERY}")
    sign_in(page, "eve")
    expect(page.get_by_role("heading", name="This account may not look")).to_be_visible()
    expect(page.get_by_text("You are signed in as")).to_contain_text("Eve, eve@example.com.evil.org")
    expect(page.get_by_text("If you should see this")).to_contain_text("ask platform@example.com")
    expect(page.locator(".figures").or_(page.get_by_test_id("stSidebar"))).to_have_count(0)
    assert screen.violations() == []

    page.get_by_role("button", name="Use another account").click()
    identify(page, "gustav")
    screen.expect_names(wanted(service)[:10])
    expect(screen.of("viewer")).to_contain_text("Gustav")


def test_an_address_that_is_not_verified_does_not_count(visit: Visit, guarded: Guarded) -> None:
    screen = visit(guarded.dashboard, beside=(guarded.provider.url,), color_scheme="dark")
    screen.page.goto(screen.url)
    expect_sign_in(screen.page)
    assert screen.violations() == []
    sign_in(screen.page, "mallory")
    expect(screen.page.get_by_text("has not verified this e-mail address")).to_be_visible()
    assert screen.violations() == []
    expect(screen.page.locator(".figures")).to_have_count(0)


def test_under_a_path_a_deep_link_survives_the_sign_in_and_a_sign_out_ends_it(
    visit: Visit, service: LocalService, provider: Provider, tmp_path: Path
) -> None:
    below = Guarded(service, provider, tmp_path, "/team/dash")
    with below.dashboard:
        screen = visit(below.dashboard, beside=(provider.url,), locale="en-GB")
        page = screen.page
        page.goto(f"{below.url}/connection?engine=PyTorch")
        expect_sign_in(page)
        sign_in(page, "anna")
        expect(screen.facts).to_be_visible()
        expect(page).to_have_url(f"{below.url}/connection?engine=PyTorch")
        screen.of("sign_out").get_by_role("button").click()
        page.get_by_role("button", name="End session").click()
        expect_sign_in(page)
        assert page.url.startswith(f"{below.url}/")
        assert not [name for name in cookies_of(page) if name.startswith("_streamlit_user")]
        page.goto(f"{below.url}/")
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("button", name="Deny").click()
        expect(page.get_by_text("Signing in did not work")).to_be_visible()
        expect(page).to_have_url(f"{below.url}/?sign_in=failed")


def test_who_declines_at_the_provider_is_asked_again(tab: Tab) -> None:
    screen = tab()
    screen.page.goto(f"{screen.url}/connection")
    screen.page.get_by_role("button", name="Sign in", exact=True).click()
    screen.page.get_by_role("button", name="Deny").click()
    expect(screen.page.get_by_text("Signing in did not work")).to_contain_text("ask platform@example.com")
    sign_in(screen.page, "anna")
    expect(screen.facts).to_be_visible()


def test_under_another_name_of_the_host_the_right_address_is_offered(visit: Visit, guarded: Guarded) -> None:
    other = guarded.url.replace("127.0.0.1", "localhost")
    screen = visit(guarded.dashboard, beside=(other,), locale="en-GB")
    screen.page.goto(f"{other}/connection?engine=PyTorch")
    link = screen.page.get_by_role("link", name="Go there")
    expect(link).to_have_attribute("href", f"{screen.url}/connection?engine=PyTorch")
    expect(screen.page.get_by_role("button", name="Sign in", exact=True)).to_have_count(0)


def test_a_forged_cookie_is_no_sign_in(tab: Tab, guarded: Guarded) -> None:
    """Every forgery that there is: tests/attack/test_cookies.py."""
    claims = {"origin": guarded.url, "is_logged_in": True, "email": "anna@example.com", "provider": "default"}
    real, other = (
        create_signed_value(guarded.auth["cookie_secret"], "_streamlit_user", json.dumps(said)).decode()
        for said in (claims, claims | {"email": "eve@evil.org"})
    )
    screen = tab()
    forged = ".".join([other.rsplit(".", 2)[0], *real.rsplit(".", 2)[1:]])
    cookie = {"name": "_streamlit_user", "value": forged, "url": guarded.url}
    screen.page.context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict
    screen.page.goto(screen.url)
    expect_sign_in(screen.page)
    screen.page.context.add_cookies([cookie | {"value": real}])  # type: ignore[list-item]  # a TypedDict
    screen.open()  # the unforged one would have opened


def test_downloads_and_measurements_need_a_sign_in(tab: Tab, guarded: Guarded, tmp_path: Path) -> None:
    screen = tab()
    screen.page.goto(screen.url)
    sign_in(screen.page, "anna")
    expect(screen.figures).to_be_visible()
    with screen.page.expect_event("download") as download:
        screen.download("csv", tmp_path)
    path = download.value.url.removeprefix(guarded.url)
    assert path.startswith("/export.csv?")

    cookies = cookies_of(screen.page)
    opened = guarded.get(path, cookies)
    assert opened.status_code == 200
    assert opened.text.startswith("config_name,")
    assert opened.headers["Cache-Control"] == "private, no-store"
    for given in ({}, {"_streamlit_xsrf": cookies["_streamlit_xsrf"]}, {"_streamlit_user": "x"}):
        refused = guarded.get(path, given)
        assert refused.status_code == 403
        assert "config_name" not in refused.text
        for measured in ("/metrics", "/_stcore/metrics"):
            assert guarded.get(measured, given).status_code == 401
    assert guarded.get("/_stcore/metrics", cookies).status_code == 200
    assert guarded.get("/_stcore/metrics", Authorization=f"Bearer {METRICS_TOKEN}").status_code == 200
    assert guarded.get("/healthz").status_code == 200


def test_who_is_taken_off_the_list_is_out_while_looking(tab: Tab, guarded: Guarded) -> None:
    """Turning the table's page draws a part of the screen alone; even that asks the gate."""
    screen = tab()
    screen.page.goto(f"{screen.url}/?per_page=10")
    sign_in(screen.page, "gustav")
    screen.pager("Page 2").click()
    expect(screen.range_text).to_contain_text("11–20 of")
    guarded.write(ACCESS.replace('groups = ["ml-platform"]', ""))
    guarded.wait_for(403, "/media/none", cookies_of(screen.page))
    screen.pager("Page 3").click()
    expect(screen.page.get_by_role("heading", name="This account may not look")).to_be_visible()
    expect(screen.page.locator("table.rows")).to_have_count(0)
    expect(screen.sidebar.get_by_test_id("stElementContainer")).to_have_count(0)


def test_a_mistake_in_the_file_shuts_and_says_which(tab: Tab, guarded: Guarded) -> None:
    screen = tab()
    screen.page.goto(screen.url)
    sign_in(screen.page, "anna")
    expect(screen.figures).to_be_visible()
    guarded.write(ACCESS, cookie_secret="")
    guarded.wait_for(503, "/auth/login")
    assert guarded.get("/media/none", cookies_of(screen.page)).status_code == 503
    screen.page.goto(screen.url)
    expect(screen.page.get_by_role("heading", name="The dashboard is shut")).to_be_visible()
    expect(screen.page.get_by_text("[auth] cookie_secret is missing")).to_be_visible()
    expect(screen.page.get_by_test_id("stCode")).to_be_visible()
    assert screen.violations() == []
    expect(screen.page.locator(".figures").or_(screen.sidebar)).to_have_count(0)


def test_a_change_counts_also_after_the_file_was_no_toml_for_a_while(guarded: Guarded) -> None:
    """Streamlit stops watching a file in which it has once found a mistake."""
    claims = {"origin": guarded.url, "is_logged_in": True, "email": "anna@example.com", "provider": "default"}
    signed = create_signed_value(
        guarded.auth["cookie_secret"], "_streamlit_user", json.dumps(claims)
    ).decode()
    anna = {"_streamlit_user": signed}
    guarded.wait_for(404, "/media/none", anna)
    good = guarded.path.read_text(encoding="utf-8")
    guarded.path.write_text(f"{good}[oops", encoding="utf-8")
    guarded.wait_for(503, "/media/none", anna)
    guarded.write(ACCESS)
    guarded.wait_for(404, "/media/none", anna)
    guarded.write(ACCESS.replace("example.com", "example.org"))
    guarded.wait_for(403, "/media/none", anna)


def test_a_provider_that_does_not_answer_is_said_to(tab: Tab, guarded: Guarded) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}/.well-known/openid-configuration"
        guarded.write(ACCESS, server_metadata_url=nowhere)
        screen = tab()
        screen.page.goto(f"{screen.url}/connection")
        screen.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(screen.page.get_by_text("Signing in did not work")).to_be_visible()
    guarded.write(ACCESS)
    sign_in(screen.page, "anna")
    expect(screen.facts).to_be_visible()
