"""Two states: what was added, removed, renamed and edited, field by field."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.data.record import name_of
from dashboard.history.difference import Difference, difference
from dashboard.history.edits import ORDER, FieldChange, Ignored, edit_of
from dashboard.history.fields import ChangeClass
from dashboard.history.flat import flattened
from dashboard.history.reading import snapshot_difference
from dashboard.history.values import ABSENT
from dashboard.store.series import Snapshot
from tests.dashboard.history.builders import RECORDS, STATES, detailed, row
from tests.dashboard.store.builders import day

SECURITY, REPRODUCIBILITY, COSMETIC = ChangeClass


def changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[object, object, str, str]]:
    """Each changed field: before, after, class, how."""
    return {
        one.field: (one.before, one.after, one.kind.value, one.how) for one in edit_of(before, after).fields
    }


def names(found: Difference) -> dict[str, list[Any]]:
    return {
        "added": [name_of(one) for one in found.added],
        "removed": [name_of(one) for one in found.removed],
        "renamed": [(name_of(old), name_of(new)) for old, new in found.renamed],
        "edited": [name_of(one.after) for one in found.edited],
    }


def test_each_kind_of_change_is_told_once_and_the_rest_is_equal() -> None:
    before = [row("same"), row("gone", engine_name="MXNet"), row("old"), row("edited")]
    after = [row("same"), row("come", engine_name="Ray"), row("new"), row("edited", config_desc="x")]
    found = difference(before, after)
    assert names(found) == {
        "added": ["come"],
        "removed": ["gone"],
        "renamed": [("old", "new")],
        "edited": ["edited"],
    }
    assert (found.equal, bool(found), bool(difference(before, before))) == (1, True, False)


def test_different_contents_are_never_paired_as_renamed_and_equal_ones_are_by_number() -> None:
    before = [row("a", engine_name="X"), row("b", engine_name="X"), row("c", engine_name="Y")]
    after = [row("d", engine_name="X"), row("e", engine_name="Z")]
    found = names(difference(before, after))
    assert (found["renamed"], found["added"], found["removed"]) == ([("a", "d")], ["e"], ["b", "c"])


def test_of_one_name_those_that_say_the_same_are_paired_first() -> None:
    before = [row("a", create_time=1, config_desc="1"), row("a", create_time=2, config_desc="2")]
    after = [row("a", create_time=2, config_desc="2"), row("a", create_time=1, config_desc="3")]
    (edit,) = difference(before, after).edited
    assert (edit.before["create_time"], edit.after["config_desc"]) == (1, "3")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"worker_server_num": 2}, {"worker_server_num": (1, 2, "reproducibility", "edited")}),
        ({"worker_server_num": "1"}, {"worker_server_num": (1, "1", "cosmetic", "type")}),
        ({"worker_server_num": 1.0}, {}),
        (
            {"parameter": [{"label": "lr", "value": "0.2"}, {"label": "seed", "value": 7}]},
            {"parameter[lr].value": ("0.1", "0.2", "reproducibility", "edited")},
        ),
        (
            {"parameter": [{"label": "seed", "value": 7}, {"label": "lr", "value": "0.1"}]},
            {"parameter (order)": "cosmetic"},
        ),
        (
            {"data_source": [{"data_url": "/bucket/b/"}]},
            {"data_source[0].data_url": ("/bucket/a/", "/bucket/b/", "reproducibility", "edited")},
        ),
        (
            {"volumes": [{"nfs": {"src_path": "10.0.0.1:/x", "dest_path": "/cache", "read_only": False}}]},
            {"volumes[/cache].nfs.read_only": (True, False, "security", "edited")},
        ),
        (
            {"user_command": "python train.py --lr 0.2 --epochs 20"},
            {"user_command[--lr]": ("0.1", "0.2", "reproducibility", "edited")},
        ),
        ({"user_command": "python train.py --epochs 20 --lr 0.1"}, {"user_command (order)": "cosmetic"}),
        (
            {"user_command": "python train.py --lr 0.1 --epochs 20 --amp"},
            {"user_command[--amp]": (ABSENT, True, "reproducibility", "added")},
        ),
        (
            {"user_image_url": "swr.cn-north-4.myhuaweicloud.com/team/train:1.1"},
            {"user_image_url": "reproducibility"},
        ),
        ({"user_image_url": "docker.io/team/train:1.0"}, {"user_image_url": "security"}),
        (
            {"user_image_url": f"swr.cn-north-4.myhuaweicloud.com/team/train@sha256:{'a' * 64}"},
            {"user_image_url": "security"},
        ),
        ({"config_desc": None}, {"config_desc": "cosmetic"}),
        ({"log_url": "http://10.0.0.1/log"}, {"log_url": "security"}),
    ],
)
def test_an_edit_is_told_by_path_and_argument_with_its_class(
    fields: dict[str, Any], expected: dict[str, Any]
) -> None:
    found = changes(detailed(), detailed(**fields))
    assert found.keys() == expected.keys()
    for field, wanted in expected.items():
        assert wanted in (found[field], found[field][2])


def test_reordered_options_are_no_change() -> None:
    found = difference([row()], [row(user_command="python train.py --epochs 20 --lr 0.1")])
    assert (bool(found), len(found.reordered), found.equal) == (False, 1, 0)


def test_the_order_of_positional_arguments_is_a_change() -> None:
    found = difference([row(user_command="python t.py a b")], [row(user_command="python t.py b a")])
    assert [change.kind for change in found.edited[0].fields] == [REPRODUCIBILITY] * 2


def test_details_that_are_known_of_one_state_only_are_no_change_and_it_is_said() -> None:
    edit = edit_of(row(), detailed())
    assert (edit.fields, edit.unknown) == ((), "before")
    edit = edit_of(detailed(), row(config_desc="x"))
    assert ([one.field for one in edit.fields], edit.unknown) == (["config_desc"], "after")


def test_what_is_ignored_is_left_out_with_all_below_it_and_counted() -> None:
    after = detailed(config_desc="x", user_command="python train.py --lr 0.2 --epochs 21", parameter=[])
    ignored = Ignored.of(["config_desc", "user_command[--lr]", "parameter", "  "])
    edit = edit_of(detailed(), after, ignored)
    assert [one.field for one in edit.fields] == ["user_command[--epochs]"]
    assert edit.ignored == 4


@given(STATES, STATES)
@settings(max_examples=120)
def test_a_difference_applied_to_the_state_before_gives_the_state_after(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    found = difference(before, after)
    edits = [*found.edited, *found.reordered]
    old = [*found.removed, *(pair[0] for pair in found.renamed), *(edit.before for edit in edits)]
    new = [*found.added, *(pair[1] for pair in found.renamed), *(edit.after for edit in edits)]
    held = Counter(map(id, before))
    assert held >= Counter(map(id, old))
    assert Counter(map(id, after)) >= Counter(map(id, new))
    assert len(before) - len(old) == len(after) - len(new) == found.equal
    assert all(name_of(one) != name_of(other) for one, other in found.renamed)


@given(RECORDS, RECORDS)
@settings(max_examples=150)
def test_the_changed_fields_applied_to_the_record_before_give_the_record_after(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    edit = edit_of(before, after)
    old, new = flattened(before), flattened(after)
    for one in edit.fields:
        assert_is_told(one, before, after)
    told = {one.field for one in edit.fields}
    by_text = "user_command" in told
    for path in old.keys() | new.keys():
        if path in told or edit.unknown or (by_text and path.startswith("user_command")):
            continue
        same = old.get(path, ABSENT), new.get(path, ABSENT)
        assert repr(same[0]) == repr(same[1]) or _says_as_much(path, *same, old, new)


def assert_is_told(one: FieldChange, before: dict[str, Any], after: dict[str, Any]) -> None:
    """A change names what really stands there, before and after."""
    for value, record in ((one.before, before), (one.after, after)):
        if one.field.endswith(ORDER) or one.field == "user_command":
            continue
        assert repr(flattened(record).get(one.field, ABSENT)) == repr(value)


def _says_as_much(path: str, before: object, after: object, old: Any, new: Any) -> bool:
    """1 and 1.0 are one number; an empty list that was filled is told by its items."""
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (before, after))
    if numbers:
        return before == after or repr(before) == repr(after)
    filled = any(inner.startswith((f"{path}.", f"{path}[")) for inner in (*old, *new) if inner != path)
    return filled and (before in ([], {}, ABSENT) and after in ([], {}, ABSENT))


@given(st.permutations(["--lr 0.1", "--epochs 20", "--amp", "--name 'a b'", "--x=$Y"]))
@settings(max_examples=40)
def test_no_order_of_options_is_a_change(options: list[str]) -> None:
    before = row(user_command="python train.py --lr 0.1 --epochs 20 --amp --name 'a b' --x=$Y")
    after = row(user_command=f"python train.py {' '.join(options)}")
    assert not difference([before], [after])


def test_what_is_equal_costs_no_reading_of_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    from dashboard.history import difference as module

    class Reader(module.CommandReader):
        def __call__(self, text: str) -> Any:
            read.append(text)
            return super().__call__(text)

    monkeypatch.setattr(module, "CommandReader", Reader)
    before = [row(f"c{number}") for number in range(2_000)]
    after = [dict(one) for one in before]
    after[5]["user_command"] = "python train.py --lr 0.3 --epochs 20"
    assert len(difference(before, after).edited) == 1
    assert len(read) == 2


def test_of_two_snapshots_that_hold_the_same_nothing_is_read() -> None:
    one = Snapshot(1, "a", "custom", day(0), day(0), 1_000_000, 0, "digest")
    unreachable: Any = None
    found = snapshot_difference(unreachable, one, replace(one, id=3, taken_at=day(2)))
    assert not found
    assert found.equal == 1_000_000
