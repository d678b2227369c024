"""A token that somebody has been given: it goes out as it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from requests import PreparedRequest, Response

from modelarts_api.credentials import Credentials, header_value
from modelarts_api.errors import NO_SCOPE, TOKEN_EXPIRED, AuthenticationError


class TokenCredentials(Credentials):
    """A project-scoped IAM token, sent as `X-Auth-Token`. White space around it is dropped.

    Nothing in a token says until when it lives, so an expiry shows only in the service's answer.

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
        if error.known is NO_SCOPE:
            error.remedy = "The token belongs to no project of this region: use one with project scope."
            return
        # The gateway has one code for everything, and words for this.
        words = re.search(r"token\W+(?:has\W+)?expire", error.error_message or "", re.IGNORECASE)
        if error.known is TOKEN_EXPIRED or words:
            reason = "The token has expired: one lives for 24 hours, less if the user's permissions change"
        elif self._accepted_at is not None:
            last = f"{self._accepted_at:%Y-%m-%d %H:%M} UTC"
            reason = f"The token was accepted until {last} and no longer is: it has expired or was revoked"
        else:
            reason = "The token is not one of this cloud and region, or it has expired (after 24 hours)"
        way_out = "Use a new one, or connect with a user and password or an access key, which last."
        error.remedy = f"{reason}. {way_out}"

    def secrets(self) -> tuple[str, ...]:
        return (self._token,)

    def __repr__(self) -> str:
        return "TokenCredentials(token='***')"
