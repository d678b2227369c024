"""Garbage is collected now and then, not after every run, and does not pile up."""

from __future__ import annotations

import gc

import pytest
from streamlit.runtime.scriptrunner import script_runner

from dashboard.data.memory import resident_bytes
from dashboard.server import garbage
from dashboard.server.garbage import (
    FULL_SECONDS,
    GROWTH_BYTES,
    LOADING_SECONDS,
    PAUSES,
    THAW_SECONDS,
    Garbage,
)
from tests.dashboard.asgi import run
from tests.dashboard.server.runtime import run_script, runtime, session

RUNS = 2_000


class Machine:
    """A clock and a memory that are set by hand."""

    def __init__(self) -> None:
        self.now, self.memory = 100.0, 300_000_000
        self.is_loading = False
        self.garbage = Garbage(lambda: self.now, lambda: self.memory, lambda: self.is_loading)


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The generations that were collected."""
    generations: list[int] = []
    monkeypatch.setattr(garbage.gc, "collect", lambda generation: generations.append(generation) or 0)
    return generations


def test_all_of_it_is_collected_at_most_every_20_seconds(collected: list[int]) -> None:
    machine = Machine()
    for _ in range(120):
        machine.now += 0.5
        machine.garbage.collect(2)
    assert collected.count(2) == 60 / FULL_SECONDS == 3
    assert collected.count(0) == 120 - collected.count(2)


def test_it_is_collected_sooner_when_the_process_has_grown(collected: list[int]) -> None:
    machine = Machine()
    machine.garbage.collect(2)
    machine.memory += GROWTH_BYTES
    machine.garbage.collect(2)
    machine.garbage.collect(2)  # what is still there is no growth
    machine.memory += GROWTH_BYTES - 1
    machine.garbage.collect(2)
    assert collected == [0, 2, 0, 0]


def test_what_was_put_off_is_made_up_for_after_the_last_run(collected: list[int]) -> None:
    machine = Machine()
    machine.garbage.catch_up()
    machine.garbage.collect(2)
    machine.now += FULL_SECONDS
    machine.garbage.catch_up()
    machine.garbage.catch_up()
    assert collected == [0, 2]


def test_what_has_grown_without_a_run_is_collected_too(collected: list[int]) -> None:
    machine = Machine()
    machine.memory += GROWTH_BYTES
    machine.garbage.catch_up()
    machine.garbage.catch_up()
    assert collected == [2]


def test_a_load_puts_it_off_but_not_for_ever(collected: list[int]) -> None:
    machine = Machine()
    machine.is_loading = True
    machine.memory += 20 * GROWTH_BYTES
    for _ in range(int(LOADING_SECONDS)):
        machine.garbage.collect(2)
        machine.now += 1
    assert set(collected) == {0}
    machine.garbage.collect(2)
    assert collected[-1] == 2


def test_where_it_takes_long_it_is_done_seldom_and_what_is_left_is_not_walked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine, collected = Machine(), list[int]()

    def collect(generation: int) -> int:
        collected.append(generation)
        machine.now += 2.0 if generation == 2 else 0.0
        return 0

    frozen = list[str]()
    monkeypatch.setattr(garbage.gc, "collect", collect)
    monkeypatch.setattr(garbage.gc, "freeze", lambda: frozen.append("freeze"))
    monkeypatch.setattr(garbage.gc, "unfreeze", lambda: frozen.append("thaw"))
    for _ in range(10 * PAUSES):
        machine.now += 1
        machine.garbage.collect(2)
    assert 3 <= collected.count(2) <= 5
    assert frozen == ["freeze"] * collected.count(2)
    machine.now += THAW_SECONDS
    machine.garbage.collect(2)
    assert frozen[-2:] == ["thaw", "freeze"]


def test_who_asks_for_less_gets_that(collected: list[int]) -> None:
    machine = Machine()
    machine.now += FULL_SECONDS
    machine.garbage.collect(1)
    assert collected == [1]


def test_the_memory_of_this_process_is_known() -> None:
    before = resident_bytes()
    weight = bytearray(b"x" * 100_000_000)
    assert 90_000_000 < resident_bytes() - before < 300_000_000
    del weight


def test_memory_does_not_grow_over_2000_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """They leave a gigabyte in all, and growth alone has it collected: by this clock it is never time.

    What is free is not given back to the system at once, so it is more than one growth.
    """
    counted: list[int] = []
    ours = Garbage(clock=lambda: 0.0)

    class Counted:
        def collect(self, generation: int = 2) -> int:
            counted.append(generation)
            return ours.collect(generation)

    monkeypatch.setattr(script_runner, "gc", Counted())

    async def growth() -> int:
        found = session()
        before = most = resident_bytes()
        for _ in range(RUNS):
            assert "delta" in await run_script(found)
            most = max(most, resident_bytes())
        found.shutdown()
        return most - before

    gc.freeze()  # what the other tests have left need not be walked
    gc.disable()  # Python's own collections might do it, or not
    try:
        with runtime():
            assert run(growth()) < 500_000_000
    finally:
        gc.enable()
        gc.unfreeze()
    assert counted == [2] * RUNS


def test_what_work_on_a_large_project_has_left_is_frozen_and_not_walked(
    collected: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen: list[float] = []
    machine, is_working = Machine(), True
    machine.garbage = Garbage(lambda: machine.now, lambda: machine.memory, is_working=lambda: is_working)
    monkeypatch.setattr(garbage.gc, "freeze", lambda: frozen.append(machine.now))
    for _ in range(100):
        machine.now += 1
        machine.memory += GROWTH_BYTES
        machine.garbage.catch_up()
    is_working = False
    machine.garbage.catch_up()
    assert (frozen, set(collected)) == ([machine.now], {0, 1})
    machine.garbage.catch_up()
    assert (frozen, collected.count(1)) == ([machine.now], 1)
