"""What is kept of a sign-in: as much as the rules and the screen need, so that it fits into one cookie.

A browser takes cookies of 4,096 bytes. Claims that are cut into several cookies could be put together anew
from two sign-ins, so there is one cookie or none. Pure: how large a cookie becomes is asked of `fits`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dashboard.access.allow_list import is_unverified
from dashboard.access.groups import groups_in, keys_to, resembles
from dashboard.access.policy import Policy

MARK: Final = "modelarts_dashboard"
"""The claim that is ours: what was kept by which lists. The provider's of this name is not kept."""
FROM_STREAMLIT: Final = ("origin", "is_logged_in", "provider")
OVERAGE, HAS_GROUPS = "_claim_names", "hasgroups"
"""How Entra ID says that somebody is in too many groups for a token."""
SHOWN: Final = ("name", "preferred_username")
MAX_EMAIL_BYTES: Final = 254
"""RFC 5321 knows none longer. A longer one is not kept at all: a part of it may be somebody else's."""
MAX_SUBJECT: Final = 255
"""OpenID Connect Core 1.0, section 2."""
MAX_NAME, MAX_NAME_BYTES = 81, 400
MAX_RESEMBLING: Final = 3
MAX_HINTS, MAX_HINT, MAX_DEPTH = 5, 60, 3
NO_GROUPS: Final = frozenset({"amr", "aud", "acr", "scope", "scp", "emails", "wids", "allowed-origins"})
"""Lists of names that say nothing of groups."""


@dataclass(frozen=True)
class Mark:
    """What the dashboard noted at a sign-in.

    Which lists it had, which claims were looked at for groups, whether groups that were on no list were left
    out, and, when a claim with groups was not there, which other claims hold lists of names.
    """

    lists: str = ""
    claims: tuple[str, ...] = ()
    cut: bool = False
    hints: tuple[str, ...] = ()


def keep(
    claims: Mapping[str, Any], policy: Policy, fits: Callable[[Mapping[str, Any]], bool]
) -> dict[str, Any] | None:
    """Return the claims to keep: with all groups if that `fits`, else with those that are on some list.

    All groups are better, because a list that is changed then counts at once for those who are signed in.
    None when not even the groups on lists fit. For the rules as they are, the kept claims say what all say.
    """
    for cut in (False, True):
        kept = _kept(claims, policy, cut=cut)
        if fits(kept):
            return kept
    return None


def mark_of(claims: Mapping[str, Any]) -> Mark | None:
    """Return what was noted at a sign-in; None when nothing was."""
    noted = claims.get(MARK)
    if not isinstance(noted, Mapping):
        return None
    return Mark(
        lists=str(noted.get("lists", "")),
        claims=groups_in(noted.get("claims")),
        cut=noted.get("cut") is True,
        hints=groups_in(noted.get("hints")),
    )


def _kept(claims: Mapping[str, Any], policy: Policy, *, cut: bool) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for path, listed in policy.listed_groups.items():
        _keep_groups(claims, path, listed if cut else None, kept)
    for name, value in _texts(claims):
        kept.setdefault(name, value)
    issued = claims.get("iat")
    if isinstance(issued, int | float) and not isinstance(issued, bool):
        kept.setdefault("iat", issued)
    kept |= {name: claims[name] for name in FROM_STREAMLIT if name in claims}
    mark: dict[str, Any] = {"lists": policy.edition, "claims": list(policy.listed_groups)}
    if cut:
        mark["cut"] = True
    elif any(not keys_to(claims, path) for path in policy.listed_groups):
        mark["hints"] = list(_hints(claims))
    return kept | {MARK: mark}


def _keep_groups(
    claims: Mapping[str, Any], path: str, only: frozenset[str] | None, kept: dict[str, Any]
) -> None:
    """Put a claim with groups where it was, and the provider's word that it has left it out."""
    root = path.partition(".")[0]
    for name in {path, root}:
        if isinstance(claims.get(OVERAGE), Mapping) and name in claims[OVERAGE]:
            kept.setdefault(OVERAGE, {})[name] = "elsewhere"
    if claims.get(HAS_GROUPS) in (True, "true"):
        kept[HAS_GROUPS] = True
    keys = keys_to(claims, path)
    if not keys:
        return
    claim: Any = claims
    for key in keys:
        claim = claim[key]
    inner = kept
    for key in keys[:-1]:
        inner = inner.setdefault(key, {})
    if isinstance(claim, str | list | tuple):
        inner[keys[-1]] = _chosen(claim, only)
    elif len(keys) > 1 or keys[0] not in (*SHOWN, "sub", "email", "email_verified", "iat"):
        inner.setdefault(keys[-1], {})  # there is something, and it is no list of names


def _chosen(claim: object, only: frozenset[str] | None) -> str | list[str]:
    """Return the names that are kept, in the shape in which they came.

    With `only`, those on lists and the like.
    """
    names = [name for name in dict.fromkeys(groups_in(claim)) if _is_text(name)]
    if only is not None:
        alike = [name for name in names if any(resembles(name, listed) for listed in only)]
        wanted = only | set(alike[:MAX_RESEMBLING])
        names = [name for name in names if name in wanted]
    return names[0] if isinstance(claim, str) and names else names


def _texts(claims: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield who it is, for the rules and for the screen."""
    for name in SHOWN:
        if isinstance(claims.get(name), str) and (shown := _shortened(claims[name])):
            yield name, shown
    subject, email = claims.get("sub"), claims.get("email")
    if isinstance(subject, str) and subject.isascii() and len(subject) <= MAX_SUBJECT:
        yield "sub", subject
    if isinstance(email, str) and _is_text(email) and len(email.encode()) <= MAX_EMAIL_BYTES:
        yield "email", email
    if "email_verified" in claims:
        yield "email_verified", not is_unverified(claims)


def _shortened(text: str) -> str:
    """Return a name in one line, as long as the screen shows it, in no more bytes than a cookie has."""
    plain = " ".join(text.encode("utf-8", "replace").decode().split())[:MAX_NAME]
    while len(json.dumps(plain)) > MAX_NAME_BYTES:
        plain = plain[:-1]
    return plain


def _is_text(text: str) -> bool:
    """Return whether a text can be written down: JSON may hold half a character."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _hints(claims: Mapping[str, Any]) -> Iterator[str]:
    """Return the claims that hold lists of names, by the way to them."""
    found = 0
    for path in _lists(claims, "", 1):
        if found < MAX_HINTS and len(path) <= MAX_HINT and _is_text(path):
            found += 1
            yield path


def _lists(claims: Mapping[str, Any], before: str, depth: int) -> Iterator[str]:
    for name, value in claims.items():
        if name in NO_GROUPS or name == MARK or not isinstance(name, str):
            continue
        if isinstance(value, list) and any(isinstance(entry, str) for entry in value):
            yield before + name
        elif isinstance(value, Mapping) and depth < MAX_DEPTH:
            yield from _lists(value, f"{before}{name}.", depth + 1)
