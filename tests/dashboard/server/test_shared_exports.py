"""Exports are made once for all who fetch them, in one line, bounded, and let go with the last of them."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import aclosing
from typing import Any

import pytest

from dashboard.data.export import Pieces, frame_for, to_json
from dashboard.data.export.json_rows import JsonRows
from dashboard.server.shared_exports import SharedExports
from tests.dashboard.asgi import run

SECONDS = 60
Rows = list[dict[str, object]]


class Made:
    """An export of so many rows, which counts how often each piece of it is made and by which threads."""

    def __init__(self, rows: int = 5_000) -> None:
        self.rows: Rows = [
            {"config_name": f"name-{number}-{number * 7919 % 104729}"} for number in range(rows)
        ]
        self.begun = 0
        self.starts: Counter[int] = Counter()
        self.threads: set[str] = set()

    def __call__(self) -> Pieces:
        self.begun += 1
        return Pieces(JsonRows(), self._records, len(self.rows))

    def _records(self, start: int, stop: int) -> Iterator[dict[str, object]]:
        self.starts[start] += 1
        self.threads.add(threading.current_thread().name.rpartition("_")[0])
        return iter(self.rows[start:stop])

    @property
    def text(self) -> bytes:
        return to_json(self.rows)


async def fetch(
    exports: SharedExports,
    made: Callable[[], Pieces],
    key: str = "a",
    gate: asyncio.Event | None = None,
    after: int = 0,
) -> bytes:
    """The whole export as somebody gets it who, after so many chunks, waits for an event."""
    body = b""
    async with (
        exports.fetching(key, made) as shared,
        aclosing(exports.chunks(shared, frame_for("json", gzip=False))) as chunks,
    ):
        count = 0
        async for chunk in chunks:
            body += chunk
            count += 1
            if gate is not None and count > after:
                await gate.wait()
    return body


def within(work: Coroutine[Any, Any, Any]) -> Any:
    """The result; TimeoutError where something waits for what never comes."""
    return run(asyncio.wait_for(work, SECONDS))


def test_twenty_who_ask_at_once_get_the_same_and_it_is_made_once() -> None:
    exports, made = SharedExports(), Made()

    async def twenty() -> list[bytes]:
        return list(await asyncio.gather(*(fetch(exports, made) for _ in range(20))))

    assert within(twenty()) == [made.text] * 20
    assert made.begun == 1
    assert set(made.starts.values()) == {1}
    assert made.threads == {"export"}


def test_nothing_is_held_when_the_last_has_gone() -> None:
    exports, made = SharedExports(), Made()

    async def one_after_another() -> None:
        assert await fetch(exports, made) == made.text
        assert (exports.kept_bytes, len(exports)) == (0, 0)
        assert await fetch(exports, made) == made.text
        assert (exports.kept_bytes, len(exports)) == (0, 0)

    within(one_after_another())
    assert made.begun == 2


def test_who_comes_later_gets_what_is_kept_from_the_beginning() -> None:
    exports, made = SharedExports(), Made()

    async def two() -> list[bytes]:
        gate = asyncio.Event()
        first = asyncio.create_task(fetch(exports, made, gate=gate, after=6))
        while exports.kept_bytes == 0 or made.starts.total() < 5:
            await asyncio.sleep(0.01)
        second = await fetch(exports, made)
        gate.set()
        return [await first, second]

    assert within(two()) == [made.text] * 2
    assert set(made.starts.values()) == {1}


def test_somebody_slow_holds_a_bounded_amount_and_nobody_up() -> None:
    """What no longer is kept is made again for whoever is that far behind, and is the same."""
    exports, made = SharedExports(max_kept_bytes=20_000), Made(20_000)
    highest = 0

    async def slow_and_quick() -> list[bytes]:
        nonlocal highest
        gate = asyncio.Event()
        slow = asyncio.create_task(fetch(exports, made, gate=gate, after=2))
        quick = []
        for _ in range(3):
            quick.append(await fetch(exports, made))
            highest = max(highest, exports.kept_bytes)
        assert not slow.done()
        gate.set()
        return [*quick, await slow]

    assert within(slow_and_quick()) == [made.text] * 4
    assert 0 < highest <= 20_000
    assert max(made.starts.values()) > 1
    assert exports.kept_bytes == 0


def test_different_exports_take_turns_piece_by_piece() -> None:
    """One thread makes them; a long one does not keep a short one waiting for its end."""
    exports, long, short = SharedExports(), Made(50_000), Made(600)
    ended: list[str] = []

    async def named(made: Made, name: str) -> None:
        assert await fetch(exports, made, key=name) == made.text
        ended.append(name)

    async def both() -> None:
        await asyncio.gather(named(long, "long"), named(short, "short"))

    within(both())
    assert ended == ["short", "long"]
    assert long.threads == short.threads == {"export"}


def test_who_goes_away_frees_what_it_held_and_ends_it_for_nobody_else() -> None:
    exports, made = SharedExports(), Made()

    async def leave() -> bytes:
        gate = asyncio.Event()
        leaving = asyncio.create_task(fetch(exports, made, gate=gate, after=3))
        staying = asyncio.create_task(fetch(exports, made, gate=gate, after=1))
        while made.starts.total() < 3:
            await asyncio.sleep(0.01)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert exports.kept_bytes > 0
        gate.set()
        return await staying

    assert within(leave()) == made.text
    assert (exports.kept_bytes, len(exports)) == (0, 0)


def test_what_nobody_waits_for_any_more_is_not_made() -> None:
    exports, made = SharedExports(), Made()
    blocked, release = threading.Event(), threading.Event()

    def slowly() -> Pieces:
        blocked.set()
        assert release.wait(SECONDS)
        return made()

    async def abandon() -> None:
        first = asyncio.create_task(fetch(exports, slowly, key="first"))
        await asyncio.to_thread(blocked.wait, SECONDS)
        waiting = [asyncio.create_task(fetch(exports, made, key=f"{number}")) for number in range(50)]
        await asyncio.sleep(0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        release.set()
        await first

    within(abandon())
    assert made.begun == 1
    assert len(exports) == 0


def test_a_failure_reaches_all_who_wait_and_the_next_one_begins_anew() -> None:
    exports, made = SharedExports(), Made()

    def fails() -> Pieces:
        raise RuntimeError("no rows")

    async def three() -> list[Any]:
        return list(await asyncio.gather(*(fetch(exports, fails) for _ in range(3)), return_exceptions=True))

    assert [str(error) for error in within(three())] == ["no rows"] * 3
    assert len(exports) == 0
    assert within(fetch(exports, made)) == made.text


def test_a_piece_that_cannot_be_made_ends_the_fetch_and_frees_the_line() -> None:
    exports, made, broken = SharedExports(), Made(), Made()
    broken.rows[3000] = {"config_name": object()}

    async def both() -> bytes:
        with pytest.raises(TypeError):
            await fetch(exports, broken, key="broken")
        return await fetch(exports, made)

    assert within(both()) == made.text
    assert (exports.kept_bytes, len(exports)) == (0, 0)
