"""All rules over one text: which could find something at all, and what they found together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from dashboard.parsing.secrets.forms import private_keys, secrets_by_form
from dashboard.parsing.secrets.judged import Named, judged
from dashboard.parsing.secrets.kinds import Kind, Secret
from dashboard.parsing.secrets.logins import PROGRAMS, login_secrets
from dashboard.parsing.secrets.named import named_secrets
from dashboard.parsing.secrets.names import meaning_of
from dashboard.parsing.secrets.source import Source, Value
from dashboard.parsing.secrets.urls import url_secrets

# A value that is this long is looked for in the rest of the text, too; this many different ones at most.
MIN_ECHOED: Final = 8
MAX_ECHOED: Final = 64
# A shorter one of letters alone may be a word like any other (`postgres`).
MIN_WORD: Final = 12

# What every text has in which a rule can find something, in small letters: parts of words, or whole words of
# letters and digits. Most texts have none of it, and are done with quickly.
_NAME_PARTS: Final = ("pass", "pwd", "secret", "token", "key", "auth", "cred")
_OTHER_NAMES: Final = ("密", "口令", "令牌", "パスワード", "пароль", "비밀번호", "contrase")
_ADDRESS_PARTS: Final = ("%40", "/t/")
_FORM_PARTS: Final = ("ltai", "aiza", "pypi-age")
_PARTS: Final = (*_NAME_PARTS, *_ADDRESS_PARTS, *_FORM_PARTS)
_WORD: Final = re.compile(r"[a-z0-9]+")
_NAME_WORDS: Final = frozenset(
    _WORD.findall("ak sk pw pat sig sign signature access obsak obssk psw pswd cookie bearer senha kennwort")
)
_ADDRESS_WORDS: Final = frozenset(_WORD.findall("jdbc hook hooks webhooks telegram ftqq"))
_FORM_WORDS: Final = frozenset(
    _WORD.findall("sk gsk dop doo nvapi pat glpat gldt glrt glptt glcbt glsoat glft hvs hvb hvr sg ya29 xapp")
    + _WORD.findall("xoxa xoxb xoxe xoxo xoxp xoxr xoxs")
)
_PROGRAM_WORDS: Final = frozenset(_WORD.findall(program)[0] for program in PROGRAMS)
_TELLING_WORDS: Final = _NAME_WORDS | _ADDRESS_WORDS | _FORM_WORDS | _PROGRAM_WORDS
# Every other form has a run of letters and digits that words seldom reach; a digest of that length is none.
MIN_RUN: Final = 20
SHA_256: Final = 64
_SEPARATED: Final = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}

Rule = Callable[[str], Iterable[Secret]]


NONE_KNOWN: Final[Mapping[str, Kind]] = MappingProxyType({})


def find_secrets(
    text: str, *, field: str = "command", known: Mapping[str, Kind] = NONE_KNOWN
) -> tuple[Secret, ...]:
    """Return the secrets in a text, in their order, none overlapping another.

    `field` is the name of the field whose value the text is: where it announces a secret (`SECRET_KEY`), the
    whole text is its value. `known` are secrets of other texts, which are looked for in this one.
    """
    found = list(_by_field(text, field))
    for rule in _rules_for(text):
        found += rule(text)
    if not found and not known:
        return ()
    settled = _settled(found)
    return _settled([*settled, *_echoes(text, settled, known)])


def find_secrets_in_pair(name: str, value: str) -> tuple[Secret, ...]:
    """Return the secrets in the value of a run parameter or an environment variable."""
    return find_secrets(value, field=name)


def may_hold_secrets(text: str) -> bool:
    """Return whether a rule could find something in a text, or in one of several joined by line breaks."""
    return bool(_rules_for(text))


def _rules_for(text: str) -> tuple[Rule, ...]:
    """Return the rules that could find something in a text, the one that knows best what it finds first."""
    lowered, is_ascii = text.lower(), text.isascii()
    all_words = text.translate(_SEPARATED).split() if is_ascii else _WORD.findall(lowered)
    has_form = max(map(len, all_words), default=0) >= MIN_RUN and _has_run(all_words)
    has_user = "@" in text and "://" in text
    silent = is_ascii and not has_form and not has_user and _TELLING_WORDS.isdisjoint(all_words)
    if silent and not _has_part(lowered, _PARTS):
        return ()
    words = _TELLING_WORDS.intersection(all_words)
    named = _NAME_WORDS & words or _has_part(lowered, _NAME_PARTS) or _has_part(lowered, _OTHER_NAMES)
    tells = (
        (private_keys, "private key" in lowered),
        (_by_name, named),
        (url_secrets, has_user or _ADDRESS_WORDS & words or _has_part(lowered, _ADDRESS_PARTS)),
        (login_secrets, _PROGRAM_WORDS & words or "auth" in lowered),
        (secrets_by_form, has_form or _FORM_WORDS & words or _has_part(lowered, _FORM_PARTS)),
    )
    return tuple(rule for rule, told in tells if told)


def _has_run(words: Iterable[str]) -> bool:
    return any(MIN_RUN <= len(word) != SHA_256 for word in words)


def _has_part(lowered: str, parts: Iterable[str]) -> bool:
    return any(map(lowered.__contains__, parts))


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
    """Return the secrets in their order; those that overlap become one, called as the first found."""
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


def _echoes(text: str, found: Sequence[Secret], known: Mapping[str, Kind]) -> Iterator[Secret]:
    """Yield the places where a value that was found, or is known, stands once more."""
    kinds = {value: kind for value, kind in known.items() if len(value) >= MIN_ECHOED and value in text}
    for secret in found:
        if secret.length >= MIN_ECHOED and len(kinds) < MAX_ECHOED:
            kinds.setdefault(text[secret.start : secret.end], secret.kind)
    for value, kind in kinds.items():
        start = text.find(value)
        while start >= 0:
            end = start + len(value)
            if not value.isalpha() or (len(value) >= MIN_WORD and _is_word(text, start, end)):
                yield Secret(start, end, kind)
            start = text.find(value, end)


def _is_word(text: str, start: int, end: int) -> bool:
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return not any(character.isalnum() or character == "_" for character in around)
