"""Read a shell's text with tree-sitter's grammar of bash, and make a script of its tree.
 The tree comes from a text of the same length in which every character that is not ASCII is a comma: so
positions are those of the text, and no blank of Unicode ends a word, as it ends none in a shell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from dashboard.parsing.assembly import Assembly
from dashboard.parsing.compounds import read_compound
from dashboard.parsing.drafts import DECLARATIONS, RESERVED, Span
from dashboard.parsing.programs import given_to_shell, join_words
from dashboard.parsing.quotes import Bare, NotReadError, read_heredoc, take_quotes_off
from dashboard.parsing.syntax import (
    CompoundCommand,
    Pipeline,
    Redirect,
    Script,
    SimpleCommand,
    Substitution,
    UnreadReason,
    Word,
)
from dashboard.parsing.tokens import EXPANSIONS, SUBSTITUTIONS, VARIABLES, Token, read_tokens, token_start

MAX_DEPTH = 16
"""Scripts within scripts."""

_BASH = Language(tree_sitter_bash.language())
_NOT_PLAIN = re.compile(r"[^ -~\t\n]")
_CUT = re.compile(r"(?<!\\)(?:\\\\)*\\\Z")
_NOTHING_JOINED = re.compile(r"(?<!\\)(?:\\\\)*(\\\n[ \t\n]*)\Z")
_PLAIN = re.compile(r"[A-Za-z0-9_./:=,@%+{} \t-]+")
_VARIABLE = re.compile(r"\$(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])")
_PLAIN_WORD = re.compile(r"[^ \t]+")
_BRACES = re.compile(r"\{[^{}]*(?:,|\.\.)[^{}]*\}")
_SHELLS_OWN = RESERVED | DECLARATIONS | {"time", "unset"}


def read_script(text: str, places: Sequence[int] | None = None, depth: int = 0) -> Script:
    """Return the script that a text is; raise NotReadError where it is none, or not one that is read.

    `places` tells where each character stands in the text as it came, where that is not this text.
    """
    return ScriptReader(text, places, depth).read()


@dataclass(frozen=True, slots=True)
class _Region:
    """An expansion within a word."""

    start: int
    end: int
    variables: tuple[str, ...]
    substitutions: tuple[Node, ...]


class ScriptReader:
    """Reads one script's text, and those inside of it."""

    def __init__(self, text: str, places: Sequence[int] | None, depth: int) -> None:
        self.text, self._places, self._depth = text, places, depth

    def read(self) -> Script:
        """Return the whole text as a script."""
        try:
            return self._plain() or self.by_grammar()
        except NotReadError as error:
            if error.absolute:
                raise
            raise NotReadError(error.reason, self.place(error.position), absolute=True) from None

    def by_grammar(self) -> Script:
        """Return the whole text as a script, read by the grammar whatever it holds."""
        joined = _NOTHING_JOINED.search(self.text)
        end = len(self.text) if joined is None else joined.start(1)
        root = Parser(_BASH).parse(_NOT_PLAIN.sub(",", self.text[:end]).encode()).root_node
        if root.has_error:
            raise NotReadError(
                UnreadReason.CUT if _CUT.search(self.text) else UnreadReason.SYNTAX, _first_error(root)
            )
        return self.script([root], 0, end)

    def _plain(self) -> Script | None:
        """Return the script of one command of plain words; None where a word means something to the shell.

        Most commands are such, and are read five times as fast without the grammar.
        """
        if self._depth > MAX_DEPTH:
            raise NotReadError(UnreadReason.TOO_DEEP, 0)
        if not _PLAIN.fullmatch(self.text):
            return None
        spans = [found.span() for found in _PLAIN_WORD.finditer(self.text)]
        first = self.text[slice(*spans[0])] if spans else "="
        if "=" in first or first in _SHELLS_OWN or _BRACES.search(self.text):
            return None
        words = tuple(self._plain_word(start, end) for start, end in spans)
        command = SimpleCommand(words, (), (), words[0].start, words[-1].end, self.inner(words, ()))
        return Script((Pipeline((command,)),))

    def _plain_word(self, start: int, end: int) -> Word:
        text = self.text[start:end]
        if self._places is None:
            return Word(text, text, start, end)
        places = tuple(self._places[start:end])
        return Word(text, text, places[0], places[-1] + 1, places=places)

    def place(self, index: int) -> int:
        """Return where a character stands in the text as it came."""
        if self._places is None:
            return index
        return self._places[index] if index < len(self._places) else self._places[-1] + 1

    def script(self, nodes: Iterable[Node], start: int, end: int) -> Script:
        """Return the script of nodes that fill the text from start to end."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NotReadError(UnreadReason.TOO_DEEP, start)
        assembly = Assembly(self, start)
        for token in read_tokens(nodes, self.text):
            assembly.feed(token)
        script = assembly.finish(end)
        self._depth -= 1
        return script

    def word(self, span: Span) -> Word:
        """Return a word without its quotes."""
        regions = [region for token in span.tokens for region in self._regions(token.node)]
        bare = take_quotes_off(self.text, span.start, span.end, [(one.start, one.end) for one in regions])
        return self._word(span.start, span.end, bare, regions)

    def heredoc(self, token: Token, *, quoted: bool) -> Word:
        """Return the text of a here-document, in which nothing expands where its delimiter is quoted."""
        if quoted:
            bare = Bare()
            bare.add(token.text, token.start)
            return self._word(token.start, token.end, bare, [])
        regions = self._regions(token.node)
        bare = read_heredoc(self.text, token.start, token.end, [(one.start, one.end) for one in regions])
        return self._word(token.start, token.end, bare, regions)

    def _word(self, start: int, end: int, bare: Bare, regions: Sequence[_Region]) -> Word:
        text, value = self.text[start:end], bare.value
        as_written = self._places is None and text == value
        return Word(
            text=text,
            value=value,
            start=self.place(start),
            end=self.place(end - 1) + 1 if end > start else self.place(start),
            expands=bool(regions),
            pattern=bare.pattern,
            variables=tuple(name for region in regions for name in region.variables),
            substitutions=tuple(
                self._substitution(node) for region in regions for node in region.substitutions
            ),
            places=None if as_written else tuple(self.place(index) for index in bare.places),
        )

    def _regions(self, node: Node) -> list[_Region]:
        """Return the expansions in a word, in the order of the text."""
        regions, stack = [], [node]
        while stack:
            inside = stack.pop()
            if inside.type in EXPANSIONS:
                regions.append(self._region(inside))
            else:
                stack.extend(reversed(inside.children))
        return regions

    def _region(self, node: Node) -> _Region:
        names, substitutions, stack = [], [], [node]
        while stack:
            inside = stack.pop()
            if inside.type in SUBSTITUTIONS:
                substitutions.append(inside)
            elif inside.type in VARIABLES:
                names.append(self.text[inside.start_byte : inside.end_byte])
            else:
                stack.extend(reversed(inside.children))
        start, end = token_start(node, self.text), node.end_byte
        if node.type == "simple_expansion" and not _VARIABLE.fullmatch(self.text, start, end):
            raise NotReadError(UnreadReason.UNKNOWN, start)
        return _Region(start, end, tuple(names), tuple(substitutions))

    def _substitution(self, node: Node) -> Substitution:
        start, (opening, *inside, closing) = token_start(node, self.text), node.children
        if opening.type == "`" and "\\" in self.text[opening.end_byte : closing.start_byte]:
            raise NotReadError(UnreadReason.UNKNOWN, start)
        script = self.script(inside, opening.end_byte, closing.start_byte)
        kind: Literal["command", "input", "output"] = "command"
        if node.type == "process_substitution":
            kind = "input" if opening.type.endswith("<(") else "output"
        return Substitution(kind, script, self.place(start), self.place(node.end_byte - 1) + 1)

    def inner(self, words: tuple[Word, ...], redirects: tuple[Redirect, ...]) -> Script | None:
        """Return the script that a command's shell is given to read: by -c, eval, or a here-document."""
        text, places = join_words(given_to_shell(words, redirects))
        return read_script(text, places, self._depth + 1) if places else None

    def compound(self, token: Token) -> CompoundCommand:
        """Return a compound command, its scripts read."""
        return read_compound(token, self)

    def expression(self, start: int, end: int, nodes: Iterable[Node]) -> Word:
        """Return a test or an arithmetic head as one word, which holds what is substituted in it."""
        bare = Bare()
        bare.add(self.text[start:end], start)
        return self._word(start, end, bare, [self._region(node) for node in nodes])


def _first_error(root: Node) -> int:
    """Return where the first error of a tree is."""
    node = root
    while not (node.is_error or node.is_missing):
        inside = next((child for child in node.children if child.has_error or child.is_missing), None)
        if inside is None:
            break
        node = inside
    return node.start_byte
