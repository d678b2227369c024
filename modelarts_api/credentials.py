"""How a request is authorised. A secret never appears in a repr, a message or a log."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from typing import Final

from requests import PreparedRequest, Response
from requests.auth import AuthBase

from modelarts_api.errors import AuthenticationError
from modelarts_api.redaction import concealed

NO_SCOPE: Final = frozenset({"ModelArts.0204", "ModelArts.0207", "ModelArts.0212"})


class Credentials(AuthBase):
    """Authorises one request at a time; shared by all threads of a client. This class sends nothing.

    For every attempt the transport enters `attempt`, calls the object with the whole request just before
    it is sent, and tells it of the verdict: `accepted` or `refused`. What the call leaves in the request's
    `url` and `headers` is what goes out, so a signature may cover them.
    """

    def attempt(self, url: str, seconds: float) -> AbstractContextManager[None]:  # noqa: ARG002 - for those that prepare
        """Held from before a request to `url` is made until its answer is read.

        Entering may take up to `seconds`, and raises ModelArtsError if sending would be of no use.
        """
        return nullcontext()

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Authorise the request in place and return it."""
        return r

    def accepted(self, request: PreparedRequest) -> None:
        """The service has answered `request` with what it asked for."""

    def refused(self, response: Response, error: AuthenticationError) -> None:
        """The service did not accept the authorisation of the request that `response` answers.

        What is known of the reason and the way out goes into `error.remedy`.
        """

    def renew(self, rejected: PreparedRequest) -> bool:  # noqa: ARG002 - for those that can renew
        """After a 401 to `rejected`: True if a new attempt has a chance. Asked once per call."""
        return False

    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        return ()

    def conceal(self, text: str) -> str:
        """`text` with every occurrence of a secret, or of its beginning, replaced by asterisks."""
        return concealed(text, self.secrets())

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class TokenCredentials(Credentials):
    """A project-scoped IAM token, sent as `X-Auth-Token`. White space around it is dropped.

    IAM's tokens live for 24 hours, and shorter if the user or its permissions change. Nothing in one says
    until when, so an expiry shows only in the service's answer: AuthenticationError, whose `remedy` tells a
    token that has expired from one that was never any good.

    Raises ValueError, without the value, for a token that is blank or cannot be an HTTP header.

    >>> TokenCredentials("MIIEvQYJKoZIhvc")
    TokenCredentials(token='***')
    """

    def __init__(self, token: str) -> None:
        self._token = header_value("token", token)
        self._accepted_at: datetime | None = None

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["X-Auth-Token"] = self._token
        return r

    def accepted(self, request: PreparedRequest) -> None:  # noqa: ARG002 - there is one token only
        self._accepted_at = datetime.now(UTC)

    def refused(self, response: Response, error: AuthenticationError) -> None:  # noqa: ARG002 - the error says it
        if error.error_code in NO_SCOPE:
            error.remedy = "The token belongs to no project of this region: use one with project scope."
            return
        if _says_expired(error):
            reason = "The token has expired: one lives for 24 hours, less if the user's permissions change"
        elif self._accepted_at is not None:
            last = f"{self._accepted_at:%Y-%m-%d %H:%M} UTC"
            reason = f"The token was accepted until {last} and no longer is: it has expired or was revoked"
        else:
            reason = "The token is not one of this cloud and region, or it has expired (after 24 hours)"
        error.remedy = (
            f"{reason}. Use a new one, or connect with a user and password or an access key, which last."
        )

    def secrets(self) -> tuple[str, ...]:
        return (self._token,)

    def __repr__(self) -> str:
        return "TokenCredentials(token='***')"


def header_value(field: str, value: str) -> str:
    """`value` without white space around it. ValueError, without the value, if it cannot be a header."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{field} must not be blank")
    value = value.strip()
    if not all("!" <= character <= "~" for character in value):
        raise ValueError(f"{field} must be printable ASCII without spaces")
    return value


def _says_expired(error: AuthenticationError) -> bool:
    """The service's own code for it, or the gateway's one code for everything with its words for this."""
    code = (error.error_code or "").replace("APIGW.", "APIG.", 1)
    words = re.search(r"token\W+(?:has\W+)?expire", error.error_message or "", re.IGNORECASE)
    return code in ("ModelArts.0202", "APIG.0307") or words is not None
