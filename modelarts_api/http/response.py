"""What is asked, and its response, read within bounds: what was asked for, or the error that it is.

A redirect is reported, not followed. A body of more than 64 MiB, announced or decompressed, is refused.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from modelarts_api import errors
from modelarts_api.credentials import Credentials
from modelarts_api.errors import EXCERPT_LENGTH, InvalidResponseError, ModelArtsError, read_envelope
from modelarts_api.http.proxy import Network
from modelarts_api.reading import parse_json
from modelarts_api.redaction import Redactor

T = TypeVar("T")

PROJECT: Final = "{project_id}"
MAX_BODY: Final = 64 * 2**20
_CHUNK: Final = 2**18
# Reading holds the interpreter: of large bodies one at a time in the process, so that its other threads
# compete with one and not with all connections of a load.
_LARGE: Final = 2**16
_READING: Final = threading.Lock()
_OPENING: Final = 2**12
_FRAMING: Final = frozenset({"content-length", "transfer-encoding"})


@dataclass(frozen=True, slots=True)
class Request(Generic[T]):
    """A URL, byte for byte, and what to make of the JSON object that comes; `body` goes out as JSON.

    PROJECT in the URL is an id that the credentials know once they are ready. `read` may raise
    UndocumentedShapeError.
    """

    url: str
    read: Callable[[dict[str, Any]], T]
    method: str = "GET"
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Response(Generic[T]):
    """What was read from a JSON object that came with a 2xx and is no failure."""

    content: T
    began_at: datetime  # by the service's own clock, never later than the truth
    headers: Mapping[str, str] = field(repr=False)
    requests: int  # that were made for it


class ResponseReader:
    """Reads responses, tells the credentials how they were judged, and hides what is secret in what came."""

    def __init__(self, credentials: Credentials, network: Network) -> None:
        self._credentials = credentials
        self._network = network
        self._redactor = Redactor(())

    def read(
        self, response: requests.Response, request: Request[T], number: int
    ) -> Response[T] | ModelArtsError:
        """Return the response or the error. Raises what requests and urllib3 raise for a body that is cut."""
        status = response.status_code
        if 300 <= status < 400:
            return InvalidResponseError(self._redirect(response), status, "", self.request_id(response))
        try:
            body = _body(response)
        except errors.UndocumentedShapeError as error:
            return InvalidResponseError(str(error), status, "", self.request_id(response))
        with _READING if len(body) > _LARGE else nullcontext():
            return self._read(response, body, request, number)

    def _read(
        self, response: requests.Response, body: bytes, request: Request[T], number: int
    ) -> Response[T] | ModelArtsError:
        status = response.status_code
        try:
            payload = parse_json(body)
        except ValueError:
            return self._failure(response, body, None, "not JSON")
        if not 200 <= status < 300 or not isinstance(payload, dict) or read_envelope(payload) is not None:
            return self._failure(response, body, payload, "not a JSON object")
        try:
            content = request.read(payload)
        except errors.UndocumentedShapeError as error:
            return self._failure(response, body, payload, f"not of the documented shape: {error}")
        self._credentials.accepted(response.request)
        return Response(content, _began_at(response), response.headers, number)

    def request_id(self, response: requests.Response) -> str | None:
        """Return X-Request-Id, or None."""
        return self._shown(response.headers.get("X-Request-Id"))

    def redact(self, text: str, limit: int) -> str:
        """Return the first `limit` characters of a text, without a secret."""
        secrets = (*self._credentials.secrets(), *self._network.secrets())
        if secrets != self._redactor.secrets:
            self._redactor = Redactor(secrets)
        return self._redactor(text, limit)

    def _failure(
        self, response: requests.Response, body: bytes, payload: object, reason: str
    ) -> ModelArtsError:
        status, request_id, wait = response.status_code, self.request_id(response), _retry_after(response)
        envelope = read_envelope(payload)
        if envelope is not None:
            code, message, own_request_id = map(self._shown, envelope)
            error = errors.api_error(status, (code, message, own_request_id or request_id), wait)
        else:
            excerpt = self.redact(body[:_OPENING].decode("utf-8-sig", "replace"), EXCERPT_LENGTH)
            if status < 400:
                return InvalidResponseError(f"the body is {reason}", status, excerpt, request_id)
            error = errors.undocumented_failure(status, excerpt, request_id, wait)
        if isinstance(error, errors.AuthenticationError):
            self._credentials.refused(response, error)
        return error

    def _redirect(self, response: requests.Response) -> str:
        location = response.headers.get("Location")
        if not location:
            return "neither an answer nor a failure"
        try:
            target = urlsplit(urljoin(response.url, location))
            place = f"{target.scheme}://{target.netloc.rpartition('@')[2]}{target.path}"
        except ValueError:
            place = "an unreadable address"
        shown = errors.printable(self.redact(place, EXCERPT_LENGTH), EXCERPT_LENGTH)
        return f"a redirect to {shown}, which is not followed; is the endpoint right?"

    def _shown(self, text: str | None) -> str | None:
        return self.redact(text, errors.TEXT_LENGTH) if text else text


def _body(response: requests.Response) -> bytes:
    """Return the decompressed body."""
    too_large = f"larger than {MAX_BODY // 2**20} MiB"
    announced = response.headers.get("Content-Length", "").strip()
    if re.fullmatch("[0-9]{1,20}", announced) and int(announced) > MAX_BODY:
        raise errors.UndocumentedShapeError(f"the body is announced to be {too_large}")
    chunks: list[bytes] = []
    size = 0
    try:
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if size > MAX_BODY:
                raise errors.UndocumentedShapeError(f"the body is {too_large}")
            chunks.append(chunk)
    except (requests.exceptions.ContentDecodingError, urllib3.exceptions.DecodeError):
        raise errors.UndocumentedShapeError("the body cannot be decompressed") from None
    framed = _FRAMING.intersection(map(str.lower, response.headers))
    if not chunks and response.status_code == 200 and not framed:
        raise requests.ConnectionError("cut off in the headers")
    return b"".join(chunks)


def date(value: str | None) -> datetime | None:
    """Return an HTTP date as an aware UTC datetime; None if it is missing or unreadable."""
    try:
        moment = parsedate_to_datetime(value or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def clock_difference(response: requests.Response, asked_at: datetime) -> float | None:
    """Return the seconds that our clock is ahead of the service's; None without a readable Date.

    The Date is cut to the second, and of some moment between request and response: half of each is taken.
    """
    dated = date(response.headers.get("Date"))
    if dated is None:
        return None
    ours = asked_at + min(response.elapsed, timedelta(days=1)) / 2
    return round((ours - dated).total_seconds() - 0.5, 1)


def _began_at(response: requests.Response) -> datetime:
    # The Date is cut to the second, so this is never later than the truth. Without one, it is by our clock.
    answered = date(response.headers.get("Date")) or datetime.now(UTC)
    return answered - min(response.elapsed, timedelta(days=1))


def _retry_after(response: requests.Response) -> float | None:
    """Return the seconds that Retry-After asks to wait, by the service's own clock where it is a date."""
    value = response.headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,10}", value):
        return float(value)
    until = date(value)
    if until is None:
        return None
    now = date(response.headers.get("Date")) or datetime.now(UTC)
    return max((until - now).total_seconds(), 0.0)
