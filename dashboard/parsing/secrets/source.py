"""A text as shells, Python, JSON and URLs quote it: which quotes enclose a place, and where a value ends.

Every step goes forward: a stretch of the text that was read once is remembered, so that reading values one after
another costs no more than the text is long.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import Final

_QUOTE: Final = re.compile(r"\\[\s\S]|[\"']")
_OPENING: Final = re.compile(r"(?:\$|[bBrRuUfF]{1,2})?(?:(\\{0,8})([\"'])|%2([27]))")
# Characters that can stand in a value without quotes, in a shell's word and within quotes. What they stop at is
# decided one by one in `_stops`.
_IN_WORD: Final = re.compile(r"(?:[^\s\"'`\\;|&<>(),\]}，。；、）」]|\\[\s\S])*+")
_IN_QUOTES: Final = re.compile(r"(?:[^\s\"'`\\;&<>),\]}，。；、）」]|\\(?![nrt\"'\\&])[\s\S])*+")
_IN_QUERY: Final = re.compile(
    r"(?:[^\s\"'`\\;|&<>(),\]}#，。；、）」%]|%(?!26|22|27|20)(?:[0-9A-Fa-f]{2})?)*+"
)
_NEXT_ENTRY: Final = re.compile(r",(?:\s|$|[\"']|\\?[\"']|[\w.-]{1,80}[=:])")
_ESCAPED_DOUBLE: Final = re.compile(r"(?:[^\"\\]|\\[\s\S])*+\"")
_ESCAPED_SINGLE: Final = re.compile(r"(?:[^'\\]|\\[\s\S])*+'")
_LINE: Final = re.compile(r"[^\n]*+")
_GOES_ON: Final = re.compile(r"[\w\"'$@%+=.~^!#*?-]")


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
        self._absent: set[str] = set()
        self._runs: dict[str, tuple[int, int]] = {}

    @cached_property
    def _enclosures(self) -> tuple[list[int], list[str]]:
        """Places from which on the text is enclosed in `"`, in `'`, or in nothing."""
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
            if len(mark) == 2 and not (state == "'" and mark == "\\'"):
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

    def value(self, start: int, *, query: bool = False, entry: bool = False) -> Value:
        """Read the value that begins at `start`.

        `query`: as in a URL's query, up to the next `&`. `entry`: as in a list or an object, up to a comma or
        a bracket.
        """
        outer = self.enclosure(start)
        opening = _OPENING.match(self.text, start)
        if opening is None or opening[0] == outer:
            end = start if opening else self._bare_end(start, outer, query=query, entry=entry)
            return Value(start, end, quoted=False, literal=outer == "'")
        return self._quoted(opening, outer)

    def _quoted(self, opening: re.Match[str], outer: str) -> Value:
        begin = opening.end()
        mark = opening[0] if opening[3] else opening[1] + opening[2]
        end = self.closing(mark, begin, escapes=outer != "" or opening[0].startswith("$"))
        literal = outer == "'" or (outer == "" and mark == "'")
        if end is None:  # cut off: all that is left of the line belongs to it
            line = _LINE.match(self.text, begin)
            return Value(begin, line.end() if line else begin, quoted=True, literal=literal)
        after = end + len(mark)
        if outer == "" and _GOES_ON.match(self.text, after):
            return Value(opening.start(), self._bare_end(after, outer), quoted=True, literal=literal)
        return Value(begin, end, quoted=True, literal=literal)

    def closing(self, mark: str, begin: int, *, escapes: bool) -> int | None:
        """Return where the quote that was opened with `mark` just before `begin` is closed; None: nowhere."""
        if mark in self._absent:
            return None
        if mark == '"' or (mark == "'" and escapes):
            found = (_ESCAPED_DOUBLE if mark == '"' else _ESCAPED_SINGLE).match(self.text, begin)
            end = found.end() - 1 if found else -1
        else:
            end = self.text.find(mark, begin)
        if end < 0:
            self._absent.add(mark)
            return None
        return end

    def _bare_end(self, start: int, outer: str, *, query: bool = False, entry: bool = False) -> int:
        mode = "query" if query else f"{outer}{entry:d}"
        begin, end = self._runs.get(mode, (0, 0))
        if begin <= start < end:
            return end
        run = _IN_QUERY if query else _IN_QUOTES if outer else _IN_WORD
        place = start
        while True:
            match = run.match(self.text, place)
            place = match.end() if match else place
            after = self._beyond(place, outer, query=query, entry=entry)
            if after is None:
                break
            place = after
        self._runs[mode] = (start, place)
        return place

    def _beyond(self, place: int, outer: str, *, query: bool, entry: bool) -> int | None:
        """Return where a value without quotes goes on behind the character that it stopped at; None: nowhere."""
        mark = self.text[place : place + 1]
        if mark == ",":
            return None if entry or query or _NEXT_ENTRY.match(self.text, place) else place + 1
        if mark in {"}", "]"}:
            return None if entry or outer else place + 1
        if mark in {"'", '"'} and outer == "" and not query:
            end = self.closing(mark, place + 1, escapes=False)
            return None if end is None or "\n" in self.text[place:end] else end + 1
        return None
