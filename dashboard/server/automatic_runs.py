"""A session's automatic runs wait until its last run has been seen.

Parts of the page ask to be run again now and then, whether or not the server keeps up. That has two faults
when many viewers come at once: the questions pile up; and Streamlit, asked for a part of the page between the
end of a run and the sending of what it drew, throws away what it drew (its issue 9921), so that a viewer's
filter shows no effect. So while a run is under way or unsent, an automatic one is left out: the browser asks
again by itself. And a part that a viewer asks for then becomes a run of the whole script.
"""

from __future__ import annotations

import time
from typing import Final

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

PATIENCE_SECONDS: Final = 15.0
"""After so long a run is no longer waited for."""
LONGEST_END: Final = 512
"""Messages that say that a run is over have fewer bytes."""


class AutomaticRuns:
    """ASGI middleware: looks at what browsers and Streamlit say to each other over their WebSockets.

    It comes before others that look at messages, so that what it leaves out has not happened for them either.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; a WebSocket through its own Turns."""
        if scope["type"] == "websocket":
            turns = Turns(receive, send)
            await self._app(scope, turns.receive, turns.send)
        else:
            await self._app(scope, receive, send)


class Turns:
    """One session: whether a run that it has asked for is still to be seen."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._asked: float | None = None  # monotonic

    async def receive(self) -> Message:
        """The next message from the browser that is not left out."""
        while True:
            message = await self._receive()
            data = message.get("bytes")
            if message["type"] != "websocket.receive" or not data:
                return message
            passed = self._passed(data)
            if passed is not None:
                return {"type": "websocket.receive", "bytes": passed}

    async def send(self, message: Message) -> None:
        """Pass a message to the browser, and note the end of a run once it is sent."""
        await self._send(message)
        data = message.get("bytes")
        if self._asked is not None and data and len(data) < LONGEST_END and _is_end(data):
            self._asked = None

    def _passed(self, data: bytes) -> bytes | None:
        try:
            said = BackMsg.FromString(data)
        except DecodeError:
            return data  # Streamlit's to refuse
        if said.WhichOneof("type") != "rerun_script":
            return data
        request = said.rerun_script
        waits = self._asked is not None and time.monotonic() - self._asked < PATIENCE_SECONDS
        if waits and request.is_auto_rerun:
            return None
        self._asked = time.monotonic()
        if waits and request.fragment_id:
            request.fragment_id = ""
            return bytes(said.SerializeToString())
        return data


def _is_end(data: bytes) -> bool:
    message = ForwardMsg.FromString(data)
    if message.WhichOneof("type") != "script_finished":
        return False
    return bool(message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN)
