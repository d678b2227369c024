"""Hiding secrets in text that came from elsewhere: whole, cut short, or spelled as JSON, URLs or HTML."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import quote, quote_plus

# So much of a secret gives it away: what follows of it, and in the same word, is hidden with it.
_HEAD: Final = 12
_FOLLOWED: Final = 64
_ESCAPED: Final = {"/": r"(?:\\?/|\\u002f|%2f)", "+": r"(?:\+|\\u002b|%2b)", "=": r"(?:=|\\u003d|%3d)"}


def concealed(text: str, secrets: Iterable[str]) -> str:
    """`text` with every occurrence of a secret, or of its beginning, replaced by asterisks.

    >>> concealed("the password is hunter2", ["hunter2"])
    'the password is ***'
    """
    spellings = [spelling for secret in secrets if secret for spelling in _spellings(secret)]
    if not spellings:
        return text
    openings = re.compile("|".join(_pattern(spelling[:_HEAD]) for spelling in spellings), re.IGNORECASE)
    ways = [_whole_or_cut(spelling) for spelling in spellings]
    shown, end = [], 0
    while (opening := openings.search(text, end)) is not None:
        shown += [text[end : opening.start()], "***"]
        found = (way.match(text, opening.start()) for way in ways)
        end = max(match.end() for match in found if match is not None)
    return "".join([*shown, text[end:]])


def _pattern(secret: str) -> str:
    return "".join(_ESCAPED.get(character, re.escape(character)) for character in secret)


@lru_cache(maxsize=32)
def _whole_or_cut(secret: str) -> re.Pattern[str]:
    """Matches a secret, or as much of its beginning as is there and the rest of that word."""
    if len(secret) <= _HEAD:
        return re.compile(_pattern(secret), re.IGNORECASE)
    more = ""
    for character in reversed(secret[_HEAD : _HEAD + _FOLLOWED]):
        more = f"(?:{_pattern(character)}{more})?"
    cut = rf"{_pattern(secret[:_HEAD])}{more}[\w+/=.%\\-]*"
    return re.compile(f"{_pattern(secret)}|{cut}", re.IGNORECASE)


def _spellings(secret: str) -> set[str]:
    """The secret as it may stand in JSON, in a URL, in a header, and in HTML."""
    in_json = (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    in_a_url = (quote(secret, safe="", errors="replace"), quote_plus(secret, errors="replace"))
    in_a_header = secret.encode(errors="replace").decode("latin-1")  # UTF-8, as it is read from there
    return {secret, in_a_header, html.escape(secret), *in_json, *in_a_url}
