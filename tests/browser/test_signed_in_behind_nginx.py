"""The whole of it: one https address, a sign-in, two replicas; what a viewer keeps when one of them ends."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from playwright.sync_api import expect

from modelarts_local import LocalService
from tests.browser.conftest import Visit, connected_to
from tests.browser.guarded import (
    ACCESS,
    METRICS_TOKEN,
    cookies_of,
    enrol_in_many_groups,
    expect_sign_in,
    provider,
    sign_in,
)
from tests.browser.provider import Provider
from tests.browser.served import Dashboard
from tests.browser.test_replicas import COOKIE, QUERY, Site, is_end_of_run, look
from tests.deploy.nginx import Nginx

__all__ = ["provider"]


@pytest.fixture
def site(provider: Provider, tmp_path: Path) -> Iterator[Site]:
    """Two replicas with one secrets.toml, which sends those who sign in back to nginx."""
    file = tmp_path / "secrets.toml"
    option = (f"--secrets.files={file}",)
    with LocalService(configurations=320, seed=7) as service:
        first, second = (Dashboard(connected_to(service), option) for _ in range(2))
        nginx = Nginx("replicas.conf", {8501: first.port, 8502: second.port})
        redirect = f"{nginx.url}/oauth2callback"
        auth = {
            "redirect_uri": redirect,
            "cookie_secret": secrets.token_hex(32),
            **provider.register(redirect),
        }
        table = "\n".join(f'{key} = "{value}"' for key, value in auth.items())
        file.write_text(
            f'[auth]\n{table}\n{ACCESS}\n[metrics]\ntoken = "{METRICS_TOKEN}"\n', encoding="utf-8"
        )
        with first, second, nginx:
            yield Site(
                {"1": first, "2": second}, nginx, service, {"Authorization": f"Bearer {METRICS_TOKEN}"}
            )


def test_a_deep_link_a_sign_in_and_a_replica_that_ends(
    visit: Visit, site: Site, provider: Provider, tmp_path: Path
) -> None:
    tab = visit(site.nginx, beside=(provider.url,), ignore_https_errors=True)
    tab.page.goto(site.nginx.url + QUERY)
    expect_sign_in(tab.page)
    sign_in(tab.page, "anna")
    look(tab, site, tmp_path)
    before = site.replica_of(tab)
    assert site.sessions(before) == 1
    with tab.page.expect_websocket() as reconnected:
        site.replicas[before].__exit__(None, None, None)
    with reconnected.value.expect_event("framereceived", is_end_of_run):
        pass
    look(tab, site, tmp_path)  # signed in on the other as well: both know the secret of the cookie
    assert site.replica_of(tab) != before
    expect(tab.sidebar.get_by_text("Anna Berg")).to_be_visible()
    assert all(cookie["secure"] for cookie in tab.page.context.cookies([site.nginx.url]))
    assert COOKIE in cookies_of(tab.page)


@pytest.mark.parametrize("count", [100, 1000])
def test_who_is_in_many_groups_sees_the_data(
    visit: Visit, site: Site, provider: Provider, tmp_path: Path, count: int
) -> None:
    """With other cookies of this host beside it: nginx and the server take them all."""
    tab = visit(site.nginx, beside=(provider.url,), ignore_https_errors=True)
    beside = {"name": "another_application", "value": "x" * 3900, "url": site.nginx.url}
    tab.page.context.add_cookies([beside])  # type: ignore[list-item]  # a TypedDict
    tab.page.context.add_cookies([beside | {"name": "a_third"}])  # type: ignore[list-item]  # a TypedDict
    tab.page.goto(site.nginx.url + QUERY)
    sign_in(tab.page, enrol_in_many_groups(provider, count))
    look(tab, site, tmp_path)
    cookies = [
        cookie for cookie in tab.page.context.cookies() if cookie["name"].startswith("_streamlit_user")
    ]
    assert [cookie["name"] for cookie in cookies] == ["_streamlit_user"]
    assert len(cookies[0]["value"]) <= 4096


def test_without_a_sign_in_nothing_is_given_away(site: Site) -> None:
    assert site.nginx.get("/healthz").status_code == 200
    assert site.nginx.get("/media/anything").status_code == 403
    assert site.nginx.get("/metrics").status_code == 401
    assert requests.get(f"{site.replicas['1'].url}/metrics", timeout=30).status_code == 401
    assert site.sessions("1") == 0
