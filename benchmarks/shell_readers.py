"""What could read start commands, each made to give words and operators in a row, or None if it refuses."""

import json
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from benchmarks.processes import BUILD
from dashboard.parsing import Command, CompoundCommand, parse_command

OPERATORS = ("|", "|&", "&&", "||", ";", "&")
Reading = list[list[str] | str] | None
REQUIREMENTS = Path(__file__).parent / "bashlex-requirements.txt"


@dataclass
class Run:
    """What a reader gave for texts. `milliseconds` are those of one text, `longest` those of the slowest."""

    readings: list[Reading]
    milliseconds: float
    longest: float
    broke: int
    """How many texts ended it with an error that is none of its own."""


def run(reader: Callable[[str], Reading], texts: Sequence[str], times: int = 5) -> Run:
    """Read all texts several times; the fastest round counts."""
    best = Run([], float("inf"), float("inf"), 0)
    for _ in range(times):
        readings: list[Reading] = []
        broke, total, longest = 0, 0.0, 0.0
        for text in texts:
            begin = time.process_time()
            try:
                readings.append(reader(text))
            except Exception:  # noqa: BLE001 - a reader's faults are what is counted
                readings.append(None)
                broke += 1
            took = time.process_time() - begin
            total, longest = total + took, max(longest, took)
        each = total / max(len(texts), 1) * 1000
        if each < best.milliseconds:
            best = Run(readings, each, longest * 1000, broke)
    return best


def ours(text: str) -> Reading:
    """Read with `dashboard.parsing`."""
    command = parse_command(text)
    if not isinstance(command, Command):
        return None
    row: list[list[str] | str] = []
    for pipeline in command.script.pipelines:
        for number, one in enumerate(pipeline.commands):
            row += ["|"] if number else []
            row.append(one.kind if isinstance(one, CompoundCommand) else [word.value for word in one.words])
        row += [pipeline.operator] if pipeline.operator else []
    return row


def split(text: str) -> Reading:
    """Read with shlex of the standard library, told that operators are words of their own."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    row: list[list[str] | str] = []
    try:
        for word in lexer:
            if word in OPERATORS:
                row.append(word)
            elif row and isinstance(row[-1], list):
                row[-1].append(word)
            else:
                row.append([word])
    except ValueError:
        return None
    return row


_PARSER = Parser(Language(tree_sitter_bash.language()))
_FLAT = {"program", "list", "pipeline", "redirected_statement", "negated_command"}


def tree(text: str) -> Reading:
    """Read with tree-sitter's grammar, its tree taken as it comes."""
    root = _PARSER.parse(text.encode()).root_node
    return None if root.has_error else _row(root)


def _row(node: Node) -> list[list[str] | str]:
    if node.type in {"command", "declaration_command"}:
        parts = [
            child for child in node.children if child.type not in {"variable_assignment", "file_redirect"}
        ]
        if node.type == "declaration_command":
            parts = node.children
        return [[_value(part) for part in parts if not part.type.endswith("_redirect")]]
    if node.type in OPERATORS:
        return [node.type]
    if node.type in {"variable_assignment", "variable_assignments"}:
        return [[]]
    if node.type in _FLAT:
        return [part for child in node.children for part in _row(child)]
    return [] if node.type.endswith("_redirect") or not node.is_named else [node.type]


def _value(node: Node) -> str:
    """Return the text of a word, its quotes taken off as its nodes show them."""
    text = (node.text or b"").decode()
    if node.type in {"concatenation", "command_name"}:
        return "".join(map(_value, node.children))
    if node.type == "raw_string":
        return text[1:-1]
    if node.type == "string":
        return text[1:-1].replace('\\"', '"').replace("\\$", "$").replace("\\\\", "\\")
    return text.replace("\\ ", " ").replace("\\'", "'") if node.type == "word" else text


READERS: Mapping[str, Callable[[str], Reading]] = {
    "dashboard.parsing": ours,
    "tree-sitter-bash, bare": tree,
    "shlex": split,
}


def bashlex(texts: Sequence[str], times: int = 5) -> Run:
    """Read with bashlex, in an environment of its own: its licence (GPL) keeps it out of the dashboard's."""
    given = json.dumps({"texts": texts, "times": times})
    script = Path(__file__).parent / "bashlex_reader.py"
    done = subprocess.run(
        [_environment() / "python", script],
        input=given,
        capture_output=True,
        text=True,
        check=True,
        timeout=1200,
    )
    return Run(**json.loads(done.stdout))


def _environment() -> Path:
    """Return the folder of executables of bashlex's environment, made when it is missing or outdated."""
    folder = BUILD / "bashlex"
    installed = folder / "installed.txt"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if not installed.exists() or installed.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True, timeout=300)
        install = [
            str(folder / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--requirement",
            str(REQUIREMENTS),
        ]
        subprocess.run(install, check=True, timeout=600)
        installed.write_text(wanted, encoding="utf-8")
    return folder / "bin"
