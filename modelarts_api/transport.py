"""One GET: authorised, bounded in time and size, repeated where that may help, failures as exceptions.

- Repeated: no complete answer, and 429, 500, 502, 503, 504. Before each repetition a random wait of up to
  0.5, 1, 2, 4, then 8 s; after a 429 of 2 to 5 s; or what Retry-After says, up to 30 s.
- One call takes 90 s at most, repetitions and waits included (or one connection and one read timeout, if
  those are longer); every wait for bytes is cut to what is left. Name resolution is the system's own.
- Redirects are reported, not followed: an authorisation must not reach another host.
- A body of more than 64 MiB, after decompression, is refused while it streams.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
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
    InvalidResponseError,
    ModelArtsError,
    TransportError,
    UndocumentedShapeError,
    api_error,
    envelope,
    printable,
    undocumented_failure,
)
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
        policy, attempt, made, renewed = self._policy, 0, 0, False
        with Deadline(policy.clock, max(policy.total, self._connect + self._read)) as deadline:
            while True:
                outcome = self._attempt(url, read, deadline)
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
        self, url: str, read: Callable[[dict[str, Any]], T], deadline: Deadline
    ) -> Answer[T] | _Failure:
        left = max(deadline.remaining(), 0.001)
        timeout = (min(self._connect, left), min(self._read, left))
        try:
            # An auth of ours is always given, so that none is taken from a .netrc file.
            with self._session.get(
                url, auth=self._credentials, timeout=timeout, allow_redirects=False, stream=True
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
            return Answer(read(payload), _began_at(response))
        except UndocumentedShapeError as error:
            return self._failure(response, body, payload, f"not of the documented shape: {error}")

    def _failure(self, response: requests.Response, body: bytes, payload: object, reason: str) -> _Failure:
        status = response.status_code
        retry_after = _retry_after(response)
        request_id = self._shown(response.headers.get("X-Request-Id"))
        rejected = response.request if status == 401 else None
        failure = envelope(payload)
        if failure is not None:
            code, message, own_request_id = (self._shown(field) for field in failure)
            fields = (code, message, own_request_id or request_id)
            return _Failure(api_error(status, fields, retry_after), retry_after, rejected)
        # A secret that begins within the excerpt must not lose its end, by which it is known.
        opening = body[: EXCERPT_LENGTH * 64].decode("utf-8-sig", "replace")
        excerpt = (self._shown(opening) or "")[:EXCERPT_LENGTH]
        if status >= 400:
            error = undocumented_failure(status, excerpt, request_id, retry_after)
            return _Failure(error, retry_after, rejected)
        return _Failure(InvalidResponseError(f"the body is {reason}", status, excerpt, request_id))

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


def _date(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _began_at(response: requests.Response) -> datetime:
    answered = _date(response.headers.get("Date")) or datetime.now(UTC)
    return answered - min(response.elapsed, timedelta(days=1))


def _retry_after(response: requests.Response) -> float | None:
    """Seconds that Retry-After asks to wait, by the service's own clock where it is a date."""
    value = response.headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,10}", value):
        return float(value)
    until = _date(value)
    if until is None:
        return None
    now = _date(response.headers.get("Date")) or datetime.now(UTC)
    return max((until - now).total_seconds(), 0.0)


def _reason(error: BaseException) -> str:
    """What lies at the bottom of a chain of exceptions: ConnectionRefusedError (Connection refused)."""
    while error.__context__ is not None:
        error = error.__context__
    words = (error.strerror if isinstance(error, OSError) else None) or str(error)
    without_userinfo = re.sub(r"//[^/@\s]*@", "//***@", words)
    return f"{type(error).__name__} ({printable(without_userinfo, EXCERPT_LENGTH)})"
