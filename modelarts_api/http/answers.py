"""One answer, read within bounds: what was asked for, or the failure that it is.

A redirect is reported, not followed. A body of more than 64 MiB, announced or decompressed, is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from modelarts_api.credentials import Credentials
from modelarts_api.errors import (
    EXCERPT_LENGTH,
    ApiError,
    AuthenticationError,
    InvalidResponseError,
    ModelArtsError,
    UndocumentedShapeError,
    api_error,
    envelope,
    printable,
    undocumented_failure,
)
from modelarts_api.http.headers import announced_length, began_at, retry_after
from modelarts_api.http.network import Network
from modelarts_api.reading import parse_json
from modelarts_api.redaction import concealed

T = TypeVar("T")
Read = Callable[[dict[str, Any]], T]

MAX_BODY: Final = 64 * 2**20
_CHUNK: Final = 2**18
_FRAMING: Final = frozenset({"content-length", "transfer-encoding"})


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
class Failure:
    """What went wrong with one request. `rejected` is the request that a 401 answered.

    `attempts` counts the requests made; with `again` the load that it belongs to is to take another turn.
    """

    error: ModelArtsError
    retry_after: float | None = None
    rejected: requests.PreparedRequest | None = None
    attempts: int = 1
    again: bool = False


class AnswerReader:
    """Reads answers, tells the credentials of the verdict, and hides what is secret in what came."""

    def __init__(self, credentials: Credentials, network: Network) -> None:
        self._credentials = credentials
        self._proxy_secrets = network.secrets()

    def outcome(self, response: requests.Response, read: Read[T]) -> Answer[T] | Failure:
        """The answer or the failure. Raises what requests and urllib3 raise if the body does not come."""
        status = response.status_code
        request_id = self.request_id(response)
        if 300 <= status < 400:
            return Failure(InvalidResponseError(self._redirect(response), status, "", request_id))
        try:
            body = _body(response)
        except _UnreadableBodyError as error:
            return Failure(InvalidResponseError(str(error), status, "", request_id))
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

    def request_id(self, response: requests.Response) -> str | None:
        """X-Request-Id, or None."""
        return self._shown(response.headers.get("X-Request-Id"))

    def conceal(self, text: str) -> str:
        """`text` without a secret."""
        return concealed(self._credentials.conceal(text), self._proxy_secrets)

    def _failure(self, response: requests.Response, body: bytes, payload: object, reason: str) -> Failure:
        status = response.status_code
        wait = retry_after(response)
        request_id = self.request_id(response)
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
        return Failure(InvalidResponseError(f"the body is {reason}", status, excerpt, request_id))

    def _refusal(self, response: requests.Response, error: ApiError, wait: float | None) -> Failure:
        if isinstance(error, AuthenticationError):
            self._credentials.refused(response, error)
        rejected = response.request if response.status_code == 401 else None
        return Failure(error, wait, rejected)

    def _redirect(self, response: requests.Response) -> str:
        location = response.headers.get("Location")
        if not location:
            return "neither an answer nor a failure"
        try:
            target = urlsplit(urljoin(response.url, location))
            place = f"{target.scheme}://{target.netloc.rpartition('@')[2]}{target.path}"
        except ValueError:
            place = "an unreadable address"
        shown = printable(self.conceal(place), EXCERPT_LENGTH)
        return f"a redirect to {shown}, which is not followed; is the endpoint right?"

    def _shown(self, text: str | None) -> str | None:
        return self.conceal(text) if text else text


class _UnreadableBodyError(Exception):
    pass


def _body(response: requests.Response) -> bytes:
    """The decompressed body."""
    too_large = f"larger than {MAX_BODY // 2**20} MiB"
    if announced_length(response) > MAX_BODY:
        raise _UnreadableBodyError(f"the body is announced to be {too_large}")
    chunks: list[bytes] = []
    size = 0
    try:
        for chunk in response.iter_content(_CHUNK):
            size += len(chunk)
            if size > MAX_BODY:
                raise _UnreadableBodyError(f"the body is {too_large}")
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
