"""Sessions of the dashboard without a browser: what a tab says to the server over its WebSocket."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

SECONDS = 60


def open_at_once(url: str, count: int) -> list[str]:
    """Open this many sessions at the same moment; all that each was sent until a run was over."""
    start = Barrier(count)
    with ThreadPoolExecutor(count) as pool:
        sessions = [pool.submit(_open, url, start) for _ in range(count)]
        return [session.result() for session in sessions]


def _open(url: str, start: Barrier) -> str:
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(
        address, subprotocols=["streamlit"], max_size=None, proxy=None, ping_interval=None
    ) as socket:  # type: ignore[list-item]  # a NewType of str
        start.wait(SECONDS)
        question = BackMsg()
        question.rerun_script.query_string = ""
        socket.send(question.SerializeToString())
        received = []
        while True:
            message = ForwardMsg.FromString(bytes(socket.recv(SECONDS)))  # type: ignore[arg-type]  # never text
            received.append(str(message))
            if ends_run(message):
                return "\n".join(received)


def ends_run(message: ForwardMsg) -> bool:
    """Whether a run is over, and is not begun again at once: as when a load has ended meanwhile."""
    early = ForwardMsg.FINISHED_EARLY_FOR_RERUN
    return message.WhichOneof("type") == "script_finished" and message.script_finished != early
