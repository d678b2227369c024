"""A new connection, opened as a request would open it, and closed again."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Agreement:
    """What TLS agreed on: the protocol, and until when the service's certificate is valid."""

    protocol: str
    valid_until: datetime | None


def agree(pool: Any, seconds: float) -> Agreement | None:
    """Connect by a pool of urllib3, through its proxy if it has one; None if there is no TLS.

    `seconds` bound each step of connecting. Raises what urllib3, ssl and socket raise.
    """
    connection = pool._new_conn()  # what the pool itself calls; nothing public opens one without a request
    connection.timeout = seconds
    try:
        if pool.proxy is not None and pool.scheme == "https":
            pool._prepare_proxy(connection)
        else:
            connection.connect()
        agreed = getattr(connection.sock, "version", lambda: None)()
        if agreed is None:
            return None
        expiry = (connection.sock.getpeercert() or {}).get("notAfter")
    finally:
        connection.close()
    return Agreement(str(agreed), _moment(expiry))


def _moment(written: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(written)), UTC)
    except (ValueError, OverflowError):
        return None
