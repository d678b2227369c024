"""What a request must bring: a token, a token of the service's own IAM, or a signature.

The codes are documented; which of them the real service uses for what is not, where a comment says so.
"""

import hmac
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

from starlette.requests import Request

from modelarts_local.failures import GatewayRefusalError, RefusalError
from modelarts_local.iam import Iam
from modelarts_local.signature import SignatureError, SignedRequest

MAX_FAILURES = 5
LOCK_SECONDS = 300


class Authorisation(Protocol):
    """Decides which requests may pass."""

    async def refusal(self, request: Request) -> RefusalError | None:
        """Return the answer to a request that may not, or None."""


@dataclass
class TokenAuthorisation:
    """One token, in X-Auth-Token. With `expired` set it has expired."""

    token: str = field(default="local-token-0123456789abcdef", repr=False)
    expired: bool = False

    async def refusal(self, request: Request) -> RefusalError | None:
        given = request.headers.get("x-auth-token", "")
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            return token_refusal("unknown" if given else "missing")
        return token_refusal("expired") if self.expired else None


@dataclass
class PasswordAuthorisation:
    """A token that the service's own IAM has issued for the project to this user."""

    username: str = "local-user"
    password: str = field(default="local-password-0123456789", repr=False)
    domain: str = "local-domain"
    project_name: str = "local_project"
    token_life_s: float = 86_400

    def __post_init__(self) -> None:
        self.iam = Iam(self)

    async def refusal(self, request: Request) -> RefusalError | None:
        return token_refusal(self.iam.state(request.headers.get("x-auth-token", "")))


@dataclass
class AccessKeyAuthorisation:
    """A signature with this access key; with `security_token`, a temporary one that must bring it.

    After more than five failed signatures in a row the key is locked for five minutes, as it is documented.
    `clock` gives the service's time, in seconds since 1970.
    """

    access_key: str = "LOCALACCESSKEY012345"
    secret_key: str = field(default="local-secret-key-0123456789abcdef", repr=False)
    security_token: str | None = field(default=None, repr=False)
    clock: Callable[[], float] = field(default=time.time, repr=False)
    failed_signatures: int = field(default=0, init=False)
    _failures_in_a_row: int = field(default=0, init=False, repr=False)
    _locked_until: float = field(default=0.0, init=False, repr=False)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    @property
    def locked(self) -> bool:
        """Return whether the key is locked now."""
        return self.clock() < self._locked_until

    async def refusal(self, request: Request) -> RefusalError | None:
        body = await request.body()
        with self._lock:
            if self.locked:
                return _signature_refusal("AK access failed to reach the limit,forbidden.")
            try:
                SignedRequest.of(request, body).verify(self, self.clock())
            except SignatureError as error:
                self._count_failure()
                return _signature_refusal(str(error))
            self._failures_in_a_row = 0
        return None

    def _count_failure(self) -> None:
        self.failed_signatures += 1
        self._failures_in_a_row += 1
        if self._failures_in_a_row > MAX_FAILURES:
            self._locked_until = self.clock() + LOCK_SECONDS
            self._failures_in_a_row = 0


def authorisation_of(kind: str | Authorisation | None, token: str | None) -> Authorisation | None:
    """Return the authorisation that LocalService's arguments ask for, ValueError if they contradict."""
    if token is not None and kind not in (None, "token"):
        raise ValueError("token goes with auth='token' only")
    if token is not None:
        return TokenAuthorisation(token)
    kinds: dict[str, Callable[[], Authorisation]] = {
        "token": TokenAuthorisation,
        "password": PasswordAuthorisation,
        "access-key": AccessKeyAuthorisation,
    }
    if not isinstance(kind, str):
        return kind
    if kind not in kinds:
        raise ValueError(f"auth must be one of {', '.join(kinds)}, not {kind!r}")
    return kinds[kind]()


def token_refusal(state: str) -> RefusalError | None:
    """Return the answer to a token that is missing, unknown, expired or unscoped; None if it is good."""
    refusals = {
        "missing": ("ModelArts.0201", "The token is empty."),
        "expired": ("ModelArts.0202", "The token has expired."),
        "unknown": ("ModelArts.0203", "The token is invalid."),
        "unscoped": ("ModelArts.0204", "The token has no project."),
    }
    if state not in refusals:
        return None
    return RefusalError(HTTPStatus.UNAUTHORIZED, *refusals[state])


def _signature_refusal(reason: str) -> GatewayRefusalError:
    message = f"Incorrect IAM authentication information: {reason}"
    return GatewayRefusalError(HTTPStatus.UNAUTHORIZED, "APIG.0301", message)
