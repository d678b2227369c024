"""What can go wrong between us and the service.

    ModelArtsError
    ├ TransportError             no answer: refused, timed out, cut off
    ├ InvalidResponseError       an answer, but not of the documented shape
    └ ApiError                   the service says no
       ├ AuthenticationError     who are you?
       ├ PermissionDeniedError   you may not
       ├ NotFoundError           there is no such thing here
       ├ InvalidRequestError     the question is wrong
       ├ RateLimitError          too many questions
       └ ServiceError            the service is in trouble

An error status whose body is not one of the service's envelopes (a proxy's HTML page, say) raises
an exception that is both: the class of its status and an InvalidResponseError.
"""

from __future__ import annotations

from typing import Any, Final

EXCERPT_LENGTH: Final = 200
TEXT_LENGTH: Final = 2_000


class ModelArtsError(Exception):
    """Everything that this package raises on purpose, except ValueError for wrong arguments."""


class TransportError(ModelArtsError):
    """No complete answer came: no connection, a timeout, or a connection cut off."""


class InvalidResponseError(ModelArtsError):
    """An answer came, but not one that the API documents.

    `status` is the HTTP status, `excerpt` the first 200 characters of the body (empty if it was not read).
    """

    def __init__(
        self, reason: str, status: int | None = None, excerpt: str = "", request_id: str | None = None
    ) -> None:
        super().__init__(reason, status, excerpt, request_id)
        self.reason = reason
        self.status = status
        self.excerpt = excerpt
        self.request_id = request_id

    def __str__(self) -> str:
        status = f"HTTP {self.status}: " if self.status is not None else ""
        body = f"; the body begins with: {self.excerpt}" if self.excerpt else ""
        return f"{status}{self.reason}{body}{_suffix(self.request_id)}"


class UndocumentedShapeError(Exception):
    """Raised, and caught, between the reading of a JSON object and the transport that it came by."""


class ApiError(ModelArtsError):
    """The service answered with a failure; what it said is kept as it came, cut at 2,000 characters.

    `status` is the HTTP status, which may be 200. `remedy` is what the client itself knows to add: what is
    wrong with these credentials, and what to do. It is part of the text, and empty where nothing is known.
    """

    remedy = ""

    def __init__(
        self,
        status: int,
        error_code: str | None = None,
        error_message: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(status, error_code, error_message, request_id)
        self.status = status
        self.error_code = error_code
        self.error_message = error_message
        self.request_id = request_id

    def __str__(self) -> str:
        code = f" {printable(self.error_code, 64)}" if self.error_code else ""
        message = printable(self.error_message or "no message", EXCERPT_LENGTH)
        remedy = f". {self.remedy}" if self.remedy else ""
        return f"HTTP {self.status}{code}: {message}{_suffix(self.request_id)}{remedy}"


class AuthenticationError(ApiError):
    """The credentials are missing, expired, unreadable, or not of this project's scope."""


class PermissionDeniedError(ApiError):
    """The credentials are good, but not for this."""


class NotFoundError(ApiError):
    """No such resource; or the wrong host or path."""


class InvalidRequestError(ApiError):
    """The service does not accept the parameters."""


class RateLimitError(ApiError):
    """Too many requests. `retry_after` is what the service asked to wait, in seconds, or None."""

    def __init__(
        self,
        status: int,
        error_code: str | None = None,
        error_message: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(status, error_code, error_message, request_id)
        self.retry_after = retry_after


class ServiceError(ApiError):
    """The service, or what stands before it, has failed (5xx)."""


def _codes(prefix: str, numbers: str) -> frozenset[str]:
    return frozenset(f"{prefix}.{number}" for number in numbers.split())


# The error code tables of the API reference, where a code has one meaning.
_AUTHENTICATION: Final = _codes("ModelArts", "0201 0202 0203 0204 0206 0207 0212") | _codes(
    "APIG", "0301 0305 0307"
)
_BY_CODE: Final[dict[str, type[ApiError]]] = {
    **dict.fromkeys(_AUTHENTICATION, AuthenticationError),
    **dict.fromkeys(_codes("ModelArts", "0108 0112 0210 2785 2786"), PermissionDeniedError),
    **dict.fromkeys(_codes("APIG", "0302 0306 0310 0402"), PermissionDeniedError),
    **dict.fromkeys(_codes("ModelArts", "0015 2836") | _codes("APIG", "0101"), NotFoundError),
    **dict.fromkeys(_codes("ModelArts", "0101 0102 0104 0107 2764 2788 2790 2832"), InvalidRequestError),
    **dict.fromkeys(_codes("ModelArts", "2799") | _codes("APIG", "0308"), RateLimitError),
    **dict.fromkeys(_codes("ModelArts", "0010") | _codes("APIG", "0201 0202 0203"), ServiceError),
    **{f"ModelArts.295{digit}": ServiceError for digit in range(10)},
}
_BY_STATUS: Final[dict[int, type[ApiError]]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    429: RateLimitError,
    **dict.fromkeys((400, 405, 413, 414, 415, 422), InvalidRequestError),
}


def error_class(status: int, error_code: str | None = None) -> type[ApiError]:
    """The exception for a failure: its status decides; the code where 200 or 400 leave it open.

    >>> error_class(429).__name__, error_class(400, "ModelArts.0204").__name__
    ('RateLimitError', 'AuthenticationError')
    """
    code = (error_code or "").replace("APIGW.", "APIG.", 1)
    if status < 300 or status == 400:
        by_code = _BY_CODE.get(code)
        if by_code is not None:
            return by_code
    if status < 500 and code in _AUTHENTICATION:
        return AuthenticationError
    return ServiceError if status >= 500 else _BY_STATUS.get(status, ApiError)


Failure = tuple[str | None, str | None, str | None]


def envelope(payload: object) -> Failure | None:
    """The code, message and request id of a failure, or None if `payload` is no failure envelope.

    Four shapes: `is_success: false` with error_code and error_message or error_msg (whatever the
    status), the gateway's with request_id, and IAM's `{"error": {"code", "message", "title"}}`.
    """
    if not isinstance(payload, dict):
        return None
    error = payload.get("error")
    if isinstance(error, dict):
        message = error.get("message") or error.get("title")
        return _text(error.get("code")), _text(message), _text(payload.get("request_id"))
    failed = str(payload.get("is_success")).lower() == "false"
    message = payload.get("error_message") or payload.get("error_msg")
    if not failed and not payload.get("error_code") and not message:
        return None
    if str(payload.get("is_success")).lower() == "true":
        return None
    return _text(payload.get("error_code")), _text(message), _text(payload.get("request_id"))


def api_error(status: int, fields: Failure, retry_after: float | None = None) -> ApiError:
    """The exception for a failure of which code, message and request id are known."""
    kind = error_class(status, fields[0])
    code, message, request_id = (field[:TEXT_LENGTH] if field else None for field in fields)
    if issubclass(kind, RateLimitError):
        return kind(status, code, message, request_id, retry_after=retry_after)
    return kind(status, code, message, request_id)


def undocumented_failure(
    status: int, excerpt: str, request_id: str | None, retry_after: float | None = None
) -> ApiError:
    """The exception for an error status whose body is not an envelope: both kinds at once."""
    error = _both(error_class(status))(status, None, excerpt or None, request_id)
    error.excerpt = excerpt
    error.reason = "the body is not an answer of the ModelArts API"
    if isinstance(error, RateLimitError):
        error.retry_after = retry_after
    return error  # type: ignore[no-any-return]  # a class made at run time has no static type


def _both(kind: type[ApiError]) -> Any:
    return type(kind.__name__, (kind, InvalidResponseError), {"__doc__": kind.__doc__})


def printable(text: str, length: int) -> str:
    """`text` on one line, without control characters, cut at `length` characters.

    >>> printable("one\\r\\ntwo\\x1b[31m", 20), printable("x" * 9, 5)
    ('one two[31m', 'xxxx…')
    """
    words = " ".join(text[: 4 * length + 1].split())
    shown = "".join(character for character in words if character.isprintable())
    cut = len(shown) > length or len(text) > 4 * length
    return shown[: length - 1] + "…" if cut else shown


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value or None
    return str(value) if isinstance(value, int) and abs(value) < 10**9 else None


def _suffix(request_id: str | None) -> str:
    return f" (request id {printable(request_id, 128)})" if request_id else ""
