"""How loads have gone is counted, by how long they took."""

from __future__ import annotations

from dashboard.data.load_history import BOUNDS, LoadCounts, LoadHistory


def test_nothing_has_happened_at_first() -> None:
    assert LoadHistory().counts() == LoadCounts(0, 0, 0, 0.0, (0,) * (len(BOUNDS) + 1))


def test_loads_are_counted_when_they_begin_and_when_they_end() -> None:
    history = LoadHistory()
    for _ in range(4):
        history.began()
    for seconds, failed in ((0.1, False), (0.2, True), (1000.0, False)):
        history.ended(seconds, failed=failed)
    counts = history.counts()
    assert (counts.started, counts.succeeded, counts.failed) == (4, 2, 1)
    assert counts.seconds == 1000.3
    at_most = dict(zip(BOUNDS, counts.within, strict=False))
    assert at_most == {bound: 1 if bound < 0.2 else 2 for bound in BOUNDS}  # a bound holds what equals it
    assert counts.within[-1] == 3
