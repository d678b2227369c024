"""One request: authorised, bounded in time and size, repeated where that may help, failures as exceptions.

- Repeated: no complete answer, and 429, 500, 502, 503, 504. Before each repetition a random wait of up to
  0.5, 1, 2, 4, then 8 s; after a 429 of 2 to 5 s; or what Retry-After says, up to 30 s.
- One call takes 90 s at most, repetitions and waits included (or one connection and one read timeout, if
  those are longer); every wait for bytes is cut to what is left. Name resolution is the system's own.
- What authorises a request may ask elsewhere first: that is part of the attempt, its time and its failures.
- Redirects are reported, not followed: an authorisation must not reach another host.
- A body of more than 64 MiB, after decompression, is refused while it streams.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from modelarts_api.credentials import Credentials
from modelarts_api.deadline import Deadline, DeadlineAdapter
from modelarts_api.errors import (
    EXCERPT_LENGTH,
    ApiError,
    AuthenticationError,
    InvalidResponseError,
    ModelArtsError,
    RateLimitError,
    TransportError,
    UndocumentedShapeError,
    api_error,
    envelope,
    printable,
    undocumented_failure,
)
from modelarts_api.headers import began_at, retry_after
from modelarts_api.reading import parse_json

T = TypeVar("T")

MAX_BODY: Final = 64 * 2**20
_CHUNK: Final = 2**18
_RETRIED: Final = frozenset({429, 500, 502, 503, 504})
_FRAMING: Final = frozenset({"content-length", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When a request is repeated, and how long to wait first. Times are in seconds."""

    retries: int = 3
    total: float = 90.0
    first_wait: float = 0.5
    longest_wait: float = 8.0
    longest_retry_after: float = 30.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[float, float], float] = random.uniform

    def wait(self, attempt: int, error: ModelArtsError, retry_after: float | None = None) -> float | None:
        """Seconds to wait after the failure of `attempt` (0 is the first); None: do not repeat it."""
        status = error.status if isinstance(error, ApiError) else None
        if attempt >= self.retries or not (isinstance(error, TransportError) or status in _RETRIED):
            return None
        if retry_after is not None:
            return min(retry_after, self.longest_retry_after)
        if status == 429:
            return self.draw(2.0, 5.0)
        return self.draw(0.0, min(self.longest_wait, self.first_wait * 2**attempt))


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What was read from a JSON object that came with a 2xx and is no failure.

    `began_at` is when the request began by the service's own clock (its Date header, cut to the second,
    less the time the answer took: never later than the truth); `attempts` counts the requests made.
    """

    content: T
    began_at: datetime
    headers: Mapping[str, str] = field(repr=False)
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class _Failure:
    error: ModelArtsError
    retry_after: float | None = None
    rejected: requests.PreparedRequest | None = None  # with a 401


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: even to look at a redirect, requests would read its whole body, however large."""


class Transport:
    """The pooled session of a client, safe to share between threads."""

    def __init__(
        self, credentials: Credentials, timeout: tuple[float, float], policy: RetryPolicy, connections: int
    ) -> None:
        self._credentials = credentials
        self._connect, self._read = timeout
        self._policy = policy
        self._session = _Session()
        self._session.headers.update({"Accept": "application/json", "User-Agent": "modelarts-dashboard"})
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            adapter = DeadlineAdapter(pool_connections=1, pool_maxsize=connections, pool_block=True)
            self._session.mount(scheme, adapter)

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()

    def get(self, url: str, read: Callable[[dict[str, Any]], T]) -> Answer[T]:
        """GET `url`, byte for byte. Raises TransportError, InvalidResponseError or ApiError.

        `read` makes something of the JSON object, or raises UndocumentedShapeError.
        """
        return self._call("GET", url, None, read)

    def post(self, url: str, body: Mapping[str, Any], read: Callable[[dict[str, Any]], T]) -> Answer[T]:
        """POST `body` as JSON; otherwise like `get`, repetitions included."""
        return self._call("POST", url, body, read)

    def _call(
        self, method: str, url: str, body: Mapping[str, Any] | None, read: Callable[[dict[str, Any]], T]
    ) -> Answer[T]:
        policy, attempt, made, renewed = self._policy, 0, 0, False
        with Deadline(policy.clock, max(policy.total, self._connect + self._read)) as deadline:
            while True:
                outcome = self._attempt(requests.Request(method, url, json=body), read, deadline)
                made += 1
                if isinstance(outcome, Answer):
                    return replace(outcome, attempts=made)
                if outcome.rejected is not None and not renewed:
                    renewed = True
                    if self._credentials.renew(outcome.rejected):
                        continue
                wait = policy.wait(attempt, outcome.error, outcome.retry_after)
                if wait is None or wait >= deadline.remaining():
                    raise outcome.error
                policy.sleep(wait)
                attempt += 1

    def _attempt(
        self, request: requests.Request, read: Callable[[dict[str, Any]], T], deadline: Deadline
    ) -> Answer[T] | _Failure:
        try:
            with self._credentials.attempt(str(request.url), deadline.remaining()):
                return self._send(request, read, deadline)
        except ModelArtsError as error:
            return _Failure(error, error.retry_after if isinstance(error, RateLimitError) else None)

    def _send(
        self, request: requests.Request, read: Callable[[dict[str, Any]], T], deadline: Deadline
    ) -> Answer[T] | _Failure:
        left = max(deadline.remaining(), 0.001)
        timeout = (min(self._connect, left), min(self._read, left))
        url = str(request.url)
        try:
            # An auth of ours is always given, so that none is taken from a .netrc file.
            with self._session.request(
                request.method or "GET",
                url,
                json=request.json,
                auth=self._credentials,
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                return self._outcome(response, read)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            reason = _reason(error) if deadline.remaining() > 0 else "the time for the request is over"
        # Outside of the handler: what requests raises holds the request, and with it the credentials.
        return _Failure(TransportError(f"no complete answer from {urlsplit(url).netloc}: {reason}"))

    def _outcome(
        self, response: requests.Response, read: Callable[[dict[str, Any]], T]
    ) -> Answer[T] | _Failure:
        status = response.status_code
        request_id = self._shown(response.headers.get("X-Request-Id"))
        if 300 <= status < 400:
            return _Failure(InvalidResponseError(self._redirect(response), status, "", request_id))
        try:
            body = _body(response)
        except _UnreadableBodyError as error:
            return _Failure(InvalidResponseError(str(error), status, "", request_id))
        try:
            payload = parse_json(body)
        except ValueError:
            return self._failure(response, body, None, "not JSON")
        if not 200 <= status < 300 or not isinstance(payload, dict) or envelope(payload) is not None:
            return self._failure(response, body, payload, "not a JSON object")
        try:
            answer = Answer(read(payload), began_at(response), response.headers)
        except UndocumentedShapeError as error:
            return self._failure(response, body, payload, f"not of the documented shape: {error}")
        self._credentials.accepted(response.request)
        return answer

    def _failure(self, response: requests.Response, body: bytes, payload: object, reason: str) -> _Failure:
        status = response.status_code
        wait = retry_after(response)
        request_id = self._shown(response.headers.get("X-Request-Id"))
        failure = envelope(payload)
        if failure is not None:
            code, message, own_request_id = (self._shown(field) for field in failure)
            error = api_error(status, (code, message, own_request_id or request_id), wait)
            return self._refusal(response, error, wait)
        # A secret that begins within the excerpt must not lose its end, by which it is known.
        opening = body[: EXCERPT_LENGTH * 64].decode("utf-8-sig", "replace")
        excerpt = (self._shown(opening) or "")[:EXCERPT_LENGTH]
        if status >= 400:
            error = undocumented_failure(status, excerpt, request_id, wait)
            return self._refusal(response, error, wait)
        return _Failure(InvalidResponseError(f"the body is {reason}", status, excerpt, request_id))

    def _refusal(self, response: requests.Response, error: ApiError, wait: float | None) -> _Failure:
        if isinstance(error, AuthenticationError):
            self._credentials.refused(response, error)
        rejected = response.request if response.status_code == 401 else None
        return _Failure(error, wait, rejected)

    def _redirect(self, response: requests.Response) -> str:
        location = response.headers.get("Location")
        if not location:
            return "neither an answer nor a failure"
        try:
            target = urlsplit(urljoin(response.url, location))
            place = f"{target.scheme}://{target.netloc.rpartition('@')[2]}{target.path}"
        except ValueError:
            place = "an unreadable address"
        shown = printable(self._credentials.conceal(place), EXCERPT_LENGTH)
        return f"a redirect to {shown}, which is not followed; is the endpoint right?"

    def _shown(self, text: str | None) -> str | None:
        return self._credentials.conceal(text) if text else text


class _UnreadableBodyError(Exception):
    pass


def _body(response: requests.Response) -> bytes:
    """The decompressed body."""
    chunks: list[bytes] = []
    size = 0
    try:
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if size > MAX_BODY:
                raise _UnreadableBodyError(f"the body is larger than {MAX_BODY // 2**20} MiB")
            chunks.append(chunk)
    except (requests.exceptions.ContentDecodingError, urllib3.exceptions.DecodeError):
        raise _UnreadableBodyError("the body cannot be decompressed") from None
    if (
        not chunks
        and response.status_code == 200
        and not _FRAMING.intersection(map(str.lower, response.headers))
    ):
        raise requests.ConnectionError("cut off in the headers")
    return b"".join(chunks)


def _reason(error: BaseException) -> str:
    """What lies at the bottom of a chain of exceptions: ConnectionRefusedError (Connection refused)."""
    while error.__context__ is not None:
        error = error.__context__
    words = (error.strerror if isinstance(error, OSError) else None) or str(error)
    without_userinfo = re.sub(r"//[^/@\s]*@", "//***@", words)
    return f"{type(error).__name__} ({printable(without_userinfo, EXCERPT_LENGTH)})"
