"""Secrets that are told by a name before them: arguments, assignments, JSON, YAML, headers, queries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dashboard.parsing.secrets.judged import Named, judged
from dashboard.parsing.secrets.kinds import Secret
from dashboard.parsing.secrets.names import MAX_NAME, Evidence, Meaning, meaning_of
from dashboard.parsing.secrets.source import Ending, Source, Value

# Every alternative begins with a letter, and is looked for in small letters: ten times as fast.
_KEYWORD: Final = re.compile(
    r"pass|pwd|psw|secret|token|key|bearer|auth|cred|cookie|signature|senha|kennwort|obs[as]k(?![a-z])"
    r"|(?:ak|sk|pw|pat|sig|sign|access)(?![a-z])"
    r"|密码|口令|令牌|访问密钥|密钥|パスワード|пароль|Пароль|비밀번호|contraseña"
)
# These say something as words alone: not `mask`, not `task`.
_SHORT: Final = frozenset({"ak", "sk", "pw", "pat", "sig", "sign", "access"})
_SMALL: Final = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_NAME_CHARACTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"
_RIGHT: Final = re.compile(r"[A-Za-z0-9_.\-]{0,80}")
_ASSIGNED: Final = re.compile(
    r"(?P<close>\\{0,8}[\"']|%2[27])?\]?(?P<before>\s{0,16})"
    r"(?P<sign>=>|:=|=(?!=)|=(?==\S)|:(?!:|//)|：|＝|%3[Dd]|\\u003[dD]"  # noqa: RUF001
    r"|%3[Aa](?!%2[Ff]))(?P<after>\s{0,16})"
)
_SPACED: Final = re.compile(r"(?P<quote>[\"']?)(?:\s|\\\n){1,32}")
_SENTENCE: Final = re.compile(r"\s{1,4}is\s{1,4}|是|为")
_CALL: Final = re.compile(r"\\{0,8}[\"']\s{0,8},\s{0,8}(?=\\{0,8}[\"'])")
_ENTRY: Final = re.compile(
    r"(?P<quote>\\{0,8}[\"'])\s{0,8},\s{0,8}(?P=quote)(?:value|default)(?P=quote)\s{0,8}:\s{0,8}"
)
_ELEMENT: Final = re.compile(r"</name>\s{0,32}<value>|>(?=[^<>\n]{1,512}</)")
_EXPRESSION: Final = re.compile(r"[A-Za-z_][\w.]*+([(\[]?)")
_REST_OF_LINE: Final = re.compile(r"[^\s\"']{1,256}(?:\n|\Z)")
_REST_OF_COMMAND: Final = re.compile(r"[^\s\"';&|]{1,256}[\"']?(?:\s{0,8}(?:[\n;&|]|\Z))")
_TECHNICAL: Final = re.compile(r"[._-]")
_COLONS: Final = frozenset({":", "：", "%3A", "%3a"})  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value begins behind a name, what it owes, and how it ends."""

    start: int
    evidence: Evidence
    ending: Ending = Ending.WORD
    argument: bool = False
    strict: bool = False


def named_secrets(source: Source) -> Iterator[Secret]:
    """Yield the secrets that stand behind a name."""
    done = 0
    small = source.text.lower() if source.text.isascii() else source.text.translate(_SMALL)
    for hit in _KEYWORD.finditer(small):
        if hit.start() < done or (hit[0] in _SHORT and small[hit.start() - 1 : hit.start()].islower()):
            continue
        start, done = _widened(source.text, hit)
        meaning = meaning_of(source.text[start:done].lstrip("-"))
        if meaning is not None:
            for secret in _behind(source, start, done, meaning):
                yield secret
                done = max(done, secret.end)


def _widened(text: str, hit: re.Match[str]) -> tuple[int, int]:
    """Return where the whole name begins and ends in which a keyword was found."""
    before = text[max(0, hit.start() - MAX_NAME) : hit.start()]
    if not hit[0].isascii():
        return hit.start() - (len(before) - len(before.rstrip("-"))), hit.end()
    start = hit.start() - (len(before) - len(before.rstrip(_NAME_CHARACTERS)))
    if start < hit.start() and text[start - 1 : start] == "\\" and text[start] in "nrt":
        start += 1  # what is left of an escaped line break
    right = _RIGHT.match(text, hit.end())
    return start, right.end() if right else hit.end()


def _behind(source: Source, start: int, end: int, meaning: Meaning) -> tuple[Secret, ...]:
    """Return the secrets in the value of the name from `start` to `end`."""
    place = _place(source.text, start, end, meaning.evidence)
    if place is None:
        return ()
    value = source.value(place.start, place.ending)
    if not value.quoted and _is_expression(source.text, start, place, value):
        return ()
    name = source.text[start:end].lstrip("-")
    in_query = place.ending in {Ending.QUERY, Ending.ENCODED}
    return judged(
        source.text, value, Named(name, meaning.kind, place.evidence, in_query=in_query, strict=place.strict)
    )


def _is_expression(text: str, start: int, place: _Place, value: Value) -> bool:
    """Return whether a value without quotes is another option, a call, an object, or a variable of Python."""
    first, after = text[value.start : value.start + 1], text[value.end : value.end + 1]
    if (place.argument and first == "-") or after in {"(", "["} or first in {"{", "["}:
        return True
    called = text[start - 1 : start] == "(" or text[max(0, start - 2) : start] == ", "
    expression = _EXPRESSION.match(text, value.start, value.end)
    if expression is None:
        return False
    return expression[1] != "" or (called and expression.end() == value.end and after in {")", ","})


def _place(text: str, start: int, end: int, evidence: Evidence) -> _Place | None:
    """Return where the value of the name from `start` to `end` begins; None where it has none."""
    if element := _ELEMENT.match(text, end):
        return _Place(element.end(), evidence) if text[start - 1 : start] in {"<", ">"} else None
    if entry := _ENTRY.match(text, end):
        return _Place(entry.end(), evidence, Ending.ENTRY)
    if call := _CALL.match(text, end):
        called = "(" in text[max(0, start - 2) : start]
        return _Place(call.end(), max(evidence, Evidence.CREDIBLE), Ending.ENTRY) if called else None
    if assigned := _ASSIGNED.match(text, end):
        return _assigned(text, start, evidence, assigned)
    if sentence := _SENTENCE.match(text, end):
        return _Place(sentence.end(), evidence, strict=True)
    spaced = _SPACED.match(text, end)
    return _argument(text, start, end, evidence, spaced) if spaced else None


def _argument(text: str, start: int, end: int, evidence: Evidence, space: re.Match[str]) -> _Place | None:
    """Return where the value of an option begins, of a setting (`fs.obs.secret.key VALUE`), of a word."""
    before = text[start - 1 : start]
    if before in {"$", "{"} or (space["quote"] and space["quote"] != before):
        return None
    if text[start : start + 1] == "-":
        return _Place(space.end(), evidence, argument=True)
    if _TECHNICAL.search(text, start, end) and _REST_OF_COMMAND.match(text, space.end()):
        owed = Evidence.CREDIBLE if text[start:end].isupper() else Evidence.MIXED  # docker run -e NAME IMAGE
        return _Place(space.end(), max(evidence, owed), argument=True)
    return _Place(space.end(), evidence, argument=True, strict=True)


def _assigned(text: str, start: int, evidence: Evidence, sign: re.Match[str]) -> _Place | None:
    """Return where the value of an assignment begins, a pair of JSON, a line of YAML, or a header."""
    before, first = text[start - 1 : start], text[sign.end() : sign.end() + 1]
    quoted = sign["close"] is not None
    if first == "=" and not (text[start : start + 1] == "-" or text[start : sign.start()].isupper()):
        return None  # a comparison
    if not quoted and before in {"'", '"'} and before == first:
        return None  # "Password: "
    if sign["sign"] in _COLONS and before == "/":
        return None  # ://token:…@host
    if sign["sign"] in _COLONS and not quoted and first not in {"'", '"'}:
        evidence = _owed_by_line(text, start, sign.end(), evidence)
        if "\n" in sign["after"]:
            return None
    if before == "$" or (sign["sign"] == "=" and sign["after"] and not sign["before"] and not quoted):
        evidence = Evidence.GENERATED  # a comparison; `NAME= command`
    ending = Ending.WORD
    if sign["sign"].startswith("%3"):
        ending = Ending.ENCODED
    elif before in {"?", "&"}:
        ending = Ending.QUERY
    elif quoted or before in {"(", ",", "{"} or text[max(0, start - 2) : start] == ", ":
        ending = Ending.ENTRY
    return _Place(sign.end(), evidence, ending)


def _owed_by_line(text: str, start: int, value: int, evidence: Evidence) -> Evidence:
    """Return what a value behind a colon owes: more in a sentence than in a line of YAML, one of several."""
    indented = text[max(0, start - MAX_NAME) : start].rstrip(" -")
    if indented.endswith("\n") and _REST_OF_LINE.match(text, value):
        return max(evidence, Evidence.LONG)
    return Evidence.MIXED if evidence in {Evidence.ANY, Evidence.MIXED} else max(evidence, Evidence.CREDIBLE)
