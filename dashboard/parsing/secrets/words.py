"""Simple commands and their words, as far as logins need them: quotes, pipes, here-strings, `bash -c '…'`.

More forgiving than a shell: a text that a shell would refuse has words too. It must be, because a secret in a
command that does not run is a secret all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MAX_DEPTH: Final = 3

_TOKEN: Final = re.compile(
    r"(?P<word><(?![<(])[^<>\n;&|]{1,64}>|(?:[^\s\"'`\\;&|<>()]++|\\[\s\S]|\"(?:[^\"\\]|\\[\s\S])*+\"|'[^']*+')++|[\"'\\])"
    r"|(?P<operator><<<|\|\|?|&&?|;|[()<>`]|\n)|[^\S\n]++"
)
_SPACE: Final = re.compile(r"\s")
_INSIDE: Final = re.compile(r"(?P<quote>[\"'])(?P<inside>[\s\S]*)(?P=quote)")
_QUOTES: Final = (("'", "'"), ('"', '"'), ("$'", "'"), ('\\"', '\\"'), ("\\'", "\\'"))
_ENDS: Final = frozenset({"|", "||", "&&", "&", ";", "(", ")", "`", "\n"})


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word of a command and its place in the text, both without the quotes around the whole of it."""

    start: int
    end: int
    text: str
    quoted: bool


@dataclass(slots=True)
class CommandWords:
    """The words of one command, what a here-string gives it, and the command whose output it reads."""

    words: list[PlacedWord]
    here: PlacedWord | None = None
    fed_by: CommandWords | None = None


def commands(text: str, start: int = 0, end: int | None = None, depth: int = 0) -> Iterator[CommandWords]:
    """Yield the simple commands of a text; what stands in quotes and has words is read the same way."""
    command, after_here = CommandWords([]), False
    for token in _TOKEN.finditer(text, start, len(text) if end is None else end):
        operator = token["operator"]
        if operator in _ENDS:
            yield command
            command = CommandWords([], fed_by=command if operator == "|" else None)
            after_here = False
        elif operator:
            after_here = operator == "<<<"
        elif token["word"] and token["word"] != "\\\n":
            word = _word(token)
            if after_here:
                command.here, after_here = word, False
            else:
                command.words.append(word)
            inside = _INSIDE.search(text, token.start(), token.end()) if depth < MAX_DEPTH else None
            if inside and _SPACE.search(text, *inside.span("inside")):
                yield from commands(text, *inside.span("inside"), depth + 1)
    yield command


def _word(token: re.Match[str]) -> PlacedWord:
    raw, start, end = token[0], token.start(), token.end()
    for opening, closing in _QUOTES:
        if len(raw) >= len(opening) + len(closing) and raw.startswith(opening) and raw.endswith(closing):
            inside = raw[len(opening) : -len(closing)]
            if closing not in inside:
                return PlacedWord(start + len(opening), end - len(closing), inside, quoted=True)
    return PlacedWord(start, end, raw, quoted=False)
