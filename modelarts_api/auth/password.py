"""A user name and password, exchanged at IAM for tokens of one project.

Source: https://support.huaweicloud.com/intl/en-us/api-iam/iam_30_0001.html
"""

from __future__ import annotations

import copy
import re
import threading
import time
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from requests import PreparedRequest, Response

from modelarts_api import errors
from modelarts_api.credentials import Credentials, header_value, registered, text_value
from modelarts_api.errors import AuthenticationError, InvalidResponseError, ModelArtsError
from modelarts_api.http.limits import RetryPolicy
from modelarts_api.http.proxy import Network, checked_endpoint
from modelarts_api.http.response import Request
from modelarts_api.http.transport import Transport

MARGIN_SECONDS: Final = 120.0
CALL_SECONDS: Final = 30.0
_RENEWAL_PAUSE: Final = 10.0
_REJECTION_PAUSE: Final = 60.0


class PasswordCredentials(Credentials):
    """A user of a domain, who gets a token of one project from IAM; the password goes nowhere else.

    One token is shared by all credentials of the process that were made of the same values. A password that
    IAM refuses is sent once: from then on every call raises that AuthenticationError, until `try_again()` or
    until the process restarts. `iam_endpoint` may end in /v3. The project is given by its id or by its name;
    IAM tells the id with the first token. `ca_bundle` and `proxy` are the way to IAM.

    >>> PasswordCredentials("https://iam.example", "auditor", "Pa55word", "OTC0001", project_name="eu-de")
    PasswordCredentials('https://iam.example', 'auditor', '***', 'OTC0001', project_name='eu-de')
    """

    def __init__(
        self,
        iam_endpoint: str,
        username: str,
        password: str,
        domain: str,
        *,
        project_id: str | None = None,
        project_name: str | None = None,
        ca_bundle: str | None = None,
        proxy: str | None = None,
    ) -> None:
        if (project_id is None) == (project_name is None):
            raise errors.SettingError("project_id", "or project_name must be given, and not both")
        self._login = Login(
            checked_endpoint("iam_endpoint", iam_endpoint).removesuffix("/v3"),
            text_value("username", username),
            text_value("password", password),
            text_value("domain", domain),
            None if project_id is None else header_value("project_id", project_id),
            None if project_name is None else text_value("project_name", project_name),
            Network(ca_bundle, proxy),
        )
        self.project_id, self.project_name = self._login.project_id, project_name
        self._source = registered(partial(TokenSource, self._login), "login", astuple(self._login))

    def attempt(self, url: str, seconds: float) -> AbstractContextManager[None]:  # noqa: ARG002 - one for every URL
        """Have a token ready: asking IAM belongs to the attempt, and fails and is repeated like it."""
        issued = self._source.token(seconds)
        self.project_id = self.project_id or issued.project_id
        return nullcontext()

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["X-Auth-Token"] = self._source.recent[0]
        return r

    def accepted(self, request: PreparedRequest) -> None:
        self._source.accepted(str(request.headers["X-Auth-Token"]))

    def refused(self, response: Response, error: AuthenticationError) -> None:  # noqa: ARG002 - the error says it
        error.remedy = (
            f"The service does not accept the token that IAM at {self._login.iam} has issued: check that "
            "they belong to the same cloud, and the project to the service's region."
        )
        if error.known is errors.NO_SCOPE:
            error.remedy = "The project is not one of this service's region: check both."

    def renew(self, rejected: PreparedRequest) -> bool:
        return self._source.reject(str(rejected.headers["X-Auth-Token"]))

    def try_again(self) -> None:
        """Forget that IAM has refused the password: the next call may send it, once."""
        self._source.try_again()

    def secrets(self) -> tuple[str, ...]:
        """Return the password and the latest tokens; a proxy's password is its way's, and hidden there."""
        return (self._login.password, *self._source.recent)

    def __repr__(self) -> str:
        login = self._login
        by_id = login.project_id is not None
        project = f"project_id={login.project_id!r}" if by_id else f"project_name={login.project_name!r}"
        return f"PasswordCredentials({login.iam!r}, {login.username!r}, '***', {login.domain!r}, {project})"


@dataclass(frozen=True, slots=True)
class Login(Credentials):
    """Who asks IAM (at the address `iam`, by `network`) for a token, and for which project.

    It is said in the body: as the credentials of that request it only knows what must not be shown.
    """

    iam: str
    username: str
    password: str = field(repr=False)
    domain: str
    project_id: str | None = None
    project_name: str | None = None
    network: Network = field(default_factory=Network)

    def body(self) -> dict[str, Any]:
        """Return the documented request for a token of one project."""
        user = {"name": self.username, "password": self.password, "domain": {"name": self.domain}}
        by_id = self.project_id is not None
        project = {"id": self.project_id} if by_id else {"name": self.project_name}
        identity = {"methods": ["password"], "password": {"user": user}}
        return {"auth": {"identity": identity, "scope": {"project": project}}}

    def secrets(self) -> tuple[str, ...]:
        return (self.password,)

    def refused(self, response: Response, error: AuthenticationError) -> None:  # noqa: ARG002 - the error says it
        error.remedy = (
            "IAM did not accept the user name, the password, the domain or the project. They are not sent "
            "again until they are tried again on request or the process restarts, because IAM locks a user "
            "whose sign-in fails repeatedly."
        )


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token, its project, and until when it lives, by the monotonic clock."""

    value: str = field(repr=False)
    project_id: str | None
    expires: float


def request_token(login: Login, seconds: float) -> IssuedToken:
    """Ask IAM, once, within so many seconds. Raises what a call raises."""
    asked_at, connect = time.monotonic(), min(5.0, seconds / 4)
    timeout, policy = (connect, seconds - connect), RetryPolicy(retries=0, total=seconds)
    with closing(Transport(login, timeout, policy, 1, network=login.network)) as transport:
        url = f"{login.iam}/v3/auth/tokens?nocatalog=1"
        response = transport.call(Request(url, _read_token, "POST", login.body()))
    expires_at, project_id = response.content
    try:
        value = header_value("X-Subject-Token", response.headers.get("X-Subject-Token", ""))
    except errors.SettingError:
        raise InvalidResponseError("IAM's answer has no usable X-Subject-Token", 201) from None
    if login.project_name is not None and project_id is None:
        raise InvalidResponseError("IAM's answer does not say which project the token is for", 201)
    return IssuedToken(value, project_id, asked_at + (expires_at - response.began_at).total_seconds())


class TokenSource:
    """The current token of one login. Safe to share between threads.

    A token with less than two minutes to live is renewed; if IAM fails then, it is used to its end. Of many
    threads that need a new one, one asks IAM and all get its answer, or its failure.
    """

    def __init__(self, login: Login) -> None:
        self._login = login
        self._asking = threading.Lock()
        self._changes = threading.Lock()
        self._token: IssuedToken | None = None
        self._renewal_due = self._next_rejection = 0.0
        self._accepted = False
        self._failure: ModelArtsError | None = None
        self._refusal: AuthenticationError | None = None
        self.recent: tuple[str, ...] = ()  # newest first; requests with them may still be under way

    def token(self, seconds: float) -> IssuedToken:
        """Return the current token, from IAM if need be. Raises what `request_token` raises."""
        end, earlier_failure = time.monotonic() + seconds, self._failure
        if (token := self._fresh()) is not None:
            return token
        if not self._asking.acquire(timeout=max(seconds, 0.0)):
            host = urlsplit(self._login.iam).netloc
            raise errors.TransportError(f"no token from {host} in time")
        try:
            if (token := self._fresh()) is not None:
                return token
            if self._refusal is not None:
                raise copy.copy(self._refusal)
            if self._failure is not None and self._failure is not earlier_failure:
                raise copy.copy(self._failure)  # of the thread that asked while this one waited
            return self._ask(min(end - time.monotonic(), CALL_SECONDS))
        finally:
            self._asking.release()

    def _fresh(self) -> IssuedToken | None:
        with self._changes:
            return self._token if time.monotonic() < self._renewal_due else None

    def _ask(self, seconds: float) -> IssuedToken:
        try:
            token = request_token(self._login, max(seconds, 0.001))
        except ModelArtsError as error:
            self._failure = copy.copy(error)
            with self._changes:
                if isinstance(error, AuthenticationError):
                    self._refusal, self._token = copy.copy(error), None
                elif self._token is not None and time.monotonic() < self._token.expires:
                    self._renewal_due = min(time.monotonic() + _RENEWAL_PAUSE, self._token.expires)
                    return self._token
            raise
        with self._changes:
            self._token, self._accepted = token, False
            self._renewal_due = token.expires - MARGIN_SECONDS
            self.recent = (token.value, *self.recent[:2])
        return token

    def accepted(self, value: str) -> None:
        """Take note that the service took this token."""
        with self._changes:
            if self._token is not None and self._token.value == value:
                self._accepted = True

    def reject(self, value: str) -> bool:
        """Return whether, after a 401 to this token, another is at hand or will be asked for.

        A new token that the service never took is replaced once a minute at most: IAM is not asked in a loop.
        """
        with self._changes:
            if self._token is None or self._token.value != value:
                return self._refusal is None
            if not self._accepted and time.monotonic() < self._next_rejection:
                return False
            self._next_rejection = time.monotonic() + _REJECTION_PAUSE
            self._token = None
            return True

    def try_again(self) -> None:
        """Forget that IAM refused the login: the next call may send it, once."""
        with self._changes:
            self._refusal = None


def _read_token(payload: dict[str, Any]) -> tuple[datetime, str | None]:
    """Return when the token expires, and its project's id."""
    token = payload.get("token")
    if not isinstance(token, dict):
        raise errors.UndocumentedShapeError("token is not an object")
    try:
        expires_at = datetime.fromisoformat(str(token.get("expires_at")))
    except ValueError:
        raise errors.UndocumentedShapeError("token.expires_at is not a time") from None
    project = token.get("project")
    project_id = project.get("id") if isinstance(project, dict) else None
    known = isinstance(project_id, str) and re.fullmatch("[A-Za-z0-9_-]{1,64}", project_id)
    aware = expires_at.replace(tzinfo=UTC) if expires_at.tzinfo is None else expires_at
    return aware, project_id if known else None
