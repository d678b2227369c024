"""What is kept of a sign-in says what all of it said, and is always small."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.access.allow_list import Access, may_look
from dashboard.access.kept_claims import MARK, Mark, keep, mark_of
from dashboard.access.policy import Policy

STREAMLIT = {"origin": "https://dashboard.example.com", "is_logged_in": True, "provider": "default"}
LISTED = frozenset({"ml", "/ml-platform", "42"})
MAX_BYTES = 2_900
"""What a cookie of 4,096 bytes holds of JSON that does not compress."""


def up_to(size: int) -> Callable[[Mapping[str, Any]], bool]:
    return lambda kept: len(json.dumps(kept, separators=(",", ":"))) <= size


def anything(_kept: Mapping[str, Any]) -> bool:
    return True


def kept_of(claims: Mapping[str, Any], policy: Policy | None = None, size: int = MAX_BYTES) -> dict[str, Any]:
    kept = keep(STREAMLIT | dict(claims), policy or with_groups(), up_to(size))
    assert kept is not None
    return kept


def with_groups(claim: str = "groups", listed: frozenset[str] = LISTED) -> Policy:
    return Policy(sign_in=True, access=Access(groups=listed, groups_claim=claim))


def test_what_a_provider_sends_besides_is_left_out() -> None:
    claims = {
        "sub": "a1",
        "name": "Anna",
        "email": "anna@example.com",
        "email_verified": True,
        "iat": 1,
        "groups": ["ml", "x"],
    }
    more = {
        "exp": 2,
        "nonce": "n",
        "at_hash": "h",
        "picture": "p" * 9000,
        "aud": ["x"],
        "address": {"a": "b"},
    }
    kept = kept_of(claims | more)
    mark = kept.pop(MARK)
    assert kept == STREAMLIT | claims
    assert mark["claims"] == ["groups"]


def test_without_a_list_of_groups_none_is_kept() -> None:
    kept = kept_of({"groups": ["ml"] * 1000}, Policy(sign_in=True))
    assert kept.pop(MARK)["claims"] == []
    assert kept == STREAMLIT


def test_all_groups_are_kept_while_they_fit() -> None:
    """So a list that is changed counts at once for who is signed in."""
    groups = [f"group-{number}" for number in range(100)]
    kept = kept_of({"groups": groups})
    assert kept["groups"] == groups
    assert mark_of(kept) == Mark(with_groups().edition, ("groups",))


@pytest.mark.parametrize("count", [1_000, 10_000])
def test_of_many_groups_those_on_lists_are_kept_and_it_is_noted(count: int) -> None:
    groups = [f"group-{number}" for number in range(count)]
    both = Policy(
        sign_in=True,
        access=Access(groups=frozenset({"group-7"})),
        connections={"prod": Access(groups=frozenset({"group-900", "elsewhere"}))},
    )
    kept = kept_of({"groups": groups, "name": "Anna"}, both)
    assert kept["groups"] == ["group-7", "group-900"]
    assert kept["name"] == "Anna"
    assert mark_of(kept) == Mark(both.edition, ("groups",), cut=True)


def test_groups_that_resemble_a_listed_one_are_kept_to_be_told() -> None:
    groups = [f"group-{number}" for number in range(1000)] + ["/x/ml"] * 2 + [f"/{n}/ml" for n in range(99)]
    assert kept_of({"groups": groups})["groups"] == ["/x/ml", "/0/ml", "/1/ml"]


def test_when_not_even_the_groups_on_lists_fit_nothing_is_kept() -> None:
    groups = [f"group-{number}" for number in range(1000)]
    assert (
        keep(STREAMLIT | {"groups": groups}, with_groups(listed=frozenset(groups)), up_to(MAX_BYTES)) is None
    )


@pytest.mark.parametrize(
    "letter", ["x", "\u4e2d", "\N{GRINNING FACE}", "\x00", "\\", '"', "\ud800"], ids=ascii
)
def test_claims_of_any_length_fit(letter: str) -> None:
    """Whoever may choose their own name at the provider cannot make the cookie too large."""
    long = letter * 5000
    claims: dict[str, Any] = dict.fromkeys(("sub", "name", "preferred_username", "email"), long)
    claims |= {
        "email": f"{letter * 60}@{letter * 60}.org",
        "email_verified": long,
        "iat": long,
        "groups": [long],
    }
    assert len(json.dumps(kept_of(claims))) <= MAX_BYTES


def test_an_address_is_kept_whole_or_not_at_all() -> None:
    """A part of it may be somebody else's."""
    longest = f"{'a' * 241}@example.com"
    assert kept_of({"email": f"a{longest}"})["email"] == f"a{longest}"
    for email in (f"aaa{longest}", f"anna@example.com{' ' * 300}x", "\ud800@example.com", 7, None):
        assert "email" not in kept_of({"email": email})


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (True, True),
        ("true", True),
        ("True", True),
        (False, False),
        ("x" * 9000, False),
        (1, False),
        (None, False),
    ],
    ids=lambda value: str(value)[:10],
)
def test_whether_an_address_is_verified_is_kept(told: Any, kept: bool) -> None:
    assert kept_of({"email": "a@b.c", "email_verified": told})["email_verified"] is kept
    assert "email_verified" not in kept_of({"email": "a@b.c"})


def test_a_providers_claim_of_our_name_is_not_ours() -> None:
    forged = {MARK: {"lists": with_groups().edition, "cut": True, "hints": ["x"]}, "groups": []}
    assert mark_of(kept_of(forged)) == Mark(with_groups().edition, ("groups",))


@pytest.mark.parametrize("value", [None, 7, "x", [], {"lists": 7, "cut": "yes", "claims": 7, "hints": [1]}])
def test_a_note_of_another_shape_is_read_as_no_more_than_it_says(value: Any) -> None:
    assert mark_of({MARK: value}) in {None, Mark("7")}


def test_what_entra_says_of_too_many_groups_is_kept_without_the_address() -> None:
    claims = {
        "_claim_names": {"groups": "src1", "other": "src1"},
        "_claim_sources": {"src1": {"endpoint": "https://graph.example.com/users/x/getMemberObjects"}},
        "hasgroups": True,
    }
    kept = kept_of(claims)
    assert kept["_claim_names"] == {"groups": "elsewhere"}
    assert kept["hasgroups"] is True
    assert "_claim_sources" not in kept


def test_when_the_claim_is_not_there_others_with_names_are_noted() -> None:
    claims = {
        "realm_access": {"roles": ["ml"]},
        "resource_access": {"dashboard": {"roles": ["viewer"]}, "x": {"y": {"z": ["too deep"]}}},
        "amr": ["pwd"],
        "numbers": [1, 2],
        "none": [],
        "x" * 100: ["long"],
    }
    mark = mark_of(kept_of(claims))
    assert mark is not None
    assert mark.hints == ("realm_access.roles", "resource_access.dashboard.roles")
    many = {f"claim-{number}": ["x"] for number in range(100)}
    mark = mark_of(kept_of(many))
    assert mark is not None
    assert len(mark.hints) == 5
    assert mark_of(kept_of(claims | {"groups": []})) == Mark(with_groups().edition, ("groups",))


def test_the_edition_is_another_when_other_groups_are_listed() -> None:
    one = with_groups().edition
    assert one == with_groups(listed=frozenset(sorted(LISTED))).edition
    assert one != with_groups(claim="roles").edition
    assert one != with_groups(listed=LISTED | {"x"}).edition
    more = Policy(
        sign_in=True, access=with_groups().access, connections={"a": Access(groups=frozenset({"y"}))}
    )
    assert one != more.edition


NAMES = st.sampled_from(["ml", "/ml-platform", "42", "x", "ML", "", "ml.x", "a@b.c"])
LEAVES = (
    NAMES
    | st.lists(NAMES | st.integers(0, 3) | st.none(), max_size=6)
    | st.sampled_from([None, True, 7, [], {}])
)
KEYS = st.sampled_from(
    ["groups", "a", "b", "a.b", "b.c", "a.b.c", "c", "email", "sub", "iat", "email_verified", "name"]
)
CLAIMS = st.recursive(LEAVES, lambda inner: st.dictionaries(KEYS, inner, max_size=4), max_leaves=12)
LISTS = st.builds(
    Access,
    emails=st.sets(st.sampled_from(["a@b.c", "x@b.c"]), max_size=2).map(frozenset),
    domains=st.sets(st.sampled_from(["b.c", "d"]), max_size=2).map(frozenset),
    groups=st.sets(NAMES, max_size=3).map(frozenset),
    groups_claim=KEYS,
)
POLICIES = st.builds(
    Policy, sign_in=st.just(True), access=LISTS, connections=st.dictionaries(st.sampled_from("pq"), LISTS)
)


@given(
    st.dictionaries(KEYS, CLAIMS, max_size=6),
    st.sampled_from(["a@b.c", "A@B.C", "x@d", 7]),
    POLICIES,
    st.integers(0, 600),
)
def test_by_every_rule_the_kept_claims_say_what_all_claims_say(
    claims: dict[str, Any], email: Any, policy: Policy, size: int
) -> None:
    claims = STREAMLIT | {"email": email} | claims
    kept = keep(claims, policy, up_to(size)) or keep(claims, policy, anything)
    assert kept is not None
    for access in (policy.access, *policy.connections.values()):
        assert may_look(access, kept) == may_look(access, claims)
    again = keep(kept, policy, up_to(size)) or keep(kept, policy, anything)
    assert again is not None
    assert {key: value for key, value in again.items() if key != MARK} == {
        key: value for key, value in kept.items() if key != MARK
    }
