"""Take the quotes off a word as a shell does, and hold on to where each character stood.
 Which part of the text is a word, and which parts of that are expansions, is known before; this checks it.
A blank or an operator outside of quotes cannot be in a word, whoever says so: then the text is not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboard.parsing.syntax import UnreadReason


class NotReadError(Exception):
    """A text that cannot be read; never leaves the parser."""

    def __init__(self, reason: UnreadReason, position: int, *, absolute: bool = False) -> None:
        """Hold why, and where: in the script that is being read, or, if absolute, in the text as it came."""
        super().__init__(reason, position)
        self.reason, self.position, self.absolute = reason, position, absolute


@dataclass(slots=True)
class Bare:
    """A word without its quotes: `places[i]` is the index in the text of `value[i]`."""

    characters: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    pattern: bool = False

    @property
    def value(self) -> str:
        """Return the characters as a text."""
        return "".join(self.characters)

    def add(self, text: str, place: int) -> None:
        """Append what stands in the text as it is."""
        self.characters.extend(text)
        self.places.extend(range(place, place + len(text)))

    def put(self, characters: str, place: int) -> None:
        """Append what an escape at a place stands for."""
        self.characters.extend(characters)
        self.places.extend([place] * len(characters))


_PLAIN = re.compile(r"""[^\\'"$`|&;()<>\s*?\[{~]+""")
_PATTERN = re.compile(r"[*?]|\[[^]]*]|\{[^{}]*(?:,|\.\.)[^{}]*\}")
_QUOTED = re.compile(r'[^\\"$`]+')
_BREAKS = frozenset("|&;()<> \t\n`")
_EXPANDS = re.compile(r"\$[A-Za-z0-9_{(\[@*#?$!-]")
_ESCAPED = frozenset('$`"\\')
_ANSI_ESCAPE = re.compile(
    r"\\(?:([abeEfnrtv\\'\"?])|([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|c(.))",
    re.S,
)
_ANSI_LETTERS = dict(zip("abeEfnrtv\\'\"?", "\a\b\x1b\x1b\f\n\r\t\v\\'\"?", strict=True))


class _Reader:
    """Reads one word; regions are the expansions in it, (start, end), in order."""

    def __init__(self, text: str, start: int, end: int, regions: Sequence[tuple[int, int]]) -> None:
        self.text, self.at, self.end = text, start, end
        self.regions = list(reversed(regions))
        self.bare = Bare()

    def read(self) -> Bare:
        start = self.at
        while self.at < self.end:
            self._step()
        if self.at != self.end or self.regions:
            raise NotReadError(UnreadReason.UNKNOWN, start)
        return self.bare

    def _step(self) -> None:
        """Read what comes next outside of quotes."""
        if self._take_region() or self._take(_PLAIN):
            return
        character, at = self.text[self.at], self.at
        following = self.text[at + 1 : min(at + 2, self.end)]
        if character == "\\":
            self._escape(following)
        elif character == "'":
            self._single()
        elif character == '"':
            self._double(at + 1)
        elif character == "$" and following == "'":
            self._ansi()
        elif character == "$" and following == '"':
            self._double(at + 2)
        elif character in _BREAKS or _EXPANDS.match(self.text, at, self.end):
            raise NotReadError(UnreadReason.UNKNOWN, at)
        else:
            self._literal(character)

    def _literal(self, character: str) -> None:
        """Read a character that stands for itself, unless it begins a pattern."""
        begins = character == "~" and not self.bare.characters
        if begins or (character in "*?[{" and _PATTERN.match(self.text, self.at, self.end)):
            self.bare.pattern = True
        self.bare.add(character, self.at)
        self.at += 1

    def _take_region(self) -> bool:
        """Read an expansion as it is written, if one begins here."""
        if not self.regions or self.regions[-1][0] != self.at:
            return False
        start, end = self.regions.pop()
        self.bare.add(self.text[start:end], start)
        self.at = end
        return True

    def _take(self, pattern: re.Pattern[str]) -> bool:
        """Read what a pattern matches here as it is written, up to the next expansion."""
        limit = min(self.end, self.regions[-1][0]) if self.regions else self.end
        found = pattern.match(self.text, self.at, limit)
        if found is None:
            return False
        self.bare.add(found[0], self.at)
        self.at = found.end()
        return True

    def _escape(self, following: str) -> None:
        """Read a backslash outside of quotes: it quotes one character, and joins lines."""
        if following != "\n":
            self.bare.add(following or "\\", self.at + 1 if following else self.at)
        self.at += 2 if following else 1

    def _single(self) -> None:
        close = self.text.find("'", self.at + 1, self.end)
        if close < 0:
            raise NotReadError(UnreadReason.UNKNOWN, self.at)
        self.bare.add(self.text[self.at + 1 : close], self.at + 1)
        self.at = close + 1

    def _double(self, start: int) -> None:
        """Read up to the closing quote."""
        opening, self.at = self.at, start
        while self.at < self.end:
            if self.text[self.at] == '"':
                self.at += 1
                return
            self._step_quoted(_ESCAPED)
        raise NotReadError(UnreadReason.UNKNOWN, opening)

    def read_heredoc(self) -> Bare:
        """Read the text of a here-document: as within double quotes, but these stand for themselves."""
        while self.at < self.end:
            if self.text[self.at] == '"':
                self.bare.add('"', self.at)
                self.at += 1
            else:
                self._step_quoted(_ESCAPED - {'"'})
        return self.bare

    def _step_quoted(self, escaped: frozenset[str]) -> None:
        """Read what comes next within double quotes."""
        if self._take_region() or self._take(_QUOTED):
            return
        character, at = self.text[self.at], self.at
        following = self.text[at + 1 : min(at + 2, self.end)] if character == "\\" else ""
        if character == "`" or _EXPANDS.match(self.text, at, self.end):
            raise NotReadError(UnreadReason.UNKNOWN, at)
        if following and following in escaped:
            self.bare.add(following, at + 1)
        elif following != "\n":
            self.bare.add(character + following, at)
        self.at += 1 + len(following)

    def _ansi(self) -> None:
        """Read ``$'…'``, in which backslashes stand for what they do in C."""
        opening, self.at = self.at, self.at + 2
        while self.at < self.end:
            if self.text[self.at] == "'":
                self.at += 1
                return
            found = _ANSI_ESCAPE.match(self.text, self.at, self.end)
            if found is None:
                self.bare.add(self.text[self.at], self.at)
                self.at += 1
            else:
                self.bare.put(_ansi_character(found, self.at), self.at)
                self.at = found.end()
        raise NotReadError(UnreadReason.UNKNOWN, opening)


def _ansi_character(found: re.Match[str], at: int) -> str:
    letter, octal, hexadecimal, short, long, control = found.groups()
    if letter is not None:
        return _ANSI_LETTERS[letter]
    if control is not None:
        return chr(ord(control.upper()) & 0x1F)
    code = int(octal, 8) & 0xFF if octal else int(hexadecimal or short or long, 16)
    if not 0 < code <= 0x10FFFF or 0xD800 <= code < 0xE000 or (code > 0x7F and not (short or long)):
        raise NotReadError(UnreadReason.UNKNOWN, at)
    return chr(code)


def take_quotes_off(text: str, start: int, end: int, regions: Sequence[tuple[int, int]]) -> Bare:
    """Return the word at [start, end) of a text without quotes; raise NotReadError where it is no word."""
    return _Reader(text, start, end, regions).read()


def read_heredoc(text: str, start: int, end: int, regions: Sequence[tuple[int, int]]) -> Bare:
    """Return what a here-document at [start, end) of a text says, its backslashes read."""
    return _Reader(text, start, end, regions).read_heredoc()
