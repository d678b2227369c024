"""Why no group counts is told as it is: left out, not sent, no names, none, others, older."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.access.allow_list import Access
from dashboard.access.kept_claims import keep
from dashboard.access.missing_groups import Cause, MissingGroups, may_have_more, missing_groups
from dashboard.access.policy import Policy

MANY = [f"group-{number}" for number in range(300)]


def policy_of(*listed: str, claim: str = "groups") -> Policy:
    return Policy(sign_in=True, access=Access(groups=frozenset(listed), groups_claim=claim))


def anything(_kept: object) -> bool:
    return True


def told(claims: dict[str, Any], policy: Policy, *, cut: bool = False, before: Policy | None = None) -> Any:
    """What is told of claims as they were kept, under the same lists or those of `before`."""
    kept = keep(claims, before or policy, lambda kept: not cut or len(str(kept)) < 1000)
    assert kept is not None
    return missing_groups(policy.access, kept, policy)


CASES: list[tuple[dict[str, Any], MissingGroups]] = [
    ({"_claim_names": {"groups": "src1"}}, MissingGroups(Cause.LEFT_OUT, "groups")),
    ({"hasgroups": True}, MissingGroups(Cause.LEFT_OUT, "groups")),
    ({"_claim_names": {"other": "src1"}}, MissingGroups(Cause.NOT_SENT, "groups")),
    ({}, MissingGroups(Cause.NOT_SENT, "groups")),
    (
        {"realm_access": {"roles": ["ml"]}},
        MissingGroups(Cause.NOT_SENT, "groups", ("realm_access.roles",), 0),
    ),
    ({"groups": {"ml": True}}, MissingGroups(Cause.NO_NAMES, "groups")),
    ({"realm_access": {"roles": 7}}, MissingGroups(Cause.NO_NAMES, "realm_access.roles")),
    ({"groups": []}, MissingGroups(Cause.IN_NONE, "groups")),
    ({"groups": [1, None]}, MissingGroups(Cause.IN_NONE, "groups")),
    (
        {"groups": ["x", "/team/ml"]},
        MissingGroups(Cause.WRITTEN_OTHERWISE, "groups", ("/team/ml", "ml"), 0),
    ),
    ({"groups": "ML"}, MissingGroups(Cause.WRITTEN_OTHERWISE, "groups", ("ML", "ml"), 0)),
    ({"groups": ["x", "y"]}, MissingGroups(Cause.OTHERS, "groups", (), 2)),
]


@pytest.mark.parametrize(("claims", "expected"), CASES, ids=lambda value: str(value)[:50])
def test_each_reason_is_told(claims: dict[str, Any], expected: MissingGroups) -> None:
    policy = policy_of("ml", claim=expected.claim)
    assert told(claims, policy) == expected
    as_sent = missing_groups(policy.access, claims, policy)  # a cookie of an earlier version
    assert as_sent is not None
    assert as_sent.reason is expected.reason


def test_nothing_is_told_where_a_group_counts_or_none_is_asked_for() -> None:
    assert told({"groups": ["ml"]}, policy_of("ml")) is None
    assert told({"groups": ["/team/ml", "ml"]}, policy_of("ml")) is None
    assert told({"groups": ["x"]}, Policy(sign_in=True, access=Access(emails=frozenset({"a@b.c"})))) is None


def test_of_many_groups_it_is_told_whether_signing_in_again_is_of_use() -> None:
    before, after = policy_of("ml"), policy_of("ml", "group-299")
    assert told({"groups": MANY}, before, cut=True) == MissingGroups(Cause.OTHERS, "groups")
    assert told({"groups": MANY}, after, cut=True, before=before) == MissingGroups(Cause.OLDER, "groups")
    assert told({"groups": MANY}, after, cut=True) is None
    assert told({"groups": MANY}, after, before=before) is None  # all were kept: the new list counts at once
    assert told({"groups": ["x"]}, after, before=before) == MissingGroups(Cause.OTHERS, "groups", count=1)


def test_a_claim_that_nobody_had_asked_for_was_not_kept() -> None:
    before, after = policy_of("ml"), policy_of("ml", claim="roles")
    claims = {"groups": ["x"], "roles": ["ml"]}
    assert told(claims, after, before=before) == MissingGroups(Cause.OLDER, "roles")
    assert told(claims, after) is None


def test_a_viewer_is_told_when_signing_in_again_may_show_more() -> None:
    before, after = policy_of("group-1"), policy_of("group-1", "group-299")
    cut = keep({"groups": MANY}, before, lambda kept: len(str(kept)) < 1000)
    whole = keep({"groups": MANY}, before, anything)
    assert cut is not None
    assert whole is not None
    assert may_have_more(cut, after)
    assert not may_have_more(cut, before)
    assert not may_have_more(whole, after)
    assert may_have_more(whole, policy_of("x", claim="roles"))
    assert not may_have_more({"groups": MANY}, after)
