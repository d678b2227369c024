"""All rules over one text: which could find something at all, and what they found together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from dashboard.parsing.secrets.forms import secrets_by_form
from dashboard.parsing.secrets.judged import Named, judged
from dashboard.parsing.secrets.kinds import Kind, Secret
from dashboard.parsing.secrets.logins import login_secrets
from dashboard.parsing.secrets.named import named_secrets
from dashboard.parsing.secrets.names import meaning_of
from dashboard.parsing.secrets.source import Source, Value
from dashboard.parsing.secrets.urls import url_secrets

# A value that is this long is looked for in the rest of the text, too; this many different ones at most.
MIN_ECHOED: Final = 8
MAX_ECHOED: Final = 64

# What every text with a secret has: a part of a name, of a program, of an address or of a form. In small letters.
_HINTS: Final = (
    *(
        "pass",
        "pwd",
        "secret",
        "token",
        "key",
        "auth",
        "cred",
        "cookie",
        "signature",
        "bearer",
        "psw",
        "senha",
    ),
    *("kennwort", "密", "口令", "令牌", "パスワード", "пароль", "비밀번호", "contrase"),
    *("sig=", "sign=", "hooks.", "hook", "/t/", "sct", "/bot", "jdbc:"),
    *(
        " login",
        "mysql",
        "mariadb",
        "mongo",
        "redis-cli",
        "sqlcmd",
        "bcp ",
        "sqlplus",
        "expdp",
        "impdp",
        "rman",
    ),
    *(
        "zip ",
        "zip -",
        "7z",
        "rar ",
        "curl",
        "ctr ",
        "skopeo",
        "smb",
        "rpcclient",
        "lftp",
        "ldap",
        "snmp",
        "ipmi",
    ),
    *(
        "openssl",
        "obsutil",
        "ossutil",
        "coscmd",
        "mc ",
        "mcli ",
        "kinit",
        "sudo",
        "davfs",
        "rabbitmqctl",
        "helm",
    ),
    *(
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat",
        "glpat",
        "gldt",
        "glrt",
        "glptt",
        "glcbt",
        "glsoat",
    ),
    *(
        "hf_",
        "api_org_",
        "xox",
        "xapp-",
        "npm_",
        "pypi-age",
        "dckr_",
        "do_v1",
        "oo_v1",
        "hvs.",
        "hvb.",
        "hvr.",
    ),
    *(
        "sg.",
        "k_live_",
        "k_test_",
        "shp",
        "lsv2_",
        "r8_",
        "ya29.",
        "eyj",
        "eyk",
        "sk-",
        "gsk_",
        "nvapi-",
        "aiza",
    ),
    *("akia", "asia", "abia", "acca", "ltai", "akid", "twine", "glft"),
)
_SHORT_NAME: Final = re.compile(
    r"(?<![a-zA-Z])(?:[aAsS][kK]|[pP][wW]|[pP][aA][tT])(?![a-z])|[sS][kK](?=\W*[=:])"
)
_ACCESS_KEY: Final = re.compile(r"(?<![A-Za-z0-9_-])[A-Z0-9]{20}(?![A-Za-z0-9])")


def find_secrets(text: str, *, field: str = "command") -> tuple[Secret, ...]:
    """Return the secrets in a text, in their order, none overlapping another.

    `field` is the name of the field whose value the text is: where it announces a secret (`SECRET_KEY`), the
    whole text is its value.
    """
    found = list(_by_field(text, field))
    if _may_hold_secrets(text):
        for rule in (_by_name, url_secrets, login_secrets, secrets_by_form):
            found += rule(text)
    if not found:
        return ()
    settled = _settled(found)
    return _settled([*settled, *_echoes(text, settled)])


def find_secrets_in_pair(name: str, value: str) -> tuple[Secret, ...]:
    """Return the secrets in the value of a run parameter or an environment variable."""
    return find_secrets(value, field=name)


def _may_hold_secrets(text: str) -> bool:
    """Return whether any rule could find something: quick, for most texts hold nothing."""
    lowered = text.lower()
    if any(map(lowered.__contains__, _HINTS)) or ("@" in text and "://" in text) or "%40" in text:
        return True
    return _SHORT_NAME.search(text) is not None or _ACCESS_KEY.search(text) is not None


def _by_name(text: str) -> Iterator[Secret]:
    return named_secrets(Source(text))


def _by_field(text: str, field: str) -> Sequence[Secret]:
    meaning = meaning_of(field)
    if meaning is None:
        return ()
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if end - start >= 2 and text[start] in {"'", '"'} and text[end - 1] == text[start]:
        start, end = start + 1, end - 1
    if start >= end:
        return ()
    value = Value(start, end, quoted=True, literal=True)
    return judged(text, value, Named(field, meaning.kind, meaning.evidence))


def _settled(found: Iterable[Secret]) -> tuple[Secret, ...]:
    """Return the secrets in their order; those that overlap become one, called as the first that was found."""
    ranks = {secret: rank for rank, secret in reversed(list(enumerate(found)))}
    settled: list[tuple[Secret, int]] = []
    for secret in sorted(ranks):
        rank = ranks[secret]
        if settled and secret.start < settled[-1][0].end:
            last, last_rank = settled.pop()
            kind = last.kind if last_rank <= rank else secret.kind
            merged = Secret(last.start, max(last.end, secret.end), kind)
            settled.append((merged, min(last_rank, rank)))
        else:
            settled.append((secret, rank))
    return tuple(secret for secret, _ in settled)


def _echoes(text: str, found: Sequence[Secret]) -> Iterator[Secret]:
    """Yield the places where a value that was found stands once more."""
    kinds: dict[str, Kind] = {}
    for secret in found:
        if secret.length >= MIN_ECHOED and len(kinds) < MAX_ECHOED:
            kinds.setdefault(text[secret.start : secret.end], secret.kind)
    for value, kind in kinds.items():
        start = text.find(value)
        while start >= 0:
            end = start + len(value)
            if not value.isalpha() or _is_word(text, start, end):
                yield Secret(start, end, kind)
            start = text.find(value, end)


def _is_word(text: str, start: int, end: int) -> bool:
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return not any(character.isalnum() or character == "_" for character in around)
