"""Many sessions opening at once: WebSocket clients of the dashboard's server, and what the service sees.

A client speaks the browser's protocol: it connects, asks for a run of the script, and reads until that run
has ended; later runs that a page asks for by itself (``run_every``) are not made, which leaves out nothing
that loads, because loading does not depend on who is looking.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from benchmarks import streamlit_servers
from benchmarks.report import Table, milliseconds
from benchmarks.samples import Samples
from benchmarks.service import Connection
from modelarts_local import LocalService

SESSIONS = (1, 20)
LATENCY_MS = 100
LIMIT_SECONDS = 60
# The service has heard everything when nothing new comes for so long; the slowest request takes LATENCY_MS.
QUIET_SECONDS = 1.5


def tables(sizes: Sequence[int], repetitions: int) -> Iterator[Table]:
    """Count requests to the service when 1 and when 20 sessions open a dashboard that has just started."""
    table = Table(
        "Sessions opening at once",
        [
            "configurations",
            *(f"requests, {n} session{'s' * (n > 1)}" for n in SESSIONS),
            "until all have the page",
        ],
        note=f"The dashboard has just started; the service answers after {LATENCY_MS} ms. The largest number "
        f"of requests for the list of {repetitions} runs; details follow one by one, once for all, and do "
        f"not count. Milliseconds for {SESSIONS[-1]} sessions, median.",
    )
    for size in sizes:
        samples = Samples()
        with LocalService(size, latency_ms=LATENCY_MS) as service:
            for _ in range(repetitions):
                for sessions in SESSIONS:
                    requests, elapsed = _open(service, sessions)
                    samples[sessions, "requests"].append(requests)
                    samples[sessions, "ms"].append(elapsed)
        most = [f"{max(samples[sessions, 'requests']):.0f}" for sessions in SESSIONS]
        table.add(f"{size:,}", *most, milliseconds(samples.median((SESSIONS[-1], "ms"))))
    yield table


def _open(service: LocalService, sessions: int) -> tuple[int, float]:
    connection = Connection(service.url, service.project_id)
    with streamlit_servers.dashboard(connection) as url:
        service.requests.clear()
        elapsed = asyncio.run(asyncio.wait_for(_sessions(url, sessions, service), LIMIT_SECONDS))
        return _lists(service), elapsed


def _lists(service: LocalService) -> int:
    """Count the requests for the list so far."""
    return sum(request.path.endswith("/training-job-configs") for request in service.requests)


async def _sessions(url: str, number: int, service: LocalService) -> float:
    """Open them together, hold them open until the service hears nothing new; milliseconds until all ran."""
    address = url.replace("http://", "ws://") + "/_stcore/stream"
    sockets = await asyncio.gather(*(_connect(address, url) for _ in range(number)))
    try:
        begin = time.perf_counter()
        await asyncio.gather(*(_run(socket) for socket in sockets))
        elapsed = (time.perf_counter() - begin) * 1000
        heard = -1
        while heard != _lists(service):
            heard = _lists(service)
            await asyncio.sleep(QUIET_SECONDS)
        return elapsed
    finally:
        await asyncio.gather(*(socket.close() for socket in sockets))


async def _connect(address: str, origin: str) -> ClientConnection:
    return await connect(
        address,
        origin=Origin(origin),
        subprotocols=[Subprotocol("streamlit")],
        max_size=None,
        proxy=None,
        open_timeout=30,
    )


async def _run(socket: ClientConnection) -> None:
    request = BackMsg()
    request.rerun_script.query_string = ""
    await socket.send(request.SerializeToString())
    async for data in socket:
        message = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
        if message.WhichOneof("type") != "script_finished":
            continue
        # A script that starts itself again has not finished: the next run follows by itself.
        if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            return
        if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            raise RuntimeError("the script does not compile")
    raise RuntimeError("the server closed the connection before the script had finished")
