"""Findings by severity over time: each stored content judged once, by today's checks."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from dashboard.audit.outcome import SEVERITIES, Severity
from dashboard.audit.settings import AuditSettings
from dashboard.history.by_day import by_day
from dashboard.history.findings import findings_changes
from dashboard.history.severities import Judge
from dashboard.report.over_time import severity_table
from dashboard.store.database import Database
from dashboard.store.retention import prune
from dashboard.store.series_steps import series_steps
from dashboard.store.snapshots import put_snapshot
from tests.dashboard.history.builders import detailed, row
from tests.dashboard.store.builders import day

LOOSE = row("loose", user_image_url="swr.cn-north-4.myhuaweicloud.com/team/train:latest")
SECRET = detailed(
    "secret",
    user_command="python train.py --password ••• (password, 14 characters)",
    masked_secrets={"user_command": "0123456789abcdef"},
)
STATES = ([LOOSE], [LOOSE, SECRET], [LOOSE, LOOSE, SECRET], [SECRET], [])
DEFAULTS = AuditSettings()


def put(database: Database, states: tuple[list[dict[str, object]], ...] = STATES) -> None:
    for number, state in enumerate(states):
        put_snapshot(database, "production", "custom", day(number), state)


def counts(
    judge: Judge, database: Database, settings: AuditSettings = DEFAULTS
) -> dict[str, tuple[int, ...]]:
    steps = series_steps(database, "production", "custom")
    return dict(judge.counts(steps, day(5), settings).counts)


def worth(record: dict[str, object]) -> Counter[Severity]:
    (found,) = findings_changes([(None, record)], day(5))
    return Counter(one.severity for one in found.caused)


def test_each_snapshot_has_what_its_configurations_say_each_by_itself(database: Database) -> None:
    put(database)
    found = counts(Judge(), database)
    assert found["configurations"] == (1, 2, 3, 1, 0)
    assert found["details"] == (0, 1, 1, 1, 0)
    for severity in SEVERITIES:
        expected = [sum(worth(record)[severity] for record in state) for state in STATES]
        assert found[severity] == tuple(expected)
    assert sum(found["critical"]) + sum(found["high"])


def test_what_is_judged_already_counts_the_same_beside_what_is_new(database: Database) -> None:
    judge = Judge()
    put(database, STATES[:2])
    before = counts(judge, database)
    put_snapshot(database, "production", "custom", day(3), [SECRET])
    after = counts(judge, database)
    assert {kind: numbers[:2] for kind, numbers in after.items()} == before
    assert after == counts(Judge(), database)
    prune(database, day(4), keep_last=1, connection="production")
    assert counts(judge, database) == {kind: numbers[2:] for kind, numbers in after.items()}


def test_other_settings_judge_everything_anew(database: Database) -> None:
    judge = Judge()
    put(database)
    assert sum(counts(judge, database)["critical"])
    off = AuditSettings(switched_off=("SEC001",))
    assert counts(judge, database, off) == counts(Judge(), database, off)
    assert not sum(counts(judge, database, off)["critical"])


def test_the_table_has_a_row_for_each_day_with_a_change_the_newest_first(database: Database) -> None:
    put(database)
    put_snapshot(database, "production", "custom", day(9), [LOOSE])
    steps = series_steps(database, "production", "custom")
    wide, granularity = by_day(Judge().counts(steps, day(5), DEFAULTS))
    assert granularity == "day"
    assert isinstance(wide.index, pd.DatetimeIndex)
    html = severity_table(wide)
    assert html.count("<tr>") == 1 + len(STATES) + 1
    assert html.index("2026-03-10") < html.index("2026-03-01")
    assert "With details" in html


def test_nothing_remembered_has_no_counts(database: Database) -> None:
    assert set(counts(Judge(), database).values()) == {()}
