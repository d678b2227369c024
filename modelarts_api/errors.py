"""What can go wrong between us and the service; docs/wrapper.md shows the classes as a tree.

An error status whose body is not one of the service's envelopes (a proxy's HTML page, say) raises
an exception that is both: the class of its status and an InvalidResponseError.
"""

from __future__ import annotations

import socket
import ssl
from typing import Any, Final, NamedTuple

EXCERPT_LENGTH: Final = 200
TEXT_LENGTH: Final = 2_000


class SettingError(ValueError):
    """A setting or an argument that cannot work. Neither text repeats a value that may be a secret."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(field, reason)
        self.field, self.reason = field, reason

    def __str__(self) -> str:
        return f"{self.field} {self.reason}"


class ModelArtsError(Exception):
    """Everything that this package raises on purpose, except SettingError for what a caller gives.

    Its text is what was seen. `meaning` says what that is and `remedy` what to do, each in a sentence or two,
    empty where no more is known than the class tells; `retry_after` is how many seconds the service asks for.
    """

    meaning = remedy = ""
    retry_after: float | None = None


class TransportError(ModelArtsError):
    """No complete answer came. `kind` is one of TRANSPORT_KINDS, or empty for what has no words there."""

    def __init__(self, reason: str, kind: str = "") -> None:
        super().__init__(reason)
        self.kind = kind
        self.meaning, self.remedy = TRANSPORT_KINDS.get(kind, ("", ""))

    @property
    def may_pass(self) -> bool:
        """Return whether waiting may help: it does not change what a certificate says."""
        return not self.kind.startswith("certificate")


class InvalidResponseError(ModelArtsError):
    """An answer came, but not one that the API documents. `excerpt` is how its body begins, if read."""

    def __init__(
        self, reason: str, status: int | None = None, excerpt: str = "", request_id: str | None = None
    ) -> None:
        super().__init__(reason, status, excerpt, request_id)
        self.reason, self.status, self.excerpt, self.request_id = reason, status, excerpt, request_id

    def __str__(self) -> str:
        status = f"HTTP {self.status}: " if self.status is not None else ""
        body = f"; the body begins with: {self.excerpt}" if self.excerpt else ""
        return f"{status}{self.reason}{body}{_suffix(self.request_id)}"


class InvalidNameError(ModelArtsError, SettingError):
    """No configuration can be asked for by this name: blank, `.` and `..` are other places in an address."""

    meaning = "No details can be asked for by this name."
    remedy = "What the list says of it is all that this API tells."


class UndocumentedShapeError(Exception):
    """Raised, and caught, between the reading of a body and the transport that it came by."""


class ApiError(ModelArtsError):
    """The service answered with a failure; what it said is kept as it came, cut at 2,000 characters.

    `status` may be 200. `known` is the row of the provider's table; credentials may know a better `remedy`.
    """

    def __init__(
        self,
        status: int,
        error_code: str | None = None,
        error_message: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(status, error_code, error_message, request_id)
        self.status, self.request_id, self.retry_after = status, request_id, retry_after
        self.error_code, self.error_message = error_code, error_message
        self.known = known_code(error_code)
        if self.known is not None:
            self.meaning, self.remedy = self.known.meaning, self.known.remedy

    def __str__(self) -> str:
        code = f" {printable(self.error_code, 64)}" if self.error_code else ""
        message = printable(self.error_message or "no message", EXCERPT_LENGTH)
        return f"HTTP {self.status}{code}: {message}{_suffix(self.request_id)}"


class AuthenticationError(ApiError):
    """The credentials are missing, expired, unreadable, or not of this project's scope."""


class PermissionDeniedError(ApiError):
    """The credentials are good, but not for this."""


class NotFoundError(ApiError):
    """No such resource; or the wrong host or path."""


class InvalidRequestError(ApiError):
    """The service does not accept the parameters."""


class RateLimitError(ApiError):
    """Too many requests."""


class ServiceError(ApiError):
    """The service, or what stands before it, has failed (5xx)."""


class Code(NamedTuple):
    """One meaning of the provider's error codes; where the class says it all, there are no words."""

    kind: type[ApiError]
    codes: str
    meaning: str = ""
    remedy: str = ""


NO_SCOPE: Final = Code(
    AuthenticationError, "ModelArts.0204 ModelArts.0207 ModelArts.0212",
    "The token belongs to no project of this region.", "Ask for a token with project scope.",
)  # fmt: skip
OTHER_PROJECT: Final = Code(
    PermissionDeniedError, "ModelArts.0210 ModelArts.2786",
    "The project in the address is not the credentials' project.",
    "Check project_id, and the region in the endpoint.",
)  # fmt: skip
TOKEN_EXPIRED: Final = Code(AuthenticationError, "ModelArts.0202 APIG.0307")
WRONG_KEY: Final = Code(AuthenticationError, "ModelArts.0206")
# The error code tables of the API reference, as far as a code has one meaning.
_TABLE: Final = (
    NO_SCOPE, OTHER_PROJECT, TOKEN_EXPIRED, WRONG_KEY,
    Code(AuthenticationError, "ModelArts.0201 ModelArts.0203 APIG.0305"),
    Code(AuthenticationError, "APIG.0301", "The service did not accept the token or the signature.",
         "Check the credentials, whether they have expired, and this computer's clock."),
    Code(PermissionDeniedError, "ModelArts.0108 ModelArts.0112 ModelArts.2785"),
    Code(PermissionDeniedError, "APIG.0302 APIG.0306 APIG.0310 APIG.0402"),
    Code(NotFoundError, "ModelArts.0015 ModelArts.2836 APIG.0101"),
    Code(InvalidRequestError, "ModelArts.0101 ModelArts.0104 ModelArts.0107"),
    Code(InvalidRequestError, "ModelArts.2764 ModelArts.2788 ModelArts.2790"),
    Code(InvalidRequestError, "ModelArts.0102", "The service asks for a workspace.",
         "Ask the administrator which workspace to use."),
    Code(InvalidRequestError, "ModelArts.2832", "This engine version has been discontinued.",
         "Choose a version that is still offered."),
    Code(RateLimitError, "ModelArts.2799 APIG.0308"),
    Code(ServiceError, "ModelArts.0010 APIG.0201 APIG.0202 APIG.0203"),
    Code(ServiceError, " ".join(f"ModelArts.295{digit}" for digit in range(10))),
)  # fmt: skip
_BY_CODE: Final = {code: row for row in _TABLE for code in row.codes.split()}
_BY_STATUS: Final[dict[int, type[ApiError]]] = {
    **{401: AuthenticationError, 403: PermissionDeniedError, 404: NotFoundError, 429: RateLimitError},
    **dict.fromkeys((400, 405, 413, 414, 415, 422), InvalidRequestError),
}
# What a connection that did not come about was, and what to do.
TRANSPORT_KINDS: Final = {
    "name": ("The host's name leads nowhere from here.",
             "Check the spelling of the endpoint or region, the name server, and whether a VPN or a proxy is"
             " needed."),
    "refused": ("Nothing takes a connection there.",
                "Check the endpoint's port, the firewall, and whether a proxy is needed."),
    "silent": ("Nobody answers there.",
               "Check the endpoint's host and port, whether a firewall drops what is sent, and whether a"
               " proxy is needed."),
    "certificate expired": ("The certificate there has expired.",
                            "Whoever runs the service has to renew it. If others reach it, check this"
                            " computer's clock."),
    "certificate early": ("The certificate there is not valid yet.",
                          "Check this computer's clock; if it is right, ask whoever runs the service."),
    "certificate host": ("The certificate there is of another host.",
                         "Check the host in the endpoint: it must be one that the certificate names."),
    "certificate authority": ("The certificate there is of an authority that is not trusted here.",
                              "If a company's proxy re-encrypts, or the certificate is private, give its"
                              " authority as ca_bundle. Otherwise check the endpoint."),
    "certificate": ("The certificate there was not accepted.",
                    "Check the endpoint, and the authorities in ca_bundle if there is one."),
    "tls": ("No encrypted connection came about.",
            "Check the endpoint's port (where nothing is encrypted, the endpoint begins with http://), and"
            " whether a proxy stands in the way."),
}  # fmt: skip

# OpenSSL's X509_V_ERR_…, by what they come down to.
_BY_VERIFY_CODE: Final = {
    **{9: "certificate early", 10: "certificate expired"},
    **dict.fromkeys((18, 19, 20, 21), "certificate authority"),
    **dict.fromkeys((62, 64), "certificate host"),
}


def known_code(error_code: str | None) -> Code | None:
    """Return what the provider means by a code; None for one that no table has."""
    return _BY_CODE.get((error_code or "").replace("APIGW.", "APIG.", 1))


def error_class(status: int, error_code: str | None = None) -> type[ApiError]:
    """Return the exception for a failure: its status decides; the code where 200 or 400 leave it open.

    >>> error_class(429).__name__, error_class(400, "ModelArts.0204").__name__
    ('RateLimitError', 'AuthenticationError')
    """
    known = known_code(error_code)
    if known is not None and (status < 300 or status == 400):
        return known.kind
    if known is not None and status < 500 and known.kind is AuthenticationError:
        return AuthenticationError
    return ServiceError if status >= 500 else _BY_STATUS.get(status, ApiError)


Envelope = tuple[str | None, str | None, str | None]


def read_envelope(payload: object) -> Envelope | None:
    """Return the code, message and request id of a failure, or None if `payload` is none.

    It may be `is_success: false` with error_code and error_message or error_msg (whatever the status), the
    gateway's with request_id, or IAM's `{"error": {"code", "message", "title"}}`.
    """
    if not isinstance(payload, dict):
        return None
    error = payload.get("error")
    if isinstance(error, dict):
        message = error.get("message") or error.get("title")
        return _text(error.get("code")), _text(message), _text(payload.get("request_id"))
    success = str(payload.get("is_success")).lower()
    message = payload.get("error_message") or payload.get("error_msg")
    if success == "true" or not (success == "false" or payload.get("error_code") or message):
        return None
    return _text(payload.get("error_code")), _text(message), _text(payload.get("request_id"))


def api_error(status: int, envelope: Envelope, retry_after: float | None = None) -> ApiError:
    """Return the exception for a failure of which code, message and request id are known."""
    code, message, request_id = (field[:TEXT_LENGTH] if field else None for field in envelope)
    return error_class(status, code)(status, code, message, request_id, retry_after)


def undocumented_failure(
    status: int, excerpt: str, request_id: str | None, retry_after: float | None = None
) -> ApiError:
    """Return the exception for an error status whose body is not an envelope: both kinds at once."""
    kind = error_class(status)
    both: Any = type(kind.__name__, (kind, InvalidResponseError), {"__doc__": kind.__doc__})
    error: ApiError = both(status, None, excerpt or None, request_id, retry_after)
    error.excerpt, error.reason = excerpt, "the body is not an answer of the ModelArts API"  # type: ignore[attr-defined]
    return error


def transport_kind(error: BaseException) -> str:
    """Return which of the TRANSPORT_KINDS an exception of socket or ssl is, or an empty text."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _BY_VERIFY_CODE.get(error.verify_code, "certificate")
    kinds = ((ssl.SSLError, "tls"), (socket.gaierror, "name"), (ConnectionRefusedError, "refused"))
    return next((kind for cause, kind in kinds if isinstance(error, cause)), "")


def words_of(error: BaseException) -> str:
    """Return what an exception says, without its number."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def printable(text: str, length: int) -> str:
    """Return `text` on one line, without control characters, cut at `length` characters.

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
