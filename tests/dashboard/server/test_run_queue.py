"""Few runs are begun at once, and turns go by the time of asking."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from dashboard.server import run_queue
from dashboard.server.run_queue import RunQueue
from tests.dashboard.asgi import run

SECONDS = 60


async def settled() -> None:
    """Whatever can happen now has happened."""
    for _ in range(10):
        await asyncio.sleep(0)


def in_turn(coroutine: Coroutine[Any, Any, None]) -> None:
    async def limited() -> None:
        async with asyncio.timeout(SECONDS):
            await coroutine

    run(limited())


def test_there_are_so_many_places_and_one_that_is_given_back_goes_to_the_next() -> None:
    async def steps() -> None:
        queue, order = RunQueue(2, place_seconds=1000), []

        async def take(who: str, delay: float = 0.0) -> None:
            await queue.take(who, delay)
            order.append(who)

        async with asyncio.TaskGroup() as group:
            for who in "abcd":
                group.create_task(take(who))
                await settled()
            assert order == ["a", "b"]
            assert not queue.try_take("e")
            queue.give_back("a")
            await settled()
            assert order == ["a", "b", "c"]
            queue.give_back("nobody")
            await settled()
            assert order == ["a", "b", "c"]
            queue.give_back("c")
        assert order == ["a", "b", "c", "d"]

    in_turn(steps())


def test_a_turn_can_be_put_off() -> None:
    async def steps() -> None:
        queue, order = RunQueue(1, place_seconds=1000), []
        await queue.take("first")

        async def take(who: str, delay: float) -> None:
            await queue.take(who, delay)
            order.append(who)
            queue.give_back(who)

        async with asyncio.TaskGroup() as group:
            for who, delay in (("later", 1000.0), ("soon", 500.0), ("now", 0.0)):
                group.create_task(take(who, delay))
                await settled()
            queue.give_back("first")
        assert order == ["now", "soon", "later"]

    in_turn(steps())


def test_who_has_a_place_keeps_it_for_the_next_run() -> None:
    async def steps() -> None:
        queue = RunQueue(1, place_seconds=1000)
        assert queue.try_take("a")
        assert queue.try_take("a")
        assert not queue.try_take("b")

    in_turn(steps())


def test_who_waits_no_longer_is_left_out() -> None:
    async def steps() -> None:
        queue = RunQueue(1, place_seconds=1000)
        await queue.take("a")
        waiting = [asyncio.create_task(queue.take(who)) for who in "bc"]
        await settled()
        waiting[0].cancel()
        await settled()
        queue.give_back("a")
        await waiting[1]
        assert not queue.try_take("d")
        queue.give_back("b")  # has none
        assert not queue.try_take("d")
        queue.give_back("c")
        assert queue.try_take("d")

    in_turn(steps())


def test_a_place_that_is_held_for_long_goes_to_the_next() -> None:
    """Nobody gives one back here: each turn comes because the time of the one before is over."""

    async def steps() -> None:
        queue = RunQueue(1, place_seconds=0.01)
        for who in "abcde":
            await queue.take(who)

    in_turn(steps())


def test_where_there_are_very_many_threads_no_run_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    async def steps() -> None:
        queue = RunQueue(4, place_seconds=1000)
        monkeypatch.setattr(run_queue, "MAX_THREADS", 0)
        assert not queue.try_take("a")
        waiting = asyncio.create_task(queue.take("a"))
        await settled()
        assert not waiting.done()
        monkeypatch.setattr(run_queue, "MAX_THREADS", 1_000_000)
        await waiting  # it looks again by itself

    in_turn(steps())


def test_there_is_a_crowd_once_somebody_has_to_wait_and_a_moment_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def steps() -> None:
        queue = RunQueue(1, place_seconds=1000)
        await queue.take("a")
        assert not queue.is_crowded()
        waiting = asyncio.create_task(queue.take("b"))
        await settled()
        assert queue.is_crowded()
        queue.give_back("a")
        await waiting
        assert queue.is_crowded()
        monkeypatch.setattr(run_queue, "CROWD_SECONDS", 0.0)
        assert not queue.is_crowded()

    in_turn(steps())


def test_it_is_busy_while_a_run_may_hold_its_place() -> None:
    queue = RunQueue(places=2, place_seconds=60.0)
    assert not queue.is_busy()
    assert queue.try_take("a")
    assert queue.is_busy()
    queue.give_back("a")
    assert not queue.is_busy()
    slow = RunQueue(places=2, place_seconds=0.0)
    assert slow.try_take("a")
    assert not slow.is_busy()
