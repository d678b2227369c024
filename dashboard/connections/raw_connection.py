"""A connection as somebody has written it down, before anything of it is checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True)
class CredentialsKind:
    """One kind of credentials: the keys that it needs, and those that it may have."""

    name: str
    needs: tuple[str, ...]
    takes: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """Return all keys of this kind."""
        return self.needs + self.takes


TOKEN: Final = CredentialsKind("token", ("token",))
ACCESS_KEY: Final = CredentialsKind("access key", ("access_key", "secret_key"), ("security_token",))
PASSWORD: Final = CredentialsKind("user and password", ("username", "password", "domain"), ("iam_endpoint",))
KINDS: Final = (TOKEN, ACCESS_KEY, PASSWORD)

PLACE: Final = ("endpoint", "region")
PROJECT: Final = ("project_id", "project_name")
SECRET: Final = ("token", "access_key", "secret_key", "security_token", "username", "password")
"""What only the credentials have; `domain` and `iam_endpoint` stand in other tools' settings for any kind."""
KEYS: Final = (*PLACE, *PROJECT, *(key for kind in KINDS for key in kind.keys), "label", "ca_bundle", "proxy")
ACCESS: Final = "access"
"""The table that says who may see a connection."""


@dataclass(frozen=True)
class RawConnection:
    """`values` by key; `words` are what the writer calls the keys: variables in the environment.

    `usual` is the kind of credentials to ask for if there are none.
    """

    name: str
    source: str
    values: Mapping[str, object] = field(repr=False)
    words: Mapping[str, str] = field(default_factory=dict)
    usual: CredentialsKind | None = None

    def word(self, key: str) -> str:
        """Return what the writer calls a key."""
        return self.words.get(key, key)

    def has(self, key: str) -> bool:
        """Return whether there is a value; a blank text is none, as in a copied example."""
        value = self.values.get(key)
        return bool(value.strip()) if isinstance(value, str) else value is not None

    @property
    def texts(self) -> dict[str, str]:
        """Return the values that are text and not blank, without white space around them."""
        return {
            key: value.strip()
            for key, value in self.values.items()
            if key in KEYS and isinstance(value, str) and self.has(key)
        }

    @property
    def kinds(self) -> tuple[CredentialsKind, ...]:
        """Return the kinds of credentials that were begun: none, one, or several that contradict one another.

        Without any value, blank ones show what was meant.
        """
        given = {key for key in self.values if self.has(key)}
        for keys in (given, set(self.values)):
            begun = tuple(kind for kind in KINDS if keys.intersection(kind.keys).intersection(SECRET))
            if begun:
                return begun
        if self.usual:
            return (self.usual,)
        return (PASSWORD,) if given.intersection(("domain", "iam_endpoint", "project_name")) else ()
