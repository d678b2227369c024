"""Groups in a viewer's claims: where they stand, and what they are."""

from __future__ import annotations

from collections.abc import Mapping


def keys_to(claims: Mapping[str, object], path: str) -> tuple[str, ...]:
    """Return the keys that lead to a claim: `realm_access.roles` is `roles` within `realm_access`.

    A claim of exactly this name comes first, since names such as `https://example.com/groups` have dots, too.
    So does, at each step, the longest name that is there: Keycloak's clients may have dots in theirs. Empty
    when there is no such claim.
    """
    if path in claims:
        return (path,)
    parts = path.split(".")
    for end in range(len(parts) - 1, 0, -1):
        head, rest = ".".join(parts[:end]), ".".join(parts[end:])
        inner = claims.get(head)
        if isinstance(inner, Mapping):
            below = keys_to(inner, rest)
            return (head, *below) if below else ()
    return ()


def claim_at(claims: Mapping[str, object], path: str) -> object:
    """Return the claim at a path; None when there is none."""
    keys = keys_to(claims, path)
    found: object = claims if keys else None
    for key in keys:
        found = found[key] if isinstance(found, Mapping) else None
    return found


def groups_in(claim: object) -> tuple[str, ...]:
    """Return the groups of a claim: a list of names, or one name. A text is one name, whatever is in it."""
    if isinstance(claim, str):
        return (claim,)
    return tuple(name for name in claim if isinstance(name, str)) if isinstance(claim, list | tuple) else ()


def resembles(group: str, listed: str) -> bool:
    """Return whether two names are the same but for the path before them, or for their case."""
    return group != listed and _plain(group) == _plain(listed) != ""


def _plain(group: str) -> str:
    return group.strip().rstrip("/").rpartition("/")[2].casefold()
