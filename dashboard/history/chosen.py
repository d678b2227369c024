"""Configurations that were chosen to be compared, as words for the address.

A word is the configuration's name; `2~name` is the second of several with that name. A name that looks like
such a word has `1~` in front.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from dashboard.history.compare import MAX_COLUMNS

_NUMBERED: Final = re.compile(r"([1-9][0-9]{0,8})~(.*)", re.DOTALL)


def word_of(name: str, number: int = 1) -> str:
    """Return the word for the number-th (from 1) configuration of a name."""
    return name if number == 1 and not _NUMBERED.fullmatch(name) else f"{number}~{name}"


def name_and_number(word: str) -> tuple[str, int]:
    """Return what a word stands for."""
    found = _NUMBERED.fullmatch(word)
    return (found[2], int(found[1])) if found else (word, 1)


def toggled(chosen: Sequence[str], word: str) -> tuple[str, ...]:
    """Return the choice with a word, or without it where it is chosen; a full choice takes no more."""
    if word in chosen:
        return tuple(one for one in chosen if one != word)
    return (*chosen, word) if len(chosen) < MAX_COLUMNS else tuple(chosen)


def checked(words: Iterable[object]) -> tuple[str, ...]:
    """Return the words of an address or a browser that can be a choice: different texts, at most ten."""
    texts = dict.fromkeys(word for word in words if isinstance(word, str) and word)
    return tuple(texts)[:MAX_COLUMNS]
