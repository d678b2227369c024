"""A dashboard with a sign-in at a real provider: its secrets.toml, and what a viewer does there."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, expect

from modelarts_local import LocalService
from tests.browser.conftest import Visit
from tests.browser.provider import Provider
from tests.browser.screen import Screen
from tests.browser.served import Dashboard
from tests.screens import naive

TOKEN = "token-that-nobody-may-see"
METRICS_TOKEN = secrets.token_hex(24)
PEOPLE: dict[str, dict[str, Any]] = {
    "anna": {"name": "Anna Berg", "email": "Anna@Example.com", "email_verified": True},
    "eve": {"name": "Eve", "email": "eve@example.com.evil.org", "email_verified": True},
    "mallory": {"name": "Mallory", "email": "anna@example.com", "email_verified": False},
    "gustav": {"name": "Gustav", "email": "gustav@other.org", "groups": ["staff", "ml-platform"]},
}
ACCESS = """
[access]
emails = ["anna@example.com"]
domains = ["example.com"]
groups = ["ml-platform"]
contact = "platform@example.com"
"""


QUERY = "engine=PyTorch&contains=train&sort_by=created&order=asc&per_page=10"
Tab = Callable[[], Screen]


class Guarded:
    """A dashboard behind a sign-in; `write` replaces what its secrets.toml says besides `[auth]`.

    With `base`, such as `/modelarts`, it is served under that path.
    """

    def __init__(self, service: LocalService, provider: Provider, folder: Path, base: str = "") -> None:
        self.path = folder / "secrets.toml"
        self.provider = provider
        environment = {
            "MODELARTS_ENDPOINT": service.url,
            "MODELARTS_PROJECT_ID": service.project_id,
            "MODELARTS_TOKEN": TOKEN,
        }
        options = [f"--secrets.files={self.path}", *([f"--server.baseUrlPath={base}"] if base else [])]
        self.dashboard = Dashboard(environment, tuple(options))
        self.url = self.dashboard.url + base
        redirect = f"{self.url}/oauth2callback"
        self.auth = {
            "redirect_uri": redirect,
            "cookie_secret": secrets.token_hex(32),
            **provider.register(redirect),
        }
        self.write(ACCESS)

    def write(self, access: str, **auth: str) -> None:
        """Write secrets.toml: `[auth]`, with some keys changed, and what else is given."""
        table = "\n".join(f'{key} = "{value}"' for key, value in (self.auth | auth).items())
        text = f'[auth]\n{table}\n{access}\n[metrics]\ntoken = "{METRICS_TOKEN}"\n'
        self.path.write_text(text, encoding="utf-8")

    def get(self, path: str, cookies: dict[str, str] | None = None, **headers: str) -> requests.Response:
        """One request without a browser."""
        return requests.get(
            self.url + path, cookies=cookies, headers=headers, timeout=30, allow_redirects=False
        )

    def wait_for(self, status: int, path: str, cookies: dict[str, str] | None = None) -> None:
        """Wait until a path is answered like this: the server looks at its file now and then."""
        limit = time.monotonic() + 30
        while self.get(path, cookies).status_code != status:
            assert time.monotonic() < limit, f"{path} is not answered with {status}"
            time.sleep(0.1)


def identify(page: Page, subject: str) -> None:
    """At the provider: say who you are."""
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize").click()


def sign_in(page: Page, subject: str) -> None:
    """On the sign-in screen: sign in at the provider."""
    page.get_by_role("button", name="Sign in", exact=True).click()
    identify(page, subject)


def expect_sign_in(page: Page) -> None:
    """Wait for the sign-in screen, and see that it shows nothing else."""
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page.locator(".figures, table.rows")).to_have_count(0)
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)


def enrol_in_many_groups(provider: Provider, count: int) -> str:
    """Let the provider know somebody in so many groups, named as in Entra ID; ml-platform is last."""
    subject = f"in-{count}-groups"
    groups = [str(uuid.uuid5(uuid.NAMESPACE_URL, str(number))) for number in range(count - 1)]
    provider.enrol(subject, name=subject, groups=[*groups, "ml-platform"])
    return subject


def cookies_of(page: Page) -> dict[str, str]:
    """The cookies of a tab's window, by name."""
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}


def wanted(service: LocalService) -> list[str]:
    """The names of QUERY's rows."""
    rows = naive.listed(service, sortBy="create_time", order="asc")
    return [r["config_name"] for r in rows if naive.engine(r) == "PyTorch" and naive.contains(r, "train")]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """A provider that knows everybody."""
    with Provider() as running:
        for subject, claims in PEOPLE.items():
            running.enrol(subject, **claims)
        yield running


@pytest.fixture(scope="module")
def server(
    service: LocalService, provider: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Guarded]:
    """A dashboard behind a sign-in at the provider."""
    guarded = Guarded(service, provider, tmp_path_factory.mktemp("guarded"))
    with guarded.dashboard:
        yield guarded


@pytest.fixture
def guarded(server: Guarded) -> Iterator[Guarded]:
    """The guarded dashboard with its usual rules, which the test may change."""
    yield server
    server.write(ACCESS)
    server.wait_for(302, "/auth/login")


@pytest.fixture
def tab(visit: Visit, guarded: Guarded) -> Tab:
    """Open a tab on the guarded dashboard, in a window where nobody is signed in."""
    return lambda: visit(guarded.dashboard, beside=(guarded.provider.url,), locale="en-GB")
