"""A user name and password, exchanged for tokens at IAM."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from requests import PreparedRequest, Response

from modelarts_api.auth.iam_token import IssuedToken, Login, TokenSource
from modelarts_api.auth.registry import Shared
from modelarts_api.credentials import NO_SCOPE, Credentials, header_value
from modelarts_api.errors import AuthenticationError, InvalidResponseError
from modelarts_api.http.endpoint import checked_endpoint
from modelarts_api.http.network import Network

_sources: Shared[TokenSource] = Shared()


class PasswordCredentials(Credentials):
    """A user of a domain, who gets a token of one project from IAM; the password goes nowhere else.

    One token is shared by all credentials of the process that were made of the same values. It is renewed
    when it has less than two minutes to live, and once by a call that the service answers with 401. A
    password that IAM refuses is sent once: from then on every call raises that AuthenticationError, until
    `try_again()` or until the process restarts.

    `iam_endpoint` is a URL such as https://iam.eu-de.otc.t-systems.com, with or without /v3. The project is
    given by its id or by its name; `project_id` tells the id, which a Client needs:

    >>> iam = "https://iam.eu-de.otc.t-systems.com"
    >>> credentials = PasswordCredentials(iam, "auditor", "Pa55word", "OTC0001", project_id="0123")
    >>> credentials
    PasswordCredentials('https://iam.eu-de.otc.t-systems.com', 'auditor', '***', 'OTC0001', project_id='0123')
    >>> credentials.project_id
    '0123'

    `ca_bundle` and `proxy` are the way to IAM, as for a Client; they are not shared with one.

    Raises ValueError, without the value, for one that is blank, for a project given twice or not at all, and
    for a `ca_bundle` or a `proxy` that cannot be used.
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
            raise ValueError("either project_id or project_name must be given, and not both")
        for name, value in (("username", username), ("password", password), ("domain", domain)):
            _check_text(name, value)
        if project_name is not None:
            _check_text("project_name", project_name)
        self._login = Login(
            checked_endpoint("iam_endpoint", iam_endpoint).removesuffix("/v3"),
            username,
            password,
            domain,
            None if project_id is None else header_value("project_id", project_id),
            project_name,
            Network(ca_bundle, proxy),
        )
        self._source = _sources.get(_identity(self._login), lambda: TokenSource(self._login))
        self._ready = threading.local()  # the token of this thread's attempt

    @property
    def project_id(self) -> str:
        """The id of the project: as given, or that of the named one, from IAM's answer.

        With a name, the first look asks IAM for the token (30 s at most), so it raises what a call raises:
        TransportError, InvalidResponseError, or an ApiError.
        """
        if self._login.project_id is not None:
            return self._login.project_id
        project_id = self._source.token().project_id
        if project_id is None:
            raise InvalidResponseError("IAM's answer does not say which project the token is for")
        return project_id

    @contextmanager
    def attempt(self, url: str, seconds: float) -> Iterator[None]:  # noqa: ARG002 - one token for every URL
        """Has a token ready: asking IAM belongs to the attempt, and fails and is repeated like it."""
        self._ready.token = self._source.token(seconds)
        try:
            yield
        finally:
            self._ready.token = None

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        token: IssuedToken = getattr(self._ready, "token", None) or self._source.token()
        r.headers["X-Auth-Token"] = token.value
        return r

    def accepted(self, request: PreparedRequest) -> None:
        self._source.accepted(_sent(request))

    def refused(self, response: Response, error: AuthenticationError) -> None:  # noqa: ARG002 - the error says it
        if error.error_code in NO_SCOPE:
            error.remedy = "The project is not one of this service's region: check both."
        else:
            error.remedy = (
                f"The service does not accept the token that IAM at {self._login.iam} has issued: check that "
                "they belong to the same cloud, and the project to the service's region."
            )

    def renew(self, rejected: PreparedRequest) -> bool:
        return self._source.reject(_sent(rejected))

    def try_again(self) -> None:
        """Forget that IAM has refused the password: the next call may send it, once."""
        self._source.try_again()

    def secrets(self) -> tuple[str, ...]:
        """The password and the latest tokens; a proxy's password is its way's, and hidden there."""
        return (self._login.password, *self._source.recent())

    def __repr__(self) -> str:
        login = self._login
        by_id = login.project_id is not None
        project = f"project_id={login.project_id!r}" if by_id else f"project_name={login.project_name!r}"
        return f"PasswordCredentials({login.iam!r}, {login.username!r}, '***', {login.domain!r}, {project})"


def _check_text(field: str, value: str) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{field} must not be blank")


def _identity(login: Login) -> tuple[str, ...]:
    project = (login.project_id or "", login.project_name or "")
    way = (login.network.ca_bundle or "", login.network.proxy or "")
    return (login.iam, login.username, login.password, login.domain, *project, *way)


def _sent(request: PreparedRequest) -> str:
    return str(request.headers.get("X-Auth-Token", ""))
