"""Engines over time: of very many the most used are listed, and the others counted."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard.data.figures import MAX_UNFOLDED, MAX_VERSIONS
from dashboard.history.timeline import Adoption
from dashboard.report.over_time import adoption_table

AT = datetime(2026, 3, 1, tzinfo=UTC)


def adoption(engine: str, version: str | None, now: int) -> Adoption:
    return Adoption(engine, version, AT, AT, since_beginning=True, retired_at=None, most=now, now=now)


def test_of_very_many_versions_and_engines_the_most_used_are_listed() -> None:
    engines = [adoption(f"E{number:03}", None, 1) for number in range(MAX_UNFOLDED + 5)]
    versions = [adoption("PyTorch", f"v{number:04}", number) for number in range(MAX_VERSIONS + 1200)]
    table = adoption_table([adoption("PyTorch", None, 9), *engines, *versions], UTC)
    assert table.count("<tr") == 1 + MAX_UNFOLDED + MAX_VERSIONS + 2
    assert "1,200 more versions" in table
    assert "6 more engines" in table
    assert "v0000" not in table
    assert "v1223" in table
