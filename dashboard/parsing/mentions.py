"""What a command mentions, wherever it stands in it: addresses, paths, environments, copies, placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dashboard.parsing.programs import find_start, given_to_shell, program_name
from dashboard.parsing.syntax import Assignment, Command, Excerpt, SimpleCommand, Word, all_words

_HTTP = re.compile(r"(?<![A-Za-z0-9])http://[^\s'\"<>()\\^`|]+", re.IGNORECASE)
_HOME_WORK = re.compile(r"(?<![A-Za-z0-9_./}-])/home/work(?:/[^\s'\":;,()|&]*|(?![A-Za-z0-9_.-]))")
_MOXING = re.compile(r"(?<![A-Za-z0-9_.])(?:mox|moxing)\.file\.copy(?:_parallel)?(?![A-Za-z0-9_])")
_PLACEHOLDER = re.compile(r"(?<!\$)\{[A-Za-z_][A-Za-z0-9_]*\}")
_ENVIRONMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=")


@dataclass(frozen=True, slots=True)
class Activation:
    """An environment that is switched on: its name or path, None where none is named."""

    kind: Literal["conda", "venv"]
    environment: str | None
    excerpt: Excerpt


def http_urls(command: Command) -> tuple[Excerpt, ...]:
    """Return every address without encryption (``http://``), as far as it is written out."""
    return _mentioned(command, _HTTP)


def home_work_paths(command: Command) -> tuple[Excerpt, ...]:
    """Return every path under /home/work, where the old training management keeps a job's files."""
    return _mentioned(command, _HOME_WORK)


def moxing_copies(command: Command) -> tuple[Excerpt, ...]:
    """Return every copy to or from object storage by MoXing, in code that the command holds."""
    return _mentioned(command, _MOXING)


def placeholders(command: Command) -> tuple[Excerpt, ...]:
    """Return what the platform puts something in for: ``{python_file_parameter}``."""
    return _mentioned(command, _PLACEHOLDER)


def assignments(command: Command) -> tuple[Assignment, ...]:
    """Return every variable that is set: before a command, alone, by export and its like, by env and sudo."""
    found: dict[int, Assignment] = {}
    for one in command.commands():
        for assignment in (*one.assignments, *_by_wrappers(one)):
            found.setdefault(assignment.start, assignment)
    return tuple(found[start] for start in sorted(found))


def activations(command: Command) -> tuple[Activation, ...]:
    """Return every environment that is switched on: ``conda activate``, ``source activate``, a venv."""
    found = (_activation(command, one) for one in command.commands())
    return tuple(one for one in found if one is not None)


def _mentioned(command: Command, pattern: re.Pattern[str]) -> tuple[Excerpt, ...]:
    found = {
        word.excerpt(match.start(), match.end())
        for word in _words(command)
        for match in pattern.finditer(word.value)
    }
    return tuple(sorted(found, key=lambda excerpt: (excerpt.start, excerpt.end)))


def _words(command: Command) -> Iterator[Word]:
    """Yield every word, but for a script that is read by itself."""
    for one in command.commands():
        given = given_to_shell(one.words, one.redirects) if one.script is not None else ()
        yield from (word for word in all_words(one) if word not in given)


def _by_wrappers(command: SimpleCommand) -> Iterator[Assignment]:
    start = find_start(command.words)
    for at in start.wrappers:
        if program_name(command.words[at]) in {"env", "sudo"}:
            for word in command.words[at + 1 : start.index]:
                if (name := _ENVIRONMENT.match(word.value)) is not None:
                    yield Assignment(name[1], word.tail(name.end()), word.start, word.end)


def _activation(command: Command, one: SimpleCommand) -> Activation | None:
    start = find_start(one.words).index
    if start is None or len(one.words) < start + 2:
        return None
    program, *rest = one.words[start:]
    first, second = rest[0].value, rest[1].value if len(rest) > 1 else None
    excerpt = Excerpt(command.text[program.start : rest[-1].end], program.start, rest[-1].end)
    if program_name(program) in {"conda", "mamba", "micromamba"} and first == "activate":
        return Activation("conda", second, excerpt)
    if program.value not in {"source", "."} or program_name(rest[0]) != "activate":
        return None
    if second is not None or "/" not in first:
        return Activation("conda", second, excerpt)
    return Activation("venv", first.removesuffix("/activate").removesuffix("/bin"), excerpt)
