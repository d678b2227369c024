"""Project-scoped tokens from IAM: asked for once, shared by all threads, renewed in time.

Source: https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from requests import Response

from modelarts_api.credentials import Credentials, header_value
from modelarts_api.errors import (
    AuthenticationError,
    InvalidResponseError,
    ModelArtsError,
    TransportError,
    UndocumentedShapeError,
)
from modelarts_api.http.network import Network
from modelarts_api.http.retrying import RetryPolicy
from modelarts_api.http.transport import Transport

MARGIN_SECONDS: Final = 120.0
CALL_SECONDS: Final = 30.0
_RENEWAL_PAUSE: Final = 10.0
_REJECTION_PAUSE: Final = 60.0
_REFUSED: Final = (
    "IAM did not accept the user name, the password, the domain or the project. They are not sent again "
    "until they are tried again on request or the process restarts, because IAM locks a user whose sign-in "
    "fails repeatedly"
)


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks IAM for a token, and for which project: its id, or its name. `iam` is IAM's address.

    The way to IAM belongs to it: a token that came by another way is another login's.
    """

    iam: str
    username: str
    password: str = field(repr=False)
    domain: str
    project_id: str | None = None
    project_name: str | None = None
    network: Network = field(default_factory=Network)

    def body(self) -> dict[str, Any]:
        """The documented question for a token of one project."""
        user = {"name": self.username, "password": self.password, "domain": {"name": self.domain}}
        by_id = self.project_id is not None
        project = {"id": self.project_id} if by_id else {"name": self.project_name}
        return {
            "auth": {
                "identity": {"methods": ["password"], "password": {"user": user}},
                "scope": {"project": project},
            }
        }


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token, the project that it is for, and how many seconds it had to live when it was asked for."""

    value: str = field(repr=False)
    project_id: str | None
    life: float


def request_token(login: Login, seconds: float) -> IssuedToken:
    """Ask IAM, once, within so many seconds.

    Raises TransportError, InvalidResponseError or ApiError; AuthenticationError for a wrong password.
    """
    connect = min(5.0, seconds / 4)
    policy = RetryPolicy(retries=0, total=seconds)
    timeout = (connect, seconds - connect)
    transport = Transport(_LoginSecrets(login), timeout, policy, 1, network=login.network)
    try:
        answer = transport.post(f"{login.iam}/v3/auth/tokens?nocatalog=1", login.body(), _read_token)
    finally:
        transport.close()
    expires_at, project_id = answer.content
    try:
        value = header_value("X-Subject-Token", answer.headers.get("X-Subject-Token", ""))
    except ValueError:
        raise InvalidResponseError("IAM's answer has no usable X-Subject-Token", 201) from None
    if login.project_name is not None and project_id is None:
        raise InvalidResponseError("IAM's answer does not say which project the token is for", 201)
    return IssuedToken(value, project_id, (expires_at - answer.began_at).total_seconds())


class TokenSource:
    """The current token of one login. Safe to share between threads.

    A token with less than two minutes to live is renewed; if IAM fails then, it is used to its end. Of many
    threads that need a new one, one asks IAM and all get its answer, or its failure. A login that IAM
    refused (401) is remembered and not sent again until `try_again()`.
    """

    def __init__(self, login: Login, clock: Callable[[], float] = time.monotonic) -> None:
        self._login = login
        self._clock = clock
        self._lock = threading.Lock()
        self._token: IssuedToken | None = None
        self._expires = self._renewal_due = self._next_rejection = 0.0
        self._accepted = False
        self._recent: tuple[str, ...] = ()
        self._pending: Future[IssuedToken] | None = None
        self._refusal: AuthenticationError | None = None

    def token(self, seconds: float = CALL_SECONDS) -> IssuedToken:
        """The current token, from IAM if need be. Raises what `request_token` raises."""
        with self._lock:
            if self._token is not None and self._clock() < self._renewal_due:
                return self._token
            if self._refusal is not None:
                raise copy.copy(self._refusal)
            pending, asks = self._pending, self._pending is None
            if pending is None:
                pending = self._pending = Future()
        if asks:
            self._ask(pending, min(seconds, CALL_SECONDS))
        try:
            error = pending.exception(max(seconds, 0.0))
        except TimeoutError:
            raise TransportError(f"no token from {urlsplit(self._login.iam).netloc} in time") from None
        if error is not None:
            raise copy.copy(error)  # each thread its own: raising writes into it
        return pending.result()

    def _ask(self, pending: Future[IssuedToken], seconds: float) -> None:
        asked_at = self._clock()
        outcome: IssuedToken | Exception = TransportError("the question to IAM was interrupted")
        try:
            outcome = request_token(self._login, max(seconds, 0.001))
        except Exception as error:  # noqa: BLE001 - every thread that waits for it is told
            outcome = error
        finally:
            with self._lock:
                self._pending = None
                if isinstance(outcome, IssuedToken):
                    self._keep(outcome, asked_at)
                else:
                    outcome = self._after_failure(outcome)
            if isinstance(outcome, IssuedToken):
                pending.set_result(outcome)
            else:
                pending.set_exception(outcome)

    def _keep(self, token: IssuedToken, asked_at: float) -> None:
        self._token, self._accepted = token, False
        self._expires = asked_at + token.life
        self._renewal_due = self._expires - MARGIN_SECONDS
        self._recent = (token.value, *self._recent[:2])

    def _after_failure(self, error: Exception) -> IssuedToken | Exception:
        """What those who wait get: the failure, or the old token if that is still good."""
        if isinstance(error, AuthenticationError):
            self._refusal, self._token = copy.copy(error), None
        elif self._token is not None and isinstance(error, ModelArtsError) and self._clock() < self._expires:
            self._renewal_due = min(self._clock() + _RENEWAL_PAUSE, self._expires)
            return self._token
        return error

    def accepted(self, value: str) -> None:
        """The service took this token."""
        with self._lock:
            if self._token is not None and self._token.value == value:
                self._accepted = True

    def reject(self, value: str) -> bool:
        """The service answered 401 to this token: True if another is at hand or will be asked for.

        A token that the service never took, although it was new, is replaced once a minute at most: IAM is
        not asked in a loop for tokens that are of no use.
        """
        with self._lock:
            if self._token is None or self._token.value != value:
                return self._refusal is None
            if not self._accepted and self._clock() < self._next_rejection:
                return False
            self._next_rejection = self._clock() + _REJECTION_PAUSE
            self._token = None
            return True

    def try_again(self) -> None:
        """Forget that IAM refused the login: the next call may send it, once."""
        with self._lock:
            self._refusal = None

    def recent(self) -> tuple[str, ...]:
        """The last tokens, newest first; requests with them may still be under way."""
        return self._recent


class _LoginSecrets(Credentials):
    """Sends nothing in a header; knows what must not be shown of IAM's answers."""

    def __init__(self, login: Login) -> None:
        self._login = login

    def secrets(self) -> tuple[str, ...]:
        return (self._login.password,)

    def refused(self, response: Response, error: AuthenticationError) -> None:  # noqa: ARG002 - the error says it
        error.remedy = f"{_REFUSED}."


def _read_token(payload: dict[str, Any]) -> tuple[datetime, str | None]:
    """When the token expires, and its project's id."""
    token = payload.get("token")
    if not isinstance(token, dict):
        raise UndocumentedShapeError("token is not an object")
    try:
        expires_at = datetime.fromisoformat(str(token.get("expires_at")))
    except ValueError:
        raise UndocumentedShapeError("token.expires_at is not a time") from None
    project = token.get("project")
    project_id = project.get("id") if isinstance(project, dict) else None
    known = isinstance(project_id, str) and project_id.strip()
    aware = expires_at.replace(tzinfo=UTC) if expires_at.tzinfo is None else expires_at
    return aware, project_id if known else None
