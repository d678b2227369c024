"""Passports: what is known of a configuration, its grade, and the digest of its content."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from dashboard.data.masking import mask_record
from dashboard.migration.mapping import Migrator
from dashboard.migration.passport import (
    GRADES,
    Grade,
    Passport,
    PassportFinding,
    PassportHistory,
    content_digest,
    make_passport,
)
from dashboard.migration.passport_items import Knowledge
from tests.dashboard.migration.records import DETAIL, custom, preset

DIGEST = "sha256:" + "a" * 64
SEED = [{"label": "random_seed", "value": 1}]


def passport(wire: Mapping[str, Any]) -> Passport:
    return make_passport(Migrator().migrate(wire, wire))


@pytest.mark.parametrize(
    ("wire", "grade"),
    [
        (custom(user_image_url=f"swr.x.myhuaweicloud.com/o/i@{DIGEST}", parameter=SEED), Grade.A),
        (preset(dataset_id="d", dataset_version_id="v", parameter=SEED), Grade.A),
        (preset(data_url="/b/d/", parameter=SEED), Grade.B),
        (custom(user_command="python a.py --seed 3", data_url="/b/d/"), Grade.B),
        (preset(data_url="/b/d/"), Grade.C),
        (custom(parameter=[{"label": "seedling", "value": "1"}]), Grade.C),
        (preset(), Grade.D),
        (preset(data_url="/b/d/", spec_code=None), Grade.D),
        (preset(data_url="/b/d/", boot_file_url=None), Grade.E),
        (preset(data_url="/b/d/", engine_version=None), Grade.E),
        (custom(user_command=None), Grade.E),
        ({"config_name": "a", "engine_version": "TF-1.8.0-python3.6"}, Grade.NONE),
    ],
)
def test_the_grade_follows_from_the_items(wire: dict[str, Any], grade: Grade) -> None:
    found = make_passport(Migrator().migrate(wire)) if grade is Grade.NONE else passport(wire)
    assert found.grade is grade
    assert found.reasons
    assert grade in GRADES


def test_each_item_is_known_missing_or_not_knowable() -> None:
    items = {one.code: one for one in passport(DETAIL).items}
    known = {code for code, one in items.items() if one.knowledge is Knowledge.KNOWN}
    assert known >= {
        "image",
        "command",
        "code",
        "data",
        "flavor",
        "nodes",
        "output",
        "log",
        "volumes",
        "pool",
    }
    never = {"code-revision", "image-digest", "packages", "result", "seed", "data-version"}
    assert {code for code, one in items.items() if one.knowledge is Knowledge.NOT_KNOWABLE} == never
    assert all((one.value is not None) == (one.knowledge is Knowledge.KNOWN) for one in items.values())


@pytest.mark.parametrize(
    ("image", "why"), [("org/train", "without a tag"), ("org/train:1", "by a tag"), ("a b", "cannot be read")]
)
def test_why_an_image_has_no_digest_is_told(image: str, why: str) -> None:
    (item,) = [one for one in passport(custom(user_image_url=image)).items if one.code == "image-digest"]
    assert item.knowledge is Knowledge.NOT_KNOWABLE
    assert why in item.why


def test_the_digest_is_of_the_content_whatever_the_order_and_the_answer_around_it() -> None:
    first = content_digest({"config_name": "a", "parameter": [{"label": "x", "value": 1}]})
    assert content_digest({"parameter": [{"value": 1, "label": "x"}], "config_name": "a"}) == first
    assert (
        content_digest({"config_name": "a", "parameter": [{"label": "x", "value": 1}], "is_success": True})
        == first
    )
    assert content_digest({"config_name": "a", "parameter": [{"label": "x", "value": 2}]}) != first
    assert len(first) == 64


def test_json_has_what_was_handed_over_and_says_what_nobody_looked_for() -> None:
    at = datetime(2026, 1, 2, tzinfo=UTC)
    migration = Migrator().migrate(preset(), preset())
    bare = json.loads(json.dumps(make_passport(migration).to_json()))
    assert (bare["findings"], bare["history"], bare["migration"]["verdict"]) == (None, None, "ready")
    whole = make_passport(
        migration, [PassportFinding("SEC001", "high", "x")], PassportHistory(at, at, ((at, "config_desc"),))
    ).to_json()
    assert whole["findings"] == [{"check": "SEC001", "severity": "high", "message": "x"}]
    assert whole["history"]["edits"] == [{"at": "2026-01-02T00:00:00+00:00", "what": "config_desc"}]


def test_no_secret_is_in_a_passport() -> None:
    wire, _ = mask_record(custom(parameter=[{"label": "DB_PASSWORD", "value": "hunter2hunter2"}]), b"k" * 32)
    text = json.dumps(passport(wire).to_json())
    assert "hunter2" not in text
    assert "@@DB_PASSWORD@@" in text
