"""docs/migration.md says what the code says."""

from __future__ import annotations

from pathlib import Path

from dashboard.data.record import DETAIL_FIELDS, LIST_FIELDS
from dashboard.migration.decision_values import KINDS
from dashboard.migration.reasons import REASONS
from dashboard.migration.rules import RULES
from dashboard.migration.statements import SOURCES

TEXT = (Path(__file__).parents[3] / "docs" / "migration.md").read_text(encoding="utf-8")
LINES = TEXT.splitlines()


def source(key: str) -> str:
    known = SOURCES[key]
    return f"[{known.title}]({known.url})" if known.url else known.title


def test_every_rule_is_told_with_its_basis_and_source() -> None:
    told = [
        f"| {one.code} | {one.text} | {one.origin} | {one.basis} | {source(one.source)} |"
        for one in RULES.values()
    ]
    assert [line for line in told if line not in LINES] == []


def test_every_reason_is_told_with_what_to_do() -> None:
    told = [
        f"| {one.code} | {one.weight} | {one.remedy} | {one.settled_by or ''} | {one.basis} |"
        f" {source(one.source)} |"
        for one in REASONS.values()
    ]
    assert [line for line in told if line not in LINES] == []


def test_every_kind_of_decision_and_every_field_is_told() -> None:
    assert [
        f"| {kind} | {wanted} |"
        for kind, (_, wanted) in KINDS.items()
        if f"| {kind} | {wanted} |" not in LINES
    ] == []
    inside = {"dataset_name", "dataset_version_name"}  # told by a rule: gone-dataset-name
    assert [name for name in sorted({*LIST_FIELDS, *DETAIL_FIELDS} - inside) if f"`{name}" not in TEXT] == []
