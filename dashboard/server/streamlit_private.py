"""What is private of Streamlit and of the server below it, in one place: an upgrade breaks here, by name.

Each thing has its test. Of sign-ins: how Streamlit signs a cookie, reads the claims of one and splits the
WebSocket's protocols is taken, the function that writes a sign-in's cookies is replaced, what logs say of a
stranger's request is bounded, and how long a header line of a WebSocket's request may be is raised. Of
sessions: how Streamlit merges requests and what a browser has sent is taken; what it reads before a run and
does after it, what a WebSocket takes and how the server ends is replaced. Of the start: who has begun the
server is taken.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import ModuleType
from typing import Any, Final, Protocol, cast

import websockets.http11
from google.protobuf.message import Message
from starlette.datastructures import Headers
from starlette.responses import Response
from streamlit import config
from streamlit.logger import get_logger
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime import Runtime, app_session
from streamlit.runtime.runtime_util import get_max_widget_state_size_bytes
from streamlit.runtime.scriptrunner import script_runner
from streamlit.runtime.scriptrunner_utils import script_requests
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx
from streamlit.runtime.state.session_state import SessionState
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette import starlette_auth_routes, starlette_websocket
from streamlit.web.server.starlette.starlette_app_utils import (
    create_signed_value,
    decode_signed_value,
    validate_xsrf_token,
)
from streamlit.web.server.starlette.starlette_server_config import (
    AUTH_COOKIE_MAX_AGE_SECONDS,
    USER_COOKIE_NAME,
    XSRF_COOKIE_NAME,
)
from uvicorn import Config, Server
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from dashboard.server.token_bucket import TokenBucket

USER_COOKIE: Final = USER_COOKIE_NAME
XSRF_COOKIE: Final = XSRF_COOKIE_NAME
USER_COOKIE_SECONDS: Final = AUTH_COOKIE_MAX_AGE_SECONDS
WHOLE: Final = b"{"
"""With what a whole sign-in begins; the first of several cookies begins with `chunks-`, and says how many."""
MAX_HEADER_LINE: Final = 64 * 1024
MAX_LOGGED: Final = 300
LOGGERS: Final = (
    "streamlit.web.server.starlette.starlette_auth_routes",
    "streamlit.web.server.starlette.starlette_websocket",
)
SCRIPT_LOGGER: Final = "streamlit.error_util"
SESSION_STATE: Final = "streamlit.runtime.state.session_state"
GOODBYE_SECONDS: Final = 3.0
"""At the end of the server: who has not heard everything by then is hung up on."""
READ_BYTES: Final = 4096
FRAMES: Final = (2_000.0, 100.0)
"""Of a WebSocket, at once and a second: pings, empty messages, parts of messages. Who sends more is cut."""
_open_protocol, _connect = WebSocketsSansIOProtocol.__init__, WebSocketsSansIOProtocol.connection_made
_startup, _shutdown = Server.startup, Server.shutdown
_populate_config, _populate_theme = app_session._populate_config_msg, app_session._populate_theme_msg

Writer = Callable[[Response, Mapping[str, Any]], Awaitable[None]]


def write_sign_ins_with(writer: Writer) -> None:
    """Have `writer` put the cookie of a sign-in on the last answer of one; it is given all claims.

    Streamlit cuts a long cookie into several that nothing binds together, and keeps the tokens in others.
    """

    async def write(response: Response, user_info: dict[str, Any], tokens: dict[str, Any]) -> None:  # noqa: ARG001
        await writer(response, user_info)

    starlette_auth_routes._set_auth_cookie = write


def signed(value: str) -> str:
    """Return the value of the sign-in's cookie as Streamlit signs it."""
    return create_signed_value(get_cookie_secret(), USER_COOKIE, value).decode()


def unsigned(cookie: str) -> bytes | None:
    """Return what a sign-in's cookie says; None if it is forged, expired or only a piece of one."""
    said = decode_signed_value(get_cookie_secret(), USER_COOKIE, cookie.encode("latin-1"))
    return said if said and said.startswith(WHOLE) else None


def claims_in(said: bytes, origin: str) -> Mapping[str, object]:
    """Return the claims that `st.user` has of a cookie; none when it is of another origin than this."""
    return starlette_websocket._parse_decoded_user_cookie(said, origin)


def repeats_token(headers: Headers, kept: str | None) -> bool:
    """Return whether a WebSocket's request repeats the token that is kept in its cookie."""
    _, token, _ = starlette_websocket._parse_subprotocols(headers)
    return validate_xsrf_token(token, kept)


def accept_long_header_lines() -> None:
    """Let a WebSocket be opened with as many cookies as a page may be asked for with (64 KiB, h11's bound).

    A line of more than 8,192 bytes would not be answered at all, and the page would stay empty.
    """
    websockets.http11.MAX_LINE_LENGTH = max(websockets.http11.MAX_LINE_LENGTH, MAX_HEADER_LINE)


def answer_at_once() -> None:
    """Send small answers without waiting. Has to be called before the server takes its sockets."""
    Server.startup = _start_up  # type: ignore[method-assign]


def shorten_logs() -> None:
    """Have one line say what was wrong with a stranger's request: no traceback, no long text.

    uvicorn's parser of HTTP (h11) fails an answer when a wrong body comes, and uvicorn takes that for a fault
    of the application. Streamlit takes a widget's value that is of no use for a fault of the script.
    """
    filters = {get_logger(name): OneLine() for name in LOGGERS}
    filters |= {logging.getLogger(name): OneLine(of_the_parser) for name in ("uvicorn.error", "asyncio")}
    filters[get_logger(SCRIPT_LOGGER)] = OneLine(of_a_sent_value)
    for logger, one_line in filters.items():
        if not any(isinstance(known, OneLine) for known in logger.filters):
            logger.addFilter(one_line)


def of_the_parser(error: BaseException) -> bool:
    """Return whether an exception is one of h11's."""
    return type(error).__module__.partition(".")[0] == "h11"


def of_a_sent_value(error: BaseException) -> bool:
    """Return whether Streamlit failed to read a widget's value that a client sent, without a line of ours."""
    since_read: list[str] = []
    for frame, _ in traceback.walk_tb(error.__traceback__):
        name = frame.f_globals.get("__name__", "")
        if since_read or name == SESSION_STATE:
            since_read.append(name.partition(".")[0])
    return bool(since_read) and not {"dashboard", "__main__", "modelarts_api"} & set(since_read)


class OneLine(logging.Filter):
    """Makes one line of a record: an exception's kind instead of its traceback, no control characters.

    With `only` it does so for the exceptions of which that is true, and leaves all else as it is.
    """

    def __init__(self, only: Callable[[BaseException], bool] | None = None) -> None:
        super().__init__()
        self._only = only

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record, and let it through."""
        error = record.exc_info[1] if record.exc_info else None
        if self._only and not (error and self._only(error)):
            return True
        text = record.getMessage() + (f" ({type(error).__name__})" if error else "")
        plain = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
        record.msg = plain if len(plain) <= MAX_LOGGED else f"{plain[:MAX_LOGGED]}…"
        record.args, record.exc_info, record.exc_text, record.stack_info = None, None, None, None
        return True


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
    # Settings and theme go with every run, and reading each option anew is a sixth of what all runs take.
    cast(Any, app_session)._populate_config_msg = ReadOnce(_populate_config)
    cast(Any, app_session)._populate_theme_msg = ReadOnce(_populate_theme)
    # Streamlit takes messages from a browser as large as those that it sends, server.maxMessageSize.
    WebSocketsSansIOProtocol.__init__ = _open_bounded  # type: ignore[method-assign]
    # The event loop does nothing else while it takes apart what it has read: 256 KiB, or 40,000 frames.
    WebSocketsSansIOProtocol.connection_made = _read_little  # type: ignore[method-assign]
    # The server waits for everybody to have heard all that they were sent, and some do not listen.
    Server.shutdown = _shut_down  # type: ignore[method-assign]


class ReadOnce:
    """Fills in a part of the message that begins a run, from options that are read once.

    When the file of the options is read anew, so are they.
    """

    def __init__(self, populate: Callable[..., None]) -> None:
        self._populate = populate
        self._read: dict[tuple[str, ...], Message] = {}
        config.on_config_parsed(self._read.clear, force_connect=True)

    def __call__(self, message: Message, *section: str) -> None:
        """Fill in a message that is empty yet."""
        found = self._read.get(section)
        if found is None:
            found = type(message)()
            self._populate(found, *section)
            self._read[section] = found
        if found.ByteSize():
            message.MergeFrom(found)


def serves_itself() -> bool:
    """Return whether Streamlit's command has begun the server: then its settings say where that listens."""
    return config._server_mode is not None


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


def unsent(keys: Iterable[str]) -> list[str]:
    """Return those of some controls' keys that have a value which the browser did not send with this run.

    Call it before the controls are drawn. Outside a script's run there is nothing to be sent.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return []
    session: SessionState = context.session_state._state
    ids = {key: session._key_id_mapper.get_id_from_key(key, None) for key in keys if key in session}
    return [key for key, widget_id in ids.items() if widget_id not in session._new_widget_state.states]


def is_back_or_forward() -> bool:
    """Return whether this run was asked for by the browser's Back or Forward."""
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation


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


async def _start_up(self: Server, sockets: list[socket.socket] | None = None) -> None:
    # asyncio sends at once only on sockets that name their protocol. These do not, so each small answer on a
    # connection that stays open would wait for the other side's delayed acknowledgement: 40 ms.
    for listening in sockets or ():
        if listening.family in (socket.AF_INET, socket.AF_INET6):
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    await _startup(self, sockets)


async def _shut_down(self: Server, sockets: list[socket.socket] | None = None) -> None:
    hanging_up = asyncio.get_running_loop().call_later(GOODBYE_SECONDS, _hang_up, self)
    try:
        await _shutdown(self, sockets)
    finally:
        hanging_up.cancel()


def _hang_up(server: Server) -> None:
    for connection in list(server.server_state.connections):
        connection.transport.abort()
