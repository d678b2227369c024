"""From the tree of tree-sitter's grammar to a flat row of tokens.
 The grammar knows where words, expansions and nested scripts are. It does not hold to a shell's precedence
(``a && b | c`` comes as a list within a pipeline), and drops line ends. So its nodes are taken as tokens in
the order of the text, lists and pipelines flattened; `assembly` puts them together by the shell's own
precedence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from tree_sitter import Node

from dashboard.parsing.quotes import NotReadError
from dashboard.parsing.syntax import UnreadReason

TokenKind = Literal["word", "operator", "redirect", "heredoc", "comment", "compound"]

OPERATORS = frozenset({";", "&", "&&", "||", "|", "|&", "!", "\n"})
COMPOUNDS = frozenset(
    {
        "subshell",
        "compound_statement",
        "if_statement",
        "for_statement",
        "c_style_for_statement",
        "while_statement",
        "case_statement",
        "function_definition",
        "test_command",
    }
)
EXPANSIONS = frozenset(
    {
        "simple_expansion",
        "expansion",
        "arithmetic_expansion",
        "command_substitution",
        "process_substitution",
        "array",
    }
)
"""What stays in a word as it is written."""
SUBSTITUTIONS = frozenset({"command_substitution", "process_substitution"})
VARIABLES = frozenset({"variable_name", "special_variable_name"})

_WORDS = EXPANSIONS | frozenset(
    {
        "word",
        "string",
        "raw_string",
        "ansi_c_string",
        "translated_string",
        "concatenation",
        "brace_expression",
        "number",
        "variable_name",
        "special_variable_name",
        "variable_assignment",
        "extglob_pattern",
        "heredoc_start",
        *("export", "declare", "typeset", "readonly", "local", "unset", "unsetenv"),
        *("==", "=~", "=", "$"),
    }
)
_FLAT = frozenset(
    {
        "program",
        "list",
        "pipeline",
        "redirected_statement",
        "negated_command",
        "command",
        "command_name",
        "declaration_command",
        "unset_command",
        "variable_assignments",
        "file_redirect",
        "herestring_redirect",
        "heredoc_redirect",
    }
)
_REDIRECTS = frozenset(
    {"<", ">", ">>", "&>", "&>>", "<&", ">&", ">|", "<&-", ">&-", "<<<", "<<", "<<-", "file_descriptor"}
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token at [start, end) of the text; `node` where there is more inside of it."""

    kind: TokenKind
    text: str
    start: int
    end: int
    node: Node


def read_tokens(nodes: Iterable[Node], text: str) -> Iterator[Token]:
    """Yield the tokens of nodes in the order of the text; raise NotReadError at what is none."""
    stack = list(nodes)[::-1]
    while stack:
        node = stack.pop()
        if node.type in _FLAT:
            stack.extend(reversed(node.children))
        else:
            start = token_start(node, text)
            yield Token(_kind(node), text[start : node.end_byte], start, node.end_byte, node)


def _kind(node: Node) -> TokenKind:
    if node.type in _WORDS:
        return "word"
    if node.type in OPERATORS:
        return "operator"
    if node.type in _REDIRECTS:
        return "redirect"
    if node.type in COMPOUNDS:
        return "compound"
    if node.type in {"heredoc_body", "heredoc_end"}:
        return "heredoc"
    if node.type == "comment":
        return "comment"
    raise NotReadError(UnreadReason.SYNTAX if not node.is_named else UnreadReason.UNKNOWN, node.start_byte)


def token_start(node: Node, text: str) -> int:
    """Return where a node's own text begins: the grammar counts blanks to the dollar that follows them."""
    start = node.start_byte
    while start < node.end_byte - 1 and text[start] in " \t\n" and node.type not in {"\n", "heredoc_body"}:
        start += 1
    return start
