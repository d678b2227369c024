"""Any text at all: nothing raises, spans lie inside, no piece of a secret is left, work is bounded."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.parsing.secrets import find_secrets, mask, mask_value, source

PIECES = (
    *(
        "password",
        "--token ",
        "=",
        ": ",
        "'",
        '"',
        "\\",
        "AK",
        "SK=",
        "docker login -p ",
        "https://u:",
        "@h",
        "&",
        "?",
    ),
    *(
        "Authorization: Bearer ",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "gh" + "p_",
        "ey" + "J",
    ),
    *(
        "%3A%2F%2F",
        "%40",
        "•••",
        " (password, 8 characters)",
        "\n",
        " ",
        "abc123DEF456ghi789JKL012",
        "$X",
        "<<<",
        "|",
    ),
    *(
        "echo ",
        "chpasswd",
        "mysql -p",
        "密码：",
        "</",
        "<name>",
        '"label": "',
        '"value": "',
        "'\"'\"'",
        "{",
        "}",
        ",",
    ),
)
HOSTILE = (
    st.text()
    | st.text(alphabet="'\"\\ \n=:,;&|$`{}[]()<>%@/?-_.aAkKsSpP0x•", max_size=120)
    | st.lists(st.sampled_from(PIECES), max_size=30).map("".join)
)
FIELDS = st.sampled_from(
    ["command", "password", "credentials", "Authorization", "token", "cookie", "key", ""]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | HOSTILE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(HOSTILE | FIELDS, inner, max_size=4),
    max_leaves=20,
)


@given(HOSTILE, FIELDS)
def test_spans_lie_inside_the_text_and_apart(text: str, field: str) -> None:
    end = 0
    for secret in find_secrets(text, field=field):
        assert end <= secret.start < secret.end <= len(text)
        end = secret.end


@given(HOSTILE, FIELDS)
def test_masking_again_changes_nothing(text: str, field: str) -> None:
    masked = mask(text, field=field)
    assert mask(masked, field=field) == masked
    assert (masked is text) == (find_secrets(text, field=field) == ())


@given(JSON)
def test_masking_a_json_value_again_changes_nothing(value: Any) -> None:
    masked = mask_value(value)
    assert mask_value(masked) == masked


LETTERS, CAPITALS, DIGITS = "abcdefghjkmnpqrstuvwyz", "ABCDEFGHJKLMNPQRSTUVWYZ", "23456789"
# As strong as a secret should be, and hard to read: quotes, marks, spaces, any script. What begins like a
# path is taken for one.
MARKS = "'\"\\ !#^&*()+=,;:?~|<>é密/"


def is_strong(text: str) -> bool:
    return all(set(text) & set(kind) for kind in (LETTERS, CAPITALS, DIGITS)) and text[0] not in " /~"


STRONG = st.text(LETTERS + CAPITALS + DIGITS + MARKS, min_size=8, max_size=40).filter(is_strong)
AROUND = st.text(alphabet="abc xyz/-_.=:;\n&|é", max_size=20)


def planted(secret: str) -> Iterator[str]:
    """Yield commands that hold a secret, quoted as it must be there."""
    word = shlex.quote(secret)
    yield f"python t.py --password {word} --epochs 3"
    yield f"python t.py --db_password={word}"
    yield f"export DB_PASSWORD={word}; python t.py"
    yield f"docker login -u t -p {word} reg.example.com"
    yield f"sshpass -p {word} ssh root@h"
    yield f"mysql -u t -p{word} db"
    yield f"curl -u u:{word} https://h/x"
    yield json.dumps({"password": secret, "n": 1})
    yield json.dumps({"password": secret, "n": 1}, ensure_ascii=False)
    yield "python t.py --c " + shlex.quote(json.dumps({"password": secret}))
    yield "python t.py --c " + json.dumps(json.dumps({"password": secret}))
    yield "python -c " + shlex.quote(f"c(password={secret!r}, x=1)")
    yield f"git clone https://u:{quote(secret, safe='')}@h/x.git"
    yield f"curl 'https://h/x?a=1&password={quote(secret, safe='')}&b=2'"
    yield f"curl -H {shlex.quote('Authorization: Bearer ' + quote(secret, safe=''))} https://h"


def pieces(text: str) -> set[str]:
    return {text[place : place + 6] for place in range(len(text) - 5)}


@given(STRONG, AROUND, AROUND)
def test_no_piece_of_a_planted_secret_is_left(secret: str, before: str, behind: str) -> None:
    for command in planted(secret):
        elsewhere = pieces(
            f"{before} {command} {behind}".replace(secret, " ").replace(quote(secret, safe=""), " ")
        )
        masked = mask(f"{before} {command} {behind}")
        left = (pieces(secret) | pieces(quote(secret, safe=""))) - elsewhere
        assert {piece for piece in left if piece in masked} == set(), (command, masked)


# ruff: noqa: RUF001 (a colon of Chinese)
UNITS = (
    *("password=", "password= ", "password='", 'password="', 'password=\\"', "token: ", "AK=", "--token=a,"),
    *(
        "password='\"'\"'",
        "password=a'",
        "password=\"'",
        "docker login -p ",
        "docker ",
        "mysql -pabc ",
        "<a ",
    ),
    *(
        "echo a | docker login --password-stdin ",
        "echo 'u:p\n' | chpasswd ",
        "https://u:p@",
        "https://u:",
        "://a:b",
    ),
    *(
        "%3A%2F%2F",
        "%3A%2F%2Fu%3Ap%40",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "ey" + "Jaaaaaaaa.",
    ),
    *(
        "A1B2C3D4E5F6G7H8I9J0 ",
        "key ",
        "a",
        " ",
        "\n",
        "\\",
        "=",
        "'",
        '"',
        "\"'",
        "(",
        "`",
        "•••",
        "password=xxxx",
    ),
    *(
        "?sig=",
        "&",
        "密码：",
        "Authorization: Bearer ",
        "auth=('u','",
        "/t/a",
        "<password>",
        "mc alias set a http://b c d ",
    ),
    *(
        '"label":"SK","value":"',
        "<name>sk</name><value>",
        "sqlplus a/b@",
        "SG." + "aaaaaaaaaaaaaaaa.",
        "password=abc1 ",
    ),
)


def calls(run: Callable[[], object]) -> int:
    """Count the calls, of Python and of C, that a run makes."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        run()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("unit", UNITS)
def test_twice_the_text_takes_about_twice_the_steps(unit: str) -> None:
    short, long = (unit * (length // len(unit)) for length in (1500, 3000))
    assert calls(lambda: mask(long)) <= 2.5 * calls(lambda: mask(short)) + 200


class Counted:
    """A pattern that counts the characters that it reads: all that are left, where it does not match."""

    def __init__(self, pattern: re.Pattern[str], read: list[int]) -> None:
        self.pattern = pattern
        self.read = read

    def match(self, text: str, place: int) -> re.Match[str] | None:
        """Match as the pattern does."""
        match = self.pattern.match(text, place)
        self.read.append((match.end() if match else len(text)) - place)
        return match


@pytest.mark.parametrize(
    "unit", ["password=xxxx", "password=xxxx,", "?sig=xxxx", "password='", "password=\"'", "AK="]
)
def test_values_are_read_once(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    for name in ("_ESCAPED_DOUBLE", "_ESCAPED_SINGLE"):
        monkeypatch.setattr(source, name, Counted(getattr(source, name), read))
    runs = {ending: Counted(pattern, read) for ending, pattern in source._RUNS.items()}
    monkeypatch.setattr(source, "_RUNS", runs)
    text = unit * (20_000 // len(unit))
    find_secrets(text)
    assert 0 < sum(read) <= 8 * len(text)


@pytest.mark.parametrize(
    "unit", ["a", " ", "\\", "'", '"', "\"'", "://a:b", "=", "&", "ey" + "Jaaaaaaaa.", "•", "(", "\n"]
)
def test_a_megabyte_comes_to_an_end(unit: str) -> None:
    # A search that began again at every character would take hours.
    text = "--password abc123 " + unit * (1_000_000 // len(unit))
    assert "abc123" not in mask(text)
