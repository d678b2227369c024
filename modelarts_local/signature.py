"""SDK-HMAC-SHA256 from the gateway's side: is this request the one that was signed?

Written from the documentation and over bytes, without the client's code: a mistake in both would cancel out.
The query counts as it was received, byte for byte: the gateway does not put a client's query in order. The
signed headers that it demands, and the messages, are this service's choice where no reference says more.
"""

import hashlib
import hmac
import re
from calendar import timegm
from dataclasses import dataclass, field
from time import strptime
from typing import Protocol
from urllib.parse import quote_from_bytes, unquote_to_bytes

from starlette.requests import Request

CLOCK_TOLERANCE_S = 15 * 60
_AUTHORIZATION = re.compile(
    rb"SDK-HMAC-SHA256 Access=([^,\s]+), SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})"
)
_ALWAYS_SIGNED = frozenset({b"host", b"x-sdk-date"})
_SIGNED_IF_SENT = frozenset({b"x-project-id", b"x-security-token", b"content-type"})


class SignatureError(Exception):
    """Why a signature is not accepted."""


class Key(Protocol):
    """The key that a signature must be of."""

    @property
    def access_key(self) -> str:
        """Return the name of the key."""

    @property
    def secret_key(self) -> str:
        """Return what it signs with."""

    @property
    def security_token(self) -> str | None:
        """Return what a temporary key must bring, None for a permanent one."""


@dataclass(frozen=True)
class SignedRequest:
    """A request as it came over the wire."""

    method: bytes
    path: bytes
    query: bytes
    headers: dict[bytes, bytes] = field(repr=False)
    body: bytes

    @classmethod
    def of(cls, request: Request, body: bytes) -> "SignedRequest":
        """Read the request's own bytes. SignatureError if a header comes twice."""
        headers: dict[bytes, bytes] = {}
        for name, value in request.scope["headers"]:
            if name in headers and name in _ALWAYS_SIGNED | _SIGNED_IF_SENT | {b"authorization"}:
                raise SignatureError("a signed header comes twice")
            headers[name] = value.strip()
        scope = request.scope
        return cls(scope["method"].encode(), scope["raw_path"], scope["query_string"], headers, body)

    def verify(self, key: Key, now: float) -> None:
        """Raise SignatureError unless the key has signed this request within 15 minutes of `now`."""
        match = _AUTHORIZATION.fullmatch(self.headers.get(b"authorization", b""))
        if match is None:
            raise SignatureError("authorization is not of the form SDK-HMAC-SHA256")
        access_key, names, signature = match.groups()
        if not hmac.compare_digest(access_key, key.access_key.encode()):
            raise SignatureError(f"Get secretKey failed,ak:{access_key.decode()},err:ak not exist")
        signed = self._signed_headers(names.split(b";"))
        self._check_date(now)
        self._check_security_token(key)
        expected = self._signature(key.secret_key, signed)
        if not hmac.compare_digest(signature, expected):
            raise SignatureError("verify aksk signature fail")

    def _signed_headers(self, names: list[bytes]) -> list[bytes]:
        if names != sorted(set(names)) or any(name not in self.headers for name in names):
            raise SignatureError("the signed headers are not in order, or not all there")
        wanted = _ALWAYS_SIGNED | (_SIGNED_IF_SENT & self.headers.keys())
        if not wanted.issubset(names) or b"user-agent" in names:
            raise SignatureError("a header that must be signed is not, or one that changes on the way is")
        return names

    def _check_date(self, now: float) -> None:
        try:
            signed_at = timegm(strptime(self.headers[b"x-sdk-date"].decode(), "%Y%m%dT%H%M%SZ"))
        except ValueError:
            raise SignatureError("x-sdk-date is not a time") from None
        if abs(now - signed_at) > CLOCK_TOLERANCE_S:
            raise SignatureError("x-sdk-date is more than 15 minutes from the gateway's clock")

    def _check_security_token(self, key: Key) -> None:
        given = self.headers.get(b"x-security-token", b"")
        if not hmac.compare_digest(given, (key.security_token or "").encode()):
            raise SignatureError("the security token is not the access key's")

    def _signature(self, secret_key: str, signed: list[bytes]) -> bytes:
        segments = unquote_to_bytes(self.path).split(b"/")
        path = "/".join(quote_from_bytes(segment, safe="~") for segment in segments).encode()
        canonical = b"\n".join(
            [
                self.method,
                path if path.endswith(b"/") else path + b"/",
                self.query,
                *(name + b":" + self.headers[name] for name in signed),
                b"",
                b";".join(signed),
                hashlib.sha256(self.body).hexdigest().encode(),
            ]
        )
        date = self.headers[b"x-sdk-date"]
        text = b"\n".join([b"SDK-HMAC-SHA256", date, hashlib.sha256(canonical).hexdigest().encode()])
        return hmac.new(secret_key.encode(), text, hashlib.sha256).hexdigest().encode()
