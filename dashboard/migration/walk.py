"""Every command of a start command with its words, and where a shell would replace a variable in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dashboard.parsing import Command, CompoundCommand, Excerpt, Script, SimpleCommand, Word
from dashboard.parsing.programs import given_to_shell
from dashboard.parsing.syntax import all_words

JOB_DIR: Final = "${MA_JOB_DIR}"
JOB_DIR_PATH: Final = "/home/ma-user/modelarts/user-job-dir"
"""What MA_JOB_DIR holds: written out where a shell would not replace a variable."""
USER_JOB_DIR: Final = "/home/work/user-job-dir"
CODE_PATH: Final = re.compile(rf"(?<![A-Za-z0-9_./}}-]){USER_JOB_DIR}(?![A-Za-z0-9_.-])")

_HEREDOCS: Final = ("<<", "<<-", "<<<")


@dataclass(frozen=True, slots=True)
class Placed:
    """A command, its words but for scripts that are read by themselves, and whether it stands in such one."""

    command: SimpleCommand | CompoundCommand
    words: tuple[Word, ...]
    nested: bool

    def replaces_variables(self, word: Word, excerpt: Excerpt) -> bool:
        """Return whether a shell would surely replace a variable at a place of a word."""
        if self.nested or isinstance(self.command, CompoundCommand):
            return False
        if any(one.target is word and one.operator.endswith(_HEREDOCS) for one in self.command.redirects):
            return False
        return not _in_single_quotes(word.text, excerpt.start - word.start)


def placed_commands(command: Command) -> Iterator[Placed]:
    """Yield every command of a start command, those inside of others behind them."""
    yield from _of_script(command.script, nested=False)


def _of_script(script: Script, *, nested: bool) -> Iterator[Placed]:
    for pipeline in script.pipelines:
        for command in pipeline.commands:
            yield from _of_command(command, nested=nested)


def _of_command(command: SimpleCommand | CompoundCommand, *, nested: bool) -> Iterator[Placed]:
    given: tuple[Word, ...] = ()
    if isinstance(command, SimpleCommand) and command.script is not None:
        given = tuple(given_to_shell(command.words, command.redirects))
    words = tuple(word for word in all_words(command) if word not in given)
    yield Placed(command, words, nested)
    for word in words:
        for substitution in word.substitutions:
            yield from _of_script(substitution.script, nested=nested)
    if isinstance(command, CompoundCommand):
        for script in command.scripts:
            yield from _of_script(script, nested=nested)
    elif command.script is not None:
        yield from _of_script(command.script, nested=True)


def values_of(command: Command) -> tuple[tuple[str, ...], ...]:
    """Return the words of every command as programs get them; both names of the code's place alike."""
    return tuple(tuple(plain(word.value) for word in placed.words) for placed in placed_commands(command))


def plain(value: str) -> str:
    """Return a word with the code's place written out."""
    return value.replace(JOB_DIR, JOB_DIR_PATH)


def _in_single_quotes(text: str, place: int) -> bool:
    """Return whether a place of a word, as it is written, lies within single quotes."""
    quote, index = "", 0
    while index < min(place, len(text)):
        character = text[index]
        if character == "\\" and quote != "'":
            index += 1
        elif character == quote:
            quote = ""
        elif not quote and character in "'\"":
            quote = character
        index += 1
    return quote == "'"
