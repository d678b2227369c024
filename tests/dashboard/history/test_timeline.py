"""The whole over time: engines stacked, adopted and retired, what happened on which day."""

from __future__ import annotations

from datetime import date

from dashboard.history.timeline import SnapshotStep, adoptions, day_counts, engine_counts
from tests.dashboard.history.builders import row
from tests.dashboard.store.builders import day

A, B = row("a"), row("b")
TF = row("tf", engine_name="TensorFlow", engine_version="TF-1.13.1-python3.6")
OWN = row("own", engine_name=None, engine_version=None)
EDITED = row("a", config_desc="edited")
STEPS = [
    SnapshotStep(day(0), [], [A, B, TF]),
    SnapshotStep(day(0.1), [A], [EDITED]),
    SnapshotStep(day(1), [TF, B], [OWN]),
    SnapshotStep(day(5), [], [TF]),
]


def test_engines_are_counted_at_each_snapshot_so_that_deletions_show() -> None:
    found = engine_counts(STEPS)
    assert found.at == (day(0), day(0.1), day(1), day(5))
    assert dict(found.counts) == {
        "PyTorch": (2, 2, 1, 1),
        "No engine, own image": (0, 0, 1, 1),
        "TensorFlow": (1, 1, 0, 1),
    }
    assert next(iter(found.counts)) == "PyTorch"


def test_adoption_and_retirement_are_told_of_engines_and_their_versions() -> None:
    found = {(one.engine, one.version): one for one in adoptions(STEPS[:3])}
    assert set(found) == {
        ("PyTorch", None),
        ("PyTorch", "PyTorch-1.4.0-python3.6"),
        ("TensorFlow", None),
        ("TensorFlow", "TF-1.13.1-python3.6"),
    }
    gone = found["TensorFlow", None]
    assert (gone.first_seen, gone.last_seen, gone.retired_at, gone.now) == (day(0), day(0.1), day(1), 0)
    back = {(one.engine, one.version): one for one in adoptions(STEPS)}["TensorFlow", None]
    assert (back.retired_at, back.last_seen, back.since_beginning) == (None, day(5), True)


def test_each_day_has_its_counts_and_the_first_snapshot_is_where_it_begins() -> None:
    first, second, third = day_counts(STEPS)
    assert (first.day, first.edited, first.added) == (date(2026, 3, 1), 1, 0)
    assert (second.day, second.added, second.removed) == (date(2026, 3, 2), 1, 2)
    assert (third.day, third.added) == (date(2026, 3, 6), 1)
    assert [(one.since, one.until) for one in (first, second, third)] == [
        (day(0), day(0.1)),
        (day(0.1), day(1)),
        (day(1), day(5)),
    ]


def test_nothing_has_no_time() -> None:
    assert (engine_counts([]).at, adoptions([]), day_counts([])) == ((), (), ())
