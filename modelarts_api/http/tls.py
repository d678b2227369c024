"""Connections: what is wrong with one that does not come about, and what TLS agrees on with one that does."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from typing import Any, Final

# OpenSSL's X509_V_ERR_…, by what they come down to.
_BY_VERIFY_CODE: Final = {
    **{9: "certificate early", 10: "certificate expired"},
    **dict.fromkeys((18, 19, 20, 21), "certificate authority"),
    **dict.fromkeys((62, 64), "certificate host"),
}

# The protocol that TLS agreed on, None without TLS, and until when the service's certificate is valid.
Agreement = tuple[str | None, datetime | None]


def transport_kind(error: BaseException) -> str:
    """Return which of the TRANSPORT_KINDS an exception of socket or ssl is, or an empty text."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _BY_VERIFY_CODE.get(error.verify_code, "certificate")
    kinds = ((ssl.SSLError, "tls"), (socket.gaierror, "name"), (ConnectionRefusedError, "refused"))
    return next((kind for cause, kind in kinds if isinstance(error, cause)), "")


def words_of(error: BaseException) -> str:
    """Return what an exception says, without its number."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def agree(pool: Any, seconds: float) -> Agreement:
    """Connect by a pool of urllib3, through its proxy if it has one, and close.

    `seconds` bound each step of connecting. Raises what urllib3, ssl and socket raise.
    """
    connection = pool._new_conn()  # what the pool itself calls; nothing public opens one without a request
    connection.timeout = seconds
    try:
        if pool.proxy is not None and pool.scheme == "https":
            pool._prepare_proxy(connection)
        else:
            connection.connect()
        protocol = getattr(connection.sock, "version", lambda: None)()
        expiry = (connection.sock.getpeercert() or {}).get("notAfter") if protocol else None
    finally:
        connection.close()
    return protocol, datetime.fromtimestamp(ssl.cert_time_to_seconds(expiry), UTC) if expiry else None
