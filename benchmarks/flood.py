"""A flood, in a process of its own: many sockets that ask a Streamlit server for runs as fast as they can.

``python -m benchmarks.flood URL SOCKETS RERUNS SECONDS``: each socket sends its reruns within the seconds,
reads what comes and throws it away, and is closed. One line of JSON tells what came of it.
"""

import asyncio
import json
import sys
from collections import Counter
from contextlib import suppress

from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

OPEN_SECONDS = 120


async def flood(url: str, sockets: int, reruns: int, seconds: float) -> dict[str, int]:
    """Open all at once, then send; how many were refused at the door, and how many were closed meanwhile."""
    came: Counter[str] = Counter()
    opened = await asyncio.gather(*(_open(url, came) for _ in range(sockets)))
    print("opened", flush=True)
    await asyncio.gather(*(_send(socket, reruns, seconds, came) for socket in opened if socket))
    return dict(came)


async def _open(url: str, came: Counter[str]) -> ClientConnection | None:
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    try:
        socket = await connect(
            address,
            origin=Origin(url),
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
            proxy=None,
            open_timeout=OPEN_SECONDS,
            ping_interval=None,
        )
    except InvalidStatus as refusal:
        came[f"refused with {refusal.response.status_code}"] += 1
    except (OSError, TimeoutError) as error:
        came[f"not opened: {type(error).__name__}"] += 1
    else:
        came["opened"] += 1
        return socket
    return None


async def _send(socket: ClientConnection, reruns: int, seconds: float, came: Counter[str]) -> None:
    """Send evenly over the seconds; the socket ends without a farewell that would be waited for."""
    reading = asyncio.create_task(_discard(socket))
    try:
        for number in range(reruns):
            request = BackMsg()
            request.rerun_script.query_string = f"contains={number}"
            await socket.send(request.SerializeToString())
            came["sent"] += 1
            await asyncio.sleep(seconds / reruns)
    except ConnectionClosed as closed:
        came[f"closed with {closed.rcvd.code if closed.rcvd else None}"] += 1
    reading.cancel()
    socket.transport.abort()


async def _discard(socket: ClientConnection) -> None:
    with suppress(ConnectionClosed):
        async for _ in socket:
            pass


if __name__ == "__main__":
    address, number, each, over = sys.argv[1:]
    print(json.dumps(asyncio.run(flood(address, int(number), int(each), float(over)))))
