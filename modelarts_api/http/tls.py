"""Certificates: those that are trusted, what is wrong with one, and what a new connection agrees on."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from modelarts_api.errors import SettingError

# OpenSSL's X509_V_ERR_…, by what they come down to.
_BY_VERIFY_CODE: Final = {
    **{9: "certificate early", 10: "certificate expired"},
    **dict.fromkeys((18, 19, 20, 21), "certificate authority"),
    **dict.fromkeys((62, 64), "certificate host"),
}


class Agreement(NamedTuple):
    """What TLS agreed on: the protocol, and until when the service's certificate is valid."""

    protocol: str
    valid_until: datetime | None


def transport_kind(error: BaseException) -> str:
    """Return which of the TRANSPORT_KINDS an exception of socket or ssl is, or an empty text."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _BY_VERIFY_CODE.get(error.verify_code, "certificate")
    kinds = ((ssl.SSLError, "tls"), (socket.gaierror, "name"), (ConnectionRefusedError, "refused"))
    return next((kind for cause, kind in kinds if isinstance(error, cause)), "")


def words_of(error: BaseException) -> str:
    """Return what an exception says, without its number."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def agree(pool: Any, seconds: float) -> Agreement | None:
    """Connect by a pool of urllib3, through its proxy if it has one, and close; None if there is no TLS.

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
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(expiry), UTC) if expiry else None
    return Agreement(protocol, until) if protocol else None


def check_bundle(path: str) -> None:
    """Raise SettingError unless a path is a PEM file with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=path)
        reason = "" if context.cert_store_stats()["x509"] else "holds no PEM certificate"
    except ssl.SSLError:
        reason = "holds no PEM certificate"
    except FileNotFoundError:
        reason = "is not a file that exists"
    except (OSError, ValueError, TypeError) as error:
        reason = f"cannot be read: {getattr(error, 'strerror', None) or error}"
    if reason:
        raise SettingError("ca_bundle", f"{path!r} {reason}")
