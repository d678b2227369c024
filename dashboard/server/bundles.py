"""Streamlit's bundles and the chart's, compressed once and served from memory."""

from __future__ import annotations

import gzip
from collections.abc import MutableMapping
from typing import Any

import anyio.to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit_plotly_basic import BUNDLE_URL_PATH

STATIC_PREFIXES = ("/static/", "/_stcore/bidi-components/")
"""Where the content-hashed or versioned bundles are: what stands under one address there never changes."""
PRELOAD = (b"link", f"<{BUNDLE_URL_PATH}>; rel=preload; as=script".encode())
FOR_EVER = (b"cache-control", b"public, max-age=31536000, immutable")
MIN_BYTES = 1024
MAX_CACHED_BYTES = 32 * 2**20
GZIP_LEVEL = 9


class Bundles:
    """ASGI middleware: serves bundles gzipped, each compressed once and then kept in memory.

    Streamlit leaves its own uncompressed. Only what lies under STATIC_PREFIXES and answers 200 is touched.
    The chart's bundle is announced with the first page, so that it loads beside Streamlit's own, and may be
    cached by the browser for ever: its version is in its name.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[str, tuple[list[tuple[bytes, bytes]], bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass on and keep the answer."""
        if not _compressible(scope):
            announced = _Announced(send) if scope["type"] == "http" and scope["path"] == "/" else None
            await self._app(scope, receive, announced.send if announced else send)
            return
        path = scope["path"]
        if path not in self._kept:
            answer = _Answer(send)
            # Streamlit would compress some of them anew at every request.
            headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            await self._app({**scope, "headers": headers}, receive, answer.collect)
            if answer.body is None:
                return
            headers, body = await anyio.to_thread.run_sync(_compressed, answer.headers, answer.body)
            if path == BUNDLE_URL_PATH:
                headers = [*(pair for pair in headers if pair[0] != b"cache-control"), FOR_EVER]
            if sum(len(kept) for _, kept in self._kept.values()) + len(body) <= MAX_CACHED_BYTES:
                self._kept[path] = (headers, body)
        else:
            headers, body = self._kept[path]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class _Announced:
    """Adds the announcement of the chart's bundle to an answer."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], PRELOAD]
        await self._send(message)


class _Answer:
    """Collects one response; what is not worth compressing passes through, and `body` stays None."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._parts: list[bytes] = []
        self._through = False
        self.headers: list[tuple[bytes, bytes]] = []
        self.body: bytes | None = None

    async def collect(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.headers = list(message["headers"])
            self._through = message["status"] != 200 or not _worthwhile(dict(self.headers))
        if self._through:
            await self._send(message)
        elif message["type"] == "http.response.body":
            self._parts.append(message.get("body", b""))
            if not message.get("more_body"):
                self.body = b"".join(self._parts)


def _compressible(scope: MutableMapping[str, Any]) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    headers = dict(scope["headers"])
    conditional = b"if-none-match" in headers or b"if-modified-since" in headers or b"range" in headers
    accepted = _accepts_gzip(headers.get(b"accept-encoding", b"").decode("latin-1"))
    return bool(scope["path"].startswith(STATIC_PREFIXES) and accepted and not conditional)


def _accepts_gzip(header: str) -> bool:
    """Whether Accept-Encoding names gzip with a quality above zero (RFC 9110, 12.5.3)."""
    for item in header.lower().split(","):
        name, _, quality = item.replace(" ", "").partition(";q=")
        if name == "gzip":
            return quality == "" or quality.strip("0.") != ""
    return False


def _worthwhile(headers: dict[bytes, bytes]) -> bool:
    kind = headers.get(b"content-type", b"")
    is_text = kind.startswith(b"text/") or b"javascript" in kind or b"json" in kind or b"wasm" in kind
    is_large = int(headers.get(b"content-length", 0)) >= MIN_BYTES
    personal = b"content-encoding" in headers or b"set-cookie" in headers
    return is_text and is_large and not personal


def _compressed(headers: list[tuple[bytes, bytes]], body: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    packed = gzip.compress(body, GZIP_LEVEL, mtime=0)
    kept = [(name, value) for name, value in headers if name not in {b"content-length", b"vary", b"etag"}]
    added = [
        (b"content-length", str(len(packed)).encode()),
        (b"content-encoding", b"gzip"),
        (b"vary", b"Accept-Encoding"),
    ]
    return [*kept, *added], packed
