"""The way to a service: which certificates are trusted, and through which proxy.

What is given explicitly wins over the environment. Without `proxy`, HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and
NO_PROXY count as they do for `requests`; with it they are ignored, NO_PROXY included: every request goes
through that proxy, to loopback addresses too. Without `ca_bundle`, REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE
count, then the usual authorities of `certifi`; with it the certificates of that file alone are trusted, of
the service and of a proxy that is spoken to with TLS.
"""

from __future__ import annotations

import re
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies

from requests.utils import get_environ_proxies, select_proxy

_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f-\xa0]")


@dataclass(frozen=True, slots=True)
class Network:
    """Checked settings. ValueError names the field, never the value of a proxy: it may hold a password."""

    ca_bundle: str | None = None
    proxy: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.ca_bundle is not None:
            _check_bundle(self.ca_bundle)
        if self.proxy is not None:
            _check_proxy(self.proxy)

    @property
    def verify(self) -> bool | str:
        """What `requests` takes as `verify`: True leaves the choice to the environment."""
        return True if self.ca_bundle is None else self.ca_bundle

    @property
    def proxies(self) -> Mapping[str, str]:
        """What `requests` takes for one request; the proxies of a session would lose to the environment."""
        return {} if self.proxy is None else {"http": self.proxy, "https": self.proxy}

    def proxy_for(self, url: str) -> str | None:
        """The proxy that a request to `url` goes through, from the environment too; None: straight."""
        return self.proxy or select_proxy(url, get_environ_proxies(url))

    def via(self) -> str:
        """` through the proxy http://proxy.example:3128` for messages; empty without a proxy of its own."""
        return f" through the proxy {without_userinfo(self.proxy)}" if self.proxy else ""

    def secrets(self) -> tuple[str, ...]:
        """The passwords of the proxies that requests may go through, as they are and as they are sent."""
        if self.proxy is not None:
            return _secrets(self.proxy)
        return tuple(secret for proxy in getproxies().values() for secret in _secrets(proxy))


def with_scheme(proxy: str) -> str:
    """A proxy's URL: in the environment it may be host and port alone."""
    return proxy if "://" in proxy else f"http://{proxy}"


def without_userinfo(url: str) -> str:
    """Scheme, host and port of a proxy's URL.

    >>> without_userinfo("http://auditor:Pa55word@proxy.example:3128/")
    'http://proxy.example:3128'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _check_bundle(path: str) -> None:
    if not isinstance(path, str) or not path.strip():
        raise ValueError("ca_bundle must be the path of a PEM file")
    try:
        is_file = Path(path).is_file()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if is_file:
            context.load_verify_locations(cafile=path)
    except (ssl.SSLError, OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        kind = "holds no PEM certificate" if isinstance(error, ssl.SSLError) else f"cannot be read: {reason}"
        raise ValueError(f"ca_bundle {path!r} {kind}") from None
    if not is_file:
        raise ValueError(f"ca_bundle {path!r} is not a file that exists")
    if context.cert_store_stats()["x509"] == 0:
        raise ValueError(f"ca_bundle {path!r} holds no PEM certificate")


def _check_proxy(proxy: str) -> None:
    example = "like http://proxy.example:3128, with user:password@ before the host if it asks for them"
    try:
        parts = urlsplit(proxy)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
        has_port = parts.port is None or parts.port > 0
    except (ValueError, AttributeError, TypeError):
        raise ValueError(f"proxy must be a URL {example}; this one cannot be read") from None
    if not known or not has_port or _UNSAFE.search(proxy):
        raise ValueError(f"proxy must be an http:// or https:// URL {example}")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"proxy must be a URL without path, query and fragment, {example}")
    try:
        _userinfo(parts)[0].encode("latin-1")
    except UnicodeEncodeError:
        raise ValueError("proxy: user name and password must be of Latin-1 characters") from None


def _userinfo(parts: SplitResult) -> tuple[str, str]:
    """`user:password` as it is meant, and as it is written; empty if there is none."""
    written = parts.netloc.rpartition("@")[0]
    return unquote(written), written


def _secrets(proxy: str) -> tuple[str, ...]:
    """The password, or the user name where it stands alone: some proxies take a token for one."""
    try:
        parts = urlsplit(with_scheme(proxy))
    except ValueError:  # in the environment; it has no use, and what is said of it names no address
        return ()
    meant, written = _userinfo(parts)
    if not meant:
        return ()
    user, password = parts.username or "", parts.password or ""
    sent = b64encode(f"{unquote(user)}:{unquote(password)}".encode("latin-1", "replace")).decode()
    secret = password or user
    return (unquote(secret), secret, written, sent)
