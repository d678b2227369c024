"""What is private of Streamlit and of the server below it, in one place. Each thing has its test.

What is taken: how Streamlit signs a cookie, reads the claims of one, and splits the WebSocket's protocols.
What is replaced: the function that writes a sign-in's cookies. What is bounded: what its logs say of a
stranger's request. What is raised: how long a header line of a WebSocket's request may be.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import websockets.http11
from starlette.datastructures import Headers
from starlette.responses import Response
from streamlit.logger import get_logger
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette import starlette_auth_routes, starlette_websocket
from streamlit.web.server.starlette.starlette_app_utils import (
    create_signed_value,
    decode_signed_value,
    validate_xsrf_token,
)
from streamlit.web.server.starlette.starlette_server_config import (
    AUTH_COOKIE_MAX_AGE_SECONDS,
    SESSION_COOKIE_NAME,
    USER_COOKIE_NAME,
    XSRF_COOKIE_NAME,
)

USER_COOKIE: Final = USER_COOKIE_NAME
SESSION_COOKIE: Final = SESSION_COOKIE_NAME
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
