"""Failures on demand, for error screens and for tests of clients."""

import gzip
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope

from modelarts_local.delivery import Delivery, capture
from modelarts_local.failures import default_envelope

Content = bytes | str | Mapping[str, Any] | Sequence[Any]
FaultBody = Content | Callable[[bytes], Content] | None


@dataclass
class Fault:
    """One failure to answer with. Lift it with `lift()`, or use it as a context manager.

    With `status` None, or a `body` that is a function, the answer begins as what it would have been.
    """

    status: int | None
    body: FaultBody
    headers: Mapping[str, str]
    path_contains: str
    delay_s: float = 0
    times_left: int | None = None
    gzip: bool = False
    delivery: Delivery = field(default_factory=Delivery)
    _active: bool = field(default=True, init=False)

    def lift(self) -> None:
        """Let the service answer as it would have, from now on."""
        self._active = False

    def take(self, target: str) -> bool:
        """Return whether this request fails; counts it if so."""
        if not self._active or self.times_left == 0 or self.path_contains not in target:
            return False
        if self.times_left is not None:
            self.times_left -= 1
        return True

    @property
    def is_spent(self) -> bool:
        """Return whether it fails no request any more."""
        return not self._active or self.times_left == 0

    async def answer(self, application: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
        """Return head and body of the answer, before its delivery; `application` gives the true one."""
        headers: dict[str, str] = {"content-type": "application/json"}
        status, body = self.status, self.body
        if status is None or callable(body):
            head, true = await capture(application, scope, receive)
            headers = {name.decode(): value.decode("latin-1") for name, value in head["headers"]}
            del headers["content-length"]
            status = int(head["status"]) if status is None else status
            body = true if body is None else body(true) if callable(body) else body
        content = _encoded(default_envelope(status) if body is None else body)
        if self.gzip:
            content, headers = gzip.compress(content), headers | {"content-encoding": "gzip"}
        named = {name.lower(): value for name, value in self.headers.items()}
        response = Response(content, status, headers | named)
        head = {"type": "http.response.start", "status": status, "headers": response.raw_headers}
        return head, content

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
        """Put a fault in force behind the others, and return it."""
        with self._lock:
            self._faults.append(fault)
        return fault

    def take(self, target: str) -> Fault | None:
        """Return the fault for a request target (path, `?`, query), if one fits."""
        with self._lock:
            self._faults = [fault for fault in self._faults if not fault.is_spent]
            return next((fault for fault in self._faults if fault.take(target)), None)


def _encoded(content: Content) -> bytes:
    if isinstance(content, str):
        return content.encode()
    return content if isinstance(content, bytes) else json.dumps(content).encode()
