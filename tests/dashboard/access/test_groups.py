"""Where a claim with groups is found: by its whole name first, else along the dots."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.access.allow_list import Access, may_look
from dashboard.access.groups import claim_at, keys_to, resembles


@pytest.mark.parametrize(
    ("claims", "path", "keys"),
    [
        ({"groups": ["ml"]}, "groups", ("groups",)),
        ({"realm_access": {"roles": ["ml"]}}, "realm_access.roles", ("realm_access", "roles")),
        (
            {"realm_access.roles": 1, "realm_access": {"roles": 2}},
            "realm_access.roles",
            ("realm_access.roles",),
        ),
        (
            {"https://example.com/groups": ["ml"]},
            "https://example.com/groups",
            ("https://example.com/groups",),
        ),
        (
            {"resource_access": {"my.client": {"roles": ["ml"]}}},
            "resource_access.my.client.roles",
            ("resource_access", "my.client", "roles"),
        ),
        ({"a": {"b.c": 1, "b": {"c": 2}}}, "a.b.c", ("a", "b.c")),
        ({"a.b": {"d": 1}, "a": {"b": {"c": 2}}}, "a.b.c", ()),
        ({"a": {"b": None}}, "a.b", ("a", "b")),
        ({"realm_access": ["roles"]}, "realm_access.roles", ()),
        ({"realm_access": "roles"}, "realm_access.roles", ()),
        ({"realm_access": {}}, "realm_access.roles", ()),
        ({}, "groups", ()),
        ({"groups": 1}, "groups.", ()),
        ({"": {"x": 1}}, ".x", ("", "x")),
    ],
    ids=str,
)
def test_a_claim_is_found_by_its_name_or_along_the_dots(
    claims: dict[str, Any], path: str, keys: tuple[str, ...]
) -> None:
    assert keys_to(claims, path) == keys
    found: Any = claims if keys else None
    for key in keys:
        found = found[key]
    assert claim_at(claims, path) == found


def test_a_list_of_groups_is_asked_of_a_claim_within_another() -> None:
    access = Access(groups=frozenset({"ml-platform"}), groups_claim="realm_access.roles")
    assert may_look(access, {"realm_access": {"roles": ["x", "ml-platform"]}})
    assert not may_look(access, {"realm_access": {"roles": ["x"]}, "groups": ["ml-platform"]})
    assert not may_look(access, {"realm_access": {"roles": {"ml-platform": True}}})


def test_a_path_is_a_group_of_its_own() -> None:
    """Keycloak can send full paths: they count as they are written, and no part of them does."""
    access = Access(groups=frozenset({"/ml-platform"}))
    assert may_look(access, {"groups": ["/ml-platform"]})
    for other in ("ml-platform", "/x/ml-platform", "/ml-platform/x", "/ML-platform"):
        assert not may_look(access, {"groups": [other]})


@pytest.mark.parametrize("group", ["/ml", "/team/ml", "ML", "/team/Ml/", " ml"])
def test_a_group_resembles_one_that_differs_in_path_or_case(group: str) -> None:
    assert resembles(group, "ml")
    assert resembles("ml", group)


@pytest.mark.parametrize(
    ("group", "listed"), [("ml", "ml"), ("ml2", "ml"), ("", "/"), ("/", " "), ("ml/x", "ml")]
)
def test_a_group_does_not_resemble_itself_or_another(group: str, listed: str) -> None:
    assert not resembles(group, listed)
