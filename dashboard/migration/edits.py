"""Changes to a command's text, each where it stands, and what the words have to be when they are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dashboard.migration.walk import CODE_PATH, JOB_DIR_PATH, Placed, placed_commands, plain
from dashboard.parsing import Argument, Command, Excerpt, SimpleCommand, Word

_BLANKS: Final = " \t"


@dataclass(frozen=True, slots=True, order=True)
class _Edit:
    start: int
    end: int
    text: str = ""


class Edits:
    """All changes to one command. Those that overlap are not made, and then nothing is as expected."""

    def __init__(self, command: Command) -> None:
        """Begin without a change."""
        self._command = command
        self._edits: list[_Edit] = []
        self._dropped_words: set[int] = set()
        self._dropped_commands: set[int] = set()
        self._replaced: dict[int, tuple[int, tuple[str, ...]]] = {}

    def drop_command(self, command: SimpleCommand, following: int) -> None:
        """Take a command out, and what stands between it and the following one."""
        self._dropped_commands.add(id(command))
        self._edits.append(_Edit(command.start, following))

    def drop_words(self, command: SimpleCommand, first: int, behind: int) -> None:
        """Take words out, from an index up to the one behind them, which stays."""
        self._dropped_words.update(id(word) for word in command.words[first:behind])
        self._edits.append(_Edit(command.words[first].start, command.words[behind].start))

    def drop_word(self, command: SimpleCommand, word: Word) -> None:
        """Take one word out, and the blanks before it."""
        self._drop(command, word.start, word.end, [word])

    def drop_argument(self, command: SimpleCommand, argument: Argument) -> None:
        """Take an argument out with its values, and the blanks before it."""
        inside = [word for word in command.words if argument.start <= word.start and word.end <= argument.end]
        self._drop(command, argument.start, argument.end, inside)

    def _drop(self, command: SimpleCommand, start: int, end: int, words: list[Word]) -> None:
        self._dropped_words.update(id(word) for word in words)
        while start > command.start and self._command.text[start - 1] in _BLANKS:
            start -= 1
        self._edits.append(_Edit(start, end))

    def replace_call(self, command: SimpleCommand, first: int, text: str, values: tuple[str, ...]) -> None:
        """Put another call, its words the values, in the place of a command's words from an index on."""
        self._replaced[id(command)] = (first, values)
        self._edits.append(_Edit(command.words[first].start, command.words[-1].end, text))

    def replace_path(self, excerpt: Excerpt, path: str) -> None:
        """Put another path in the place of a part of a word."""
        self._edits.append(_Edit(excerpt.start, excerpt.end, path))

    def drop_separator(self, start: int, end: int) -> None:
        """Take out what stands behind the last command."""
        self._edits.append(_Edit(start, end))

    def applied(self) -> str:
        """Return the text with all changes; of those within others, only the others."""
        if not self._edits:
            return self._command.text
        text, pieces, at = self._command.text, [], 0
        for edit in self._outer():
            pieces += [text[at : edit.start], edit.text]
            at = edit.end
        return "".join([*pieces, text[at:]]).strip()

    def changes(self) -> tuple[tuple[str, str], ...]:
        """Return what was replaced by what, each once."""
        text = self._command.text
        pairs = ((text[edit.start : edit.end].strip(), edit.text) for edit in self._outer())
        return tuple(dict.fromkeys(pairs))

    def expected(self) -> tuple[tuple[str, ...], ...]:
        """Return the words that the commands are to have, as `walk.values_of` gives them."""
        placed = (
            one for one in placed_commands(self._command) if id(one.command) not in self._dropped_commands
        )
        return tuple(tuple(self._expected_words(one)) for one in placed)

    def _expected_words(self, placed: Placed) -> Iterator[str]:
        first, values = self._replaced.get(id(placed.command), (0, ()))
        replaced = placed.command.words[first:] if values else ()
        for word in placed.words:
            if replaced and word is replaced[0]:
                yield from values
            elif id(word) not in self._dropped_words and not any(word is one for one in replaced):
                yield CODE_PATH.sub(JOB_DIR_PATH, plain(word.value))

    def _outer(self) -> list[_Edit]:
        """Return the changes in order, without those that lie within another."""
        outer: list[_Edit] = []
        for edit in sorted(self._edits, key=lambda one: (one.start, -one.end)):
            if not outer or edit.start >= outer[-1].end:
                outer.append(edit)
        return outer
