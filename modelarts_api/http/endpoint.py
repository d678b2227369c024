"""The address of a service, checked."""

from __future__ import annotations

from urllib.parse import urlsplit


def checked_endpoint(field: str, endpoint: str) -> str:
    """The URL without a slash at its end. ValueError names `field`, never the URL: it may hold a password."""
    try:
        url = urlsplit(endpoint.strip())
        port_is_number = url.port is None or url.port > 0
    except ValueError:
        raise ValueError(f"{field} must be a URL; this one cannot be read") from None
    if url.scheme not in ("http", "https") or not url.hostname or not port_is_number:
        raise ValueError(f"{field} must be a URL that begins with https:// (or http://) and a host")
    if "@" in url.netloc or url.query or url.fragment:
        raise ValueError(f"{field} must be a URL without user name, password, query and fragment")
    return endpoint.strip().rstrip("/")
