"""How a request is authorised. A secret never appears in a repr, a message or a log."""

from __future__ import annotations

import re
from typing import Final

from requests import PreparedRequest
from requests.auth import AuthBase

# So much of a secret gives it away: whatever follows in the same word is hidden with it.
_HEAD: Final = 12
_ESCAPED: Final = {"/": r"(?:\\?/|\\u002f|%2f)", "+": r"(?:\+|\\u002b|%2b)", "=": r"(?:=|\\u003d|%3d)"}


class Credentials(AuthBase):
    """Authorises one request at a time; shared by all threads of a client.

    It is called with the whole request just before it is sent, at every attempt: what it leaves in
    `url` and `headers` is what goes out, so a signature may cover them. This class sends nothing.
    """

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Authorise the request in place and return it."""
        return r

    def renew(self, rejected: PreparedRequest) -> bool:  # noqa: ARG002 - for those that can renew
        """After a 401 to `rejected`: True if a new attempt has a chance. Asked once per call."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        return ()

    def conceal(self, text: str) -> str:
        """`text` with every occurrence of a secret, or of its beginning, replaced by asterisks."""
        for secret in self.secrets():
            head = "".join(_ESCAPED.get(character, re.escape(character)) for character in secret[:_HEAD])
            rest = r"[\w+/=.%\\-]*" if len(secret) > _HEAD else ""
            text = re.sub(head + rest, "***", text, flags=re.IGNORECASE)
        return text

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class TokenCredentials(Credentials):
    """A project-scoped IAM token, sent as `X-Auth-Token`. White space around it is dropped.

    Raises ValueError, without the value, for a token that is blank or cannot be an HTTP header.

    >>> TokenCredentials("MIIEvQYJKoZIhvc")
    TokenCredentials(token='***')
    """

    def __init__(self, token: str) -> None:
        if not isinstance(token, str) or not token.strip():
            raise ValueError("token must not be blank")
        token = token.strip()
        if not all("!" <= character <= "~" for character in token):
            raise ValueError("token must be printable ASCII without spaces")
        self._token = token

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["X-Auth-Token"] = self._token
        return r

    def secrets(self) -> tuple[str, ...]:
        return (self._token,)

    def __repr__(self) -> str:
        return "TokenCredentials(token='***')"
