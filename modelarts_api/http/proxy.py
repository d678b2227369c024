"""The way to a service: its address, the certificates that are trusted, and the proxy.

What is given explicitly wins over the environment (HTTPS_PROXY, NO_PROXY, REQUESTS_CA_BUNDLE, …), which
counts as it does for `requests`. With `proxy` every request goes through that proxy, to loopback addresses
too; with `ca_bundle` the certificates of that file alone are trusted, of the service and of a proxy with TLS.
"""

from __future__ import annotations

import os
import re
import ssl
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

from requests.utils import get_environ_proxies, select_proxy

from modelarts_api.errors import SettingError

_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f-\xa0]")
_VARIABLES: Final = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_EXAMPLE: Final = ", like http://proxy.example:3128, with user:password@ before the host if it asks for them"


@dataclass(frozen=True, slots=True)
class Network:
    """Checked settings. SettingError never repeats the value of a proxy: it may hold a password."""

    ca_bundle: str | None = None
    proxy: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.ca_bundle is not None:
            _check_bundle(self.ca_bundle)
        if self.proxy is not None:
            _check_proxy(self.proxy)

    @property
    def settings(self) -> dict[str, Any]:
        """Return what `requests` takes for one request; a session's would lose to the environment."""
        proxies = {} if self.proxy is None else {"http": self.proxy, "https": self.proxy}
        return {"proxies": proxies, "verify": self.ca_bundle or True}

    def proxy_for(self, url: str) -> str | None:
        """Return the proxy that a request to `url` goes through, from the environment too; None: straight."""
        proxy = self.proxy or select_proxy(url, get_environ_proxies(url))
        return _with_scheme(proxy) if proxy else None

    def via(self) -> str:
        """Return ` through the proxy http://proxy.example:3128`; empty without a proxy of its own."""
        return f" through the proxy {without_userinfo(self.proxy)}" if self.proxy else ""

    def secrets(self) -> tuple[str, ...]:
        """Return the passwords of the proxies that requests may go through."""
        known = [self.proxy] if self.proxy is not None else map(os.environ.get, _VARIABLES)
        return tuple(secret for proxy in known if proxy and (secret := _secret(proxy)))


def checked_endpoint(field: str, endpoint: str) -> str:
    """Return the URL without a slash at its end. SettingError never repeats it: it may hold a password."""
    url = _split(field, endpoint)
    if "@" in url.netloc or url.query or url.fragment:
        raise SettingError(field, "must be a URL without user name, password, query and fragment")
    return endpoint.strip().rstrip("/")


def _with_scheme(proxy: str) -> str:
    """Return a proxy's URL: in the environment it may be host and port alone."""
    return proxy if "://" in proxy else f"http://{proxy}"


def without_userinfo(url: str) -> str:
    """Return scheme, host and port of a proxy's URL.

    >>> without_userinfo("http://auditor:Pa55word@proxy.example:3128/")
    'http://proxy.example:3128'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _split(field: str, url: str, example: str = "") -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except (ValueError, AttributeError, TypeError):
        good = False
    if not good:
        raise SettingError(field, f"must be a URL that begins with https:// or http:// and a host{example}")
    return parts


def _check_proxy(proxy: str) -> None:
    parts = _split("proxy", proxy, _EXAMPLE)
    if _UNSAFE.search(proxy) or parts.path.strip("/") or parts.query or parts.fragment:
        raise SettingError("proxy", f"must be a URL without spaces, path, query and fragment{_EXAMPLE}")
    try:
        unquote(parts.netloc.rpartition("@")[0]).encode("latin-1")
    except UnicodeEncodeError:
        raise SettingError("proxy", "must have a user name and password of Latin-1 characters") from None


def _secret(proxy: str) -> str:
    """Return the password, or the user name where it stands alone: some proxies take a token for one."""
    try:
        parts = urlsplit(_with_scheme(proxy))
    except ValueError:  # in the environment; it has no use, and what is said of it names no address
        return ""
    return unquote(parts.password or parts.username or "")


def _check_bundle(path: str) -> None:
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
