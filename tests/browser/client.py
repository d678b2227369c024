"""A client that says to the server whatever it likes: Streamlit's protocol over its WebSocket, no browser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect

SECONDS = 60
WIDGET = re.compile(r"\$\$ID-[0-9a-f]{32}-(\w+)")


class Client:
    """One session. What the server has sent is in `received`; the widgets seen so far by key in `widgets`."""

    def __init__(self, url: str, cookies: Mapping[str, str] | None = None, session: str = "") -> None:
        """`session` is the id of a session to go on with, as a browser does after a lost connection."""
        self._address = url.replace("http", "ws", 1) + "/_stcore/stream"
        self._headers = {"Origin": "/".join(url.split("/")[:3])}
        if cookies:
            self._headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self._protocols = ["streamlit", (cookies or {}).get("_streamlit_xsrf", "none"), session or "none"]
        self.widgets: dict[str, str] = {}
        self.received: list[ForwardMsg] = []

    def __enter__(self) -> Self:
        self._open = ExitStack()
        self._socket = self._open.enter_context(
            connect(
                self._address,
                subprotocols=self._protocols,  # type: ignore[arg-type]  # a NewType of str
                additional_headers=self._headers,
                max_size=None,
                proxy=None,
                ping_interval=None,  # the server may be busy for longer than pings wait
                close_timeout=1,
            )
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def run(
        self, query: str = "", widgets: Mapping[str, Mapping[str, Any]] | None = None, **asked: Any
    ) -> str:
        """Ask for a run of the script, with values for widgets by key (or by a whole id); all that came back.

        A widget's value is the field of its protocol and what is in it: {"page": {"int_value": 3}}.
        """
        question = BackMsg()
        question.rerun_script.query_string = query
        for key, value in (widgets or {}).items():
            state = WidgetState(id=self.widgets.get(key, key))
            for field, content in value.items():
                holder = getattr(state, field)
                if hasattr(holder, "data"):
                    holder.data.extend(content)
                    holder.SetInParent()
                else:
                    setattr(state, field, content)
            question.rerun_script.widget_states.widgets.append(state)
        for field, content in asked.items():
            setattr(question.rerun_script, field, content)
        return self.say(question)

    def run_on_new_data(self) -> str:
        """Ask for a run, and for another load where the data is not of this minute; what the last run sent.

        No load is due then for minutes, however long others have been looking.
        """
        shown = self.run()
        if "Data of just now" not in shown:
            self.run(widgets={"refresh": {"trigger_value": True}})
            while "Data of just now" not in shown:
                shown = self.run()
        return shown

    def send(self, message: BackMsg | bytes) -> None:
        """Send a message, or any bytes."""
        self._socket.send(message if isinstance(message, bytes) else message.SerializeToString())

    def say(self, message: BackMsg | bytes, *, until: str = "script_finished") -> str:
        """Send a message, or any bytes; all that came back until a message of a kind."""
        self.send(message)
        return self.listen(until)

    def listen(self, until: str = "script_finished") -> str:
        """All that the server sends until a message of a kind, as text; a run that is begun again goes on."""
        texts = []
        while True:
            message = ForwardMsg.FromString(bytes(self._socket.recv(SECONDS)))  # type: ignore[arg-type]  # never text
            self.received.append(message)
            texts.append(str(message))
            self.widgets |= {found[1]: found[0] for found in WIDGET.finditer(texts[-1])}
            goes_on = message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
            if message.WhichOneof("type") == until and not goes_on:
                return "\n".join(texts)
