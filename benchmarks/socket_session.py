"""A session without a browser: what a tab says to a Streamlit server over its WebSocket, and is told.

It does what the browser's part of Streamlit does: it answers with the values of all widgets, keeps the
address up to date, runs fragments again when they ask for it, and forgets what a run has not drawn again.
"""

import asyncio
import html
import io
import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qs, urlencode

import pyarrow as pa
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

NAME_COLUMNS = ("name", "config_name")
NAME_CELL = r'data-press="open \d+">([^<]*)</button></th>'
"""A name in the dashboard's table, which is HTML."""
Value = str | int | list[str]


@dataclass
class Shown:
    """An element on the screen: the run that drew it last, and the fragment that it belongs to."""

    element: Element
    run: str
    fragment: str


class SocketSession:
    """One session of a Streamlit server. A context manager; closed when the server ends it, too."""

    def __init__(self, url: str, query: str = "") -> None:
        self._url = url
        self._query = parse_qs(query)
        self._widgets: dict[str, tuple[Any, str]] = {}
        self._defaults: dict[str, WidgetState] = {}
        self._values: dict[str, WidgetState] = {}
        self._shown: dict[tuple[int, ...], Shown] = {}
        self._page = self._run = ""
        self._reruns: dict[str, asyncio.Task[None]] = {}
        self._run_ended = asyncio.Condition()
        self.lost_connection = False

    async def __aenter__(self) -> Self:
        self._socket: ClientConnection = await connect(
            self._url.replace("http", "ws", 1) + "/_stcore/stream",
            origin=Origin(self._url),
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            proxy=None,
            open_timeout=60,
            ping_interval=None,  # a browser sends none, and a busy server answers late
        )
        self._listening = asyncio.create_task(self._listen())
        await self._ask()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop_reruns()
        self._listening.cancel()
        with suppress(asyncio.CancelledError, ConnectionClosed):
            await self._listening
        await self._socket.close()

    async def choose(self, key: str, value: Value) -> None:
        """Give the widget with a key another value, as a viewer would."""
        widget, fragment = self._widgets[key]
        state = WidgetState(id=widget.id)
        _set(state, value)
        self._values[key] = state
        self._query.pop(key, None)
        if state != self._defaults[key]:  # what is at its default is left out of the address
            self._query[key] = value if isinstance(value, list) else [str(value)]
        await self._ask(fragment)

    async def press(self, key: str) -> None:
        """Press the button with a key."""
        shown = next(one for one in self._of("button") if one.element.button.id.endswith(f"-{key}"))
        await self._ask(shown.fragment, pressed=shown.element.button.id)

    async def until(self, true: Callable[[Self], bool], seconds: float) -> float:
        """Wait until the screen, at the end of a run, is as it should be; the monotonic time of that.

        Raises TimeoutError, and ConnectionError when the server has closed the connection.
        """
        async with asyncio.timeout(seconds), self._run_ended:
            while not true(self):
                if self.lost_connection:
                    raise ConnectionError("the server closed the connection")
                await self._run_ended.wait()
            return time.monotonic()

    def texts(self) -> list[str]:
        """Return the plain texts on the screen, those between the tags of HTML among them."""
        plain = [shown.element.text.body for shown in self._of("text")]
        return plain + [
            part for shown in self._of("html") for part in re.findall(r">([^<]+)<", shown.element.html.body)
        ]

    def blocks_with(self, words: str) -> list[str]:
        """Return the HTML blocks on the screen that have these words in them, as they were sent."""
        blocks = (shown.element.bidi_component.json for shown in self._of("bidi_component"))
        return [block for block in blocks if words in block]

    def alerts(self) -> list[str]:
        """Return the notices on the screen."""
        return [shown.element.alert.body for shown in self._of("alert")]

    def names(self) -> list[str] | None:
        """Return the names in the table on the screen; None when there is no table."""
        for shown in self._of("dataframe"):
            table = pa.ipc.open_stream(io.BytesIO(shown.element.dataframe.arrow_data.data)).read_all()
            for column in NAME_COLUMNS:
                if column in table.column_names:
                    return [str(name) for name in table[column].to_pylist()]
        for shown in self._of("bidi_component"):
            component = shown.element.bidi_component
            if component.id.endswith("-rows"):
                return [
                    html.unescape(name) for name in re.findall(NAME_CELL, json.loads(component.json)["html"])
                ]
        return None

    def _of(self, kind: str) -> Iterator[Shown]:
        return (shown for shown in self._shown.values() if shown.element.WhichOneof("type") == kind)

    async def _ask(self, fragment: str = "", *, is_auto: bool = False, pressed: str = "") -> None:
        message = BackMsg()
        request = message.rerun_script
        request.query_string = urlencode(self._query, doseq=True)
        request.page_script_hash = self._page
        request.fragment_id = fragment
        request.is_auto_rerun = is_auto
        request.widget_states.widgets.extend(self._values.values())
        if pressed:
            request.widget_states.widgets.append(WidgetState(id=pressed, trigger_value=True))
        request.context_info.timezone = "UTC"
        request.context_info.locale = "en-US"
        request.context_info.url = f"{self._url}/"
        request.context_info.color_scheme = "light"
        with suppress(ConnectionClosed):  # _listen takes note of it
            await self._socket.send(message.SerializeToString())

    async def _listen(self) -> None:
        try:
            async for data in self._socket:
                await self._take(ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode()))
        finally:
            self.lost_connection = True
            self._stop_reruns()
            async with self._run_ended:
                self._run_ended.notify_all()

    async def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "delta":
            self._draw(message.delta, tuple(message.metadata.delta_path))
        elif kind == "new_session":
            self._page = message.new_session.page_script_hash
            self._run = message.metadata.run.script_run_id
            if not message.metadata.run.fragment_ids:
                self._stop_reruns()
        elif kind == "auto_rerun":
            self._start_rerun(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            self._stop_reruns(message.stop_auto_rerun.fragment_ids)
        elif kind == "page_info_changed":
            self._query = parse_qs(message.page_info_changed.query_string)
        elif kind == "script_finished":
            await self._end_of_run(message)
        elif kind == "ref_hash":
            raise NotImplementedError("the server refers to a message that it has sent before")

    def _draw(self, delta: Delta, path: tuple[int, ...]) -> None:
        if delta.WhichOneof("type") != "new_element":
            return
        element = delta.new_element
        self._shown[path] = Shown(element, self._run, delta.fragment_id)
        widget = getattr(element, str(element.WhichOneof("type")))
        key = getattr(widget, "id", "").rpartition("-")[2]
        state = _state(element, is_default=not getattr(widget, "set_value", False)) if key else None
        if state is not None:
            self._widgets[key] = (widget, delta.fragment_id)
            self._defaults[key] = _state(element, is_default=True) or state
            known = self._values.get(key)
            if known is None or known.id != widget.id or widget.set_value:
                self._values[key] = state

    async def _end_of_run(self, message: ForwardMsg) -> None:
        status, run = message.script_finished, message.metadata.run
        if status == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return  # another run of the same follows
        if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            raise RuntimeError("the script does not compile")
        for path, shown in list(self._shown.items()):
            in_this_run = not run.fragment_ids or shown.fragment in run.fragment_ids
            if in_this_run and shown.run != run.script_run_id:
                del self._shown[path]
        async with self._run_ended:
            self._run_ended.notify_all()

    def _start_rerun(self, fragment: str, seconds: float) -> None:
        async def again() -> None:
            while True:
                await asyncio.sleep(seconds)
                await self._ask(fragment, is_auto=True)

        self._stop_reruns([fragment])
        self._reruns[fragment] = asyncio.create_task(again())

    def _stop_reruns(self, fragments: Sequence[str] | None = None) -> None:
        for fragment in list(self._reruns) if fragments is None else fragments:
            if task := self._reruns.pop(fragment, None):
                task.cancel()


async def page_of(url: str, query: str = "") -> bytes:
    """Fetch the page that a browser opens before its session; the whole answer."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        lines = (
            f"GET /?{query} HTTP/1.1",
            f"Host: {host}:{port}",
            "Accept-Encoding: gzip",
            "Connection: close",
        )
        writer.write("\r\n".join((*lines, "", "")).encode())
        return await reader.read(-1)
    finally:
        writer.close()


def _set(state: WidgetState, value: Value) -> None:
    if isinstance(value, list):
        state.string_array_value.SetInParent()
        state.string_array_value.data.extend(value)
    elif isinstance(value, int):
        state.int_value = value
    else:
        state.string_value = value


def _state(element: Element, *, is_default: bool) -> WidgetState | None:
    """Return a widget's default, or the value that the script sets; None for what has none that matters."""
    kind = element.WhichOneof("type")
    widget = getattr(element, str(kind))
    state = WidgetState(id=getattr(widget, "id", ""))
    if kind in {"text_input", "pagination"}:
        _set(state, widget.default if is_default else widget.value)
    elif kind in {"radio", "selectbox"}:
        default = widget.options[widget.default] if widget.HasField("default") else ""
        _set(state, default if is_default else widget.raw_value)
    elif kind == "multiselect":
        defaults = [widget.options[index] for index in widget.default]
        _set(state, defaults if is_default else list(widget.raw_values))
    elif kind == "date_input":
        _set(state, list(widget.default if is_default else widget.value))
    elif kind == "checkbox":
        state.bool_value = widget.default if is_default else widget.value
    else:
        return None
    return state
