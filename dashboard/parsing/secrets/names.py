"""What a name says of its value: `db_password` is a secret, `max_tokens` and `password_file` are not.

A name counts by its end, its head noun: `token_type` is a type, `secret_key` a key that is secret. How much a
value must look like a secret depends on how clearly the name says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Final

from dashboard.parsing.secrets.kinds import Kind

MAX_NAME: Final = 80


class Evidence(IntEnum):
    """What a value must look like, beside its name, to count as a secret."""

    ANY = 0
    """Anything that is no placeholder, variable or path."""
    LONG = 1
    """Six characters or more that are not one short word."""
    MIXED = 2
    """Six characters or more, letters and digits among them."""
    CREDIBLE = 3
    """Letters and digits, not put together like a name."""
    GENERATED = 4
    """Made by a machine, as far as one can see."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """The kind of secret that a name announces, and the evidence that its value owes."""

    kind: Kind
    evidence: Evidence


_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Says which one of several it is, not what it is: SK_PROD, password2.
_AFTERTHOUGHTS: Final = frozenset(
    _WORD.findall(
        "prod production dev test staging new old backup bak default value plain str text base cn main"
    )
)
# A token of a text, a key that everybody may know, a flag.
_OTHER: Final = re.compile(
    r"(?:^|_)(?:no|max|min|num|n|per|public|eos|bos|pad|cls|sep|mask|unk|sos|special|image|img|audio|video|speech"
    r"|start|stop|end|begin|new|next|page|prompt|class|trigger|placeholder|separator|existing|disabled|ask)_"
    r"(?:\w+_)?(?:key|token|secret|password|pass)$"
)
# Whose password it is; `first_pass` and `two_pass` have none.
_ACCOUNTS: Final = (
    "db|database|user|root|admin|account|redis|mysql|my|pg|postgres|mongo|mq|rabbitmq|es|ftp|sftp|smtp|mail|email|ssh"
    "|http|proxy|ldap|nas|obs|login|wifi|sudo|service|smb|vnc|docker|registry|git|keystore|truststore|jupyter"
)
_MEANINGS: Final = tuple(
    (re.compile(pattern), Meaning(kind, evidence))
    for pattern, kind, evidence in (
        (r"secret_?(?:access_?)?key$|access_?key_?secret$", Kind.SECRET_KEY, Evidence.LONG),
        (r"(?:^|_)sk$|obssk$", Kind.SECRET_KEY, Evidence.CREDIBLE),
        (r"access_?key(?:_?id)?$", Kind.ACCESS_KEY, Evidence.LONG),
        (r"(?:^|_)ak$|obsak$|(?:^|_)secret_?id$", Kind.ACCESS_KEY, Evidence.CREDIBLE),
        (r"^access$", Kind.ACCESS_KEY, Evidence.CREDIBLE),
        (r"(?:private|ssh)_?key$", Kind.PRIVATE_KEY, Evidence.GENERATED),
        (
            r"(?:encrypt|encryption|decryption|aes|des|hmac|signing|sign|fernet|cipher|crypto|master|root)_?key$",
            Kind.SECRET_KEY,
            Evidence.CREDIBLE,
        ),
        (
            r"(?:api|app|auth|account|storage|service|subscription|licen[cs]e|wandb|kaggle|comet|swanlab|clearml"
            r"|openai|hf|user|bot|client|deploy|login|registry|webhook|server|admin|rest|write|read)_?key$",
            Kind.API_KEY,
            Evidence.CREDIBLE,
        ),
        (r"^key$", Kind.API_KEY, Evidence.GENERATED),
        (
            r"(?:auth|access|api|refresh|bearer|security|session|github|gitlab|gh|git|hf|hub|huggingface|vault|bot"
            r"|slack|notebook_app|server_app|jupyter|jupyter_hub|wandb|user|login|admin|registry|private)_?token$",
            Kind.TOKEN,
            Evidence.LONG,
        ),
        (r"token$", Kind.TOKEN, Evidence.CREDIBLE),
        (r"(?:^|_)(?:pat|cookie)$|^oauth_2_bearer$", Kind.TOKEN, Evidence.GENERATED),
        (
            r"(?:password|passwd|passphrase|passcode|passwort|kennwort|contraseña|senha|密码|口令|パスワード|пароль"
            r"|비밀번호)$",
            Kind.PASSWORD,
            Evidence.ANY,
        ),
        (rf"(?:^|_)(?:{_ACCOUNTS})_?(?:pass|pwd|psw|pw)$", Kind.PASSWORD, Evidence.ANY),
        (r"(?:^|_)(?:pass|psw|pswd|passw)$|pwd$", Kind.PASSWORD, Evidence.LONG),
        (r"(?:^|_)pw$", Kind.PASSWORD, Evidence.MIXED),
        (r"(?:^|_)(?:credentials?|creds?)$", Kind.PASSWORD, Evidence.CREDIBLE),
        (
            r"(?:client|app|jwt|webhook|signing|shared|consumer|cookie|session|token|bot|dingtalk|oauth)_?secret$",
            Kind.SECRET,
            Evidence.LONG,
        ),
        (r"secret$", Kind.SECRET, Evidence.CREDIBLE),
        (r"(?:^|_)auth$|authorization$|^bearer$", Kind.AUTHORIZATION, Evidence.GENERATED),
        (r"signature$|(?:^|_)(?:sig|sign)$", Kind.URL_SIGNATURE, Evidence.CREDIBLE),
        (r"^令牌$", Kind.TOKEN, Evidence.CREDIBLE),
        (r"^访问密钥$", Kind.ACCESS_KEY, Evidence.CREDIBLE),
        (r"密钥$", Kind.SECRET_KEY, Evidence.CREDIBLE),
    )
)


def words_of(name: str) -> list[str]:
    """Return the words that a name is made of, in small letters: `accessKeyID` has three."""
    return list(map(str.lower, _WORD.findall(name))) if name.isascii() else [name.lower()]


def meaning_of(name: str) -> Meaning | None:
    """Return what a name says of its value; None where it announces none. A long name counts by its end."""
    return _meaning(name[-MAX_NAME:])


@lru_cache(maxsize=1024)
def _meaning(name: str) -> Meaning | None:
    words = words_of(name)
    while len(words) > 1 and (words[-1] in _AFTERTHOUGHTS or words[-1].isdigit()):
        words.pop()
    normal = "_".join(words)
    if _OTHER.search(normal):
        return None
    return next((meaning for pattern, meaning in _MEANINGS if pattern.search(normal)), None)
