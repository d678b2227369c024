"""What a browser may say over its WebSocket.

Streamlit's server does more than the dashboard's screens ask of it: at a client's word it clears everybody's
cache, tells the state of the git repository, takes uploads.
"""

from __future__ import annotations

from collections.abc import Mapping

from google.protobuf.message import DecodeError
from starlette.types import Message, Receive
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.access.policy import Policy, Verdict
from dashboard.server import rules

PASSED = frozenset({"rerun_script", "stop_script", "app_heartbeat"})
DOWNLOAD = "deferred_file"


class Conversation:
    """One WebSocket's incoming messages, without those that a viewer has no business to send.

    A part of a page (a fragment) is drawn again without the script's gate. So when the rules have changed
    since the whole script ran, or the viewer may not look any more, the whole script runs instead.
    """

    def __init__(self, receive: Receive, claims: Mapping[str, object]) -> None:
        self._receive = receive
        self._claims = claims
        self._seen: Policy | None = None

    async def receive(self) -> Message:
        """The next message that may pass."""
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            passed = self._passed(message.get("bytes"))
            if passed is not None:
                return {"type": "websocket.receive", "bytes": passed}

    def _passed(self, data: bytes | None) -> bytes | None:
        """The message as it goes on; None when it does not. Streamlit refuses what is no message at all."""
        if data is None:
            return None  # text: Streamlit speaks bytes only
        try:
            said = BackMsg.FromString(data)
        except DecodeError:
            return data
        kind = said.WhichOneof("type")
        if kind == "backend_operation_request":
            is_download = said.backend_operation_request.WhichOneof("payload") == DOWNLOAD
            return data if is_download and self._is_current(rules.policy()) else None
        if kind != "rerun_script":
            return data if kind in PASSED else None
        policy = rules.policy()
        if said.rerun_script.fragment_id and self._is_current(policy):
            return data
        self._seen = policy
        said.rerun_script.fragment_id = ""
        return bytes(said.SerializeToString())

    def _is_current(self, policy: Policy) -> bool:
        """Whether the whole script has run under these rules, and they still let this viewer look."""
        return policy == self._seen and rules.verdict(policy, self._claims) is Verdict.ADMITTED
