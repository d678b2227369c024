"""What a browser may say over its WebSocket, and when: every message passes here, and is parsed here once.

Size and rate come before parsing. Streamlit's server does more than the dashboard's screens ask of it: at a
client's word it clears everybody's cache, tells the state of the git repository, takes uploads. So a few
kinds of message pass and no others. A request to run the script waits for its turn: one run of a session at a
time, as long as that is quick, and few runs in the process. What comes meanwhile is merged: the newest wins,
and nothing that was pressed is lost.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from google.protobuf.message import DecodeError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.access.policy import Policy, Verdict
from dashboard.server import rules, streamlit_private
from dashboard.server.held_reruns import HeldReruns
from dashboard.server.run_queue import RunQueue
from dashboard.server.sessions import address_of, is_stranger, sessions
from dashboard.server.token_bucket import TokenBucket

PASSED: Final = frozenset({"rerun_script", "stop_script", "app_heartbeat"})
DOWNLOAD: Final = "deferred_file"
STRANGER_BYTES: Final = 64_000
"""A message of somebody who has not signed in; the sign-in screen has two buttons."""
MAX_WIDGETS: Final = 2_000
"""Values in one message: an empty one is 2 bytes on the wire and 70 in memory. No screen has a tenth."""
MESSAGES: Final = (500.0, 20.0)
"""At once, and a second: a browser that says more is cut off. BYTES_A_TOKEN in a message count as one."""
BYTES_A_TOKEN: Final = 8_192
RUNS, STRANGER_RUNS = (40.0, 10.0), (10.0, 2.0)
"""At once, and a second: what a browser asks for beyond that waits, and is merged."""
RUNS_KEPT: Final = 10.0
"""So many are left to the viewer: runs that the page asks for by the clock take none of them."""
INTERRUPT_SECONDS: Final = 0.3
"""A newer request waits for a run for so long, then ends it: it may be one that waits for a service."""
PATIENCE_SECONDS: Final = 15.0
"""After so long a run is not waited for by automatic ones."""
AUTOMATIC_DELAY, BUSY_DELAY = 0.5, 2.0
"""How far a turn is put off: that of automatic runs; that of a browser that has used up all its runs."""
MAX_END_BYTES: Final = 512
"""Messages that say that a run is over have fewer bytes."""
NO_MESSAGE = (1002, "This is no message of a page of the dashboard")
TOO_LONG = (1009, "No page of the dashboard sends so much in one message")
TOO_MANY = (1008, "No page of the dashboard sends so many messages: reload it")

queue_of_viewers, queue_of_strangers = RunQueue(places=4), RunQueue(places=2)


async def serve(app: ASGIApp, scope: Scope, receive: Receive, send: Send, policy: Policy) -> None:
    """Let a browser and the application talk through a filter of their own, and count them as a session."""
    stranger, address = is_stranger(scope, policy), address_of(scope)
    talk = WebSocketFilter(receive, send, rules.session_claims(scope, policy), stranger=stranger)
    with sessions.opened(address, stranger=stranger):
        try:
            await app(scope, talk.receive, talk.send)
        finally:
            talk.close()


class WebSocketFilter:
    """One session: what its browser has said and Streamlit has not heard yet, and the run under way."""

    def __init__(
        self, receive: Receive, send: Send, claims: Mapping[str, object], *, stranger: bool = False
    ) -> None:
        self._receive, self._send, self._claims = receive, send, claims
        self._max_bytes = streamlit_private.max_message_bytes()
        if stranger:
            self._max_bytes = min(self._max_bytes, STRANGER_BYTES)
        self._queue = queue_of_strangers if stranger else queue_of_viewers
        self._messages = TokenBucket(*MESSAGES)
        self._runs = TokenBucket(*(STRANGER_RUNS if stranger else RUNS))
        self._held = HeldReruns(self._max_bytes)
        self._asked: float | None = None  # monotonic, while a run is under way or unsent
        self._is_over = asyncio.Event()
        self._is_ended = False  # nothing can be sent any more
        self._seen: Policy | None = None  # the rules that the whole script has run under
        self._reading: asyncio.Task[Message] | None = None
        self._turn: asyncio.Task[None] | None = None

    async def receive(self) -> Message:
        """Return the next message that may pass, or the end of the session."""
        while True:
            message = await self._message_or_turn()
            if message is None:
                said = self._held.pop()
                return _message(self._begin(said, said.SerializeToString()))
            if message["type"] != "websocket.receive":
                return message
            data = message.get("bytes") or b""
            fault = self._fault(data)
            passed = None if fault else self._passed(data)
            if isinstance(passed, bytes):
                return _message(passed)
            if fault := fault or passed:
                return await self._end(*fault)
            await asyncio.sleep(0)  # a browser that says a lot keeps nobody else waiting

    async def send(self, message: Message) -> None:
        """Pass a message to the browser, and note the end of a run once it is sent.

        A browser that has gone hears nothing, and `receive` tells of it: two who tell confuse Streamlit.
        """
        if self._is_ended:
            return
        try:
            await self._send(message)
        except OSError:
            self._is_ended = True
        data = message.get("bytes")
        if self._asked is not None and data and len(data) < MAX_END_BYTES and _is_end(data):
            self._asked = None
            self._is_over.set()
            self._queue.give_back(self)

    def close(self) -> None:
        """Forget what is held. A run that is under way keeps its place until its time is over."""
        for task in (self._reading, self._turn):
            if task is not None:
                task.cancel()
        if self._asked is None:
            self._queue.give_back(self)

    async def _message_or_turn(self) -> Message | None:
        """Return the browser's next message, or None when it is the turn of a request that is held."""
        if not self._held:
            reading, self._reading = self._reading, None
            return await (reading or self._receive())
        self._reading = self._reading or asyncio.ensure_future(self._receive())
        self._turn = self._turn or asyncio.create_task(self._wait_for_turn())
        await asyncio.wait({self._reading, self._turn}, return_when=asyncio.FIRST_COMPLETED)
        if self._turn.done():
            turn, self._turn = self._turn, None
            turn.result()
            return None
        reading, self._reading = self._reading, None
        return reading.result()

    async def _wait_for_turn(self) -> None:
        if self._asked is not None:
            left = self._asked + INTERRUPT_SECONDS - time.monotonic()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_over.wait(), max(0.0, left))
        await asyncio.sleep(self._runs.seconds_until(1.0))
        delay = BUSY_DELAY * (1 - self._runs.level / self._runs.capacity)
        await self._queue.take(self, delay + AUTOMATIC_DELAY * self._held.is_automatic)

    def _fault(self, data: bytes) -> tuple[int, str] | None:
        """Return why the session ends before a message is looked at."""
        if len(data) > self._max_bytes:
            return TOO_LONG
        return None if self._messages.take(1 + len(data) / BYTES_A_TOKEN) else TOO_MANY

    def _passed(self, data: bytes) -> bytes | tuple[int, str] | None:
        """Return the message as it goes on now; None when it does not, or why the session ends."""
        try:
            said = BackMsg.FromString(data)
        except DecodeError:
            return NO_MESSAGE
        kind = said.WhichOneof("type")
        if kind == "backend_operation_request":
            is_download = said.backend_operation_request.WhichOneof("payload") == DOWNLOAD
            return data if is_download and self._is_current(rules.policy()) else None
        if kind == "rerun_script":
            if len(said.rerun_script.widget_states.widgets) > MAX_WIDGETS:
                return TOO_LONG
            return self._asked_for(said, data)
        if kind == "stop_script":
            self._let_go()
        return data if kind in PASSED else None

    def _asked_for(self, said: BackMsg, data: bytes) -> bytes | None:
        """Return a request to run the script.

        Now, or None if it is held, or left out: the page will ask again.
        """
        automatic = said.rerun_script.is_auto_rerun
        if automatic and (self._held or self._is_unsent() or self._runs.level < RUNS_KEPT):
            return None
        if not self._held and self._asked is None and self._runs.level >= 1 and self._queue.try_take(self):
            return self._begin(said, data)
        if self._held.is_automatic:
            self._let_go()
        self._held.add(said, data)
        return None

    def _begin(self, said: BackMsg, data: bytes) -> bytes:
        """Return a request to run the script as it goes on.

        A part of a page (a fragment) is drawn again without the script's gate. So when the rules have changed
        since the whole script ran, or the viewer may not look any more, the whole script runs instead. So it
        does while another run is unsent: Streamlit would throw away what that one drew (its issue 9921).
        """
        policy = rules.policy()
        if not said.rerun_script.fragment_id or self._is_unsent() or not self._is_current(policy):
            self._seen = policy
            if said.rerun_script.fragment_id:
                said.rerun_script.fragment_id = ""
                data = said.SerializeToString()
        self._runs.take()
        self._is_over.clear()
        self._asked = time.monotonic()
        return data

    def _let_go(self) -> None:
        """Forget what is held: it will not be asked for."""
        self._held.clear()
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
        if self._asked is None:
            self._queue.give_back(self)

    def _is_unsent(self) -> bool:
        return self._asked is not None and time.monotonic() - self._asked < PATIENCE_SECONDS

    def _is_current(self, policy: Policy) -> bool:
        """Return whether the whole script has run under these rules, and they still let this viewer look."""
        return policy == self._seen and rules.verdict(policy, self._claims) is Verdict.ADMITTED

    async def _end(self, code: int, reason: str) -> Message:
        await self.send({"type": "websocket.close", "code": code, "reason": reason})
        self._is_ended = True
        return {"type": "websocket.disconnect", "code": code, "reason": reason}


def _message(data: bytes) -> Message:
    return {"type": "websocket.receive", "bytes": data}


def _is_end(data: bytes) -> bool:
    message = ForwardMsg.FromString(data)
    if message.WhichOneof("type") != "script_finished":
        return False
    return bool(message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN)
