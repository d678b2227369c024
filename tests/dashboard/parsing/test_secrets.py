"""What is found, what it is called, and what is told of it: rule by rule, and the fingerprint."""

from __future__ import annotations

from random import Random

import pytest

from dashboard.parsing.secrets import Kind, Secret, find_secrets, find_secrets_in_pair, fingerprint
from dashboard.parsing.secrets.names import meaning_of
from tests.dashboard.parsing.secret_values import KINDS

DRAWN = {kind: draw(Random(7)) for kind, draw in KINDS.items()}
AK, SK, HEX64 = DRAWN["ak"], DRAWN["sk"], DRAWN["hex64"]


def values(text: str, field: str = "command") -> list[tuple[str, str]]:
    return [(str(secret.kind), text[secret.start : secret.end]) for secret in find_secrets(text, field=field)]


def test_a_secret_tells_kind_place_and_length_and_never_its_value() -> None:
    text = f"python train.py --secret_key {SK}"
    (secret,) = find_secrets(text)
    assert secret == Secret(start=29, end=69, kind=Kind.SECRET_KEY)
    assert secret.length == 40
    assert SK not in repr(secret)


def test_secrets_come_in_the_order_of_the_text() -> None:
    text = f"docker login -u cn-north-4@{AK} -p {HEX64} swr.cn-north-4.myhuaweicloud.com"
    assert values(text) == [("access key", AK), ("password", HEX64)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("a --password 'two words' b", "password", "two words"),
        ("a --password two\\ words b", "password", "two\\ words"),
        ('a --password="say \\"x\\" 1" b', "password", 'say \\"x\\" 1'),
        ("a --password ab'c d'ef b", "password", "ab'c d'ef"),
        ("bash -c 'export PASSWORD='abc123' && x'", "password", "abc123"),
        ("python -c 'c(password='\"'\"'abc123'\"'\"')'", "password", "abc123"),
        ('x "{\\"password\\": \\"abc123\\"}"', "password", "abc123"),
        ('x "{\\\\\\"password\\\\\\": \\\\\\"abc123\\\\\\"}"', "password", "abc123"),
        ("PASSWORD='cut off here", "password", "cut off here"),
        ("mount -o username=t,password=abc123,vers=3", "password", "abc123"),
        ("Server=db;Password=abc123;Database=x", "password", "abc123"),
        ("http://h/x?a=1&password=a%26b&c=2", "password", "a%26b"),
        ("http://h/x?next=%2Fa%3Fpassword%3Dabc123%26c%3D2", "password", "abc123"),
        ("密码：abc123，谢谢", "password", "abc123"),  # noqa: RUF001
        ("echo abc | sudo -S true", "password", "abc"),
        ("printf 'a:abc123\\nb:x\\n' | chpasswd", "password", "abc123"),
        ("kinit me <<< 'abc 123'", "password", "abc 123"),
        ("sshpass -p abc ssh -p 2222 h", "password", "abc"),
        ("curl -sSu me:abc http://h", "password", "abc"),
        ("git clone https://me:p@ss@h/x", "credential in a URL", "p@ss"),
        ("python -c \"c(password='it\\'s 1', x=2)\"", "password", "it\\'s 1"),
        ('bash -c "docker login -u me -p abc123 h"', "password", "abc123"),
        ("ssh h 'bash -c \"mysql -pabc123 db\"'", "password", "abc123"),
    ],
)
def test_a_value_is_found_from_its_first_to_its_last_character(text: str, kind: str, value: str) -> None:
    assert values(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "docker run -p 8080:80 image",
        "mysql -u root -p database",
        "ssh -p 2222 host",
        "mkdir -p token/password",
        "unzip -p data.zip",
        "curl -u me http://host",
        "python train.py --password --epochs 3",
        "python train.py --token_type bpe --max_tokens 512 --tokenizer bert",
        "python train.py --password_file /run/secret",
        "python train.py --password $PASSWORD --token ${TOKEN:-} --sk $(cat sk)",
        "python train.py --password <password> --token [TOKEN] --sk ****",
        "git clone https://git@github.com/a/b.git",
        "python train.py --password https://vault.internal/v1/pw",
        "python train.py --token sha256:" + DRAWN["hex64"],
        'test "$TOKEN" == "abc123def456" || exit',
    ],
)
def test_what_only_looks_alike_is_no_secret(text: str) -> None:
    assert values(text) == []


def test_a_secret_that_stands_in_the_text_again_is_found_again() -> None:
    text = f"curl -H 'X-Auth-Token: {HEX64}' http://h/{HEX64}/x"
    assert values(text) == [("token", HEX64), ("token", HEX64)]


def test_a_private_key_is_found_from_its_first_to_its_last_dash() -> None:
    key = DRAWN["pem"]
    assert values(f"echo '{key}' > key.pem") == [("private key", key)]
    assert values(f"echo '{key}\n{key}'") == [("private key", key), ("private key", key)]


def test_a_private_key_that_is_cut_off_is_found_as_far_as_it_goes() -> None:
    key = DRAWN["pem"].partition("-----END")[0].rstrip()
    assert values(f"echo '{key}' > key.pem") == [("private key", key)]


def test_the_line_that_begins_a_private_key_is_none() -> None:
    assert values("grep -- '-----BEGIN PRIVATE KEY-----' *.pem") == []


def test_a_word_that_is_a_password_is_left_where_it_is_a_word() -> None:
    assert values("PGPASSWORD=postgres psql -U postgres") == [("password", "postgres")]


def test_the_name_of_a_parameter_tells_its_value() -> None:
    assert find_secrets_in_pair("SECRET_KEY", SK) == (Secret(0, 40, Kind.SECRET_KEY),)
    assert find_secrets_in_pair("db_password", " 'two words' ") == (Secret(2, 11, Kind.PASSWORD),)
    assert find_secrets_in_pair("epochs", SK) == ()
    assert find_secrets_in_pair("token_type", "bpe") == ()
    assert find_secrets_in_pair("password", "$PASSWORD") == ()


def test_a_parameter_that_is_no_secret_may_hold_one() -> None:
    text = "--epochs 3 --password abc123"
    assert find_secrets_in_pair("extra_args", text) == (Secret(22, 28, Kind.PASSWORD),)


def test_the_field_that_a_text_stands_in_counts_like_a_name() -> None:
    assert values(SK, field="secretKey") == [("secret key", SK)]
    assert values(SK, field="user_command") == []


@pytest.mark.parametrize(
    "name",
    [
        "secret_key",
        "SecretAccessKey",
        "db.password",
        "X-Auth-Token",
        "WANDB_API_KEY",
        "PGPASSWORD",
        "SK_PROD",
        "sk2",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert meaning_of(name) is not None


@pytest.mark.parametrize(
    "name",
    [
        "token_type",
        "max_token",
        "pad_token",
        "password_file",
        "key_dim",
        "public_key",
        "sort_key",
        "task",
        "mask",
    ],
)
def test_names_that_are_none_of_secrets(name: str) -> None:
    assert meaning_of(name) is None


KEY = b"k" * 32


def test_a_fingerprint_tells_the_same_secret_and_nothing_of_it() -> None:
    assert fingerprint(SK, KEY) == fingerprint(SK, KEY)
    assert fingerprint(SK, KEY) != fingerprint(SK + "x", KEY)
    assert fingerprint(SK, KEY) != fingerprint(SK, b"l" * 32)
    assert len(fingerprint(SK, KEY)) == 16
    assert int(fingerprint(SK, KEY), 16) >= 0


def test_a_secret_in_a_url_has_the_fingerprint_of_what_it_encodes() -> None:
    assert fingerprint("p%40ss%2Fwort%C3%A9", KEY) == fingerprint("p@ss/worté", KEY)


def test_a_fingerprint_of_broken_text_is_one() -> None:
    assert fingerprint("\ud800", KEY) != fingerprint("\ud801", KEY)


def test_a_fingerprint_needs_a_key_that_cannot_be_guessed() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        fingerprint(SK, b"short")


def test_a_fingerprint_is_a_published_construction() -> None:
    # HMAC-SHA-256, RFC 4231, test case 1.
    assert fingerprint("Hi There", b"\x0b" * 20) == "b0344c61d8db3853"
