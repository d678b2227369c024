"""Why somebody is in no group of a list: what the provider sent, and how it differs from what is wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from dashboard.access.allow_list import Access
from dashboard.access.groups import claim_at, groups_in, keys_to, resembles
from dashboard.access.kept_claims import HAS_GROUPS, OVERAGE, Mark, mark_of
from dashboard.access.policy import Policy


class Cause(Enum):
    """What became of the groups of somebody who is on no list of groups."""

    LEFT_OUT = "the provider sends no groups of somebody who is in too many"
    NOT_SENT = "the claim is not there"
    NO_NAMES = "the claim is there and is no list of names"
    IN_NONE = "the claim is there and empty"
    WRITTEN_OTHERWISE = "a group of a list, with another path or case"
    OTHERS = "groups, and none that is on a list"
    OLDER = "the sign-in kept what was on the lists of that time"


@dataclass(frozen=True)
class MissingGroups:
    """Why no group counts, and of which claim; `names` are examples: (sent, listed), or claims with lists."""

    reason: Cause
    claim: str
    names: tuple[str, ...] = ()
    count: int = 0


def missing_groups(access: Access, claims: Mapping[str, Any], policy: Policy) -> MissingGroups | None:
    """Return why no group of a list is found in claims; None when one is, or the list asks for none."""
    path = access.groups_claim
    mark = mark_of(claims) or Mark(claims=(path,))
    sent = groups_in(claim_at(claims, path))
    if not access.groups or not access.groups.isdisjoint(sent):
        return None
    alike = _first_alike(sent, sorted(access.groups))
    if alike:
        return MissingGroups(Cause.WRITTEN_OTHERWISE, path, alike)
    if _is_older(mark, policy, path):
        return MissingGroups(Cause.OLDER, path)
    if sent or (mark.cut and keys_to(claims, path)):
        return MissingGroups(Cause.OTHERS, path, count=0 if mark.cut else len(sent))
    return _nothing_sent(claims, path, mark)


def _first_alike(sent: tuple[str, ...], listed: list[str]) -> tuple[str, ...]:
    """Return the first group that somebody is in and the first on the list that are nearly the same."""
    return next(((group, name) for group in sent for name in listed if resembles(group, name)), ())


def _nothing_sent(claims: Mapping[str, Any], path: str, mark: Mark) -> MissingGroups:
    if _is_left_out(claims, path):
        return MissingGroups(Cause.LEFT_OUT, path)
    if not keys_to(claims, path):
        return MissingGroups(Cause.NOT_SENT, path, mark.hints)
    is_list = isinstance(claim_at(claims, path), str | list | tuple)
    return MissingGroups(Cause.IN_NONE if is_list else Cause.NO_NAMES, path)


def may_have_more(claims: Mapping[str, Any], policy: Policy) -> bool:
    """Return whether signing in again may show more: the lists are others now than those that were asked."""
    mark = mark_of(claims)
    return mark is not None and any(_is_older(mark, policy, path) for path in policy.listed_groups)


def _is_older(mark: Mark, policy: Policy, path: str) -> bool:
    """Return whether a sign-in may lack groups that count: it kept those of other lists or other claims."""
    return path not in mark.claims or (mark.cut and mark.lists != policy.edition)


def _is_left_out(claims: Mapping[str, Any], path: str) -> bool:
    """Return whether the provider says that the groups are to be had elsewhere (Entra ID: over 200)."""
    named = claims.get(OVERAGE)
    elsewhere = isinstance(named, Mapping) and (path in named or path.partition(".")[0] in named)
    return elsewhere or claims.get(HAS_GROUPS) in (True, "true")
