"""An IAM of the service's own: `POST /v3/auth/tokens`, with the password method only.

As in the public API reference under "Obtaining a User Token Through Password Authentication". What that does
not say is this service's choice: an unknown project is a 401, as a wrong password is.
"""

import hmac
import json
import secrets
import threading
import time
from collections import OrderedDict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from modelarts_local.failures import IamRefusalError

MAX_TOKENS = 10_000


class User(Protocol):
    """Who may have tokens, of which project, and for how many seconds they live."""

    username: str
    password: str
    domain: str
    project_name: str
    token_life_s: float


class Iam:
    """Issues tokens and knows them again. `project_id` is set by the service whose IAM it is."""

    def __init__(self, user: User) -> None:
        self._user = user
        self.project_id = ""
        self.failed_logins = 0
        self._lock = threading.Lock()
        self._tokens: OrderedDict[str, tuple[float, bool]] = OrderedDict()
        self.application = Starlette(
            routes=[Route("/v3/auth/tokens", self._create_token, methods=["POST"])],
            exception_handlers={IamRefusalError: _refused, 404: _unknown_path, 405: _unknown_path},
        )

    @property
    def issued(self) -> int:
        """Return how many tokens there are, dead ones included."""
        return len(self._tokens)

    def state(self, token: str) -> str:
        """Return `missing`, `unknown`, `expired`, `unscoped` or `good`."""
        if not token:
            return "missing"
        with self._lock:
            expires, scoped = self._tokens.get(token, (None, False))
        if expires is None:
            return "unknown"
        if expires <= time.time():
            return "expired"
        return "good" if scoped else "unscoped"

    def expire(self) -> None:
        """Let every token that was issued so far be expired, from now on."""
        with self._lock:
            self._tokens = OrderedDict((token, (0.0, scoped)) for token, (_, scoped) in self._tokens.items())

    def revoke(self) -> None:
        """Know none of the tokens that were issued so far."""
        with self._lock:
            self._tokens.clear()

    async def _create_token(self, request: Request) -> Response:
        try:
            identity, scope = _read_login(json.loads(await request.body()))
        except (ValueError, KeyError, TypeError):
            raise IamRefusalError(HTTPStatus.BAD_REQUEST, "Request parameter is invalid.") from None
        self._check(identity, scope)
        now = time.time()
        expires = now + self._user.token_life_s
        value = "MII" + secrets.token_urlsafe(180)
        with self._lock:
            self._tokens[value] = (expires, bool(scope))
            while len(self._tokens) > MAX_TOKENS:
                self._tokens.popitem(last=False)
        content = {"token": self._description(now, expires, scoped=bool(scope))}
        return JSONResponse(content, HTTPStatus.CREATED, {"X-Subject-Token": value})

    def _check(self, identity: dict[str, str], scope: dict[str, str]) -> None:
        user = self._user
        known = {"name": user.username, "password": user.password, "domain": user.domain}
        if not all(hmac.compare_digest(identity[key].encode(), known[key].encode()) for key in known):
            self.failed_logins += 1
            raise IamRefusalError(HTTPStatus.UNAUTHORIZED, "The username or password is wrong.")
        project = {"id": self.project_id, "name": user.project_name}
        if any(value != project.get(key) for key, value in scope.items()):
            raise IamRefusalError(HTTPStatus.UNAUTHORIZED, "Could not find the project.")

    def _description(self, now: float, expires: float, *, scoped: bool) -> dict[str, Any]:
        domain = {"id": "10ca1d0000000000", "name": self._user.domain}
        project = {"id": self.project_id, "name": self._user.project_name, "domain": domain}
        return {
            "issued_at": _timestamp(now),
            "expires_at": _timestamp(expires),
            "methods": ["password"],
            "user": {"id": "10ca105e40000000", "name": self._user.username, "domain": domain},
            **({"project": project} if scoped else {"domain": domain}),
        }


def _read_login(body: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Return name, password, domain; the project by id, name or neither. KeyError, TypeError, ValueError."""
    auth = body["auth"]
    if auth["identity"]["methods"] != ["password"]:
        raise ValueError("another method")
    user = auth["identity"]["password"]["user"]
    identity = {"name": user["name"], "password": user["password"], "domain": user["domain"]["name"]}
    project = auth.get("scope", {}).get("project", {})
    scope = {key: project[key] for key in ("id", "name") if key in project}
    if not all(isinstance(value, str) for value in (*identity.values(), *scope.values())):
        raise TypeError("not text")
    return identity, scope


def _timestamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def _refused(_request: Request, error: Exception) -> Response:
    if not isinstance(error, IamRefusalError):
        raise error
    return error.response()


async def _unknown_path(_request: Request, _error: Exception) -> Response:
    return IamRefusalError(HTTPStatus.NOT_FOUND, "The resource could not be found.").response()
