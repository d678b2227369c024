"""Requests as a stranger writes them: any bytes over a socket, and the answer as it came."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

SECONDS = 30
UPGRADE = (
    b"Upgrade: websocket",
    b"Connection: Upgrade",
    b"Sec-WebSocket-Version: 13",
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


@dataclass(frozen=True)
class Answer:
    """What came back: 0 as `status` when the connection was closed without an answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        """All values of a header."""
        return [value for key, value in self.headers if key == name]


def send(port: int, data: bytes, *, whole: bool = True) -> Answer:
    """Send bytes, and read until the server closes; only the head of the answer if not the `whole`."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as opened:
        opened.sendall(data)
        received = b""
        try:
            while whole or b"\r\n\r\n" not in received:
                part = opened.recv(65536)
                if not part:
                    break
                received += part
        except ConnectionResetError:  # the answer to what was not read to its end
            pass
    while received.startswith(b"HTTP/1.1 100 "):
        received = received.partition(b"\r\n\r\n")[2]
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    status = re.match(r"HTTP/1\.1 (\d{3})", first)
    pairs = (line.partition(":") for line in lines)
    headers = tuple((name.lower(), value.strip()) for name, _, value in pairs)
    return Answer(int(status[1]) if status else 0, headers, body)


def ask(
    port: int,
    target: bytes,
    headers: Iterable[bytes] = (),
    *,
    method: bytes = b"GET",
    host: bytes | None = None,
) -> Answer:
    """Send one HTTP request for a target, with header lines as they are."""
    named = host if host is not None else b"127.0.0.1:%d" % port
    lines = [method + b" " + target + b" HTTP/1.1", b"Host: " + named, b"Connection: close", *headers]
    return send(port, b"\r\n".join(lines) + b"\r\n\r\n")


def knock(port: int, target: bytes, headers: Iterable[bytes] = (), *, host: bytes | None = None) -> Answer:
    """Ask for a WebSocket; the head of the answer is all that is read."""
    named = host if host is not None else b"127.0.0.1:%d" % port
    lines = [b"GET " + target + b" HTTP/1.1", b"Host: " + named, *UPGRADE, *headers]
    return send(port, b"\r\n".join(lines) + b"\r\n\r\n", whole=False)


def leads_to(location: str, url: str) -> str:
    """Return the host and port that a browser goes to from `url` when it is sent to `location`.

    It takes a backslash for a slash, and neither sees control characters around an address nor tabs and line
    breaks within (WHATWG URL, section 4.4).
    """
    seen = re.sub(r"[\t\r\n]", "", location.strip("".join(map(chr, range(33)))))
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", seen):
        seen = re.sub(r"^/{3,}", "//", seen.replace("\\", "/"))
    return urlsplit(urljoin(url, seen)).netloc


def assert_harmless(answer: Answer, port: int, target: bytes, elsewhere: tuple[str, ...] = ()) -> None:
    """It is an answer, no failure, and it leads nowhere but to this dashboard."""
    assert 200 <= answer.status < 500, target
    here = f"127.0.0.1:{port}"
    for location in answer.all("location"):
        at = f"http://{here}/{target.decode('latin-1').lstrip('/')}"
        assert leads_to(location, at) in {here, *elsewhere}, (target, location)
