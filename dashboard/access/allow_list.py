"""Allow-lists: who may look, read from a table of secrets.toml and asked of a viewer's claims.

Pure: no clock, no network, no Streamlit. What is wrong in a table is a named fault; it repeats no value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dashboard.access.groups import claim_at, groups_in
from dashboard.secrets_file import unknown_key

LIST_KEYS = ("emails", "domains", "groups")
ACCESS_KEYS = (*LIST_KEYS, "groups_claim")


@dataclass(frozen=True)
class Access:
    """An allow-list: who is on any of its lists may look. Without lists, whoever is signed in may.

    `groups_claim` is the claim with the groups, or the way to it: `realm_access.roles`.
    """

    emails: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    groups_claim: str = "groups"

    @property
    def everybody(self) -> bool:
        """Return whether there is no list to be on."""
        return not (self.emails or self.domains or self.groups)


def may_look(access: Access, claims: Mapping[str, object]) -> bool:
    """Return whether somebody with these claims (those of the ID token) is on an allow-list.

    E-mail addresses and domains are compared whole and without regard to the case of A to Z, groups exactly.
    An address that the provider calls unverified counts for neither e-mails nor domains.
    """
    email = _vouched_email(claims)
    return (
        access.everybody
        or email in access.emails
        or _domain(email) in access.domains
        or not access.groups.isdisjoint(groups_in(claim_at(claims, access.groups_claim)))
    )


def is_unverified(claims: Mapping[str, object]) -> bool:
    """Return whether the provider says that it has not verified the e-mail address. Many say nothing."""
    told = claims.get("email_verified", True)
    return not (told is True or (isinstance(told, str) and told.lower() == "true"))


_FORMS: Final = (
    ("emails", re.compile(r"[^\s@]+@[^\s@]+"), "an e-mail address"),
    ("domains", re.compile(r"[^\s@*./]+(\.[^\s@*./]+)*"), "a domain such as example.com"),
)


def read_access(table: object, where: str = "[access]") -> Access | tuple[str, ...]:
    """Read an allow-list, or say what is wrong with it; `where` is how its table is called."""
    if not isinstance(table, Mapping):
        return (f"{where} is not a table of keys",)
    faults = [unknown_key(str(key), where, ACCESS_KEYS) for key in table if key not in ACCESS_KEYS]
    lists = {key: _texts(table, key, where, faults) for key in LIST_KEYS}
    for key, form, what in _FORMS:
        faults += [
            f"{where} {key}: entry {number} is not {what}"
            for number, text in enumerate(lists[key], 1)
            if not form.fullmatch(text)
        ]
    claim = table.get("groups_claim", "groups")
    if not isinstance(claim, str) or not claim.strip():
        faults.append(f"{where} groups_claim is not the name of a claim")
    elif "groups_claim" in table and "groups" not in table:
        faults.append(f"{where} groups_claim is of no use without groups")
    if faults:
        return tuple(faults)
    return Access(
        emails=frozenset(map(_folded, lists["emails"])),
        domains=frozenset(map(_folded, lists["domains"])),
        groups=frozenset(lists["groups"]),
        groups_claim=str(claim),
    )


def _texts(table: Mapping[object, object], key: str, where: str, faults: list[str]) -> list[str]:
    """Return a list of texts under a key, empty when there is none; a list that names nobody is a fault."""
    if key not in table:
        return []
    value = table[key]
    if not isinstance(value, list | tuple) or not all(isinstance(text, str) for text in value):
        faults.append(f'{where} {key} is not a list of texts, such as ["…", "…"]')
        return []
    if not value or not all(text.strip() for text in value):
        faults.append(f"{where} {key} has no entry or a blank one; leave the key out, or name somebody")
        return []
    return list(value)


def _vouched_email(claims: Mapping[str, object]) -> str:
    email = claims.get("email")
    return _folded(email) if isinstance(email, str) and not is_unverified(claims) else ""


def _domain(email: str) -> str:
    """Return what stands behind the last @.

    An address with a second @ belongs to no domain: who knows to which.
    """
    name, _, domain = email.rpartition("@")
    return domain if name and "@" not in name else ""


def _folded(text: str) -> str:
    """Lower case of A to Z alone: other letters fold into these too, the Kelvin sign into k."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
