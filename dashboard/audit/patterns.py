"""The team's regular expressions: RE2's, whose time grows with the text alone, whatever the expression."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

MAX_PATTERN: Final = 1000
MAX_KEPT: Final = 256
API_NAME: Final = "[A-Za-z0-9_-]{1,64}"
"""What the API allows as a name."""
_API_NAME: Final = re.compile(API_NAME)


class PatternError(ValueError):
    """An expression that cannot be computed in bounded time, or is none."""


@lru_cache(MAX_KEPT)
def compiled(pattern: str) -> Any:
    """Return an expression made ready. Raises PatternError, which says what is wrong with it."""
    import re2  # noqa: PLC0415 - needed where something is matched

    if len(pattern) > MAX_PATTERN:
        raise PatternError(f"it is longer than {MAX_PATTERN:,} characters")
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(plain(pattern), options=options)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        words = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise PatternError(f"RE2 cannot compute it: {words}") from None


def search(pattern: str, text: str) -> tuple[int, int] | None:
    """Return where an expression matches first, in characters; None where it does nowhere."""
    found = compiled(pattern).search(plain(text))
    return None if found is None else (found.start(), found.end())


def matches_whole(pattern: str, text: str) -> bool:
    """Return whether an expression matches a text as a whole."""
    if pattern == API_NAME:  # Python's own is three times as fast where no time is at stake
        return _API_NAME.fullmatch(text) is not None
    return compiled(pattern).fullmatch(plain(text)) is not None


def plain(text: str) -> str:
    """Return a text with a question mark in place of each lone surrogate, which UTF-8 cannot say."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
