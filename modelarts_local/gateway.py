"""What stands before the calls: request ids, the log, latency, faults, and the authorisation."""

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from modelarts_local.authorisation import Authorisation
from modelarts_local.delivery import TRANSPORT, until_disconnect
from modelarts_local.faults import Faults
from modelarts_local.request_log import RecordedRequest, RequestLog
from modelarts_local.throttle import Throttle


@dataclass
class Gateway:
    """An ASGI application before another. Latency in milliseconds.

    Without an authorisation all may pass, and without a throttle as many as come.
    """

    application: ASGIApp
    latency_ms: float
    authorisation: Authorisation | None = None
    requests: RequestLog = field(default_factory=RequestLog)
    faults: Faults = field(default_factory=Faults)
    throttle: Throttle | None = None

    @property
    def now(self) -> float:
        """Return the service's time, in seconds since 1970: that of the authorisation, if it has a clock."""
        clock: Callable[[], float] = getattr(self.authorisation, "clock", time.time)
        return clock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # In one piece: a request's way, which a fault leaves at any step.
        request = Request(scope, receive)
        request.state.request_id = uuid.uuid4().hex
        record = RecordedRequest(
            request.method, request.url.path, dict(request.query_params), dict(request.headers)
        )
        self.requests.record(record)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._begin(message, record, request.state.request_id)
            await send(message)

        await asyncio.sleep(self.latency_ms / 1000)
        fault = self.faults.take(f"{request.url.path}?{request.url.query}")
        if fault is None:
            await self._let_pass(scope, receive, answer)
            return
        await asyncio.sleep(fault.delay_s)
        head, body = await fault.answer(self._let_pass, scope, receive)
        if fault.delivery.is_sound:
            await answer(head)
            await send({"type": "http.response.body", "body": body})
            return
        if not fault.delivery.silent:
            self._begin(head, record, request.state.request_id)
        await fault.delivery.deliver(scope["state"][TRANSPORT], head, body)
        await until_disconnect(receive)

    async def _let_pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        refusal = await self.authorisation.refusal(request) if self.authorisation is not None else None
        request_id: str = request.state.request_id
        if refusal is not None:
            await refusal.response(request_id)(scope, receive, send)
        elif self.throttle is not None and self.throttle.refuses():
            await self.throttle.response(request_id)(scope, receive, send)
        else:
            await self.application(scope, receive, send)

    def _begin(self, head: Message, record: RecordedRequest, request_id: str) -> None:
        record.status = int(head["status"])
        headers = [*head.get("headers", ()), (b"x-request-id", request_id.encode())]
        if not any(name == b"date" for name, _ in headers):
            headers.append((b"date", formatdate(self.now, usegmt=True).encode()))
        head["headers"] = headers
