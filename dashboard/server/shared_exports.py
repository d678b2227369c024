"""Exports that are being fetched: each made once for all who fetch it, in pieces, and let go with them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, TypeVar

from dashboard.data.export import Frame, Pieces

T = TypeVar("T")
MAX_KEPT_BYTES: Final = 32 * 2**20
"""Of deflated pieces of all exports together, which is a million configurations or more."""


class AbandonedError(Exception):
    """Whoever wanted something made has gone before its turn came; nobody is told."""


class SharedExport:
    """One export, for as long as somebody fetches it; `made` brings its pieces."""

    made: asyncio.Task[Pieces]

    def __init__(self) -> None:
        self.readers = 0
        self.making: dict[int, asyncio.Task[bytes]] = {}


class SharedExports:
    """The exports of this process. All are made in one line, a piece at a time, in a thread of their own.

    A piece is kept for others who fetch the same. When the pieces kept come to more than `max_kept_bytes`,
    the longest unused go, and are made again for whoever is that far behind: nobody waits for somebody
    slower, and what somebody slow holds does not grow.
    """

    def __init__(self, max_kept_bytes: int = MAX_KEPT_BYTES) -> None:
        self._max_kept_bytes = max_kept_bytes
        self._exports: dict[Hashable, SharedExport] = {}
        self._kept: OrderedDict[tuple[SharedExport, int], bytes] = OrderedDict()
        self._line = ThreadPoolExecutor(1, thread_name_prefix="export")
        self.kept_bytes = 0

    def __len__(self) -> int:
        return len(self._exports)

    @asynccontextmanager
    async def fetching(self, key: Hashable, make: Callable[[], Pieces]) -> AsyncIterator[SharedExport]:
        """Hold the export of a key, made if nobody fetches it yet. Raises what `make` raises."""
        shared = self._exports.get(key)
        if shared is None:
            shared = self._exports[key] = SharedExport()
            shared.made = _shared_task(self._in_line(shared, make))
        shared.readers += 1
        try:
            await asyncio.shield(shared.made)
            yield shared
        finally:
            shared.readers -= 1
            if not shared.readers:
                self._let_go(key, shared)

    async def chunks(self, shared: SharedExport, frame: Frame) -> AsyncGenerator[bytes, None]:
        """Return the file, as fast as it is taken."""
        pieces = shared.made.result()
        yield frame.head()
        for index in range(len(pieces)):
            for chunk in frame.body(await self._piece(shared, index)):
                yield chunk
        yield frame.tail(pieces.sums)

    async def _piece(self, shared: SharedExport, index: int) -> bytes:
        """Return a piece that is kept, or being made for another, or made now."""
        if (shared, index) in self._kept:
            self._kept.move_to_end((shared, index))
            return self._kept[shared, index]
        if index not in shared.making:
            shared.making[index] = _shared_task(self._make(shared, index))
        return await asyncio.shield(shared.making[index])

    async def _make(self, shared: SharedExport, index: int) -> bytes:
        try:
            piece = await self._in_line(shared, partial(shared.made.result().pack, index))
        finally:
            del shared.making[index]
        if shared.readers:
            self._keep(shared, index, piece)
        return piece

    async def _in_line(self, shared: SharedExport, work: Callable[[], T]) -> T:
        def work_if_wanted() -> T:
            if not shared.readers:
                raise AbandonedError
            return work()

        return await asyncio.get_running_loop().run_in_executor(self._line, work_if_wanted)

    def _keep(self, shared: SharedExport, index: int, piece: bytes) -> None:
        self._kept[shared, index] = piece
        self.kept_bytes += len(piece)
        while self.kept_bytes > self._max_kept_bytes:
            _, gone = self._kept.popitem(last=False)
            self.kept_bytes -= len(gone)

    def _let_go(self, key: Hashable, shared: SharedExport) -> None:
        if self._exports.get(key) is shared:
            del self._exports[key]
        for kept in [kept for kept in self._kept if kept[0] is shared]:
            self.kept_bytes -= len(self._kept.pop(kept))


def _shared_task(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Begin what several may wait for: it goes on when one of them leaves, and may fail unheard."""
    task = asyncio.create_task(work)
    task.add_done_callback(lambda done: None if done.cancelled() else done.exception())
    return task
