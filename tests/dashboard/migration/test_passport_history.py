"""The history that a passport has is what the snapshots in the store say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.data.database import close_database, shared_database
from dashboard.migration.passport_history import passport_history
from dashboard.store.snapshots import put_snapshot

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("DASHBOARD_DATABASE_URL", f"sqlite:///{tmp_path}/dashboard.db")
    yield
    close_database()


def test_it_tells_when_a_configuration_was_seen_and_which_fields_were_edited() -> None:
    states = ({"config_desc": "a"}, {"config_desc": "a"}, {"config_desc": "b", "gpu_num": 2})
    for day, state in enumerate(states):
        record = {"config_name": "x", **state}
        put_snapshot(shared_database(), "prod", "custom", BEGIN + timedelta(days=day), [record])
    found = passport_history("prod", "custom", "x")
    assert found is not None
    assert (found.first_seen, found.last_seen) == (BEGIN, BEGIN + timedelta(days=2))
    assert found.edits == ((BEGIN + timedelta(days=2), "config_desc, gpu_num"),)


def test_what_no_snapshot_holds_has_no_history(monkeypatch: pytest.MonkeyPatch) -> None:
    assert passport_history("prod", "custom", "x") is None
    close_database()
    monkeypatch.setenv("DASHBOARD_DATABASE_URL", "sqlite:////dev/null/dashboard.db")
    assert passport_history("prod", "custom", "x") is None
