"""Whose pages may open a session: the dashboard's own, and those that the settings name.

Streamlit checks the origin of a WebSocket, too, and that stays. But before it refuses one that it does not
know, it asks a host on the internet for this machine's public address, whoever it is that knocks. So what
Streamlit would have to ask about is refused here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from streamlit import config, url_util
from streamlit.web.server.server_util import allowlisted_origins

ALWAYS = ("localhost", "127.0.0.1", "0.0.0.0")  # noqa: S104 - Streamlit's own list; nothing listens there
"""Pages of this machine: whoever can serve one here can ask the dashboard without it, too."""


def is_known(scope: Any) -> bool:
    """Return whether the page that opens a WebSocket, if it is a page, is one that Streamlit knows by itself.

    Its host and port are those that the request is for, or its host is of this machine, or named by
    `browser.serverAddress` or `server.corsAllowedOrigins`. With `server.enableCORS` off every page is.
    """
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is None or not config.get_option("server.enableCORS"):
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.netloc == headers.get("host") or parts.hostname in {*ALWAYS, *_named()}


def _named() -> Iterator[str | None]:
    if config.is_manually_set("browser.serverAddress"):
        yield url_util.get_hostname(config.get_option("browser.serverAddress"))
    yield from map(url_util.get_hostname, allowlisted_origins())
