"""How an answer goes out when it must go wrong on the way: below HTTP, straight into the connection."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope

TRANSPORT = "modelarts.local.transport"


@dataclass(frozen=True)
class Delivery:
    """See LocalService.fail for what each does. The default is an answer as it should be."""

    drip_s: float = 0
    cut_off: bool = False
    reset: bool = False
    silent: bool = False
    content_length: int | None = None

    @property
    def is_sound(self) -> bool:
        """Return whether the server may send the answer in its own way."""
        return self == Delivery()

    async def deliver(self, transport: asyncio.Transport, head: Message, body: bytes) -> None:
        """Write the answer; where it is not silent, the connection ends with it."""
        if self.silent:
            return
        length = len(body) if self.content_length is None else self.content_length
        transport.write(_head(head, length + (1 if self.cut_off else 0)))
        async for piece in self._pieces(body[: len(body) // 2] if self.reset else body):
            if transport.is_closing():
                return
            transport.write(piece)
        if self.reset:
            await _reset(transport)
        else:
            transport.close()

    async def _pieces(self, body: bytes) -> AsyncIterator[bytes]:
        if not self.drip_s:
            yield body
            return
        for position in range(len(body)):
            yield body[position : position + 1]
            await asyncio.sleep(self.drip_s)


async def capture(application: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    """Return what an ASGI application answers: its http.response.start, and the whole body."""
    head: Message = {}
    body = bytearray()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            head.update(message)
        else:
            body.extend(message.get("body", b""))

    await application(scope, receive, send)
    return head, bytes(body)


async def until_disconnect(receive: Receive) -> None:
    """Return when the client, or the server's end, has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _head(message: Message, length: int) -> bytes:
    status = int(message["status"])
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()]
    lines += [name + b": " + value for name, value in message["headers"] if name != b"content-length"]
    dated = format_datetime(datetime.now(UTC), usegmt=True).encode()
    lines += [b"date: " + dated, b"content-length: %d" % length, b"connection: close"]
    return b"\r\n".join(lines) + b"\r\n\r\n"


async def _reset(transport: asyncio.Transport) -> None:
    # What was written must reach the client before the reset drops what has not.
    while transport.get_write_buffer_size():
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    if transport.is_closing():  # the client has given up in the meantime
        return
    connection: socket.socket = transport.get_extra_info("socket")
    # Without lingering, closing sends a reset instead of an orderly end.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
