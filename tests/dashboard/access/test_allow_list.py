"""An allow-list lets in whom it names, by what the provider vouches for, and nobody who resembles them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.allow_list import Access, is_unverified, may_look, read_access

BY_EMAIL = Access(emails=frozenset({"anna@example.com"}))
BY_DOMAIN = Access(domains=frozenset({"example.com"}))
BY_GROUP = Access(groups=frozenset({"ml", "Data Team"}))


@pytest.mark.parametrize("email", ["anna@example.com", "Anna@Example.COM", "ANNA@EXAMPLE.COM"])
def test_an_address_on_the_list_may_look_however_it_is_written(email: str) -> None:
    assert may_look(BY_EMAIL, {"email": email})


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ann@example.com",
        "xanna@example.com",
        "anna@example.com.evil.org",
        "anna@example.comm",
        "anna+x@example.com",
        " anna@example.com",
        "anna@example.com\n",
        "anna@example.com,eve@evil.org",
        "Anna <anna@example.com>",
        ["anna@example.com"],
        {"anna@example.com": True},
        None,
        7,
    ],
    ids=repr,
)
def test_an_address_that_only_resembles_one_on_the_list_may_not(email: Any) -> None:
    assert not may_look(BY_EMAIL, {"email": email})
    assert not may_look(BY_EMAIL, {"preferred_username": "anna@example.com", "name": "anna@example.com"})


def test_letters_that_fold_into_others_do_not() -> None:
    """The Kelvin sign becomes k in lower case, the long s folds into s: they are other letters."""
    access = Access(emails=frozenset({"kirk@sis.com"}))
    assert may_look(access, {"email": "KIRK@SIS.COM"})
    for email in ("\u212airk@sis.com", "kirk@\u017fis.com", "K\u0130rk@sis.com"):
        assert not may_look(access, {"email": email})
        assert not may_look(
            Access(domains=frozenset({"sis.com"})), {"email": email.replace("sis", "\u017fis")}
        )


@pytest.mark.parametrize("email", ["anna@example.com", "x@EXAMPLE.com", "a.b+c@example.com"])
def test_a_domain_on_the_list_lets_in_its_addresses(email: str) -> None:
    assert may_look(BY_DOMAIN, {"email": email})


@pytest.mark.parametrize(
    "email",
    [
        "x@evil-example.com",
        "x@example.com.evil.org",
        "x@sub.example.com",
        "x@com",
        "x@xample.com",
        "x@example.com.",
        "x@example.com ",
        "x@evil.org#example.com",
        "user@example.com@evil.org",
        "user@evil.com@example.com",
        '"user@evil.com"@example.com',
        "@example.com",
        "example.com",
        "",
    ],
)
def test_a_domain_lets_in_nobody_of_another_one(email: str) -> None:
    """Also not an address with two @: which of them ends the name is what a trick lives on."""
    assert not may_look(BY_DOMAIN, {"email": email})


@pytest.mark.parametrize("told", [False, None, "false", "False", "no", 0, 1, [], "TRUE "])
def test_an_address_that_is_not_verified_counts_for_no_list_of_addresses(told: Any) -> None:
    claims = {"email": "anna@example.com", "email_verified": told, "groups": ["ml"]}
    assert is_unverified(claims)
    assert not may_look(BY_EMAIL, claims)
    assert not may_look(BY_DOMAIN, claims)
    assert may_look(BY_GROUP, claims)


@pytest.mark.parametrize("told", [{}, {"email_verified": True}, {"email_verified": "true"}])
def test_an_address_that_is_verified_or_of_which_nothing_is_said_counts(told: dict[str, Any]) -> None:
    assert may_look(BY_EMAIL, {"email": "anna@example.com", **told})


@pytest.mark.parametrize("groups", [["ml"], ["x", "ml"], "ml", "Data Team", ("ml",), [7, None, "ml"]])
def test_a_group_on_the_list_lets_in_its_members(groups: Any) -> None:
    assert may_look(BY_GROUP, {"groups": groups})


@pytest.mark.parametrize(
    "groups",
    [
        [],
        "",
        "ML",
        "ml ",
        "ml,x",
        "ml x",
        "html",
        ["mlx"],
        [["ml"]],
        [{"ml": 1}],
        {"ml": True},
        None,
        7,
        True,
    ],
    ids=repr,
)
def test_a_group_is_one_whole_name(groups: Any) -> None:
    assert not may_look(BY_GROUP, {"groups": groups})


def test_the_claim_with_the_groups_may_have_another_name() -> None:
    access = Access(groups=frozenset({"ml"}), groups_claim="https://example.com/roles")
    assert may_look(access, {"https://example.com/roles": ["ml"]})
    assert not may_look(access, {"groups": ["ml"]})


def test_who_is_on_one_of_several_lists_may_look() -> None:
    access = Access(frozenset({"anna@example.com"}), frozenset({"example.org"}), frozenset({"ml"}))
    assert may_look(access, {"email": "anna@example.com"})
    assert may_look(access, {"email": "x@example.org"})
    assert may_look(access, {"email": "x@other.net", "groups": "ml"})
    assert not may_look(access, {"email": "x@example.com", "groups": "other"})
    assert not may_look(access, {})


def test_without_lists_whoever_is_signed_in_may_look() -> None:
    assert may_look(Access(), {})
    assert read_access({}) == Access()


@given(
    st.dictionaries(st.sampled_from(["email", "email_verified", "groups"]), st.text() | st.lists(st.text()))
)
def test_no_claims_of_any_kind_raise(claims: dict[str, Any]) -> None:
    for access in (BY_EMAIL, BY_DOMAIN, BY_GROUP):
        if may_look(access, claims):
            assert "@" in str(claims.get("email")) or set(claims["groups"]) & access.groups


def test_a_table_is_read() -> None:
    table = {
        "emails": ["Anna@Example.com"],
        "domains": ["Example.ORG", "intranet"],
        "groups": ["ML"],
        "groups_claim": "roles",
    }
    assert read_access(table) == Access(
        frozenset({"anna@example.com"}), frozenset({"example.org", "intranet"}), frozenset({"ML"}), "roles"
    )


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        ("anna@example.com", "[access] is not a table of keys"),
        (["anna@example.com"], "[access] is not a table of keys"),
        ({"email": ["anna@example.com"]}, "email is not a key of [access]; is emails meant?"),
        ({"emails": "anna@example.com"}, "[access] emails is not a list of texts"),
        ({"emails": [7]}, "[access] emails is not a list of texts"),
        ({"emails": []}, "[access] emails has no entry"),
        ({"emails": ["anna@example.com", " "]}, "[access] emails has no entry or a blank one"),
        ({"emails": ["anna@example.com", "eve"]}, "[access] emails: entry 2 is not an e-mail address"),
        ({"emails": ["*@example.com x"]}, "[access] emails: entry 1 is not an e-mail address"),
        ({"emails": ["a@b@example.com"]}, "[access] emails: entry 1 is not an e-mail address"),
        ({"domains": ["@example.com"]}, "[access] domains: entry 1 is not a domain such as example.com"),
        ({"domains": ["*.example.com"]}, "[access] domains: entry 1 is not a domain"),
        ({"domains": [".example.com"]}, "[access] domains: entry 1 is not a domain"),
        ({"domains": ["https://example.com"]}, "[access] domains: entry 1 is not a domain"),
        ({"groups": {"ml": True}}, "[access] groups is not a list of texts"),
        ({"groups": ["ml"], "groups_claim": ["a"]}, "[access] groups_claim is not the name of a claim"),
        ({"groups": ["ml"], "groups_claim": ""}, "[access] groups_claim is not the name of a claim"),
        ({"groups_claim": "roles"}, "[access] groups_claim is of no use without groups"),
    ],
)
def test_what_is_wrong_in_a_table_is_named(table: Any, fault: str) -> None:
    faults = read_access(table)
    assert isinstance(faults, tuple)
    assert [text for text in faults if text.startswith(fault)], faults
    assert "eve" not in str(faults)
