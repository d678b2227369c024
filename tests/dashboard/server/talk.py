"""A browser and Streamlit with the filter between them, and messages of both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from starlette.types import Message
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.server.websocket_filter import WebSocketFilter

WHOLE, FRAGMENT = "", "fragment-1"
GONE = {"type": "websocket.disconnect", "code": 1001}
HEARTBEAT = BackMsg(app_heartbeat=True)
SECONDS = 60
"""A test fails when something has not come to pass after so long: only if it never will."""


def asks(fragment: str = WHOLE, *, automatic: bool = False, text: str = "", pressed: str = "") -> BackMsg:
    """A browser wants a run; `pressed` names a button that was."""
    message = BackMsg()
    message.rerun_script.query_string = text
    message.rerun_script.fragment_id = fragment
    message.rerun_script.is_auto_rerun = automatic
    if pressed:
        message.rerun_script.widget_states.widgets.add(id=pressed, trigger_value=True)
    return message


def ends(status: int = ForwardMsg.FINISHED_SUCCESSFULLY) -> ForwardMsg:
    """Streamlit says that a run is over."""
    message = ForwardMsg(script_finished=status)  # type: ignore[arg-type]  # an enumeration's number
    message.metadata.run.script_run_id = "of-this-run"
    return message


def draws(size: int) -> ForwardMsg:
    """Streamlit sends an element."""
    message = ForwardMsg()
    message.delta.new_element.text.body = "x" * size
    return message


class Talk:
    """One session: what of its browser's messages has reached Streamlit, and what its browser was sent."""

    def __init__(self, claims: dict[str, Any] | None = None, *, stranger: bool = False) -> None:
        self._incoming: asyncio.Queue[Message] = asyncio.Queue()
        self._claims, self._stranger = claims or {}, stranger
        self.reached: list[BackMsg] = []
        self.end: Message | None = None
        self.sent: list[Message] = []
        self.is_gone = False

    async def __aenter__(self) -> Self:
        self._filter = WebSocketFilter(self._incoming.get, self._send, self._claims, stranger=self._stranger)
        self._streamlit = asyncio.create_task(self._listen())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._filter.close()
        self._streamlit.cancel()
        with suppress(asyncio.CancelledError):
            await self._streamlit

    async def say(self, *messages: BackMsg | bytes) -> None:
        """The browser says this, and it has been decided on: a heartbeat passes at once, after it."""
        for message in messages:
            data = message if isinstance(message, bytes) else message.SerializeToString()
            await self.hear({"type": "websocket.receive", "bytes": data})

    async def hear(self, message: Message) -> None:
        """The server hands on a message of any kind, and it has been decided on."""
        self._incoming.put_nowait(message)
        await asyncio.sleep(0)
        beats = self._beats + 1
        self._incoming.put_nowait({"type": "websocket.receive", "bytes": HEARTBEAT.SerializeToString()})
        await self.until(lambda: self._beats == beats or self.end is not None)

    async def answer(self, *messages: ForwardMsg) -> None:
        """Streamlit sends this."""
        for message in messages:
            await self._filter.send({"type": "websocket.send", "bytes": message.SerializeToString()})

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(SECONDS):
            while not true():
                await asyncio.sleep(0.001)

    async def reach(self, count: int) -> list[BackMsg]:
        """Wait until so many messages have reached Streamlit, heartbeats not counted; all of them."""
        await self.until(lambda: len(self.runs) >= count)
        return self.runs

    @property
    def runs(self) -> list[BackMsg]:
        """What has reached Streamlit so far, without the heartbeats."""
        return [message for message in self.reached if message != HEARTBEAT]

    @property
    def _beats(self) -> int:
        return self.reached.count(HEARTBEAT)

    async def _listen(self) -> None:
        while self.end is None:
            message = await self._filter.receive()
            if message["type"] == "websocket.receive":
                self.reached.append(BackMsg.FromString(message["bytes"]))
            else:
                self.end = message

    async def _send(self, message: Message) -> None:
        if self.is_gone:
            raise OSError("the browser has gone")
        self.sent.append(message)
