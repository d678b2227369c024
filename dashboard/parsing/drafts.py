"""Commands while they are read: their words' tokens, redirections, pipelines; and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from dashboard.parsing.quotes import NotReadError
from dashboard.parsing.syntax import (
    Assignment,
    CompoundCommand,
    Pipeline,
    Redirect,
    Script,
    SimpleCommand,
    UnreadReason,
    Word,
    names,
)
from dashboard.parsing.tokens import Token

RESERVED = names("if then elif else fi for in while until do done case esac select function { } [[ ]] !")
"""Words that a shell takes for its own where a command begins: there they name no program."""
DECLARATIONS = frozenset({"export", "declare", "typeset", "readonly", "local"})
"""Programs whose words may be assignments."""

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[[^]]*\])?\+?=")


@dataclass(slots=True)
class Span:
    """The tokens of one word."""

    tokens: list[Token]

    @property
    def start(self) -> int:
        """Return where the word begins in the text."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Return where the word ends in the text."""
        return self.tokens[-1].end


class Reader(Protocol):
    """What makes words and nested scripts of tokens; it knows the whole text."""

    text: str

    def word(self, span: Span) -> Word:
        """Return a word without its quotes."""

    def heredoc(self, token: Token, *, quoted: bool) -> Word:
        """Return the text of a here-document, in which nothing expands where its delimiter is quoted."""

    def compound(self, token: Token) -> CompoundCommand:
        """Return a compound command, its scripts read."""

    def inner(self, words: tuple[Word, ...], redirects: tuple[Redirect, ...]) -> Script | None:
        """Return the script that a command's shell is given to read."""

    def place(self, index: int) -> int:
        """Return where a character stands in the text as it came."""


@dataclass(slots=True)
class RedirectDraft:
    """A redirection that is being read."""

    operator: str
    start: int
    end: int
    target: Span | None = None
    body: Token | None = None


@dataclass(slots=True)
class CommandDraft:
    """A command that is being read."""

    start: int = -1
    end: int = -1
    spans: list[Span] = field(default_factory=list)
    redirects: list[RedirectDraft] = field(default_factory=list)
    compound: Token | None = None


@dataclass(slots=True)
class PipelineDraft:
    """A pipeline that is being read, or has been."""

    commands: list[CommandDraft] = field(default_factory=list)
    negated: bool = False
    operator: str = ""


def build_pipeline(pipeline: PipelineDraft, reader: Reader) -> Pipeline:
    """Return a pipeline whose commands have been read."""
    commands = tuple(_command(draft, reader) for draft in pipeline.commands)
    return Pipeline(commands, pipeline.negated, pipeline.operator)


def _command(draft: CommandDraft, reader: Reader) -> SimpleCommand | CompoundCommand:
    redirects = tuple(_redirect(one, reader) for one in draft.redirects)
    if draft.compound is not None:
        return replace(reader.compound(draft.compound), redirects=redirects)
    words = [reader.word(span) for span in draft.spans]
    assignments: list[Assignment] = []
    while len(assignments) < len(words) and (found := _assignment(words[len(assignments)], declared=False)):
        assignments.append(found)
    del words[: len(assignments)]
    if words and not assignments:
        _check_name(words, draft.start)
    if words and words[0].value in DECLARATIONS:
        assignments += [one for word in words[1:] if (one := _assignment(word, declared=True))]
    start, end = reader.place(draft.start), reader.place(draft.end - 1) + 1
    inner = reader.inner(tuple(words), redirects)
    return SimpleCommand(tuple(words), tuple(assignments), redirects, start, end, inner)


def _redirect(one: RedirectDraft, reader: Reader) -> Redirect:
    target = None if one.target is None else reader.word(one.target)
    if one.body is not None:
        target = reader.heredoc(one.body, quoted=target is not None and target.text != target.value)
    start, end = reader.place(one.start), reader.place(one.end - 1) + 1
    return Redirect(one.operator, target, start, end)


def _check_name(words: Sequence[Word], at: int) -> None:
    """Refuse words that the shell takes for its own, and ``time`` before such a word or none."""
    if words[0].text in RESERVED:
        raise NotReadError(UnreadReason.SYNTAX, at)
    if words[0].text == "time" and (len(words) == 1 or words[1].text in RESERVED | {"time"}):
        raise NotReadError(UnreadReason.UNKNOWN, at)


def _assignment(word: Word, *, declared: bool) -> Assignment | None:
    """Return what a word assigns, if it does: the name and its sign are never quoted."""
    found = _ASSIGNMENT.match(word.text)
    if found is None or not word.value.startswith(found[0]):
        return None
    sign = found[0].removeprefix(found[1])
    return Assignment(found[1], word.tail(found.end()), word.start, word.end, sign, declared)
