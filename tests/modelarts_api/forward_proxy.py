"""A real forward proxy: CONNECT for https, whole URLs for http, and a password if it is told to want one."""

from __future__ import annotations

import socket
import ssl
import threading
from base64 import b64encode
from contextlib import suppress
from typing import Any, Self
from urllib.parse import urlsplit


class ForwardProxy:
    """`asked` are the first lines of the requests that came, `headers` their headers, in order of arrival."""

    def __init__(self, user: str = "", password: str = "", tls: ssl.SSLContext | None = None) -> None:
        basic = b64encode(f"{user}:{password}".encode("latin-1")).decode()
        self._wanted = f"Basic {basic}" if user else None
        self._tls = tls
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.refusal = b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for sock in (self._listener, *self._sockets):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join()

    def _start(self, target: Any, *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        try:
            while True:
                client, _ = self._listener.accept()
                self._sockets.append(client)
                self._start(self._serve, client)
        except OSError:
            return

    def _serve(self, raw: socket.socket) -> None:
        try:
            client = self._tls.wrap_socket(raw, server_side=True) if self._tls else raw
            self._sockets.append(client)
            with client:
                self._forward(client)
        except OSError:
            return

    def _forward(self, client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            if not (piece := client.recv(1)):
                return
            head += piece
        first, *lines = head.decode("latin-1").splitlines()
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.asked.append(first)
        self.headers.append(headers)
        if self._wanted is not None and headers.get("proxy-authorization") != self._wanted:
            client.sendall(self.refusal)
            return
        method, target, version = first.split(" ")
        place = target if method == "CONNECT" else urlsplit(target).netloc
        host, _, port = place.rpartition(":")
        with socket.create_connection((host, int(port)), 10) as upstream:
            upstream.settimeout(None)
            self._sockets.append(upstream)
            if method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 Go on\r\n\r\n")
            else:
                path = urlsplit(target)._replace(scheme="", netloc="").geturl()
                kept = [line for line in lines if not line.lower().startswith(("proxy-", "connection:"))]
                request = "\r\n".join([f"{method} {path} {version}", "Connection: close", *kept]) + "\r\n"
                upstream.sendall(request.encode("latin-1"))
            self._start(_pump, client, upstream)
            _pump(upstream, client)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return
