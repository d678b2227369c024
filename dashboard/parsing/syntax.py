"""What a start command is made of, once a shell's grammar has read it.
 A `Command` holds a `Script`; a script is a row of pipelines; a pipeline a row of simple and compound
commands; a simple command its words, assignments and redirections. Scripts stand inside of others where a
shell would read one: in substitutions, in loops and groups, in the text behind ``bash -c``. All positions
are indices of the text as it came (characters, end excluded).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal


def names(text: str) -> frozenset[str]:
    """Return the names in a text, which blanks keep apart."""
    return frozenset(text.split())


class UnreadReason(StrEnum):
    """Why a text was not read; made to be counted and shown."""

    EMPTY = "the command is empty"
    TOO_LONG = "the command is longer than what is read"
    TOO_INTRICATE = "the command holds more operators than what is read"
    TOO_DEEP = "the command is nested deeper than what is read"
    NUL = "the command holds a NUL character"
    CUT = "the command ends in a backslash: its rest is missing"
    SYNTAX = "the command is not valid shell syntax"
    UNKNOWN = "the command uses shell syntax that is not read"


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A text that was not read, why, and where reading stopped if that is known."""

    text: str
    reason: UnreadReason
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a command's text; `text` may be without the quotes that stand there."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Substitution:
    """A script whose output becomes part of a word (`command`), or a file that it fills or reads.

    `input` is ``<(…)``, which a program reads; `output` is ``>(…)``.
    """

    kind: Literal["command", "input", "output"]
    script: Script
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word: as written (`text`), and as the program gets it (`value`).

    Quotes and backslashes are gone from the value. Variables, substitutions and arithmetic stay in it as
    written, and `expands` is true. `pattern` says that it holds an unquoted glob, brace or tilde, which
    also stays. `places` is where each character of the value stands, or None where value and text are the
    same.
    """

    text: str
    value: str
    start: int
    end: int
    expands: bool = False
    pattern: bool = False
    variables: tuple[str, ...] = ()
    substitutions: tuple[Substitution, ...] = ()
    places: tuple[int, ...] | None = field(default=None, repr=False, compare=False)

    @property
    def literal(self) -> str | None:
        """Return the value, or None where it is known only when the command runs."""
        return None if self.expands else self.value

    def tail(self, length: int) -> Word:
        """Return the word without the first characters of its value, as behind the sign of ``--lr=0.1``."""
        alike = self.text[:length] == self.value[:length]
        return replace(
            self,
            text=self.text[length:] if alike else self.value[length:],
            value=self.value[length:],
            start=self.excerpt(length).start if length < len(self.value) else self.end,
            places=None if self.places is None else self.places[length:],
        )

    def excerpt(self, start: int = 0, end: int | None = None) -> Excerpt:
        """Return a part of the value, with its place in the command; all of it by default."""
        end = len(self.value) if end is None else end
        if self.places is None:
            return Excerpt(self.value[start:end], self.start + start, self.start + end)
        if start >= end:
            return Excerpt(self.value[start:end], self.start, self.end)
        return Excerpt(self.value[start:end], self.places[start], self.places[end - 1] + 1)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A variable that is set, in front of a command or on its own; `declared` by ``export`` and its like.

    A declared one is among the command's words, too. `sign` is what stands between name and value: ``=``,
    ``+=``, ``[0]=``.
    """

    name: str
    value: Word
    start: int
    end: int
    sign: str = "="
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirection: its operator (``>``, ``2>&``, ``<<``), and where it leads.

    `target` is None for closed descriptors; for a here-document it is the text that stands in it.
    """

    operator: str
    target: Word | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SimpleCommand:
    """A program with its words, the first being its name; or assignments or redirections alone, without
    words.

    `script` is what a shell is given to read: behind ``bash -c`` and ``eval``, or in a here-document.
    """

    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int
    script: Script | None = None


@dataclass(frozen=True, slots=True)
class CompoundCommand:
    """Scripts within a script: `kind` is how (``if``, ``for``, ``while``, ``case``, ``(``, ``{``, ``[[``, …).

    `words` are those of its head: what a loop runs over, what is looked at.
    """

    kind: str
    scripts: tuple[Script, ...]
    words: tuple[Word, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands joined by ``|``.

    `operator` is what follows: ``&&``, ``||``, ``;`` (or a line's end), ``&``, or nothing.
    """

    commands: tuple[SimpleCommand | CompoundCommand, ...]
    negated: bool = False
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """Pipelines, one after another."""

    pipelines: tuple[Pipeline, ...]

    def commands(self) -> Iterator[SimpleCommand]:
        """Yield every simple command, those inside of others after what holds them."""
        for pipeline in self.pipelines:
            for command in pipeline.commands:
                yield from simple_commands(command)


@dataclass(frozen=True, slots=True)
class Command:
    """A start command, read whole."""

    text: str
    script: Script

    def commands(self) -> Iterator[SimpleCommand]:
        """Yield every simple command, wherever it stands."""
        return self.script.commands()


def simple_commands(command: SimpleCommand | CompoundCommand) -> Iterator[SimpleCommand]:
    """Yield a simple command, or those of a compound one, and all that stand inside of them."""
    if isinstance(command, SimpleCommand):
        yield command
    for word in all_words(command):
        for substitution in word.substitutions:
            yield from substitution.script.commands()
    for script in inner_scripts(command):
        yield from script.commands()


def inner_scripts(command: SimpleCommand | CompoundCommand) -> tuple[Script, ...]:
    """Return the scripts that a command holds itself, not those of substitutions."""
    if isinstance(command, CompoundCommand):
        return command.scripts
    return () if command.script is None else (command.script,)


def all_words(command: SimpleCommand | CompoundCommand) -> Iterator[Word]:
    """Yield every word of a command: its own, values of assignments, targets of redirections."""
    if isinstance(command, SimpleCommand):
        yield from (assignment.value for assignment in command.assignments if not assignment.declared)
    yield from command.words
    yield from (redirect.target for redirect in command.redirects if redirect.target is not None)
