"""Read the commands that hold scripts: conditions, loops, choices, groups, functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from tree_sitter import Node

from dashboard.parsing.drafts import Span
from dashboard.parsing.quotes import NotReadError
from dashboard.parsing.syntax import CompoundCommand, Script, UnreadReason, Word, names
from dashboard.parsing.tokens import COMPOUNDS, Token

_KEYWORDS = names("if then elif else fi for select in do done while until case esac ( ) { } ;; ;& ;;&")
_NEEDS_COMMANDS = names("if then elif else while until do ( {")
"""Keywords that commands have to follow."""
_FLAT = frozenset({"do_group", "elif_clause", "else_clause", "case_item"})


class Reader(Protocol):
    """What reads words and scripts of nodes."""

    text: str

    def word(self, span: Span) -> Word:
        """Return a word without its quotes."""

    def script(self, nodes: Iterable[Node], start: int, end: int) -> Script:
        """Return the script of nodes that fill the text from start to end."""

    def expression(self, start: int, end: int, nodes: Iterable[Node]) -> Word:
        """Return a test or an arithmetic head as one word."""

    def place(self, index: int) -> int:
        """Return where a character stands in the text as it came."""


def read_compound(token: Token, reader: Reader) -> CompoundCommand:
    """Return a compound command, the scripts in it read; raise NotReadError where one is missing."""
    node = token.node
    kind = node.children[0].type
    words: list[Word] = []
    scripts: tuple[Script, ...] = ()
    if node.type == "test_command" or (node.type == "compound_statement" and kind == "(("):
        words = [reader.expression(token.start, token.end, node.children)]
    elif node.type == "function_definition":
        kind, scripts = "function", (_body(node, reader),)
    elif node.type == "c_style_for_statement":
        *head, body = node.children
        words = [reader.expression(head[0].end_byte, head[-1].end_byte, head)]
        scripts = _Parts(body, reader).read()
    else:
        parts = _Parts(node, reader)
        scripts, words = parts.read(), parts.words
    start, end = reader.place(token.start), reader.place(token.end - 1) + 1
    return CompoundCommand(kind, scripts, tuple(words), (), start, end)


def _body(node: Node, reader: Reader) -> Script:
    """Return what a function runs."""
    for index, child in enumerate(node.children):
        if child.type in COMPOUNDS and child.children[0].type not in {"[", "function"}:
            return reader.script(node.children[index:], child.start_byte, node.end_byte)
    raise NotReadError(UnreadReason.UNKNOWN, node.start_byte)


def _flat_children(node: Node) -> Iterator[tuple[Node, str | None]]:
    """Yield children with the name of their part, those of clauses in the place of the clause."""
    for index, child in enumerate(node.children):
        if child.type in _FLAT:
            yield from _flat_children(child)
        else:
            yield child, node.field_name_for_child(index)


class _Parts:
    """A compound command, cut at its keywords: words of its head, scripts between keywords."""

    def __init__(self, node: Node, reader: Reader) -> None:
        self._node, self._reader = node, reader
        self._headed = node.type in {"for_statement", "case_statement"}
        self._inside: list[Node] = []
        self._scripts: list[Script] = []
        self._keyword, self._at = "", node.start_byte
        self.words: list[Word] = []

    def read(self) -> tuple[Script, ...]:
        """Return the scripts; the words of the head are in `words`."""
        for child, part in _flat_children(self._node):
            if self._is_keyword(child):
                self._close(child.start_byte)
                self._keyword, self._at = child.type, child.end_byte
            elif self._headed and part in {"variable", "value"}:
                self._take_head(child)
            elif child.type == ";" and self._keyword in {"head", "in"}:
                self._at = child.end_byte
            else:
                self._inside.append(child)
        self._close(self._node.end_byte)
        return tuple(self._scripts)

    def _is_keyword(self, child: Node) -> bool:
        return child.type in _KEYWORDS or (child.type == "|" and self._keyword == "head")

    def _take_head(self, child: Node) -> None:
        if child.type != "variable_name":
            text = self._reader.text[child.start_byte : child.end_byte]
            token = Token("word", text, child.start_byte, child.end_byte, child)
            self.words.append(self._reader.word(Span([token])))
        self._keyword, self._at = "head", child.end_byte

    def _close(self, end: int) -> None:
        """End the script that keywords enclose."""
        needed = self._keyword in _NEEDS_COMMANDS and self._node.type != "case_statement"
        if not self._inside and not needed:
            return
        script = self._reader.script(self._inside, self._at, end)
        if not script.pipelines and needed:
            raise NotReadError(UnreadReason.SYNTAX, self._at)
        if script.pipelines:
            self._scripts.append(script)
        self._inside = []
