"""Downloads that are run unseen: what comes from the network goes straight into a shell or an interpreter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dashboard.parsing.programs import find_start, program_name
from dashboard.parsing.started import Program, read_program
from dashboard.parsing.syntax import (
    Command,
    CompoundCommand,
    Excerpt,
    Pipeline,
    Script,
    SimpleCommand,
    Word,
    all_words,
    inner_scripts,
    simple_commands,
)

DOWNLOADERS = frozenset({"curl", "wget", "fetch", "aria2c", "http", "https"})
_STANDARD_INPUT = frozenset({"-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"})


def downloads_piped_to_shell(command: Command) -> tuple[Excerpt, ...]:
    """Return every part of a command that runs what it downloads; empty where none does.

    ``curl … | bash`` (also through other programs, and into Python), ``bash <(curl …)``, ``source <(curl
    …)``, ``sh -c "$(curl …)"``, ``eval "$(curl …)"``, ``bash <<< "$(curl …)"``. A file that is downloaded
    and run later is not found, nor what goes through a variable.
    """
    spans = set(_in_script(command.script))
    outermost = [span for span in spans if not any(_holds(other, span) for other in spans)]
    return tuple(Excerpt(command.text[start:end], start, end) for start, end in sorted(outermost))


def _holds(outer: tuple[int, int], inner: tuple[int, int]) -> bool:
    return outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1]


def _in_script(script: Script) -> Iterator[tuple[int, int]]:
    for pipeline in script.pipelines:
        yield from _piped(pipeline)
        for command in pipeline.commands:
            if isinstance(command, SimpleCommand) and _runs_download(command):
                yield command.start, command.end
            for inner in _scripts_within(command):
                yield from _in_script(inner)


def _scripts_within(command: SimpleCommand | CompoundCommand) -> Iterator[Script]:
    yield from inner_scripts(command)
    for word in all_words(command):
        yield from (substitution.script for substitution in word.substitutions)


def _piped(pipeline: Pipeline) -> Iterator[tuple[int, int]]:
    """Yield from the download to what runs it, where a pipeline leads from one to the other."""
    source: int | None = None
    for command in pipeline.commands:
        inside = list(simple_commands(command))
        if source is not None and any(_runs_input(read_program(one)) for one in inside):
            yield source, command.end
        if source is None and any(_is_download(one) for one in inside):
            source = command.start


def _is_download(command: SimpleCommand) -> bool:
    start = find_start(command.words).index
    return start is not None and program_name(command.words[start]) in DOWNLOADERS


def _runs_input(program: Program) -> bool:
    """Return whether a program takes what it runs from its standard input."""
    if program.interpreter is not None:
        return program.code is None and program.module is None and _is_input(program.script)
    values = [argument.value for argument in program.arguments]
    return program.name in {"source", "."} and values[:1] == ["/dev/stdin"]


def _is_input(script: Word | None) -> bool:
    return script is None or script.value in _STANDARD_INPUT


def _runs_download(command: SimpleCommand) -> bool:
    """Return whether a command runs what a substitution in it downloads."""
    if not command.words:
        return False
    if _is_output_of_download(command) or (
        command.script is not None and _begins_with_download(command.script)
    ):
        return True
    program = read_program(command)
    files = [program.script] if program.script is not None else []
    if program.name in {"source", "."}:
        files += [value for argument in program.arguments[:1] for value in argument.values]
    given = [program.code] if program.code is not None else []
    if _runs_input(program):
        files += [one.target for one in command.redirects if one.operator == "<" and one.target is not None]
        given += [one.target for one in command.redirects if one.operator == "<<<" and one.target is not None]
    return _downloads(files, "input") or (program.is_python and _downloads(given, "command"))


def _is_output_of_download(command: SimpleCommand) -> bool:
    """Return whether what a download prints is the program's name: ``$(curl …)``."""
    start = find_start(command.words).index
    return start is not None and _downloads([command.words[start]], "command")


def _begins_with_download(script: Script) -> bool:
    """Return whether a script runs what a download prints, as that of ``bash -c "$(curl …)"`` does."""
    commands = (command for pipeline in script.pipelines for command in pipeline.commands)
    return any(isinstance(one, SimpleCommand) and _is_output_of_download(one) for one in commands)


def _downloads(words: Iterable[Word], kind: str) -> bool:
    """Return whether a substitution of a kind in words downloads something."""
    return any(
        substitution.kind == kind and any(_is_download(one) for one in substitution.script.commands())
        for word in words
        for substitution in word.substitutions
    )
