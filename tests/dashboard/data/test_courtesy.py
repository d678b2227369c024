"""Work in the background gives way to viewers, and gets on."""

from __future__ import annotations

import pytest

from dashboard.data import courtesy
from dashboard.data.courtesy import GREEDY_ROWS, MANY_ROWS, Courtesy, in_turns, let_go, politely


class Machine:
    """A clock that only sleeping moves on, and viewers who wait until a time."""

    def __init__(self, awaited_until: float) -> None:
        self.now = 0.0
        self.courtesy = Courtesy(lambda: self.now, self.sleep)
        self.courtesy.is_awaited = lambda: self.now < awaited_until

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_work_stands_still_while_something_is_drawn() -> None:
    machine = Machine(awaited_until=0.1)
    machine.courtesy.give_way()
    assert 0.1 <= machine.now < 0.11
    machine.courtesy.give_way()
    assert machine.now < 0.11


@pytest.mark.parametrize("pause", [0.0, 0.005])
def test_viewers_who_never_stop_leave_half_of_the_time_to_work(pause: float) -> None:
    machine, worked = Machine(awaited_until=1_000.0), 0.0
    machine.courtesy.is_awaited = lambda: machine.now % 0.05 >= pause
    while machine.now < 60.0:
        machine.courtesy.give_way()
        machine.now += 0.01
        worked += 0.01
    assert 28.0 < worked < 38.0


def test_work_on_many_rows_is_known_until_it_is_over() -> None:
    known = Courtesy()
    with known.working(MANY_ROWS), known.working(3):
        assert known.is_working()
    assert not known.is_working()
    with known.working(MANY_ROWS - 1):
        assert not known.is_working()


def test_all_rows_come_once_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(awaited_until=0.05)
    monkeypatch.setattr(courtesy, "COURTESY", machine.courtesy)
    rows = list(range(25))
    assert list(politely(rows, 10)) == rows
    assert machine.now == 0.0  # these are too few for anybody to wait for
    assert [row for piece in in_turns(25, 10) for row in rows[piece]] == rows
    assert list(in_turns(0, 10)) == []
    assert machine.now >= 0.05
    let_go(rows, 10)
    assert rows == []


def test_many_rows_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(awaited_until=0.05)
    monkeypatch.setattr(courtesy, "COURTESY", machine.courtesy)
    assert len(list(politely(range(GREEDY_ROWS)))) == GREEDY_ROWS
    assert machine.now >= 0.05


def test_a_few_rows_wait_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(awaited_until=0.05)
    monkeypatch.setattr(courtesy, "COURTESY", machine.courtesy)
    assert list(in_turns(10, 10)) == [slice(0, 10)]
    assert machine.now == 0.0
