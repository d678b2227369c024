"""What the dashboard relies on in Streamlit, and in the server below it, that is nobody's promise.

Each thing has a test of its own (tests/dashboard/server/test_streamlit_private.py), so that an upgrade breaks
there, by name. What is replaced is replaced once, at the start, by `install`.
"""

from __future__ import annotations

import asyncio
import socket
from types import ModuleType
from typing import Any, Final, Protocol, cast

from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime import Runtime, app_session
from streamlit.runtime.runtime_util import get_max_widget_state_size_bytes
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner_utils import script_requests
from uvicorn import Config, Server
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from dashboard.server.token_bucket import TokenBucket

GOODBYE_SECONDS: Final = 3.0
"""At the end of the server: who has not heard everything by then is hung up on."""
READ_BYTES: Final = 4096
FRAMES: Final = (2_000.0, 100.0)
"""Of a WebSocket, at once and a second: pings, empty messages, parts of messages. Who sends more is cut."""
_open_protocol, _connect = WebSocketsSansIOProtocol.__init__, WebSocketsSansIOProtocol.connection_made
_shutdown = Server.shutdown


class Collector(Protocol):
    """What Streamlit calls after every run."""

    def collect(self, generation: int = 2) -> int:
        """Collect garbage; how many objects there were."""
        ...


def install(collector: Collector) -> None:
    """Replace the collecting of garbage, sessions' event loops, what WebSockets take, the server's end."""
    # `gc.collect(2)` after every run is three quarters of the interpreter's time with 150 viewers.
    cast(Any, script_runner).gc = collector
    # A session has an event loop for code that wants one, three file descriptors each; nothing here wants it.
    cast(Any, app_session).asyncio = _AsyncioForSessions("asyncio")
    # Streamlit takes messages from a browser as large as those that it sends, server.maxMessageSize.
    WebSocketsSansIOProtocol.__init__ = _open_bounded  # type: ignore[method-assign]
    # The event loop does nothing else while it takes apart what it has read: 256 KiB, or 40,000 frames.
    WebSocketsSansIOProtocol.connection_made = _read_little  # type: ignore[method-assign]
    # The server waits for everybody to have heard all that they were sent, and some do not listen.
    Server.shutdown = _shut_down  # type: ignore[method-assign]


def max_message_bytes() -> int:
    """Return how large a message of a browser may be: server.maxWidgetStateSize, in bytes."""
    return get_max_widget_state_size_bytes()


def pressed(request: ClientState) -> set[str]:
    """Return the widgets (ids) that were pressed: their value is in this request and in no later one."""
    states = request.widget_states.widgets
    return {state.id for state in states if script_requests._has_active_trigger_value(state)}


def merge_widget_states(older: WidgetStates, newer: WidgetStates) -> WidgetStates:
    """Return the newer values, with what was pressed in the older ones, by Streamlit's own rule."""
    return script_requests._coalesce_widget_states(older, newer) or WidgetStates()


def forget_expired_sessions() -> None:
    """Let go of sessions that no browser can take up again: Streamlit does so when another one ends.

    To be called on the event loop.
    """
    if Runtime.exists():
        storage = cast(Any, Runtime.instance()._session_mgr)._session_storage
        storage._cache.expire()


class LoopWhenNeeded(asyncio.SelectorEventLoop):
    """An event loop that opens its file descriptors when something of it is used for the first time."""

    def __init__(self) -> None:
        self._state: str = "idle"  # or "closed" without having been used, or "used"

    def __getattr__(self, name: str) -> Any:
        """Return what an event loop that was never used has not got yet."""
        if self._state == "used":
            raise AttributeError(name)
        was_closed = self._state == "closed"
        self._state = "used"
        super().__init__()
        if was_closed:
            super().close()
        return getattr(self, name)

    def is_running(self) -> bool:
        """Return whether it runs, which it does not if it was never used."""
        return self._state == "used" and super().is_running()

    def is_closed(self) -> bool:
        """Return whether it is closed."""
        return self._state == "closed" or (self._state == "used" and super().is_closed())

    def close(self) -> None:
        """Close it."""
        if self._state == "used":
            super().close()
        else:
            self._state = "closed"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._state}>" if self._state != "used" else super().__repr__()

    def __del__(self) -> None:
        if self._state == "used":
            super().__del__()


class _AsyncioForSessions(ModuleType):
    """asyncio as Streamlit's module of sessions sees it."""

    new_event_loop = LoopWhenNeeded

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)


def _open_bounded(self: WebSocketsSansIOProtocol, config: Config, *arguments: Any, **options: Any) -> None:
    config.ws_max_size = min(config.ws_max_size, max_message_bytes())
    _open_protocol(self, config, *arguments, **options)
    frames, received = TokenBucket(*FRAMES), self.conn.events_received

    def counted() -> list[Any]:
        events = received()
        if frames.take(len(events)):
            return events
        self.transport.abort()
        return []

    self.conn.events_received = counted  # type: ignore[method-assign]


def _read_little(self: WebSocketsSansIOProtocol, transport: asyncio.BaseTransport) -> None:
    cast(Any, transport).max_size = READ_BYTES
    _connect(self, transport)


async def _shut_down(self: Server, sockets: list[socket.socket] | None = None) -> None:
    hanging_up = asyncio.get_running_loop().call_later(GOODBYE_SECONDS, _hang_up, self)
    try:
        await _shutdown(self, sockets)
    finally:
        hanging_up.cancel()


def _hang_up(server: Server) -> None:
    for connection in list(server.server_state.connections):
        connection.transport.abort()
