"""A text as shells, Python, JSON and URLs quote it: which quotes enclose a place, and where a value ends.

Every step goes forward: a stretch of the text that was read once is remembered, so that reading values one
after another costs no more than the text is long.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Final

# Python's triple quotes enclose no value that a shell could see.
_QUOTE: Final = re.compile(r"\\[\s\S]|\"{3}|'{3}|[\"']")
# How a ' is written inside of '…'.
_INNER: Final = r"'\"'\"'|'\\''"
_OPENING: Final = re.compile(rf"(?:\$|[bBrRuUfF]{{1,2}})?(?P<mark>{_INNER}|\\{{0,8}}[\"']|%2[27])")
_JOINED: Final = re.compile(r"([\"'])([^\s\"']{1,256})\1")
_ESCAPED_DOUBLE: Final = re.compile(rf"(?:{_INNER}|[^\"\\]|\\[\s\S])*+\"")
_ESCAPED_SINGLE: Final = re.compile(r"(?:[^'\\]|\\[\s\S])*+'")
_LINE: Final = re.compile(r"[^\n]*+")
# Whether a shell's word goes on behind a quote that was closed.
_GOES_ON: Final = re.compile(r"[\w\"'$@%+=.~^!#*?-]")
# Whether a comma ends a value: something else begins behind it.
_NEXT_ENTRY: Final = re.compile(r",(?:\s|$|\\?[\"']|[A-Za-z_][A-Za-z_.-]{2,80}[=:])")


class Ending(Enum):
    """What ends a value that has no quotes of its own."""

    WORD = "a word of a shell"
    ENTRY = "an entry of a list or an object: a comma, a bracket"
    QUERY = "a parameter of a URL: &"
    ENCODED = "a parameter of a URL that is itself percent-encoded: %26"


# What can stand in a value without quotes, by what ends it; None: within quotes that enclose name and value.
_WIDE: Final = "，。；、）」】"  # noqa: RUF001 (punctuation of Chinese and Japanese)
_RUNS: Final = {
    Ending.WORD: re.compile(rf"(?:[^\s\"'`\\;|&<>(),\]}}{_WIDE}]|\\[\s\S])*+"),
    Ending.QUERY: re.compile(rf"[^\s\"'`\\;|&<>(),\]}}#{_WIDE}]*+"),
    Ending.ENCODED: re.compile(rf"(?:[^\s\"'`\\;|&<>(),\]}}#%{_WIDE}]|%(?!2[0267])(?:[0-9A-Fa-f]{{2}})?)*+"),
    None: re.compile(rf"(?:[^\s\"'`\\;&<>),\]}}{_WIDE}]|\\(?![nrt\"'\\&])[\s\S])*+"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """Where a value stands, without its quotes. `literal`: a shell leaves what is in it alone."""

    start: int
    end: int
    quoted: bool
    literal: bool


class Source:
    """One text, and what has been found out about its quotes."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._runs: dict[tuple[str, Ending], tuple[int, int]] = {}

    @cached_property
    def _enclosures(self) -> tuple[list[int], list[str]]:
        """Return the places from which on the text is enclosed in `"`, in `'`, or in nothing."""
        places, states = [0], [""]
        begin = 0
        for _ in range(3):  # a quote that is never closed is none: once for each kind
            opened = self._enclose(begin, places, states)
            if opened is None:
                break
            begin = opened + 1
        return places, states

    def _enclose(self, begin: int, places: list[int], states: list[str]) -> int | None:
        """Append to places and states from `begin` on; return where a quote stands that is not closed."""
        state, opened, kept = "", begin, len(places)
        for match in _QUOTE.finditer(self.text, begin):
            mark = match[0]
            if len(mark) > 1 and not (state == "'" and mark == "\\'"):
                continue
            if state == "":
                state, opened, kept = mark, match.start(), len(places)
            elif mark[-1] == state:
                state = ""
            else:
                continue
            places.append(match.end())
            states.append(state)
        if state == "":
            return None
        del places[kept:], states[kept:]
        return opened

    def enclosure(self, place: int) -> str:
        """Return the quote that encloses a place as a shell reads the text: `"`, `'` or nothing."""
        places, states = self._enclosures
        return states[bisect_right(places, place) - 1]

    def value(self, start: int, ending: Ending = Ending.WORD) -> Value:
        """Read the value that begins at `start`; `ending` matters where it has no quotes."""
        outer = self.enclosure(start)
        opening = _OPENING.match(self.text, start)
        if opening is None or (opening["mark"][0] == "%" and ending is not Ending.ENCODED):
            return Value(start, self._bare_end(start, outer, ending), quoted=False, literal=outer == "'")
        if opening[0] == outer:  # 'PASSWORD='value' …': a shell joins the three
            joined = _JOINED.match(self.text, start)
            begin, end = joined.span(2) if joined else (start, start)
            return Value(begin, end, quoted=True, literal=outer == "'")
        return self._quoted(opening, outer)

    def _quoted(self, opening: re.Match[str], outer: str) -> Value:
        begin = opening.end()
        mark = opening["mark"]
        end = self.closing(mark, begin, escapes=outer != "" or opening[0].startswith("$"))
        literal = outer == "'" or (outer == "" and mark == "'")
        if end is None:  # cut off: all that is left of the line belongs to it
            line = _LINE.match(self.text, begin)
            return Value(begin, line.end() if line else begin, quoted=True, literal=literal)
        after = end + len(mark)
        if outer == "" and _GOES_ON.match(self.text, after):
            return Value(
                opening.start(), self._bare_end(after, outer, Ending.WORD), quoted=True, literal=literal
            )
        return Value(begin, end, quoted=True, literal=literal)

    def closing(self, mark: str, begin: int, *, escapes: bool) -> int | None:
        """Return where the quote that was opened with `mark` just before `begin` is closed; None: nowhere."""
        if mark == '"' or (mark == "'" and escapes):
            found = (_ESCAPED_DOUBLE if mark == '"' else _ESCAPED_SINGLE).match(self.text, begin)
            end = found.end() - 1 if found else -1
        else:
            end = self.text.find(mark, begin)
            while len(mark) > 1 and end > begin and self.text[end - 1] == "\\":  # escaped once more
                end = self.text.find(mark, end + 1)
        return end if end >= 0 else None

    def _bare_end(self, start: int, outer: str, ending: Ending) -> int:
        key = (outer, ending)
        begin, end = self._runs.get(key, (0, 0))
        if begin <= start < end:
            return end
        plain = ending in {Ending.WORD, Ending.ENTRY}
        run = _RUNS[None if plain and outer else Ending.WORD if plain else ending]
        place: int | None = start
        while place is not None:
            match = run.match(self.text, place)
            end = match.end() if match else place
            place = self._beyond(end, outer, ending)
        self._runs[key] = (start, end)
        return end

    def _beyond(self, place: int, outer: str, ending: Ending) -> int | None:
        """Return where a value without quotes goes on behind the character that stopped it; None: nowhere."""
        mark = self.text[place : place + 1]
        if ending is not Ending.WORD:
            return None
        if mark == ",":
            return None if _NEXT_ENTRY.match(self.text, place) else place + 1
        if mark in {"}", "]"}:
            return None if outer else place + 1
        if mark in {"'", '"'} and outer == "":
            end = self.closing(mark, place + 1, escapes=False)
            return None if end is None or "\n" in self.text[place:end] else end + 1
        return None
