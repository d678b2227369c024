"""What stands in place of a secret, in texts and in JSON values; everything else stays as it is."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from dashboard.parsing.secrets import find_secrets, mask, mask_all, mask_value
from dashboard.parsing.secrets.masking import MAX_DEPTH, TOO_DEEP
from tests.dashboard.parsing.secret_cases import cases
from tests.dashboard.parsing.secret_values import KINDS

AK, SK = (KINDS[kind](Random(8)) for kind in ("ak", "sk"))
MASKED_SK = "••• (secret key, 40 characters)"


def test_a_masked_text_says_what_was_there() -> None:
    masked = mask(f"python t.py --ak {AK} --sk {SK} --lr 0.1")
    assert masked == f"python t.py --ak ••• (access key, 20 characters) --sk {MASKED_SK} --lr 0.1"


def test_a_text_without_secrets_is_returned_itself() -> None:
    text = "".join(["bash /home/work/run_train.sh ", "python train.py --max_tokens 512 --tokenizer bert"])
    assert mask(text) is text


def test_a_masked_text_is_returned_itself() -> None:
    masked = mask(f"AK={AK} SK={SK} curl -u me:abc123 'https://me:abc123@h/?token={SK}'")
    assert SK not in masked
    assert "abc123" not in masked
    assert mask(masked) is masked


def test_what_masking_uncovers_is_masked_too() -> None:
    # Without the first password, the quotes that are left enclose another.
    text = "mysql -p'password=@hpassword=$X'secret_key: '"
    masked = mask(text)
    assert find_secrets(masked) == ()
    assert "@hpassword" not in masked


def test_many_texts_are_masked_as_one_is() -> None:
    texts = [case.text for case in cases()]
    assert mask_all(texts) == [mask(text) for text in texts]
    assert mask_all(texts[:1]) == [mask(texts[0])]
    assert mask_all([]) == []


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ({"secretKey": SK, "n": 1}, {"secretKey": MASKED_SK, "n": 1}),
        ({"a": [{"b": f"--sk {SK}"}]}, {"a": [{"b": f"--sk {MASKED_SK}"}]}),
        (
            {"passwords": ["abc"], "password": ["abc"]},
            {"passwords": ["abc"], "password": ["••• (password, 3 characters)"]},
        ),
        ({"password": 7}, {"password": "••• (password, 1 character)"}),
        ({"password": 12.5}, {"password": "••• (password, 4 characters)"}),
        ([{"label": "SK", "value": SK}], [{"label": "SK", "value": MASKED_SK}]),
        (
            [{"name": "PASSWORD", "value": 1234}],
            [{"name": "PASSWORD", "value": "••• (password, 4 characters)"}],
        ),
        ({"secret": {"value": SK}}, {"secret": {"value": "••• (secret, 40 characters)"}}),
        ({f"--sk {SK}": 1}, {f"--sk {MASKED_SK}": 1}),
        (("--password abc", 1), ["--password ••• (password, 3 characters)", 1]),
    ],
)
def test_secrets_in_json_values_are_masked(value: Any, masked: Any) -> None:
    assert mask_value(value) == masked


@pytest.mark.parametrize(
    "value",
    [
        {
            "config_name": "a",
            "parameter": [{"label": "max_tokens", "value": "512"}, {"label": "sk", "value": 3}],
        },
        {"password": None, "token": True, "password_file": "/run/secret", "max_tokens": 512, "key_dim": 0.5},
        ["a", 1, None, {"b": ()}],
        "text",
        None,
        3,
    ],
)
def test_json_values_without_secrets_are_returned_themselves(value: Any) -> None:
    assert mask_value(value) is value


def test_what_was_given_is_not_changed() -> None:
    value = {"parameter": [{"label": "SK", "value": SK}]}
    mask_value(value)
    assert value == {"parameter": [{"label": "SK", "value": SK}]}


def test_keys_that_differ_only_in_their_secrets_stay_two() -> None:
    masked = mask_value({"--password abc123": 1, "--password xyz789": 2})
    assert isinstance(masked, dict)
    assert sorted(masked.values()) == [1, 2]
    assert "abc123" not in str(masked)


def test_what_is_nested_too_deep_is_not_shown() -> None:
    value: Any = SK
    for _ in range(5000):
        value = [value]
    masked = mask_value(value)
    for _ in range(MAX_DEPTH):
        assert isinstance(masked, list)
        (masked,) = masked
    assert masked == TOO_DEEP
