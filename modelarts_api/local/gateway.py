"""What stands before the calls: request ids, the log, latency, faults, and the token."""

import asyncio
import hmac
import uuid
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from modelarts_api.local.failures import RefusalError
from modelarts_api.local.faults import Faults
from modelarts_api.local.request_log import RecordedRequest, RequestLog


@dataclass
class Gateway:
    """An ASGI application before another. Latency in milliseconds; without a token, any is accepted."""

    application: ASGIApp
    latency_ms: float
    token: str | None = field(repr=False)
    requests: RequestLog = field(default_factory=RequestLog)
    faults: Faults = field(default_factory=Faults)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
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
        refusal = self._refusal(request)
        if fault is not None:
            await fault.answer(request.scope, receive, send)
        elif refusal is not None:
            await refusal.response()(request.scope, receive, send)
        else:
            await self.application(request.scope, receive, send)

    def _refusal(self, request: Request) -> RefusalError | None:
        if self.token is None:
            return None
        given = request.headers.get("x-auth-token", "")
        if not given:
            return RefusalError(HTTPStatus.UNAUTHORIZED, "ModelArts.0201", "The token is empty.")
        if not hmac.compare_digest(given.encode(), self.token.encode()):
            return RefusalError(HTTPStatus.UNAUTHORIZED, "ModelArts.0203", "The token is invalid.")
        return None
