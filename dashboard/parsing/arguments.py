"""Options and positional arguments of a program, as its author's parser will most likely take them.
 Only the program knows how many values an option takes. So an option holds every word behind it up to the
next option: ``--gpus 0 1 --fast data`` is `--gpus` with two values, and `--fast` with one. Words before the
first option, and those behind ``--``, are positional, and so is ``{python_file_parameter}``, for which the
platform puts in options of its own. A negative number is a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dashboard.parsing.syntax import Word

_OPTION = re.compile(r"(?P<name>--?[A-Za-z_$?@][^=\s]*)(?P<sign>=)?")
_PLACEHOLDER = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]*\}")


@dataclass(frozen=True, slots=True)
class Argument:
    """An option with its values, or a positional argument, whose name is None and which has one value.

    `terminated` says that it stands behind ``--``. Positions are those of the whole, values included.
    """

    name: str | None
    values: tuple[Word, ...]
    start: int
    end: int
    terminated: bool = False

    @property
    def value(self) -> str | None:
        """Return the first value, or None for an option without one."""
        return self.values[0].value if self.values else None

    @property
    def key(self) -> str:
        """Return the name as argument parsers hold it: "--data-path" is data_path; empty for a positional."""
        return (self.name or "").lstrip("-").replace("-", "_")


def read_arguments(words: Sequence[Word]) -> tuple[Argument, ...]:
    """Return the arguments that words are, in their order."""
    return tuple(_arguments(words))


def _arguments(words: Sequence[Word]) -> Iterator[Argument]:
    at = 0
    while at < len(words):
        word = words[at]
        if word.value == "--":
            yield from (
                Argument(None, (one,), one.start, one.end, terminated=True) for one in words[at + 1 :]
            )
            return
        option = _OPTION.match(word.value)
        if option is None:
            yield Argument(None, (word,), word.start, word.end)
            at += 1
            continue
        first = (word.tail(option.end()),) if option["sign"] else ()
        behind = at + 1
        while behind < len(words) and not _ends_values(words[behind]):
            behind += 1
        values = (*first, *words[at + 1 : behind])
        yield Argument(option["name"], values, word.start, words[behind - 1].end)
        at = behind


def is_option(word: Word) -> bool:
    """Return whether a word is an option, or ends them."""
    return word.value == "--" or _OPTION.match(word.value) is not None


def is_placeholder(word: Word) -> bool:
    """Return whether a word is one that the platform replaces: ``{python_file_parameter}``."""
    return _PLACEHOLDER.fullmatch(word.value) is not None


def _ends_values(word: Word) -> bool:
    return is_option(word) or is_placeholder(word)


def by_key(arguments: Sequence[Argument]) -> Mapping[str, tuple[Argument, ...]]:
    """Return options by their key, the repeated ones together, in their order."""
    found: dict[str, tuple[Argument, ...]] = {}
    for argument in arguments:
        if argument.name is not None:
            found[argument.key] = (*found.get(argument.key, ()), argument)
    return found
