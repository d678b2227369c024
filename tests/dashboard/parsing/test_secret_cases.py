"""How much of the cases is found, and how little else: the goals, and the figures."""

from __future__ import annotations

import pytest

from dashboard.parsing.secrets import Kind, find_secrets, mask
from tests.dashboard.parsing.secret_cases import CODES, Case, cases
from tests.dashboard.parsing.secret_scores import Span, scores

GOAL = 0.98
KIND_GOAL = 0.95
DRAWS = (0, 1, 2)


def found(case: Case) -> list[Span]:
    return [(secret.start, secret.end) for secret in find_secrets(case.text, field=case.name or "command")]


def part(name: str, draw: int) -> list[Case]:
    return [case for case in cases(draw) if name == "all" or case.held_out == (name == "hold-out")]


@pytest.mark.parametrize("draw", DRAWS)
@pytest.mark.parametrize("name", ["all", "hold-out"])
def test_secrets_are_found_and_little_else_is(name: str, draw: int) -> None:
    measured = scores(found, part(name, draw))
    figures = {
        "cases: recall": measured.case_recall,
        "cases: precision": measured.case_precision,
        "spans: recall": measured.span_recall,
        "spans: precision": measured.span_precision,
    }
    print(f"\n{name}, draw {draw}:", *(f"{figure} {share}" for figure, share in figures.items()), sep="\n  ")
    wrong = [case.line for case in (*measured.missed, *measured.false_alarms, *measured.inexact)]
    assert {figure: share.value for figure, share in figures.items() if share.value < GOAL} == {}, wrong


def test_there_are_as_many_cases_as_the_goals_are_for() -> None:
    positive = sum(bool(case.planted) for case in cases())
    held_out = sum(case.held_out for case in cases())
    assert positive >= 300
    assert len(cases()) - positive >= 300
    assert 0.3 < held_out / len(cases()) < 0.37


def test_a_secret_is_called_what_it_is() -> None:
    right = total = 0
    for case in cases():
        kinds = {
            (secret.start, secret.end): secret.kind
            for secret in find_secrets(case.text, field=case.name or "")
        }
        for planted in case.planted:
            kind = kinds.get((planted.start, planted.end))
            total += kind is not None
            right += kind == planted.kind
    print(f"\nkinds: {right} of {total}")
    assert right / total >= KIND_GOAL


def test_every_kind_has_a_case() -> None:
    assert set(CODES.values()) == set(Kind)
    assert {planted.kind for case in cases() for planted in case.planted} == set(Kind)


def test_no_secret_of_a_case_is_left_in_its_masked_text() -> None:
    left = []
    for case in cases():
        masked = mask(case.text, field=case.name or "command")
        values = (case.text[planted.start : planted.end] for planted in case.planted)
        left += [case.line for value in values if len(value) >= 8 and value in masked]
    assert len(left) <= (1 - GOAL) * len(cases()), left


def test_masking_a_masked_case_changes_nothing() -> None:
    for case in cases():
        field = case.name or "command"
        masked = mask(case.text, field=field)
        assert mask(masked, field=field) == masked, case.line
