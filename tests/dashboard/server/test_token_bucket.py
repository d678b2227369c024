"""A rate with room for a burst."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboard.server.token_bucket import TokenBucket


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_then_so_many_a_second() -> None:
    clock = Clock()
    bucket = TokenBucket(3, 2, clock)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    assert bucket.seconds_until() == 0.5
    clock.now += 0.5
    assert bucket.seconds_until() == 0
    assert [bucket.take() for _ in range(2)] == [True, False]
    clock.now += 1000
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


def test_what_costs_more_takes_more() -> None:
    bucket = TokenBucket(3, 2, Clock())
    assert not bucket.take(3.5)
    assert bucket.take(2.5)
    assert bucket.level == 0.5


@given(st.lists(st.floats(0, 10), max_size=30))
def test_never_more_pass_than_the_rate_allows(pauses: list[float]) -> None:
    clock = Clock()
    bucket = TokenBucket(5, 2, clock)
    passed = 0
    for pause in pauses:
        clock.now += pause
        passed += sum(bucket.take() for _ in range(20))
    assert passed <= 5 + 2 * sum(pauses) + 1e-6
