"""The rules of who may look: what is configured well opens, what is configured badly shuts and says why."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from dashboard.access.allow_list import Access
from dashboard.access.policy import EXAMPLE_SECRET, TRUSTED_VARIABLE, Policy, Verdict, read_policy

SECRET = "0123456789abcdef0123456789abcdef"
AUTH: dict[str, Any] = {
    "redirect_uri": "https://dashboard.example.com/oauth2callback",
    "cookie_secret": SECRET,
    "client_id": "dashboard",
    "client_secret": "client-secret-that-nobody-may-see",
    "server_metadata_url": "https://login.example.com/.well-known/openid-configuration",
}
ANNA = {"is_logged_in": True, "email": "anna@example.com"}
NOW = 1_800_000_000.0
ROOT = Path(__file__).parents[3]


def read(**tables: Any) -> Policy:
    return read_policy(tables, {})


def test_with_nothing_configured_there_is_no_sign_in() -> None:
    assert read() == Policy()
    assert read().verdict({}, NOW) is Verdict.ADMITTED
    assert read(connections={"a": {"endpoint": "https://a.example.com"}}, other={"x": 1}) == Policy()


def test_with_a_sign_in_only_those_who_are_signed_in_may_look() -> None:
    policy = read(auth=AUTH)
    assert not policy.faults
    assert policy.verdict(ANNA, NOW) is Verdict.ADMITTED
    for claims in ({}, {"email": "anna@example.com"}, {**ANNA, "is_logged_in": False}):
        assert policy.verdict(claims, NOW) is Verdict.SIGNED_OUT
    for odd in ("true", 1, [True]):
        assert policy.verdict({**ANNA, "is_logged_in": odd}, NOW) is Verdict.SIGNED_OUT


def test_with_a_list_only_those_on_it_may_look() -> None:
    policy = read(auth=AUTH, access={"emails": ["anna@example.com"]})
    assert policy.verdict(ANNA, NOW) is Verdict.ADMITTED
    assert policy.verdict({**ANNA, "email": "eve@example.com"}, NOW) is Verdict.REFUSED
    assert policy.verdict({**ANNA, "email_verified": False}, NOW) is Verdict.REFUSED


def test_the_list_of_a_connection_narrows_and_does_not_widen() -> None:
    tables = {"a": {"access": {"emails": ["anna@example.com"]}}, "b": {"access": {"groups": ["ml"]}}, "c": {}}
    policy = read(auth=AUTH, connections=tables)
    assert [policy.may_see(name, ANNA) for name in "abc"] == [True, False, True]
    assert [policy.may_see(name, {"email": "eve@evil.org", "groups": ["ml"]}) for name in "abc"] == [
        False,
        True,
        True,
    ]
    both = read(auth=AUTH, access={"groups": ["ml"]}, connections=tables)
    assert both.verdict(ANNA, NOW) is Verdict.REFUSED


def test_a_sign_in_may_be_made_to_end() -> None:
    policy = read(auth=AUTH, access={"sign_in_hours": 12})
    assert policy.verdict({**ANNA, "iat": NOW - 12 * 3600 + 1}, NOW) is Verdict.ADMITTED
    assert policy.verdict({**ANNA, "iat": NOW - 12 * 3600 - 1}, NOW) is Verdict.EXPIRED
    for odd in (None, "now", True, [NOW]):
        assert policy.verdict({**ANNA, "iat": odd}, NOW) is Verdict.EXPIRED
    assert policy.verdict(ANNA, NOW) is Verdict.EXPIRED
    assert read(auth=AUTH).verdict(ANNA, NOW) is Verdict.ADMITTED


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in AUTH.items() if name != key}


@pytest.mark.parametrize("key", AUTH)
@pytest.mark.parametrize("blank", ["left out", "empty"])
def test_a_missing_key_of_the_sign_in_is_named(key: str, blank: str) -> None:
    policy = read(auth=without(key) if blank == "left out" else {**AUTH, key: ""})
    assert policy.faults == (f"[auth] {key} is missing",)


@pytest.mark.parametrize("key", AUTH)
@pytest.mark.parametrize("value", [7, True, ["x"], {"x": "y"}], ids=repr)
def test_a_key_of_the_sign_in_that_is_no_text_is_named(key: str, value: Any) -> None:
    assert f"[auth] {key} is not text" in read(auth={**AUTH, key: value}).faults


HTTP = "begins with http://"
NO_ADDRESS = "is not an address"
BAD: list[tuple[dict[str, Any], str]] = [
    ({"cookie_secret": SECRET[:-1]}, "shorter than 32 characters"),
    ({"cookie_secret": "x" * 64}, "fewer than 8 different characters"),
    ({"cookie_secret": EXAMPLE_SECRET}, "is the example's"),
    ({"redirect_uri": "http://dashboard.example.com/oauth2callback"}, HTTP),
    ({"redirect_uri": "http://10.0.0.1:8501/oauth2callback"}, HTTP),
    ({"redirect_uri": "http://localhost.example.com/oauth2callback"}, HTTP),
    ({"redirect_uri": "dashboard.example.com/oauth2callback"}, NO_ADDRESS),
    ({"redirect_uri": "https:///oauth2callback"}, NO_ADDRESS),
    ({"redirect_uri": "https://[::1/oauth2callback"}, NO_ADDRESS),
    ({"redirect_uri": "https://localhost@evil.org/oauth2callback"}, NO_ADDRESS),
    ({"redirect_uri": "javascript://x/oauth2callback"}, NO_ADDRESS),
    ({"redirect_uri": "https://dashboard.example.com/"}, "does not end with /oauth2callback"),
    ({"redirect_uri": "https://Dashboard.example.com/oauth2callback"}, "in lower case"),
    ({"redirect_uri": "https://dashboard.example.com/x/oauth2callback"}, "does not lead to /oauth2callback"),
    ({"redirect_uri": "https://dashboard.example.com//oauth2callback"}, "does not lead to /oauth2callback"),
    ({"redirect_uri": "https://dashboard.example.com?/oauth2callback"}, "does not lead to /oauth2callback"),
    ({"redirect_uri": "https://dashboard.example.com:443/oauth2callback"}, "without :443"),
    ({"server_metadata_url": "http://login.example.com/x"}, HTTP),
    ({"client_kwargs": "scope"}, "client_kwargs is not a table"),
    ({"google": {"client_id": "x"}}, "[auth.google] is a second provider"),
    ({"cookie-secret": "x"}, "cookie-secret is not a key of [auth]; is cookie_secret meant?"),
]


@pytest.mark.parametrize(("change", "fault"), BAD, ids=lambda value: str(value)[:60])
def test_what_is_wrong_with_the_sign_in_shuts(change: dict[str, Any], fault: str) -> None:
    policy = read(auth={**AUTH, **change})
    assert len(policy.faults) == 1
    assert fault in policy.faults[0]
    assert policy.verdict(ANNA, NOW) is Verdict.SHUT


def test_under_a_path_the_provider_has_to_lead_back_below_it() -> None:
    below = {**AUTH, "redirect_uri": "https://dashboard.example.com/team/dash/oauth2callback"}
    assert not read_policy({"auth": below}, {}, "/team/dash").faults
    for auth, base in ((AUTH, "/team/dash"), (below, "/team"), (below, "/dash"), (below, "")):
        (fault,) = read_policy({"auth": auth}, {}, base).faults
        assert f"redirect_uri does not lead to {base}/oauth2callback" in fault


@pytest.mark.parametrize("host", ["localhost:8501", "127.0.0.1:9000", "[::1]:8501", "localhost:{port}"])
def test_on_this_machine_a_sign_in_needs_no_tls(host: str) -> None:
    redirect = f"http://{host}/oauth2callback"
    assert not read(
        auth={**AUTH, "redirect_uri": redirect, "server_metadata_url": "http://localhost:1/x"}
    ).faults


def test_further_arguments_of_the_provider_are_let_through() -> None:
    assert not read(auth={**AUTH, "client_kwargs": {"scope": "openid email groups"}}).faults


@pytest.mark.parametrize(
    ("tables", "fault"),
    [
        ({"auth": "yes"}, "auth is not a table"),
        ({"auth": {}}, "[auth] redirect_uri is missing"),
        ({"auth": [AUTH]}, "auth is not a table"),
        ({"auth": AUTH, "access": "anna@example.com"}, "[access] is not a table"),
        (
            {"auth": AUTH, "access": {"email": ["anna@example.com"]}},
            "email is not a key of [access]; is emails",
        ),
        ({"auth": AUTH, "access": {"sign_in_hours": "12"}}, "[access] sign_in_hours is not a number"),
        ({"auth": AUTH, "access": {"sign_in_hours": 0}}, "[access] sign_in_hours is not a number"),
        ({"auth": AUTH, "access": {"sign_in_hours": float("nan")}}, "[access] sign_in_hours is not a number"),
        ({"auth": AUTH, "access": {"sign_in_hours": True}}, "[access] sign_in_hours is not a number"),
        ({"auth": AUTH, "access": {"contact": ["x"]}}, "[access] contact is not text"),
        ({"auth": AUTH, "access": {"trusted_network": "yes"}}, "[access] trusted_network is neither"),
        ({"access": {"trusted_network": 1}}, "[access] trusted_network is neither"),
        ({"access": {"emails": ["anna@example.com"]}}, "[access] says who may look, but without [auth]"),
        (
            {"access": {"sign_in_hours": 3, "trusted_network": True}},
            "[access] says who may look, but without",
        ),
        (
            {"connections": {"prod": {"access": {"groups": ["ml"]}}}},
            "[connections.prod.access] says who may look, but without [auth]",
        ),
        (
            {"auth": AUTH, "connections": {"prod": {"access": {"group": ["ml"]}}}},
            "group is not a key of [connections.prod.access]; is groups meant?",
        ),
        (
            {"auth": AUTH, "connections": {"prod": {"access": {"groups": ["ml"], "trusted_network": True}}}},
            "trusted_network is not a key of [connections.prod.access]; there are emails",
        ),
        ({"auth": AUTH, "connections": {"prod": {"access": []}}}, "[connections.prod.access] is not a table"),
        ({"Auth": AUTH}, "[Auth] is not read; is [auth] meant?"),
        ({"authentication": AUTH}, "[authentication] is not read; is [auth] meant?"),
        ({"auth": AUTH, "acess": {"emails": ["a@b.c"]}}, "[acess] is not read; is [access] meant?"),
        ({"auth": AUTH, "Access": {"emails": ["a@b.c"]}}, "[Access] is not read; is [access] meant?"),
        ({"metrics": {"token": "short"}}, "[metrics] token is shorter than 32 characters"),
        ({"metrics": {"token": ""}}, "[metrics] token is shorter than 32 characters"),
        ({"metrics": {"token": EXAMPLE_SECRET}}, "[metrics] token is the example's"),
        ({"metrics": {"token": 7}}, "[metrics] token is not text"),
        ({"metrics": {"tokens": "x" * 40}}, "tokens is not a key of [metrics]; is token meant?"),
        ({"metrics": "x"}, "metrics is not a table"),
    ],
    ids=lambda value: str(value)[:70],
)
def test_a_mistake_in_any_table_shuts_and_is_named(tables: dict[str, Any], fault: str) -> None:
    policy = read_policy(tables, {})
    assert [text for text in policy.faults if text.startswith(fault)], policy.faults
    assert policy.sign_in
    assert policy.access == Access()
    assert policy.verdict(ANNA, NOW) is Verdict.SHUT
    assert policy.verdict({}, NOW) is Verdict.SHUT


def test_every_fault_is_told_at_once() -> None:
    policy = read(auth={"cookie_secret": "short"}, access={"domain": []})
    assert len(policy.faults) == 6


@pytest.mark.parametrize("written", ["true", "TRUE", "1", " true "])
def test_a_network_is_trusted_when_somebody_says_so(written: str) -> None:
    assert read(access={"trusted_network": True}).trusted_network
    assert read_policy({}, {TRUSTED_VARIABLE: written}).trusted_network
    assert not read(access={"trusted_network": True}).sign_in


@pytest.mark.parametrize("written", ["", "false", "0", "False"])
def test_a_network_is_not_trusted_by_itself(written: str) -> None:
    assert read_policy({}, {TRUSTED_VARIABLE: written}) == Policy()
    assert not read(access={"trusted_network": False}).trusted_network


def test_a_word_of_trust_that_is_not_understood_shuts() -> None:
    assert read_policy({}, {TRUSTED_VARIABLE: "yes"}).faults == (
        f"{TRUSTED_VARIABLE} is neither true nor false",
    )


def test_no_secret_is_in_a_fault_or_a_repr() -> None:
    token = "metrics-token-that-nobody-may-see-0123"
    good = read(auth=AUTH, metrics={"token": token})
    assert good.metrics_token == token
    bad = read(auth={**AUTH, "redirect_uri": "x", "more": SECRET}, metrics={"token": token, "x": token})
    assert bad.faults
    for secret in (SECRET, AUTH["client_secret"], token):
        assert secret not in repr(good) + repr(bad)


def test_the_example_is_read_and_refused_for_its_secret_alone() -> None:
    """Whoever uncomments the example and forgets the secret must not end up with one that everybody knows."""
    text = (ROOT / ".streamlit" / "secrets.toml.example").read_text(encoding="utf-8")
    tables = tomllib.loads(re.sub(r"^# (?=\[|\w+ = )", "", text, flags=re.MULTILINE))
    assert set(tables) >= {"auth", "access"}
    assert [fault for fault in read_policy(tables, {}).faults if "is the example's" not in fault] == []
    tables["auth"]["cookie_secret"] = tables["metrics"]["token"] = SECRET
    assert not read_policy(tables, {}).faults
