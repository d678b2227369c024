"""Access keys: every request is signed with the secret key, which itself is never sent.

After more than five failed signatures in a row the gateway locks a key for five minutes, for everybody who
uses it. So a signature that was refused is never tried again, neither by the call that it failed nor by the
calls after it:

- Until a key's first success its requests go one at a time, so that many threads with a wrong key make one
  failed signature, not one each.
- A refused key is not used again until `try_again()`, or until the process restarts. Two refusals say
  nothing about the secret key and end by themselves after five minutes: that of a key which was accepted
  before, and that of a locked one.

All this is shared by all credentials of the process with the same key for the same host.
"""

from __future__ import annotations

import copy
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from requests import PreparedRequest, Response

from modelarts_api.auth.registry import Shared
from modelarts_api.auth.signing import DATE_FORMAT, authorization, canonical_query
from modelarts_api.credentials import NO_SCOPE, Credentials, header_value
from modelarts_api.errors import AuthenticationError, InvalidResponseError, TransportError
from modelarts_api.http.headers import date

LOCK_SECONDS: Final = 300.0
_CLOCK_TOLERANCE: Final = timedelta(minutes=15)
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}
_SHOWN: Final = 4


class KeyGate:
    """Lets the requests of one key through: one at a time until one is accepted, none after a refusal."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changes = threading.Lock()
        self._turn = threading.Lock()
        self._open = False
        self._refusal: AuthenticationError | None = None
        self._held_until: float | None = None
        self.was_accepted = False

    @contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """Held while a request is under way. Raises the refusal, and TransportError after `seconds`."""
        with ExitStack() as stack:
            if not self._open:
                if not self._turn.acquire(timeout=max(seconds, 0.0)):
                    raise TransportError("no answer in time to another request, which tries the access key")
                stack.callback(self._turn.release)
                self._raise_refusal()
                if self._open:
                    stack.close()
            yield

    def _raise_refusal(self) -> None:
        with self._changes:
            if self._held_until is not None and self._clock() >= self._held_until:
                self._refusal = self._held_until = None
            refusal = self._refusal
        if refusal is not None:
            raise copy.copy(refusal)

    def accept(self) -> None:
        """A signature was accepted. Those that were under way when another was refused change nothing."""
        with self._changes:
            if self._refusal is None:
                self._open = self.was_accepted = True

    def refuse(self, error: AuthenticationError, seconds: float | None) -> None:
        """A signature was refused: raise `error` for so many seconds; None: until it is forgotten."""
        with self._changes:
            self._open = False
            self._refusal = copy.copy(error)
            self._held_until = None if seconds is None else self._clock() + seconds

    def forget(self) -> None:
        """Let the next request try."""
        with self._changes:
            self._refusal = self._held_until = None


_gates: Shared[KeyGate] = Shared()


class AccessKeyCredentials(Credentials):
    """An access key and its secret key, permanent or (with `security_token`) temporary.

    Every request is signed with SDK-HMAC-SHA256 over its path, its query, and the headers Host, X-Sdk-Date,
    X-Project-Id and X-Security-Token. The query is put into the form that is signed: sorted, and with %20
    for a space. White space around the values is dropped.

    Raises ValueError, without the value, for one that is blank or cannot be an HTTP header.

    >>> AccessKeyCredentials("QTWAOYTTINDUT2QVKYUC", "MFyfvK41ba2giqM7", project_id="0123abc")
    AccessKeyCredentials(access_key='QTWA***', secret_key='***', project_id='0123abc')
    """

    def __init__(
        self, access_key: str, secret_key: str, *, project_id: str, security_token: str | None = None
    ) -> None:
        self._access_key = header_value("access_key", access_key)
        if "," in self._access_key:
            raise ValueError("access_key must not contain a comma")
        self._secret_key = header_value("secret_key", secret_key)
        self._project_id = header_value("project_id", project_id)
        temporary = security_token is not None
        self._security_token = header_value("security_token", security_token or "") if temporary else None
        self._gates: dict[str, KeyGate] = {}

    @property
    def project_id(self) -> str:
        """The project whose id is signed; a Client needs it too."""
        return self._project_id

    def attempt(self, url: str, seconds: float) -> AbstractContextManager[None]:
        return self._gate(url).turn(seconds)

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        parts = urlsplit(str(r.url))
        parameters = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
        query = canonical_query(parameters)
        r.url = urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
        headers = {
            "Host": _host(parts.scheme, parts.netloc),
            "X-Sdk-Date": datetime.now(UTC).strftime(DATE_FORMAT),
            "X-Project-Id": self._project_id,
        }
        if self._security_token is not None:
            headers["X-Security-Token"] = self._security_token
        body = r.body.encode() if isinstance(r.body, str) else r.body or b""
        signed = authorization(
            self._access_key,
            self._secret_key,
            method=str(r.method),
            path=parts.path,
            query=query,
            headers=headers,
            body=body,
        )
        r.headers.update(headers | {"Authorization": signed})
        return r

    def accepted(self, request: PreparedRequest) -> None:
        self._gate(str(request.url)).accept()

    def refused(self, response: Response, error: AuthenticationError) -> None:
        if not _is_about_signature(error):
            return
        gate = self._gate(str(response.request.url))
        locked = "reach the limit" in (error.error_message or "")
        seconds = LOCK_SECONDS if locked or gate.was_accepted else None
        until = (
            "until it is tried again on request or the process restarts"
            if seconds is None
            else ("for the next five minutes")
        )
        error.remedy = (
            f"{self._reason(response, locked=locked)} Nothing is signed with this "
            f"key {until}: six failed signatures in a row lock a key for five minutes."
        )
        gate.refuse(error, seconds)

    def _reason(self, response: Response, *, locked: bool) -> str:
        if locked:
            return "The key is locked, because too many signatures with it have failed."
        difference = _clock_difference(response)
        if abs(difference) > _CLOCK_TOLERANCE:
            minutes = round(abs(difference).total_seconds() / 60)
            direction = "ahead of" if difference > timedelta(0) else "behind"
            return f"This computer's clock is {minutes} minutes {direction} the service's: set it right."
        if self._security_token is not None:
            return (
                "Check the access key, the secret key and the security token; the three belong together, "
                "and temporary ones expire."
            )
        return "Check the access key and the secret key, and whether the key is active."

    def try_again(self) -> None:
        """Forget that the service has refused this key: the next request may try it, once."""
        for gate in list(self._gates.values()):
            gate.forget()

    def secrets(self) -> tuple[str, ...]:
        """The secret key and the security token; the access key too, which only its owner needs to know."""
        token = () if self._security_token is None else (self._security_token,)
        return (self._secret_key, self._access_key, *token)

    def conceal(self, text: str) -> str:
        # The gateway repeats a request whose signature it refuses.
        return re.sub(r"(?i)(signature\W{1,8})[0-9a-f]{16,64}", r"\1***", super().conceal(text))

    def __repr__(self) -> str:
        shown = f"{self._access_key[:_SHOWN]}***" if len(self._access_key) > 3 * _SHOWN else "***"
        token = "" if self._security_token is None else ", security_token='***'"
        return (
            f"AccessKeyCredentials(access_key={shown!r}, secret_key='***', "
            f"project_id={self._project_id!r}{token})"
        )

    def _gate(self, url: str) -> KeyGate:
        host = _ascii_host(url)
        if host not in self._gates:
            identity = (host, self._access_key, self._secret_key, self._security_token or "")
            self._gates[host] = _gates.get(identity, KeyGate)
        return self._gates[host]


def _ascii_host(url: str) -> str:
    """Host and port, the same for an address as it was written and as it is sent."""
    host = _host(*urlsplit(url)[:2])
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _clock_difference(response: Response) -> timedelta:
    """How far this computer's clock was ahead of the service's when the request was signed."""
    signed_at = datetime.strptime(str(response.request.headers["X-Sdk-Date"]), DATE_FORMAT).replace(
        tzinfo=UTC
    )
    return signed_at - (date(response.headers.get("Date")) or signed_at)


def _is_about_signature(error: AuthenticationError) -> bool:
    """False if it is a proxy's refusal, or one of the project: no signature has failed then."""
    if isinstance(error, InvalidResponseError) or error.error_code in NO_SCOPE:
        return False
    return error.status == 401 or error.error_code == "ModelArts.0206"


def _host(scheme: str, netloc: str) -> str:
    """The Host header: the port with it, unless it is the scheme's own."""
    host = netloc.rpartition("@")[2].lower()
    return host.removesuffix(_DEFAULT_PORTS.get(scheme, ""))
