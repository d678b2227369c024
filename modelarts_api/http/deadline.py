"""A time by which an answer must be complete, however slowly it drips.

A read timeout alone starts anew with every byte. Here the socket's timeout is cut to what is left
until the deadline before each read: of the status line, of a header, of a chunk, of the body.
"""

from __future__ import annotations

import http.client
import io
import socket
from collections.abc import Callable
from contextvars import ContextVar, Token
from functools import cache
from typing import Any, Self

from requests.adapters import HTTPAdapter


class Deadline:
    """`seconds` from now by `clock`; inside `with`, reads of a DeadlineAdapter in this thread keep to it."""

    _token: Token[Deadline | None]

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self._clock, self._end = clock, clock() + seconds

    def remaining(self) -> float:
        """Return the seconds left; negative when it is over."""
        return self._end - self._clock()

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


_current: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


class _Reader(io.RawIOBase):
    def __init__(self, stream: io.RawIOBase, sock: socket.socket, deadline: Deadline) -> None:
        self._stream, self._socket, self._deadline = stream, sock, deadline
        self._patience = sock.gettimeout()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:
        left = self._deadline.remaining()
        if left <= 0:
            raise TimeoutError("timed out")
        if self._patience is None or left < self._patience:
            self._socket.settimeout(left)
        return self._stream.readinto(buffer)

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        deadline = _current.get()
        if deadline is not None:
            self.fp = io.BufferedReader(_Reader(self.fp.detach(), sock, deadline))


@cache
def _bounded(kind: type[Any]) -> type[Any]:
    return type(kind.__name__, (kind,), {"response_class": _Response})


class DeadlineAdapter(HTTPAdapter):
    """An HTTPAdapter whose reads keep to the Deadline that is in force, through a proxy as well."""

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if pool.ConnectionCls.response_class is not _Response:
            pool.ConnectionCls = _bounded(pool.ConnectionCls)
        return pool
