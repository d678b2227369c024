"""Failures on demand, for error screens and for tests of clients."""

import asyncio
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from modelarts_api.local.failures import default_envelope

FaultBody = bytes | str | Mapping[str, Any] | Sequence[Any] | None


@dataclass
class Fault:
    """One failure to answer with. Lift it with `lift()`, or use it as a context manager."""

    response: Response
    path_contains: str
    delay_s: float
    cut_off: bool
    times_left: int | None
    _active: bool = field(default=True, init=False)

    def lift(self) -> None:
        """From now on the service answers as it would have."""
        self._active = False

    def take(self, target: str) -> bool:
        """Whether this request fails; counts it if so."""
        if not self._active or self.times_left == 0 or self.path_contains not in target:
            return False
        if self.times_left is not None:
            self.times_left -= 1
        return True

    @property
    def is_spent(self) -> bool:
        return not self._active or self.times_left == 0

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(self.delay_s)
        if not self.cut_off:
            await self.response(scope, receive, send)
            return
        length = str(len(self.response.body) + 1).encode()
        headers = [pair for pair in self.response.raw_headers if pair[0] != b"content-length"]
        headers.append((b"content-length", length))
        await send({"type": "http.response.start", "status": self.response.status_code, "headers": headers})
        # An application that returns in the middle of an answer makes uvicorn drop the connection.
        await send({"type": "http.response.body", "body": self.response.body, "more_body": True})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.lift()


class Faults:
    """The faults in force. The oldest that fits a request and is not used up answers it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def take(self, target: str) -> Fault | None:
        """The fault for a request target (path, `?`, query), if one fits."""
        with self._lock:
            self._faults = [fault for fault in self._faults if not fault.is_spent]
            return next((fault for fault in self._faults if fault.take(target)), None)


def fault_response(status: int, body: FaultBody, headers: Mapping[str, str]) -> Response:
    """An answer with this content: bytes and text as they are, mappings and lists as JSON.

    Without a body: the documented envelope with a code that fits the status.
    """
    if isinstance(body, bytes | str):
        return Response(body, status, dict(headers), media_type="application/json")
    content = default_envelope(status) if body is None else body
    return Response(json.dumps(content), status, dict(headers), media_type="application/json")
