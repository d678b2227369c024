"""What a browser has asked for and has not got yet: the newest request, with all that was pressed before it.

A request carries the values of all widgets, so the newest one says all that the older ones said, but for what
was pressed: a button's press is in one request only. So presses are carried over, as Streamlit does it with
requests that it has not begun. Two presses of the same button are two requests.
"""

from __future__ import annotations

from typing import Final

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from dashboard.server import streamlit_private

MAX_HELD: Final = 4
"""Requests of one browser that wait; only presses of the same button make more than one."""


class HeldReruns:
    """The requests that wait, in order, each as bytes: a message that is parsed is far larger."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held: list[bytes] = []
        self.is_automatic = False

    def __bool__(self) -> bool:
        return bool(self._held)

    def add(self, said: BackMsg, data: bytes) -> None:
        """Hold a request to run the script: alone, or in place of the last one that it can be merged with.

        An automatic request is held only where nothing else is, and gives way to anything.
        """
        request = said.rerun_script
        if self._held and not self.is_automatic:
            if request.is_auto_rerun:
                return
            older = BackMsg.FromString(self._held[-1]).rerun_script
            if not (
                streamlit_private.pressed(older) & streamlit_private.pressed(request) and self._has_room(data)
            ):
                merged = merge(older, request).SerializeToString()
                self._held.pop()
                data = bytes(merged) if len(merged) <= self._max_bytes else data
        else:
            self._held.clear()
        self.is_automatic = request.is_auto_rerun
        self._held.append(data)

    def pop(self) -> BackMsg:
        """Return the oldest request, which is held no longer."""
        self.is_automatic = False
        said = BackMsg()
        said.ParseFromString(self._held.pop(0))
        return said

    def clear(self) -> None:
        """Hold nothing any more."""
        self._held.clear()
        self.is_automatic = False

    def _has_room(self, data: bytes) -> bool:
        return len(self._held) < MAX_HELD and sum(map(len, self._held)) + len(data) <= self._max_bytes


def merge(older: ClientState, newer: ClientState) -> BackMsg:
    """Return one request for two: what the newer says, with what was pressed in the older.

    If they are for different parts of the page, it is for the whole.
    """
    said = BackMsg()
    said.rerun_script.CopyFrom(newer)
    if older.fragment_id != newer.fragment_id:
        said.rerun_script.fragment_id = ""
    if streamlit_private.pressed(older):
        states = streamlit_private.merge_widget_states(older.widget_states, newer.widget_states)
        said.rerun_script.widget_states.CopyFrom(states)
    return said
