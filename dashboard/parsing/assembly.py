"""From tokens to a script, by a shell's own precedence: words to commands, commands to pipelines, these to
a row.
 Nothing between two tokens is passed over but blanks, joined lines and comments; anything else there makes
the text unread. Words with nothing between them are one word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from dashboard.parsing.drafts import CommandDraft, PipelineDraft, Reader, RedirectDraft, Span, build_pipeline
from dashboard.parsing.quotes import NotReadError
from dashboard.parsing.syntax import Script, UnreadReason
from dashboard.parsing.tokens import Token

_JOINED_LINES = "\\\n"
_DESCRIPTOR = re.compile(r"[0-9]+|\{[A-Za-z_][A-Za-z0-9_]*\}")
_BEFORE_COMMENT = frozenset({"", "\n", ";", "&", "|", "(", ")"})
_CLOSING = frozenset({"<&-", ">&-"})


class Assembly:
    """Puts the tokens of one script together."""

    def __init__(self, reader: Reader, at: int) -> None:
        """Begin a script at an index of the text."""
        self._reader, self._at = reader, at
        self._draft = CommandDraft()
        self._last: Span | None = None
        self._wanting: RedirectDraft | None = None
        self._descriptor: Token | None = None
        self._heredocs: list[RedirectDraft] = []
        self._pipeline = PipelineDraft()
        self._pipelines: list[PipelineDraft] = []
        self._open = False
        self._takers: Mapping[str, Callable[[Token], None]] = {
            "comment": self._take_comment,
            "compound": self._take_compound,
            "heredoc": self._take_heredoc,
            "operator": self._take_operator,
            "redirect": self._take_redirect,
        }

    def feed(self, token: Token) -> None:
        """Take the next token; raise NotReadError where it cannot stand here."""
        if not self._is_joined(token):
            self._last = None
        if token.kind == "word":
            self._take_word(token)
        else:
            if token.kind not in {"comment", "redirect"}:
                self._require_target(token.start)
            self._takers[token.kind](token)
            self._last = None
        self._at = max(self._at, token.end)

    def finish(self, end: int) -> Script:
        """Return the script, which ends at an index of the text."""
        self._account(end)
        self._require_target(end)
        self._end_pipeline("", end)
        if self._open:
            raise NotReadError(UnreadReason.SYNTAX, end)
        if self._heredocs:
            raise NotReadError(UnreadReason.UNKNOWN, self._heredocs[0].start)
        return Script(tuple(build_pipeline(pipeline, self._reader) for pipeline in self._pipelines))

    def _is_joined(self, token: Token) -> bool:
        """Account for what stands before a token; return whether nothing does."""
        gap = self._reader.text[self._at : token.start]
        if token.kind == "heredoc":
            self._at = max(self._at, token.start)
            return False
        joined = not gap.replace(_JOINED_LINES, "")
        if not joined:
            self._account(token.start)
        elif (
            token.kind == "comment"
            and self._reader.text[token.start - 1 : token.start] not in _BEFORE_COMMENT
        ):
            raise NotReadError(UnreadReason.UNKNOWN, token.start)
        return joined

    def _account(self, end: int) -> None:
        """Account for the text up to an index; a line's end in it ends the command, if it may."""
        gap = self._reader.text[self._at : end].replace(_JOINED_LINES, "")
        if gap.strip(" \t\n"):
            raise NotReadError(UnreadReason.UNKNOWN, self._at)
        if "\n" in gap and (self._draft.start >= 0 or not self._open):
            self._require_target(self._at)
            self._end_pipeline(";", self._at)
        self._at = max(self._at, end)

    def _require_target(self, at: int) -> None:
        if self._wanting is not None or self._descriptor is not None:
            raise NotReadError(UnreadReason.SYNTAX, at)

    def _take_word(self, token: Token) -> None:
        if self._wanting is not None:
            if token.start == self._wanting.end and token.text.startswith(("<", ">")):
                raise NotReadError(UnreadReason.UNKNOWN, token.start)
            self._last = self._wanting.target = Span([token])
            self._wanting = None
        elif self._last is not None:
            self._last.tokens.append(token)
        else:
            self._begin(token)
            if self._draft.compound is not None:
                raise NotReadError(UnreadReason.SYNTAX, token.start)
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
            raise NotReadError(UnreadReason.UNKNOWN, token.start)
        self._begin(token)
        if token.node.type == "file_descriptor":
            self._descriptor = token
            return
        first = self._descriptor or token
        self._descriptor = None
        redirect = RedirectDraft(self._reader.text[first.start : token.end], first.start, token.end)
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
            raise NotReadError(UnreadReason.UNKNOWN, token.start)
        self._heredocs.pop(0).body = token

    def _take_compound(self, token: Token) -> None:
        if self._draft.start >= 0:
            raise NotReadError(UnreadReason.SYNTAX, token.start)
        self._begin(token)
        self._draft.compound = token

    def _take_operator(self, token: Token) -> None:
        operator = token.text
        if operator == "!":
            if self._draft.start >= 0 or self._pipeline.commands:
                raise NotReadError(UnreadReason.SYNTAX, token.start)
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
            raise NotReadError(UnreadReason.SYNTAX, at)
        self._pipeline.commands.append(self._draft)
        self._draft = CommandDraft()

    def _end_pipeline(self, operator: str, at: int) -> None:
        """End the pipeline, if there is one; it must not be missing a command."""
        if self._draft.start >= 0:
            self._end_command(at)
        if self._pipeline.commands:
            if self._open:
                raise NotReadError(UnreadReason.SYNTAX, at)
            self._pipeline.operator = operator
            self._pipelines.append(self._pipeline)
            self._pipeline = PipelineDraft()
