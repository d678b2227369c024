"""Families: what is grouped, what is usual, who deviates."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from dashboard.history.edits import Ignored
from dashboard.history.families import Deviation, FamilyKey, families
from tests.dashboard.history.builders import STATES, detailed, row


def test_tags_versions_and_arguments_are_what_members_may_deviate_in() -> None:
    records = [
        row("a"),
        row("b", engine_version="PyTorch-1.8.0-python3.7"),
        row("c", user_image_url="swr.cn-north-4.myhuaweicloud.com/team/train:2.0"),
        row("d", user_command="python train.py --epochs 20 --lr 0.5"),
        row("other image", user_image_url="swr.cn-north-4.myhuaweicloud.com/team/eval:1.0"),
        row("other command", user_command="python eval.py --lr 0.1 --epochs 20"),
        row("other engine", engine_name="TensorFlow"),
    ]
    found = families(records)
    assert [len(family.members) for family in found.families] == [4, 1, 1, 1]
    assert found.families[0].key == FamilyKey(
        "PyTorch", "swr.cn-north-4.myhuaweicloud.com/team/train", "python train.py"
    )
    assert [found.differs_by(number) for number in range(7)] == [
        "",
        "engine_version PyTorch-1.8.0-python3.7 (usually PyTorch-1.4.0-python3.6)",
        "user_image_url …m/train:2.0 (usually …m/train:1.0)",
        "user_command[--lr] 0.5 (usually 0.1)",
        "",
        "",
        "",
    ]


def test_usual_is_what_two_thirds_have_and_without_that_nobody_deviates() -> None:
    two_of_three = [row("a"), row("b"), row("c", engine_version="x")]
    assert families(two_of_three).differs_by(2) != ""
    half = [*two_of_three, row("d", engine_version="y")]
    assert [families(half).differs_by(number) for number in range(4)] == [""] * 4


def test_not_to_have_a_field_is_usual_too_but_not_to_know_it_is_not() -> None:
    records = [detailed("a"), detailed("b"), detailed("c", nas_type="nfs"), row("d")]
    family = families(records).families[0]
    assert [one.field for one in family.deviations[2]] == ["nas_type"]
    assert 3 not in family.deviations
    assert family.usual["worker_server_num"].known == 3


def test_a_number_and_its_text_are_one_value_and_noise_is_left_out() -> None:
    values = [0.1, "0.1", "0.1"]
    records = [
        detailed(str(number), parameter=[{"label": "lr", "value": value}])
        for number, value in enumerate(values)
    ]
    assert families(records).families[0].deviations == {}
    records = [row("a"), row("b"), row("c", engine_version="x")]
    assert families(records, Ignored.of(["engine_version"])).families[0].deviations == {}


@given(STATES)
@settings(max_examples=60)
def test_every_configuration_is_of_one_family_and_a_deviation_is_what_it_really_has(
    records: list[dict[str, Any]],
) -> None:
    found = families(records)
    members = sorted(position for family in found.families for position in family.members)
    assert members == list(range(len(records)))
    for position, at in enumerate(found.family_of):
        assert position in found.families[at].members
        assert isinstance(found.differs_by(position), str)
        for one in found.families[at].deviations.get(position, ()):
            assert isinstance(one, Deviation)
            assert found.families[at].usual[one.field].value is one.usual
