"""One request to an ASGI application, without a server or a client library."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from starlette.types import ASGIApp, Message

T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    """One whole response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_packed(self) -> bool:
        return "content-encoding" in self.headers


async def call(
    app: ASGIApp,
    path: str,
    headers: Mapping[str, str],
    method: str = "GET",
    raises: type[Exception] | None = None,
) -> Answer:
    """Send one request and wait for the whole answer; no header may come twice.

    An application that fails answers and then raises, which `raises` expects.
    """
    messages: list[Message] = []
    raw_path, _, query = path.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": raw_path,
        "raw_path": raw_path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }

    incoming: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if not incoming:
            await asyncio.Event().wait()  # the viewer stays connected
        return incoming.pop()

    async def send(message: Message) -> None:
        messages.append(message)

    with pytest.raises(raises) if raises else nullcontext():
        await app(scope, receive, send)
    start, *bodies = messages
    assert start["type"] == "http.response.start"
    answer_headers = {name.decode(): value.decode() for name, value in start["headers"]}
    assert len(answer_headers) == len(start["headers"]), "a header came twice"
    return Answer(start["status"], answer_headers, b"".join(body.get("body", b"") for body in bodies))


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns, in a thread of its own: Playwright, once started, has a loop in this one."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(asyncio.run, coroutine).result()
