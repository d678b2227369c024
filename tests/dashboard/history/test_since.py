"""What is new or other since an earlier time."""

from __future__ import annotations

from dashboard.history.since import new_or_changed


def test_what_says_the_same_is_neither_new_nor_changed() -> None:
    then = [
        {"config_name": "same", "user_command": "a", "parameter": [1]},
        {"config_name": "changed", "user_command": "a"},
        {"config_name": "twin", "user_command": "a"},
        {"config_name": "twin", "user_command": "b"},
        {"config_name": "gone"},
    ]
    now = [
        {"config_name": "same", "user_command": "a"},
        {"config_name": "changed", "user_command": "b"},
        {"config_name": "twin", "user_command": "b"},
        {"config_name": "new"},
        {"config_name": None},
    ]
    assert new_or_changed(now, then) == [False, True, False, True, True]
    assert new_or_changed([], then) == []
