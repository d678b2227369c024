"""Access keys: every request is signed with the secret key, which itself is never sent.

After more than five failed signatures in a row the gateway locks a key for five minutes, for everybody who
uses it. So until a key's first success its requests go one at a time, and a key that was refused is held: it
is not used until `try_again()`, or until the process restarts. Two refusals say nothing about the secret key
and end after five minutes: that of a key which was accepted before, and that of a locked one. One for a clock
that was off ends when this computer's clock is put right. All credentials of the process with the same key
for the same host share this.
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from requests import PreparedRequest, Response

from modelarts_api import errors
from modelarts_api.auth.signing import DATE_FORMAT, authorization, canonical_query, canonical_request
from modelarts_api.credentials import Credentials, header_value, registered
from modelarts_api.errors import AuthenticationError
from modelarts_api.http.response import date

LOCK_SECONDS: Final = 300.0
CLOCK_TOLERANCE: Final = 15 * 60.0
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}


class KeyGate:
    """Lets the requests of one key through. Nobody sets `clock`; signatures are dated by `wall`."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time
    ) -> None:
        self._clock, self._wall = clock, wall
        self._changes = threading.Lock()
        self._trying = threading.Lock()
        self._open = False
        self._refusal: AuthenticationError | None = None
        self._held_until = self._right_at = float("inf")
        self.was_accepted = False

    @contextmanager
    def hold(self, seconds: float) -> Iterator[None]:
        """Hold the key while a request is under way. Raises the refusal; TransportError after `seconds`."""
        with ExitStack() as stack:
            if not self._open:
                if not self._trying.acquire(timeout=max(seconds, 0.0)):
                    raise errors.TransportError(
                        "no answer in time to another request, which tries the access key"
                    )
                stack.callback(self._trying.release)
                self._raise_refusal()
                if self._open:
                    stack.close()
            yield

    def _raise_refusal(self) -> None:
        with self._changes:
            put_right = abs(self._wall() - self._clock() - self._right_at) <= CLOCK_TOLERANCE
            if put_right or self._clock() >= self._held_until:
                self._refusal = None
            refusal = self._refusal
        if refusal is not None:
            raise copy.copy(refusal)

    def accept(self) -> None:
        """Open: a signature was accepted. One under way when another was refused changes nothing."""
        with self._changes:
            if self._refusal is None:
                self._open = self.was_accepted = True

    def refuse(self, error: AuthenticationError, seconds: float | None, ahead: float = 0.0) -> None:
        """Close, for so many seconds or until it is forgotten. `ahead` is how far the clock was off."""
        with self._changes:
            self._open = False
            self._refusal = copy.copy(error)
            self._held_until = float("inf") if seconds is None else self._clock() + seconds
            skewed = abs(ahead) > CLOCK_TOLERANCE
            self._right_at = self._wall() - self._clock() - ahead if skewed else float("inf")

    def forget(self) -> None:
        """Let the next request try."""
        with self._changes:
            self._refusal = None


class AccessKeyCredentials(Credentials):
    """An access key and its secret key, permanent or (with `security_token`) temporary.

    Every request is signed, its query put into the form that is signed: sorted, and with %20 for a space.
    White space around the values is dropped.

    >>> AccessKeyCredentials("QTWAOYTTINDUT2QVKYUC", "MFyfvK41ba2giqM7", project_id="0123abc")
    AccessKeyCredentials(access_key='QTWA***', secret_key='***', project_id='0123abc')
    """

    project_id: str

    def __init__(
        self, access_key: str, secret_key: str, *, project_id: str, security_token: str | None = None
    ) -> None:
        self._access_key = header_value("access_key", access_key)
        if "," in self._access_key:
            raise errors.SettingError("access_key", "must not contain a comma")
        self._secret_key = header_value("secret_key", secret_key)
        self.project_id = header_value("project_id", project_id)
        self._security_token = (
            None if security_token is None else header_value("security_token", security_token)
        )
        self._gates: dict[str, KeyGate] = {}

    def attempt(self, url: str, seconds: float) -> AbstractContextManager[None]:
        return self._gate(url).hold(seconds)

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        parts = urlsplit(str(r.url))
        parameters = parse_qsl(parts.query, keep_blank_values=True, errors="surrogateescape")
        query = canonical_query(parameters)
        r.url = urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))
        headers = {
            "Host": _host(parts.scheme, parts.netloc),
            "X-Sdk-Date": datetime.now(UTC).strftime(DATE_FORMAT),
            "X-Project-Id": self.project_id,
        }
        if self._security_token is not None:
            headers["X-Security-Token"] = self._security_token
        body = r.body.encode() if isinstance(r.body, str) else r.body or b""
        canonical = canonical_request(str(r.method), parts.path, query, headers, body)
        signed = authorization(self._access_key, self._secret_key, headers, canonical)
        r.headers.update(headers | {"Authorization": signed})
        return r

    def accepted(self, request: PreparedRequest) -> None:
        self._gate(str(request.url)).accept()

    def refused(self, response: Response, error: AuthenticationError) -> None:
        # A proxy's refusal, or one of the project: no signature has failed then.
        if isinstance(error, errors.InvalidResponseError) or error.known is errors.NO_SCOPE:
            return
        if error.status != 401 and error.known is not errors.WRONG_KEY:
            return
        locked = "reach the limit" in (error.error_message or "")
        gate, ahead = self._gate(str(response.request.url)), 0.0 if locked else _seconds_ahead(response)
        seconds = LOCK_SECONDS if locked or gate.was_accepted else None
        until = "until it is tried again on request or the process restarts"
        held = until if seconds is None else "for the next five minutes"
        if abs(ahead) > CLOCK_TOLERANCE:
            held += ", unless this computer's clock is put right"
        error.remedy = (
            f"{self._reason(ahead, locked=locked)} Nothing is signed with this key {held}: "
            "six failed signatures in a row lock a key for five minutes."
        )
        gate.refuse(error, seconds, ahead)

    def _reason(self, ahead: float, *, locked: bool) -> str:
        if locked:
            return "The key is locked, because too many signatures with it have failed."
        if abs(ahead) > CLOCK_TOLERANCE:
            direction = "ahead of" if ahead > 0 else "behind"
            minutes = round(abs(ahead) / 60)
            return f"This computer's clock is {minutes} minutes {direction} the service's: set it right."
        if self._security_token is None:
            return "Check the access key and the secret key, and whether the key is active."
        temporary = "the three belong together, and temporary ones expire."
        return f"Check the access key, the secret key and the security token; {temporary}"

    def try_again(self) -> None:
        """Forget that the service has refused this key: the next request may try it, once."""
        for gate in list(self._gates.values()):
            gate.forget()

    def secrets(self) -> tuple[str, ...]:
        """Return the keys, the access key too, which only its owner needs to know."""
        token = () if self._security_token is None else (self._security_token,)
        return (self._secret_key, self._access_key, *token)

    def __repr__(self) -> str:
        shown = f"{self._access_key[:4]}***" if len(self._access_key) > 12 else "***"
        token = "" if self._security_token is None else ", security_token='***'"
        project = f"project_id={self.project_id!r}{token}"
        return f"AccessKeyCredentials(access_key={shown!r}, secret_key='***', {project})"

    def _gate(self, url: str) -> KeyGate:
        host = _host(*urlsplit(url)[:2])
        with suppress(UnicodeError):  # the same for an address as it was written and as it is sent
            host = host.encode("idna").decode("ascii")
        if host not in self._gates:
            key = (self._access_key, self._secret_key, self._security_token)
            self._gates[host] = registered(KeyGate, "access key", host, key)
        return self._gates[host]


def _seconds_ahead(response: Response) -> float:
    """Return how far this computer's clock was ahead of the service's when the request was signed."""
    written = str(response.request.headers["X-Sdk-Date"])
    signed_at = datetime.strptime(written, DATE_FORMAT).replace(tzinfo=UTC)
    return (signed_at - (date(response.headers.get("Date")) or signed_at)).total_seconds()


def _host(scheme: str, netloc: str) -> str:
    """Return the Host header: the port with it, unless it is the scheme's own."""
    return netloc.lower().removesuffix(_DEFAULT_PORTS.get(scheme, ""))
