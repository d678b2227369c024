"""SDK-HMAC-SHA256, the signature of the API gateway over one request.

    CanonicalRequest = METHOD, URI, QUERY, name:value for each signed header, an empty line,
                       the signed headers' names, hex(sha256(body)); joined by line feeds
    StringToSign     = SDK-HMAC-SHA256, X-Sdk-Date, hex(sha256(CanonicalRequest)); joined by line feeds
    Signature        = hex(hmac_sha256(secret key, StringToSign))

Source: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote, unquote

ALGORITHM: Final = "SDK-HMAC-SHA256"
DATE_FORMAT: Final = "%Y%m%dT%H%M%SZ"


def canonical_query(parameters: Iterable[tuple[str, str]]) -> str:
    """The query that is signed, and the only one that may be sent with the signature.

    The pairs are sorted before they are encoded; a repeated name keeps all its values.

    >>> canonical_query([("search", "a b+c*~"), ("page", "1"), ("empty", "")])
    'empty=&page=1&search=a%20b%2Bc%2A~'
    """
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(parameters))


def canonical_path(path: str) -> str:
    """A path as it is signed: decoded, encoded again segment by segment, and with a slash at its end.

    >>> canonical_path("/v1/p/a%2Fb%20(c)")
    '/v1/p/a/b%20%28c%29/'
    """
    encoded = "/".join(_encoded(segment) for segment in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else f"{encoded}/"


def canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], body: bytes = b""
) -> str:
    """What is hashed. `query` is a canonical one; every one of `headers` is signed."""
    signed = {name.lower(): value.strip() for name, value in headers.items()}
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    digest = hashlib.sha256(body).hexdigest()
    return "\n".join((method.upper(), canonical_path(path), query, lines, ";".join(sorted(signed)), digest))


def string_to_sign(date: str, canonical: str) -> str:
    """What the secret key signs. `date` is the X-Sdk-Date header, in UTC and in DATE_FORMAT."""
    return f"{ALGORITHM}\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


def authorization(
    access_key: str,
    secret_key: str,
    *,
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    body: bytes = b"",
) -> str:
    """The Authorization header of a request.

    `headers` are those to sign: Host with its port and X-Sdk-Date must be among them, and none that is
    changed on the way. Raises KeyError without X-Sdk-Date.
    """
    date = {name.lower(): value for name, value in headers.items()}["x-sdk-date"]
    text = string_to_sign(date, canonical_request(method, path, query, headers, body))
    signature = hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
    names = ";".join(sorted(name.lower() for name in headers))
    return f"{ALGORITHM} Access={access_key}, SignedHeaders={names}, Signature={signature}"


def _encoded(text: str) -> str:
    # Bytes that are no UTF-8 come from a URL as surrogates, and go back into it as they were.
    return quote(text, safe="~", errors="surrogateescape")
