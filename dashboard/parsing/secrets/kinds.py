"""What a found secret is: its kind and its place, never its value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a secret is called wherever it is shown."""

    ACCESS_KEY = "access key"
    SECRET_KEY = "secret key"  # noqa: S105 (a name)
    API_KEY = "API key"
    TOKEN = "token"  # noqa: S105 (a name)
    PASSWORD = "password"  # noqa: S105 (a name)
    SECRET = "secret"  # noqa: S105 (a name)
    PRIVATE_KEY = "private key"
    AUTHORIZATION = "authorization header"
    URL_CREDENTIAL = "credential in a URL"
    URL_SIGNATURE = "signature in a URL"


@dataclass(frozen=True, slots=True, order=True)
class Secret:
    """A secret in a text: from `start` up to, not including, `end`, in characters. The value is not kept."""

    start: int
    end: int
    kind: Kind

    @property
    def length(self) -> int:
        """Return the number of characters of the value, as it stands in the text."""
        return self.end - self.start
