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
    """Return the query that is signed, sorted before it is encoded: the only one that may be sent with it.

    >>> canonical_query([("search", "a b+c*~"), ("page", "1"), ("empty", "")])
    'empty=&page=1&search=a%20b%2Bc%2A~'
    """
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in sorted(parameters))


def canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], body: bytes = b""
) -> str:
    """Return what is hashed. `query` is a canonical one; the path is encoded anew and ends with a slash."""
    segments = "/".join(map(_encoded, unquote(path).split("/")))
    signed = {name.lower(): value.strip() for name, value in headers.items()}
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    uri, names = f"{segments.removesuffix('/')}/", ";".join(sorted(signed))
    return "\n".join((method.upper(), uri, query, lines, names, hashlib.sha256(body).hexdigest()))


def string_to_sign(date: str, canonical: str) -> str:
    """Return what the secret key signs. `date` is the X-Sdk-Date header, in UTC and in DATE_FORMAT."""
    return f"{ALGORITHM}\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


def authorization(access_key: str, secret_key: str, headers: Mapping[str, str], canonical: str) -> str:
    """Return the Authorization header of a canonical request with these headers, X-Sdk-Date among them."""
    text = string_to_sign(headers["X-Sdk-Date"], canonical)
    signature = hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
    names = ";".join(sorted(map(str.lower, headers)))
    return f"{ALGORITHM} Access={access_key}, SignedHeaders={names}, Signature={signature}"


def _encoded(text: str) -> str:
    # Bytes that are no UTF-8 come from a URL as surrogates, and go back into it as they were.
    return quote(text, safe="~", errors="surrogateescape")
