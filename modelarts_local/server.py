"""Starlette on uvicorn in a thread of its own; both come with Streamlit."""

import asyncio
import contextlib
import logging
import socket
import threading

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from modelarts_local.delivery import TRANSPORT

HOST = "127.0.0.1"
START_TIMEOUT_S = 10


class RunningServer:
    """uvicorn in a daemon thread, from the first accepted connection to the last."""

    def __init__(self, application: ASGIApp, port: int) -> None:
        self._socket = _listen(port)
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            application,
            http=_Protocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            date_header=False,  # the gateway's clock tells it
            timeout_keep_alive=60,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._run, name="modelarts-local", daemon=True)
        self._thread.start()
        if not self._server.ready.wait(START_TIMEOUT_S):
            self._server.should_exit = True
            raise RuntimeError(f"the local service did not start within {START_TIMEOUT_S} s")

    def _run(self) -> None:
        # uvicorn's logger belongs to the whole process, where another uvicorn may run: only this thread's
        # records are held back, and of those no unexpected exception.
        quiet = _OwnThreadFilter(threading.get_ident())
        logger = logging.getLogger("uvicorn.error")
        logger.addFilter(quiet)
        try:
            self._server.run(sockets=[self._socket])
        finally:
            logger.removeFilter(quiet)

    def stop(self) -> None:
        """Stop serving, and wait until the thread has ended and the port is free."""
        self._server.stop()
        self._thread.join()
        self._socket.close()


class _Protocol(H11Protocol):
    """HTTP/1.1 that lets the application reach the connection, to break it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class _Server(uvicorn.Server):
    """uvicorn, but it starts and stops within milliseconds: a test suite does that hundreds of times."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    def stop(self) -> None:
        """Stop serving. Called from another thread, once it is ready."""
        self.should_exit = True
        self._loop.call_soon_threadsafe(self._woken.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop, self._woken = asyncio.get_running_loop(), asyncio.Event()
        await super().startup(sockets=sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), timeout=1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Accepting ends first, and what was just accepted gets its turns of the loop to become a connection:
        # a server closed in between leaks the socket.
        for listener in sockets or ():
            self._loop.remove_reader(listener)
        # What is unanswered ends as a broken connection, and not as a 500 that no service sent.
        for _ in range(4):
            for connection in list(self.server_state.connections):
                connection.transport.abort()
            await asyncio.sleep(0)
        for server in self.servers:
            server.close()


class _OwnThreadFilter(logging.Filter):
    """Lets through other threads' records, and of one thread those of unexpected exceptions."""

    def __init__(self, thread: int) -> None:
        super().__init__()
        self._thread = thread

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        expected = error is None or isinstance(error, asyncio.CancelledError)
        return record.thread != self._thread or not expected


def _listen(port: int) -> socket.socket:
    # With the protocol named, asyncio sets TCP_NODELAY; without, every short answer takes 40 ms more.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener
