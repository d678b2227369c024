"""The answer to who opens the dashboard carries the view itself, until Streamlit's page has drawn the same.

Streamlit's page is the same for every address and for everybody. Here the viewer's own overview is put into
it: static HTML of what is loaded already, for whoever the gate lets look, of a connection that they may see.
A request begins no load. Every page gets our script, too, which has to run before Streamlit's, and our style.
"""

from __future__ import annotations

import gzip
import logging
import re
from typing import Final

import anyio.to_thread
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit_plotly_basic import BUNDLE_URL_PATH

from dashboard.server import paths
from dashboard.server.bundles import accepts_gzip
from dashboard.server.gate import is_static
from dashboard.server.page_files import SCRIPT_ELEMENT, STYLE_ELEMENT

BUNDLES: Final = "/static/"
"""Streamlit's route of its page has its bundles, too: they begin like this."""
ROOT: Final = '<div id="root"></div>'
"""Where Streamlit draws. Our style comes after it: of two rules that are as specific, the later one wins."""
NOSCRIPT: Final = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
LOADS: Final = re.compile(
    r'<link\s+rel="(?:preload|modulepreload|stylesheet)"[^>]*>|<script type="module"[^>]*></script>'
)
"""What Streamlit loads. Beside a view nothing of it is, until our script begins it after the first paint."""
CHART: Final = f'<link rel="preload" as="script" href=".{BUNDLE_URL_PATH}">'
"""Has the chart's bundle load beside Streamlit's own, and not only when the first chart asks for it."""
LOGGER: Final = logging.getLogger(__name__)
GZIP_LEVEL: Final = 6
CONDITIONS: Final = {b"accept-encoding", b"if-none-match", b"if-modified-since", b"range"}
"""What a browser asks of Streamlit's page as it is: it gets another one."""
OF_THE_FILE: Final = {
    b"content-length",
    b"etag",
    b"last-modified",
    b"cache-control",
    b"accept-ranges",
    b"vary",
}
"""What Streamlit says of its page, and is not so of ours."""


class FirstView:
    """ASGI middleware: puts our script and style into every page, and the view into that of the overview."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a page with what belongs into it; pass on everything else."""
        if not _may_be_page(scope):
            await self._app(scope, receive, send)
            return
        page = _Page(send)
        headers = [pair for pair in scope["headers"] if pair[0] not in CONDITIONS]
        await self._app({**scope, "headers": headers, "extensions": {}}, receive, page.collect)
        if page.text is not None:
            await anyio.to_thread.run_sync(page.complete, scope)
            await page.answer(scope)


def _may_be_page(scope: Scope) -> bool:
    """Return whether a request is one that Streamlit's page answers, whatever its address."""
    if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
        return False
    return is_static(scope) and not paths.split(scope)[1].startswith(BUNDLES)


class _Page:
    """Collects an answer; what turns out to be no page passes through, and `text` stays None."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._parts: list[bytes] = []
        self._through = False
        self._packed = b""
        self.text: str | None = None

    async def collect(self, message: Message) -> None:
        """Take a message of the answer."""
        if message["type"] == "http.response.start":
            self._start = message
            kind = dict(message["headers"]).get(b"content-type", b"")
            self._through = message["status"] != 200 or not kind.startswith(b"text/html")
        if self._through:
            await self._send(message)
            return
        self._parts.append(message.get("body", b""))
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.text = b"".join(self._parts).decode()

    def complete(self, scope: Scope) -> None:
        """Put the script and the view into the page, and compress it for who takes that."""
        assert self.text is not None
        from dashboard.server.first_view_of import view_of  # noqa: PLC0415 - takes time that no start should spend

        view, loads = "", ""
        if paths.is_at(scope, "/", ""):
            loads = CHART
            try:
                view = view_of(scope)
            except Exception:
                # The page itself needs none of it, and will say what is wrong if it cannot be drawn either.
                LOGGER.exception("The first view could not be drawn")
        self._packed = _with_view(self.text, view, loads).encode()
        takes_gzip = accepts_gzip(HTTPConnection(scope).headers.get("accept-encoding", ""))
        headers = [pair for pair in self._start["headers"] if pair[0] not in OF_THE_FILE]
        if takes_gzip:
            self._packed = gzip.compress(self._packed, GZIP_LEVEL, mtime=0)
            headers.append((b"content-encoding", b"gzip"))
        kept = b"private, no-store" if view else b"no-cache"
        length = str(len(self._packed)).encode()
        headers += [
            (b"content-length", length),
            (b"vary", b"Accept-Encoding, Cookie"),
            (b"cache-control", kept),
        ]
        self._start = {**self._start, "headers": headers}

    async def answer(self, scope: Scope) -> None:
        """Send the whole page; to who asks for its headers alone, these."""
        await self._send(self._start)
        body = self._packed if scope["method"] == "GET" else b""
        await self._send({"type": "http.response.body", "body": body})


def _with_view(whole: str, view: str, loads: str) -> str:
    """Return the page with the script, and with the view before all that is loaded, if there is one."""
    body = f"{ROOT}{STYLE_ELEMENT}"
    if view:
        waiting = "".join((loads, *LOADS.findall(whole), STYLE_ELEMENT))
        whole = NOSCRIPT.sub("", LOADS.sub("", whole), count=1)
        loads, body = "", f'{view}{ROOT}<template id="begins">{waiting}</template>'
    return whole.replace("<head>", f"<head>{SCRIPT_ELEMENT}{loads}", 1).replace(ROOT, body, 1)
