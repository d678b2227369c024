"""The same secret in two places, told without showing it."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final
from urllib.parse import unquote_to_bytes

MIN_KEY: Final = 16
DIGITS: Final = 16


def fingerprint(secret_value: str, key: bytes) -> str:
    """Return 16 hexadecimal digits that only the same secret has: HMAC-SHA-256 with a key, cut short.

    A value that is percent-encoded, as in a URL, has the fingerprint of what it encodes. The key, 16 bytes or
    more, keeps others from trying values out. Raises ValueError for a shorter one.
    """
    if len(key) < MIN_KEY:
        raise ValueError(f"a key of {MIN_KEY} bytes or more is needed")
    data = unquote_to_bytes(secret_value.encode("utf-8", "surrogatepass"))
    return hmac.new(key, data, hashlib.sha256).hexdigest()[:DIGITS]
