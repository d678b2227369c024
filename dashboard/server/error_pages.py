"""What a request gets that is turned away: a status, a sentence and the next step."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from dashboard.server import paths

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>
:root{{color-scheme:light dark}}
body{{font:1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:15vh auto;padding:0 1.25rem}}
h1{{font-size:1.3rem}}
</style></head><body><h1>{title}</h1><p>{text}</p>{link}</body></html>
"""


@dataclass(frozen=True)
class Refusal:
    """Why a request is turned away, in words; `home`, a path below the base, offers the way there."""

    status: int
    title: str
    text: str
    home: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def response(self, scope: Scope) -> Response:
        """Return the answer: a page for a browser, text for everything else."""
        headers = {"Cache-Control": "no-store", **self.headers}
        if "text/html" not in HTTPConnection(scope).headers.get("accept", ""):
            return PlainTextResponse(f"{self.title}\n{self.text}\n", self.status, headers)
        address = escape(paths.base() + self.home)
        link = f'<p><a href="{address}">Open the dashboard</a></p>' if self.home else ""
        page = PAGE.format(title=escape(self.title), text=escape(self.text), link=link)
        return HTMLResponse(page, self.status, headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request; a WebSocket is not opened."""
        if scope["type"] == "websocket":
            await receive()
            if "websocket.http.response" not in scope.get("extensions", {}):
                await send({"type": "websocket.close", "code": 1008})
                return
            response = self.response(scope)
            start = {"type": "websocket.http.response.start", "status": self.status}
            await send({**start, "headers": response.raw_headers})
            await send({"type": "websocket.http.response.body", "body": response.body})
            return
        await self.response(scope)(scope, receive, send)
