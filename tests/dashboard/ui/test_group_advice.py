"""Whoever is refused for their groups is told which of the reasons it is, and what to set."""

from __future__ import annotations

import pytest

from dashboard.access.missing_groups import Cause, MissingGroups
from dashboard.ui.group_advice import WORDS, advice

HOSTILE = "[x](https://evil.org) `` <b> :red[x] $x$ {claim}"


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (MissingGroups(Cause.LEFT_OUT, "groups"), ("over 200", '`groups_claim = "roles"`')),
        (MissingGroups(Cause.NOT_SENT, "groups"), ("no claim ` groups `", "`client_kwargs`")),
        (
            MissingGroups(Cause.NOT_SENT, "groups", ("realm_access.roles", "x")),
            ("no claim ` groups `", "names in ` realm_access.roles `, ` x `", "set `groups_claim` to that"),
        ),
        (MissingGroups(Cause.NO_NAMES, "groups"), ("` groups ` is no list", "`realm_access.roles`")),
        (MissingGroups(Cause.IN_NONE, "groups"), ("in no group",)),
        (
            MissingGroups(Cause.WRITTEN_OTHERWISE, "groups", ("/ml", "ml")),
            ("a group ` /ml `", "list calls it ` ml `", "Full group path"),
        ),
        (MissingGroups(Cause.OTHERS, "groups", count=3), ("(` groups `, 3) are not on the list",)),
        (MissingGroups(Cause.OTHERS, "groups"), ("(` groups `) are not on the list",)),
        (MissingGroups(Cause.OLDER, "groups"), ("has changed since you signed in", "sign in again")),
    ],
    ids=lambda value: getattr(getattr(value, "reason", None), "name", ""),
)
def test_each_reason_has_its_words(missing: MissingGroups, words: tuple[str, ...]) -> None:
    told = advice(missing)
    assert [word for word in words if word not in told] == []


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(Cause)


@pytest.mark.parametrize("reason", Cause, ids=lambda reason: reason.name)
def test_names_are_shown_as_they_are_and_not_without_end(reason: Cause) -> None:
    for name in (HOSTILE, "x" * 10_000):
        told = advice(MissingGroups(reason, name, (name, name)))
        assert len(told) < 700
        outside = told.replace(f"``` {HOSTILE} ```", "")
        assert "evil.org" not in outside
