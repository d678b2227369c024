"""Types of run parameters, and their texts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.migration.parameters import environment_fault, guess_type, text_of_value
from tests.dashboard.builders import EXAMPLES


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("epochs", "30", "Integer"), ("epochs", 30, "Integer"), ("shift", "-3", "Integer"),
        ("learning_rate", "0.01", "Float"), ("learning_rate", 0.01, "Float"), ("lr", "1e-4", "Float"),
        ("x", "1.", "Float"), ("x", ".5", "Float"), ("shuffle", "True", "Boolean"),
        ("shuffle", False, "Boolean"),
        ("optimizer", "adam", "String"), ("version", "1.2.3", "String"), ("x", "1,5", "String"),
        ("x", "٣", "String"), ("token", "@@TOKEN@@", "String"),
        ("resume_from", "", None), ("resume_from", None, None), ("id", "007", None), ("x", "nan", None),
        ("use_amp", "1", None), ("weight_decay", 0, None), ("big", "9" * 19, None),
    ],
)  # fmt: skip
def test_the_type_of_a_parameter_is_told_by_its_value_or_asked(
    name: str, value: Any, expected: str | None
) -> None:
    guess = guess_type(name, value)
    assert guess.type == expected
    assert guess.why
    assert bool(guess.candidates) == (expected is None)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.01, "0.01"), (1, "1"), (True, "true"), (None, ""), ("a", "a"), ({"b": 1}, '{"b": 1}'),
     (float("inf"), "inf"), (1e-05, "1e-05")],
)  # fmt: skip
def test_a_value_becomes_text(value: Any, text: str) -> None:
    assert text_of_value(value) == text


@EXAMPLES
@given(st.text(max_size=40), st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()))
def test_every_value_has_a_type_or_candidates(name: str, value: Any) -> None:
    guess = guess_type(name, value)
    assert guess.type in {"Integer", "Float", "String", "Boolean"} or guess.candidates


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("A", "1", None), ("_a1", "", None), ("A", "costs 5$", None), ("A", "$5", None),
        ("1A", "", "environment-name"), ("A.B", "", "environment-name"), ("", "", "environment-name"),
        ("A" * 8193, "", "environment-name"), ("A", "x" * 4097, "environment-too-long"),
        ("A", "$B", "environment-reference"), ("A", "${B}", "environment-reference"),
    ],
    ids=lambda value: str(value)[:12],
)  # fmt: skip
def test_the_limits_of_environment_variables(name: str, value: str, code: str | None) -> None:
    found = environment_fault(name, value)
    assert (None if found is None else found[0]) == code
