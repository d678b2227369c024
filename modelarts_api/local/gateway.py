"""What stands before the calls: request ids, the log, latency, faults, and the authorisation."""

import asyncio
import uuid
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from modelarts_api.local.authorisation import Authorisation
from modelarts_api.local.faults import Faults
from modelarts_api.local.request_log import RecordedRequest, RequestLog


@dataclass
class Gateway:
    """An ASGI application before another. Latency in milliseconds; without an authorisation, all may pass."""

    application: ASGIApp
    latency_ms: float
    authorisation: Authorisation | None = None
    requests: RequestLog = field(default_factory=RequestLog)
    faults: Faults = field(default_factory=Faults)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        request.state.request_id = uuid.uuid4().hex
        record = RecordedRequest(
            request.method, request.url.path, dict(request.query_params), dict(request.headers)
        )
        self.requests.record(record)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                record.status = int(message["status"])
                request_id: str = request.state.request_id
                message["headers"] = [*message.get("headers", ()), (b"x-request-id", request_id.encode())]
            await send(message)

        await asyncio.sleep(self.latency_ms / 1000)
        await self._answer(request, receive, answer)

    async def _answer(self, request: Request, receive: Receive, send: Send) -> None:
        fault = self.faults.take(f"{request.url.path}?{request.url.query}")
        if fault is not None:
            await fault.answer(request.scope, receive, send)
            return
        refusal = await self.authorisation.refusal(request) if self.authorisation is not None else None
        if refusal is not None:
            await refusal.response(request.state.request_id)(request.scope, receive, send)
        else:
            await self.application(request.scope, receive, send)
