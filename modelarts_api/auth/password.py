"""A user name and password, exchanged for tokens at IAM."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import astuple
from functools import partial

from requests import PreparedRequest, Response

from modelarts_api.auth.iam_token import Login, TokenSource
from modelarts_api.credentials import Credentials, header_value, registered, text_value
from modelarts_api.errors import NO_SCOPE, AuthenticationError, SettingError
from modelarts_api.http.proxy import Network, checked_endpoint


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
            raise SettingError("project_id", "or project_name must be given, and not both")
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
        if error.known is NO_SCOPE:
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
