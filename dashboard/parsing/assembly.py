"""From tokens to a script, by a shell's own precedence: words to commands, commands to pipelines, these to
a row.
 Nothing between two tokens is passed over but blanks, joined lines and comments; anything else there makes
the text unread. Words with nothing between them are one word.
"""

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
    Reason,
    Redirect,
    Script,
    SimpleCommand,
    Word,
    names,
)
from dashboard.parsing.tokens import Token

RESERVED = names("if then elif else fi for in while until do done case esac select function { } [[ ]]")
"""Words that a shell takes for its own where a command begins: there they name no program."""
DECLARATIONS = frozenset({"export", "declare", "typeset", "readonly", "local"})
"""Programs whose words may be assignments."""

_JOINED_LINES = "\\\n"
_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[[^]]*\])?\+?=")
_DESCRIPTOR = re.compile(r"[0-9]+|\{[A-Za-z_][A-Za-z0-9_]*\}")
_CLOSING = frozenset({"<&-", ">&-"})


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
class _Redirect:
    """A redirection that is being read."""

    operator: str
    start: int
    end: int
    target: Span | None = None
    body: Token | None = None


@dataclass(slots=True)
class _Draft:
    """A command that is being read."""

    start: int = -1
    end: int = -1
    spans: list[Span] = field(default_factory=list)
    redirects: list[_Redirect] = field(default_factory=list)
    compound: Token | None = None


@dataclass(slots=True)
class _Pipeline:
    """A pipeline that is being read, or has been."""

    commands: list[_Draft] = field(default_factory=list)
    negated: bool = False
    operator: str = ""


class Assembly:
    """Puts the tokens of one script together."""

    def __init__(self, reader: Reader, at: int) -> None:
        """Begin a script at an index of the text."""
        self._reader, self._at = reader, at
        self._draft = _Draft()
        self._last: Span | None = None
        self._wanting: _Redirect | None = None
        self._descriptor: Token | None = None
        self._heredocs: list[_Redirect] = []
        self._pipeline = _Pipeline()
        self._pipelines: list[_Pipeline] = []
        self._open = False

    def feed(self, token: Token) -> None:
        """Take the next token; raise NotReadError where it cannot stand here."""
        if not self._is_joined(token):
            self._last = None
        if token.kind == "word":
            self._take_word(token)
        else:
            if token.kind not in {"comment", "redirect"}:
                self._require_target(token.start)
            getattr(self, f"_take_{token.kind}")(token)
            self._last = None
        self._at = max(self._at, token.end)

    def finish(self, end: int) -> Script:
        """Return the script, which ends at an index of the text."""
        self._account(end)
        self._require_target(end)
        self._end_pipeline("", end)
        if self._open:
            raise NotReadError(Reason.SYNTAX, end)
        if self._heredocs:
            raise NotReadError(Reason.UNKNOWN, self._heredocs[0].start)
        return Script(tuple(self._build(pipeline) for pipeline in self._pipelines))

    def _is_joined(self, token: Token) -> bool:
        """Account for what stands before a token; return whether nothing does."""
        gap = self._reader.text[self._at : token.start]
        if token.kind == "heredoc":
            self._at = max(self._at, token.start)
            return False
        joined = not gap.replace(_JOINED_LINES, "")
        if not joined:
            self._account(token.start)
        elif token.kind == "comment" and self._last is not None:
            raise NotReadError(Reason.UNKNOWN, token.start)
        return joined

    def _account(self, end: int) -> None:
        """Account for the text up to an index; a line's end in it ends the command, if it may."""
        gap = self._reader.text[self._at : end].replace(_JOINED_LINES, "")
        if gap.strip(" \t\n"):
            raise NotReadError(Reason.UNKNOWN, self._at)
        if "\n" in gap and (self._draft.start >= 0 or not self._open):
            self._require_target(self._at)
            self._end_pipeline(";", self._at)
        self._at = max(self._at, end)

    def _require_target(self, at: int) -> None:
        if self._wanting is not None or self._descriptor is not None:
            raise NotReadError(Reason.SYNTAX, at)

    def _take_word(self, token: Token) -> None:
        if self._wanting is not None:
            if token.start == self._wanting.end and token.text.startswith(("<", ">")):
                raise NotReadError(Reason.UNKNOWN, token.start)
            self._last = self._wanting.target = Span([token])
            self._wanting = None
        elif self._last is not None:
            self._last.tokens.append(token)
        else:
            self._begin(token)
            if self._draft.compound is not None:
                raise NotReadError(Reason.SYNTAX, token.start)
            self._last = Span([token])
            self._draft.spans.append(self._last)
        self._draft.end = token.end

    def _begin(self, token: Token) -> None:
        """Begin a command with a token, unless one is being read."""
        if self._draft.start < 0:
            self._draft.start = token.start
        self._draft.end = token.end
        self._open = False

    def _take_redirect(self, token: Token) -> None:
        if self._wanting is not None or (self._last is not None and self._names_descriptor(self._last)):
            raise NotReadError(Reason.UNKNOWN, token.start)
        self._begin(token)
        if token.node.type == "file_descriptor":
            self._descriptor = token
            return
        first = self._descriptor or token
        self._descriptor = None
        redirect = _Redirect(self._reader.text[first.start : token.end], first.start, token.end)
        self._draft.redirects.append(redirect)
        if token.text in {"<<", "<<-"}:
            self._heredocs.append(redirect)
        self._wanting = None if token.text in _CLOSING else redirect

    def _names_descriptor(self, span: Span) -> bool:
        return _DESCRIPTOR.fullmatch(self._reader.text[span.start : span.end]) is not None

    def _take_comment(self, token: Token) -> None:
        """Pass over a comment."""

    def _take_heredoc(self, token: Token) -> None:
        if token.node.type == "heredoc_end":
            return
        if not self._heredocs:
            raise NotReadError(Reason.UNKNOWN, token.start)
        self._heredocs.pop(0).body = token

    def _take_compound(self, token: Token) -> None:
        if self._draft.start >= 0:
            raise NotReadError(Reason.SYNTAX, token.start)
        self._begin(token)
        self._draft.compound = token

    def _take_operator(self, token: Token) -> None:
        operator = token.text
        if operator == "!":
            if self._draft.start >= 0 or self._pipeline.commands:
                raise NotReadError(Reason.SYNTAX, token.start)
            self._pipeline.negated = self._open = True
        elif operator in {"|", "|&"}:
            self._end_command(token.start)
            self._open = True
        else:
            self._end_command(token.start)
            self._end_pipeline(";" if operator == "\n" else operator, token.start)
            self._open = operator in {"&&", "||"}

    def _end_command(self, at: int) -> None:
        if self._draft.start < 0:
            raise NotReadError(Reason.SYNTAX, at)
        self._pipeline.commands.append(self._draft)
        self._draft = _Draft()

    def _end_pipeline(self, operator: str, at: int) -> None:
        """End the pipeline, if there is one; it must not be missing a command."""
        if self._draft.start >= 0:
            self._end_command(at)
        if self._pipeline.commands:
            if self._open:
                raise NotReadError(Reason.SYNTAX, at)
            self._pipeline.operator = operator
            self._pipelines.append(self._pipeline)
            self._pipeline = _Pipeline()

    def _build(self, pipeline: _Pipeline) -> Pipeline:
        commands = tuple(self._command(draft) for draft in pipeline.commands)
        return Pipeline(commands, pipeline.negated, pipeline.operator)

    def _command(self, draft: _Draft) -> SimpleCommand | CompoundCommand:
        redirects = tuple(self._redirect(one) for one in draft.redirects)
        if draft.compound is not None:
            return replace(self._reader.compound(draft.compound), redirects=redirects)
        words = [self._reader.word(span) for span in draft.spans]
        assignments: list[Assignment] = []
        while len(assignments) < len(words) and (
            found := _assignment(words[len(assignments)], declared=False)
        ):
            assignments.append(found)
        del words[: len(assignments)]
        if words and not assignments:
            _check_name(words, draft.start)
        if words and words[0].value in DECLARATIONS:
            assignments += [one for word in words[1:] if (one := _assignment(word, declared=True))]
        start, end = self._reader.place(draft.start), self._reader.place(draft.end - 1) + 1
        inner = self._reader.inner(tuple(words), redirects)
        return SimpleCommand(tuple(words), tuple(assignments), redirects, start, end, inner)

    def _redirect(self, one: _Redirect) -> Redirect:
        target = None if one.target is None else self._reader.word(one.target)
        if one.body is not None:
            target = self._reader.heredoc(one.body, quoted=target is not None and target.text != target.value)
        start, end = self._reader.place(one.start), self._reader.place(one.end - 1) + 1
        return Redirect(one.operator, target, start, end)


def _check_name(words: Sequence[Word], at: int) -> None:
    """Refuse words that the shell takes for its own, and ``time`` before such a word or none."""
    if words[0].text in RESERVED:
        raise NotReadError(Reason.SYNTAX, at)
    if words[0].text == "time" and (len(words) == 1 or words[1].text in RESERVED | {"time"}):
        raise NotReadError(Reason.UNKNOWN, at)


def _assignment(word: Word, *, declared: bool) -> Assignment | None:
    """Return what a word assigns, if it does: the name and its sign are never quoted."""
    found = _ASSIGNMENT.match(word.text)
    if found is None or not word.value.startswith(found[0]):
        return None
    sign = found[0].removeprefix(found[1])
    return Assignment(found[1], word.tail(found.end()), word.start, word.end, sign, declared)
