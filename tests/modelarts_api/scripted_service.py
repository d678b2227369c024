"""An HTTP server that answers as a test tells it to, down to the byte, and misbehaves on demand.

It is written on bare sockets: a server that keeps to HTTP could not lie about a body's length, drip
a header, or reset a connection in the middle.
"""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import pytest

from modelarts_api import Client, ModelArtsError
from modelarts_api.credentials import Credentials
from modelarts_api.http.limits import RetryPolicy

PROJECT_ID = "0123456789abcdef"


@dataclass(frozen=True)
class Request:
    """What came in. `target` is the path and query exactly as they were sent."""

    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    """What goes out. `raw` replaces everything else, piece by piece; `then_reset` cuts the connection off."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: Iterable[bytes] | None = None
    then_reset: bool = False

    def pieces(self) -> Iterable[bytes]:
        if self.raw is not None:
            return self.raw
        headers = {"Content-Length": str(len(self.body)), "Content-Type": "application/json", **self.headers}
        head = [f"HTTP/1.1 {self.status} Said", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(head).encode() + b"\r\n\r\n" + self.body,)


def as_json(payload: Any, status: int = 200, **headers: str) -> Reply:
    """A reply of JSON; an underscore in a header's name stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(payload).encode(), named)


def listing(rows: list[Any], total: int | None = None, **headers: str) -> Reply:
    """An answer of the list call."""
    body = {"is_success": True, "config_total_count": len(rows) if total is None else total, "configs": rows}
    return as_json(body, **headers)


class ScriptedService:
    """Answers every request with what `answer` says for it; `requests` keeps them in order of arrival.

    `stopping` is set when the test is over.
    """

    def __init__(self, answer: Callable[[Request], Reply], tls: ssl.SSLContext | None = None) -> None:
        self._answer = answer
        self._tls = tls
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self._connections: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        scheme = "https" if self._tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        _end(self._listener)
        self._threads[0].join()  # after that no connection comes any more
        for connection in self._connections:
            _end(connection)
        for thread in self._threads:
            thread.join()

    def client(self, credentials: Credentials | None = None, **settings: Any) -> Client:
        """A client of this service; unless told otherwise it does not repeat requests."""
        settings = {"_policy": RetryPolicy(retries=0)} | settings
        return Client(self.url, PROJECT_ID, credentials, **settings)

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with _closed_is_fine():
            while True:
                connection, _ = self._listener.accept()
                self._connections.append(connection)
                self._start(self._serve, connection)

    def _serve(self, raw: socket.socket) -> None:
        with _closed_is_fine():
            connection = self._tls.wrap_socket(raw, server_side=True) if self._tls else raw
            self._serve_plain(connection)

    def _serve_plain(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines, _closed_is_fine():
            while request := _read_request(lines):
                self.requests.append(request)
                reply = self._answer(request)
                for piece in reply.pieces():
                    connection.sendall(piece)
                if reply.then_reset:
                    # Without lingering, closing sends a reset instead of an orderly end.
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                if reply.then_reset or reply.raw is not None:
                    return


def _end(connection: socket.socket) -> None:
    with _closed_is_fine():
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


class _closed_is_fine:  # noqa: N801 - reads as a statement
    """The peer, or the end of the test, may close a connection at any time."""

    def __enter__(self) -> None:
        """Nothing to set up."""

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and issubclass(kind, OSError)


def _read_request(lines: Any) -> Request | None:
    first = lines.readline().decode("latin-1").split(" ")
    if len(first) < 2:
        return None
    headers: dict[str, str] = {}
    while line := lines.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Request(first[1], headers, lines.read(int(headers.get("content-length", "0"))))


def failure_of(reply: Reply, credentials: Credentials | None = None) -> ModelArtsError:
    """What listing configurations raises, after one request, if this is the answer."""
    with ScriptedService(lambda _: reply) as service, service.client(credentials) as client:
        with pytest.raises(ModelArtsError) as caught:
            client.list_configurations()
        assert len(service.requests) == 1
    return caught.value
