"""Masked texts read by the grammars, and what is said of each mask beside the text."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.parsing import Command, Unparsed, arguments, by_key, parse_command, parse_image_reference
from dashboard.parsing.secrets import Mask, fingerprint, mask, mask_value, mask_with_places
from tests.dashboard.parsing.secret_cases import cases
from tests.dashboard.parsing.secret_values import KINDS

SK = KINDS["sk"](Random(8))
MASK = "••• (secret key, 40 characters)"
KEY = bytes(range(32))


def read(text: str) -> Command:
    command = parse_command(text)
    assert isinstance(command, Command), command
    return command


def test_a_mask_is_one_plain_word_of_a_command() -> None:
    text = mask(f"bash run.sh python train.py --sk {SK} --lr 0.1 | tee '{SK}.log'")
    command = read(text)
    _, second = command.commands()
    found = by_key(arguments(command))
    assert found["sk"][0].value == MASK
    assert found["lr"][0].value == "0.1"
    word = found["sk"][0].values[0]
    assert text[word.start : word.end] == word.text == MASK
    assert second.words[1].value == f"{MASK}.log"
    assert second.words[1].text == f"'{MASK}.log'"


def test_a_mask_within_an_assignment_and_a_nested_script_reads_as_a_mask() -> None:
    text = mask(f'export SK={SK} && bash -c "python t.py --sk={SK} --n 1"')
    words = [word.value for command in read(text).commands() for word in command.words]
    assert f"SK={MASK}" in words
    assert f"--sk={MASK}" in words


def test_a_text_that_cannot_be_read_keeps_its_masks() -> None:
    text = f"python t.py --sk {MASK} '"
    found = parse_command(text)
    assert isinstance(found, Unparsed)
    assert found.text == text


def test_a_mask_in_an_image_reference_counts_as_letters() -> None:
    found = parse_image_reference(f"swr.example.com/team/{MASK}/image:{MASK}")
    assert found is not None
    assert (found.registry, found.repository, found.tag) == ("swr.example.com", f"team/{MASK}/image", MASK)


@given(st.text(alphabet="•◦ ()'\"ax=-&\\$", max_size=20), st.text(alphabet="•x ()'\"=-&", max_size=20))
def test_whatever_stands_around_a_mask_nothing_raises_and_places_hold(before: str, after: str) -> None:
    text = f"{before}{MASK}{after}"
    found = parse_command(text)
    assert found.text == text
    if isinstance(found, Command):
        for command in found.commands():
            for word in command.words:
                if len(word.text) == word.end - word.start:
                    assert word.text == text[word.start : word.end]


def test_each_mask_of_a_text_is_told_with_its_place() -> None:
    checked = 0
    for case in cases():
        text, masks = mask_with_places(case.text)
        assert text == mask(case.text)
        for one in masks:
            assert text[one.start : one.end].startswith("••• (")
            assert text[one.start : one.end].endswith(")")
            assert one.value in case.text or "•••" in one.value
            checked += 1
    assert checked > 300


def test_masks_of_an_earlier_pass_keep_their_places() -> None:
    text = "mysql -p'password=@hpassword=$X'secret_key: '"
    masked, masks = mask_with_places(text)
    assert [masked[one.start : one.end].startswith("••• (") for one in masks] == [True] * len(masks)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"user_command": f"--sk {SK}"}, "user_command"),
        ({"parameter": [{"label": "sk", "value": SK}]}, "parameter[sk].value"),
        ({"env_variables": {"SECRET_KEY": SK}}, "env_variables[SECRET_KEY]"),
        ({"volumes": [{"nfs": {"src_path": f"--sk {SK}"}}]}, "volumes[0].nfs.src_path"),
        ({"notes": ["", f"--sk {SK}"]}, "notes[1]"),
        ({"parameter": [{"label": f"--sk {SK}", "value": 1}]}, f"parameter[--sk {MASK}].label"),
    ],
)
def test_a_mask_in_a_record_is_told_with_its_path(value: dict[str, object], path: str) -> None:
    noted: list[tuple[str, Mask]] = []
    masked = mask_value(value, note=lambda where, one: noted.append((where, one)))
    assert [where for where, _ in noted] == [path]
    found = noted[0][1].found(path, KEY)
    assert (found.kind, found.length, found.fingerprint) == ("secret key", 40, fingerprint(SK, KEY))
    assert SK not in f"{found}{noted}{masked}{replace(found)}"
