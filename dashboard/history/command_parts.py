"""A start command in parts: each argument and each variable's value by a label, and what is left.

The labels of the program that the command is there for: ``--lr`` for an option, ``1`` for the first
positional argument, ``-- 1`` for the first one behind ``--``. Those of what launches it, and of other
programs, have its name in front: ``torchrun --nnodes``, ``pip 1``. ``LR=`` is the value of a variable. What
comes again has a number: ``--x#2``.

What is left is the *frame*: the command without arguments and values, normalised. Frame and parts together
say all that the command says, but for the order of arguments, which `command_order` compares.
"""

from __future__ import annotations

import hashlib
import re
import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, Literal

from dashboard.history.labels import numbered, written
from dashboard.history.values import MASK
from dashboard.parsing import (
    Argument,
    Command,
    Program,
    Word,
    downloads_piped_to_shell,
    http_urls,
    normalised,
    parse_command,
    started_program,
    started_programs,
    traces_itself,
)
from dashboard.parsing.arguments import is_placeholder
from dashboard.parsing.programs import program_name

MAX_REMEMBERED: Final = 4096
_MASK: Final = re.compile(rf"{MASK}(?: \([^()\n]{{0,100}}\))?")
DECLARING: Final = frozenset({"export", "declare", "readonly", "local", "typeset"})
"""Programs whose words are variables that they set."""
VARIABLES: Final = "variables"
EMPTY: Final = "''"
EXPANDED: Final = "$«"
"""How `normalised` marks a script within quotes that an outer shell expands first."""
Value = str | Literal[True]
"""An argument's values as a shell would read them back; True for an option without one."""


@dataclass(frozen=True)
class Part:
    """One argument or variable: whose it is, its label without owner and number, and its value.

    `owner` is "" for the program that the command is there for. `words` is the whole as a shell reads it.
    """

    owner: str
    label: str
    value: Value
    words: str
    is_python: bool
    is_terminated: bool
    span: tuple[int, int]


@dataclass(frozen=True)
class CommandParts:
    """A command, taken apart: the frame, and the parts by their full labels, in their order."""

    text: str
    frame: str
    parts: Mapping[str, Part]

    @property
    def values(self) -> Mapping[str, Value]:
        """Return the value of each label."""
        return {label: part.value for label, part in self.parts.items()}

    @cached_property
    def normalised(self) -> str:
        """Return the text that commands share which say the same."""
        return normalised(self._command)

    @cached_property
    def risks(self) -> frozenset[str]:
        """Return the words that concern security: tracing, downloads that are run, unencrypted addresses."""
        command = self._command
        found = (*traces_itself(command), *downloads_piped_to_shell(command), *http_urls(command))
        return frozenset(one.text for one in found)

    @property
    def _command(self) -> Command:
        command = parse_command(_without_masks(self.text))
        assert isinstance(command, Command)  # it has been read before
        return command


class CommandReader:
    """Takes commands apart, and remembers: many configurations share a command, and more share a frame."""

    def __init__(self) -> None:
        self._commands: dict[str, CommandParts | None] = {}
        self._frames: dict[str, str | None] = {}

    def __call__(self, text: str) -> CommandParts | None:
        """Return the parts of a command; None where it cannot be read, or not be taken apart for sure."""
        if text not in self._commands:
            self._commands[text] = self._read(text)
        found = self._commands[text]
        for memory in (self._commands, self._frames):
            if len(memory) > MAX_REMEMBERED:
                memory.clear()
        return found

    def _read(self, text: str) -> CommandParts | None:
        plain = _without_masks(text)
        command = parse_command(plain)
        if not isinstance(command, Command):
            return None
        parts = _without_overlaps(_parts(command))
        rest = _cut(plain, parts)
        if rest not in self._frames:
            self._frames[rest] = _frame(rest)
        frame = self._frames[rest]
        # What made a script within quotes expand may have been cut out of it.
        if frame is None or ("$" in plain and frame.count(EXPANDED) != normalised(command).count(EXPANDED)):
            return None
        masks = {_word_for(mask): mask for mask in set(_MASK.findall(text))} if plain != text else {}
        labelled = {_shown_masks(label, masks): part for label, part in _labelled(parts, masks).items()}
        return CommandParts(text, _shown_masks(frame, masks), labelled)


def command_parts(text: str) -> CommandParts | None:
    """Return the parts of a command; None where it cannot be read, or not be taken apart for sure."""
    return CommandReader()(text)


def _frame(text: str) -> str | None:
    """Return what is left of a command, normalised; None unless it can be read, and no part is left in it."""
    frame = parse_command(text)
    if not isinstance(frame, Command):
        return None
    is_bare = all(part.owner == VARIABLES and part.value == EMPTY for part in _parts(frame))
    return normalised(frame) if is_bare else None


def _without_masks(text: str) -> str:
    """Return a text with a plain word for each mask, whose brackets would be a shell's."""
    return _MASK.sub(lambda found: _word_for(found[0]), text) if MASK in text else text


def _word_for(mask: str) -> str:
    return f"masked_{hashlib.sha256(mask.encode(errors='replace')).hexdigest()[:16]}_"


def _shown_masks(text: str, masks: Mapping[str, str]) -> str:
    for word, mask in masks.items():
        text = text.replace(word, mask)
    return text


def _parts(command: Command) -> Iterator[Part]:
    main = started_program(command)
    for program in started_programs(command):
        owner = "" if program == main else program.name or "program"
        if program.name not in DECLARING:
            yield from _arguments(program.arguments, program, owner)
            yield from _arguments(program.launcher_arguments, program, _launcher(program))
    for simple in command.commands():
        for one in simple.assignments:
            name, value = f"{one.name}{one.sign}", _shown([one.value])
            is_plain = command.text.startswith(name, one.start)  # the value may begin with a quote
            span = (one.start + len(name) if is_plain else one.value.start, one.value.end)
            yield Part(VARIABLES, written(name), value, f"{name}{value}", False, False, span)


def _arguments(arguments: Sequence[Argument], program: Program, owner: str) -> Iterator[Part]:
    """Yield the arguments that no redirection stands in the middle of."""
    redirects = [one.start for one in program.command.redirects]
    positional: Counter[bool] = Counter()
    for one in arguments:
        if any(one.start <= start < one.end for start in redirects):
            continue
        shown = _shown(one.values)
        positional[one.terminated] += one.name is None
        place = f"-- {positional[True]}" if one.terminated else str(positional[False])
        label = place if one.name is None else written(one.name)
        words = " ".join(filter(None, [one.name and shlex.quote(one.name), shown]))
        value: Value = shown if one.values else True
        yield Part(owner, label, value, words, program.is_python, one.terminated, (one.start, one.end))


def _launcher(program: Program) -> str:
    """Return the name of what stands between the shell and the program."""
    if program.launchers:
        return program.launchers[-1]
    return "interpreter" if program.interpreter is None else program_name(program.interpreter)


def _shown(words: Sequence[Word]) -> str:
    """Return words with the fewest quotes; as they are written where a shell would expand them."""
    return " ".join(
        word.text if word.expands or word.pattern or is_placeholder(word) else shlex.quote(word.value)
        for word in words
    )


def _without_overlaps(parts: Iterator[Part]) -> list[Part]:
    """Return the parts in the order of the text, without those that stand inside of another one."""
    kept: list[Part] = []
    for part in sorted(parts, key=lambda part: (part.span[0], -part.span[1])):
        if not kept or part.span[0] >= kept[-1].span[1]:
            kept.append(part)
    return kept


def _cut(text: str, parts: Sequence[Part]) -> str:
    for part in reversed(parts):
        start, end = part.span
        text = text[:start] + text[end:]
    return text


def _labelled(parts: Sequence[Part], masks: Mapping[str, str]) -> dict[str, Part]:
    """Return the parts by their full labels, written as in paths, with the masks in their values."""
    labels = [
        part.label if part.owner in {"", VARIABLES} else f"{written(part.owner)} {part.label}"
        for part in parts
    ]
    if masks:
        parts = [
            part if part.value is True else replace(part, value=_shown_masks(part.value, masks))
            for part in parts
        ]
    return dict(zip(numbered(labels), parts, strict=True))
