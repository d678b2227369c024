"""Streamlit's bundles and the chart's, compressed once and served from memory."""

from __future__ import annotations

import gzip
from asyncio import Lock
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import anyio.to_thread
import streamlit_plotly_basic
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import file_util
from streamlit_plotly_basic import BUNDLE_URL_PATH

from dashboard.server import paths
from dashboard.server.error_pages import Refusal

FOR_EVER = (b"cache-control", b"public, max-age=31536000, immutable")
PERSONAL: Final = frozenset({b"accept-encoding", b"cookie"})
"""Headers of a request that an answer for everybody must not depend on."""
MIN_BYTES: Final = 1024
GZIP_LEVEL: Final = 9
MAX_PATH: Final = 1000
"""Characters. The longest path that anything here has is that of a bundle, with about 100."""
TOO_LONG = Refusal(414, "This address is too long", f"No path here has more than {MAX_PATH} characters.")
NO_SUCH_FILE = Refusal(404, "There is no such file", "It may be one of another version: load the page again.")
Packed = tuple[list[tuple[bytes, bytes]], bytes]


def installed_roots() -> dict[str, Path]:
    """Return the folders of bundles by the address that each is at.

    What stands under one address there never changes: names carry a hash of the content, or a version.
    """
    chart = Path(streamlit_plotly_basic.__file__).parent / "assets"
    return {
        "/static/": Path(file_util.get_static_dir()) / "static",
        f"{BUNDLE_URL_PATH.rpartition('/')[0]}/": chart,
    }


class Bundles:
    """ASGI middleware: serves bundles gzipped, each compressed once and then kept in memory.

    Streamlit leaves its own uncompressed. Which files there are is known from the start, so what is kept is
    bounded by what is installed (216 files, 7 MB packed), and nothing has to make room. Whatever else is
    asked for below their addresses does not exist: Streamlit would answer with its page, under any name.
    The chart's bundle may be cached by the browser for ever: its version is in its name.
    """

    def __init__(self, app: ASGIApp, roots: Mapping[str, Path] | None = None) -> None:
        self._app = app
        self._roots = installed_roots() if roots is None else roots
        self._files = {
            prefix + path.relative_to(folder).as_posix()
            for prefix, folder in self._roots.items()
            for path in folder.rglob("*")
            if path.is_file()
        }
        self._kept: dict[str, Packed | None] = {}
        self._packing: defaultdict[str, Lock] = defaultdict(Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif len(scope["path"]) > MAX_PATH:
            await TOO_LONG(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        before, path = paths.split(scope)
        if path.startswith(tuple(self._roots)) and before.endswith(paths.base()):
            if path not in self._files:
                await NO_SUCH_FILE(scope, receive, send)
                return
            packed = await self._packed(scope, receive, path) if _may_be_packed(scope) else None
            if packed is not None:
                headers, body = packed
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await send({"type": "http.response.body", "body": body})
                return
        await self._app(scope, receive, send)

    async def _packed(self, scope: Scope, receive: Receive, path: str) -> Packed | None:
        """Return the compressed answer for a file that exists; None where compressing is not worth it.

        The first who asks has it compressed, the others wait for that.
        """
        if path not in self._kept:
            async with self._packing[path]:
                if path not in self._kept:
                    # Nobody's cookie, so nobody's answer; and Streamlit would compress some by itself.
                    headers = [pair for pair in scope["headers"] if pair[0] not in PERSONAL]
                    answer = _Answer()
                    await self._app({**scope, "headers": headers}, receive, answer.collect)
                    if answer.status != 200 or answer.is_personal:
                        return None
                    self._kept[path] = await anyio.to_thread.run_sync(_compressed, answer, path)
        return self._kept[path]


class _Answer:
    """Collects one response; the body of one that cannot be packed is let go at once."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []

    async def collect(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body" and self.is_worthwhile:
            self._parts.append(message.get("body", b""))

    @property
    def is_worthwhile(self) -> bool:
        """Return whether it is text, large enough, and not packed already."""
        headers = dict(self.headers)
        kind = headers.get(b"content-type", b"")
        is_text = kind.startswith(b"text/") or b"javascript" in kind or b"json" in kind or b"wasm" in kind
        is_large = int(headers.get(b"content-length", 0)) >= MIN_BYTES
        return self.status == 200 and is_text and is_large and b"content-encoding" not in headers

    @property
    def is_personal(self) -> bool:
        """Return whether it sets a cookie, and so is for one viewer alone."""
        return any(name == b"set-cookie" for name, _ in self.headers)

    @property
    def body(self) -> bytes:
        """Return the whole body."""
        return b"".join(self._parts)


def _may_be_packed(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    conditional = b"if-none-match" in headers or b"if-modified-since" in headers or b"range" in headers
    accepted = accepts_gzip(headers.get(b"accept-encoding", b"").decode("latin-1"))
    return scope["method"] == "GET" and accepted and not conditional


def accepts_gzip(header: str) -> bool:
    """Return whether an Accept-Encoding header names gzip with a quality above zero (RFC 9110, 12.5.3)."""
    for item in header.lower().split(","):
        name, _, quality = item.replace(" ", "").partition(";q=")
        if name == "gzip":
            return quality == "" or quality.strip("0.") != ""
    return False


def _compressed(answer: _Answer, path: str) -> Packed | None:
    if not answer.is_worthwhile:
        return None
    packed = gzip.compress(answer.body, GZIP_LEVEL, mtime=0)
    replaced = {b"content-length", b"vary", b"etag"} | ({FOR_EVER[0]} if path == BUNDLE_URL_PATH else set())
    headers = [(name, value) for name, value in answer.headers if name not in replaced]
    headers += [
        (b"content-length", str(len(packed)).encode()),
        (b"content-encoding", b"gzip"),
        (b"vary", b"Accept-Encoding"),
    ]
    return [*headers, FOR_EVER] if path == BUNDLE_URL_PATH else headers, packed
