"""Accounts in many groups, in groups elsewhere, and in none that counts: what they see and are told.

What the provider vouches for is the same with and without a browser; so are the words that come of it.
"""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from playwright.sync_api import expect

from modelarts_local import LocalService
from tests.browser.guarded import (
    ACCESS,
    QUERY,
    Guarded,
    Tab,
    cookies_of,
    enrol_in_many_groups,
    expect_sign_in,
    guarded,
    identify,
    provider,
    server,
    sign_in,
    tab,
    wanted,
)
from tests.browser.screen import Screen
from tests.browser.sign_ins import client_of, signed_in, told_to, user_cookies

__all__ = ["guarded", "provider", "server", "tab"]


def test_who_is_in_many_groups_sees_the_data(tab: Tab, guarded: Guarded, service: LocalService) -> None:
    screen = tab()
    screen.page.goto(f"{screen.url}/?{QUERY}")
    sign_in(screen.page, enrol_in_many_groups(guarded.provider, 1000))
    screen.expect_names(wanted(service)[:10])
    assert [name for name in cookies_of(screen.page) if name.startswith("_streamlit_user")] == [
        "_streamlit_user"
    ]
    expect(screen.of("sign_in_again")).to_have_count(0)


@pytest.mark.parametrize("count", [100, 200])
def test_who_is_in_some_groups_sees_the_data(guarded: Guarded, service: LocalService, count: int) -> None:
    cookies = user_cookies(signed_in(guarded, enrol_in_many_groups(guarded.provider, count)))
    assert list(cookies) == ["_streamlit_user"]
    with client_of(guarded, cookies) as client:
        client.run_on_new_data()
    with client_of(guarded, cookies) as another_tab:
        told = another_tab.run(QUERY)
    assert [name for name in wanted(service)[:10] if name not in told] == []
    assert "sign_in_again" not in told


def expect_accessible(screen: Screen) -> None:
    """Wait until nothing runs, and see that axe-core finds nothing."""
    expect(screen.page.get_by_role("button", name="Stop")).to_have_count(0)
    assert screen.violations() == []


def test_of_many_groups_those_that_are_listed_later_count_after_the_next_sign_in(
    tab: Tab, guarded: Guarded, service: LocalService
) -> None:
    """A sign-in keeps what is on a list; whoever needs another one is told so, and that it helps."""
    subject = enrol_in_many_groups(guarded.provider, 1000)
    guarded.write(ACCESS.replace("ml-platform", "nobodys"))
    guarded.wait_for(302, "/auth/login")
    screen = tab()
    screen.page.goto(screen.url)
    sign_in(screen.page, subject)
    expect(screen.page.get_by_role("heading", name="This account may not look")).to_be_visible()
    expect(screen.page.get_by_text("are not on the list")).to_contain_text("The groups of this account")
    guarded.write(ACCESS)
    screen.page.reload()
    expect(screen.page.get_by_text("Who may look has changed since you signed in")).to_be_visible()
    screen.page.get_by_role("button", name="Sign in again").click()
    identify(screen.page, subject)
    expect(screen.figures).to_be_visible()


def test_a_viewer_is_told_when_signing_in_again_may_show_more(tab: Tab, guarded: Guarded) -> None:
    screen = tab()
    screen.page.goto(screen.url)
    sign_in(screen.page, enrol_in_many_groups(guarded.provider, 1000))
    expect(screen.figures).to_be_visible()
    expect(screen.of("sign_in_again")).to_have_count(0)
    guarded.write(ACCESS.replace('["ml-platform"]', '["ml-platform", "another"]'))
    screen.page.reload()
    expect(screen.sidebar.get_by_text("Who may look has changed since you signed in")).to_be_visible()
    expect_accessible(screen)
    screen.of("sign_in_again").get_by_role("button").click()
    identify(screen.page, "in-1000-groups")
    expect(screen.figures).to_be_visible()
    expect(screen.of("sign_in_again")).to_have_count(0)


def test_who_is_in_more_listed_groups_than_fit_is_told_so(tab: Tab, guarded: Guarded) -> None:
    names = [sha256(str(number).encode()).hexdigest() for number in range(200)]
    guarded.provider.enrol("everywhere", groups=names)
    guarded.write(f'[access]\ngroups = {json.dumps(names)}\ncontact = "platform@example.com"\n')
    guarded.wait_for(302, "/auth/login")
    screen = tab()
    screen.page.goto(screen.url)
    sign_in(screen.page, "everywhere")
    expect(screen.page.get_by_text("more of the listed groups")).to_contain_text("ask platform@example.com")
    expect_accessible(screen)
    expect_sign_in(screen.page)


GROUPS = {
    "no groups of somebody in too many": ({"_claim_names": {"groups": "src1"}}, "over 200"),
    "another claim": ({"realm_access": {"roles": ["ml-platform"]}}, "names in realm_access.roles"),
    "no claim": ({}, "client_kwargs"),
    "none": ({"groups": []}, "in no group"),
    "no names": ({"groups": {"ml-platform": True}}, "is no list of names"),
    "paths": ({"groups": ["/ml-platform", "/x"]}, "Full group path"),
    "others": ({"groups": ["x", "y"]}, "are not on the list"),
    "hostile": (
        {"groups": ["**/ml-platform", "$x$ ![](http://evil.example/x)/ml-platform"]},
        "**/ml-platform",
    ),
}


WITH_MARKS = ("another claim", "hostile")
"""The provider's own words, or ours as code, stand in the middle: only a browser says how they look."""


@pytest.mark.parametrize("what", [what for what in GROUPS if what not in WITH_MARKS])
def test_who_is_refused_for_their_groups_is_told_what_the_provider_sent(
    guarded: Guarded, service: LocalService, what: str
) -> None:
    claims, words = GROUPS[what]
    subject = what.replace(" ", "-")
    guarded.provider.enrol(subject, **claims)
    told = told_to(guarded, user_cookies(signed_in(guarded, subject)))
    assert "This account may not look" in told
    assert words in told
    assert service.project_id not in told


@pytest.mark.parametrize("what", WITH_MARKS)
def test_a_refusal_shows_the_providers_words_as_they_are(tab: Tab, guarded: Guarded, what: str) -> None:
    claims, words = GROUPS[what]
    guarded.provider.enrol("refused", **claims)
    screen = tab()
    screen.page.goto(screen.url)
    sign_in(screen.page, "refused")
    expect(screen.page.get_by_role("heading", name="This account may not look")).to_be_visible()
    expect(screen.of("sign_in").get_by_text(words)).to_be_visible()
    expect_accessible(screen)


@pytest.mark.parametrize(
    ("access", "claims"),
    [
        (
            'groups = ["ml-platform"]\ngroups_claim = "realm_access.roles"',
            {"realm_access": {"roles": ["offline_access", "ml-platform"]}},
        ),
        (
            'groups = ["viewer"]\ngroups_claim = "resource_access.my.client.roles"',
            {"resource_access": {"my.client": {"roles": ["viewer"]}}},
        ),
        ('groups = ["/ml/platform"]', {"groups": ["/ml/platform"]}),
        (
            'groups = ["ml"]\ngroups_claim = "https://example.com/groups"',
            {"https://example.com/groups": ["ml"]},
        ),
    ],
    ids=["realm roles", "client roles", "a path", "a name with dots"],
)
def test_groups_count_where_the_settings_say_that_they_are(
    guarded: Guarded, service: LocalService, access: str, claims: dict[str, object]
) -> None:
    guarded.provider.enrol("nested", **claims)
    guarded.write(f"[access]\n{access}\n")
    guarded.wait_for(302, "/auth/login")
    assert service.project_id in told_to(guarded, user_cookies(signed_in(guarded, "nested")))
