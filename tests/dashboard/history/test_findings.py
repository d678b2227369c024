"""Findings that a change has caused or fixed."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.history.findings import FindingsChange, findings_changes
from tests.dashboard.history.builders import detailed, row
from tests.dashboard.store.builders import day

MASKED = row(
    user_command="python train.py --password ••• (password, 14 characters) --lr 0.1",
    masked_secrets={"user_command": "0123456789abcdef"},
)
FULL_IMAGE = f"swr.cn-north-4.myhuaweicloud.com/team/train@sha256:{'a' * 64}"


def told(before: dict[str, Any] | None, after: dict[str, Any] | None) -> tuple[set[str], set[str]]:
    """The checks whose findings a change has caused, and fixed."""
    (found,) = findings_changes([(before, after)], day(0))
    return {one.check.id for one in found.caused}, {one.check.id for one in found.fixed}


def test_a_secret_that_comes_is_caused_and_one_that_goes_is_fixed() -> None:
    caused, fixed = told(row(), MASKED)
    assert (caused, fixed) == ({"SEC001"}, set())
    assert told(MASKED, row()) == (fixed, caused)
    assert told(MASKED, MASKED) == (set(), set())


def test_what_is_new_has_caused_all_that_is_wrong_with_it() -> None:
    caused, _ = told(None, MASKED)
    assert caused >= told(row(), MASKED)[0]
    assert told(MASKED, None) == (set(), caused)


def test_an_image_that_is_pinned_is_fixed() -> None:
    loose = row(user_image_url="swr.cn-north-4.myhuaweicloud.com/team/train:latest")
    caused, fixed = told(loose, row(user_image_url=FULL_IMAGE))
    assert fixed
    assert not caused & fixed
    assert told(row(user_image_url=FULL_IMAGE), loose)[0] == fixed


def test_details_that_are_known_of_one_state_only_cause_nothing() -> None:
    assert told(row(), detailed()) == (set(), set())


def test_checks_over_several_configurations_are_left_out() -> None:
    alike = [(None, row(name)) for name in ("a", "b")]
    caused = {one.check.id for found in findings_changes(alike, day(0)) for one in found.caused}
    assert caused
    assert "HYG003" not in caused


@pytest.mark.parametrize("field", ["user_command", "parameter"])
def test_records_that_hold_anything_are_looked_at_all_the_same(field: str) -> None:
    odd = row(**{field: [{"label": 1}], "masked_secrets": "x"})
    assert len(findings_changes([(row(), odd), (odd, None)], day(0))) == 2
    assert findings_changes([], day(0)) == ()
    assert FindingsChange().caused == ()
