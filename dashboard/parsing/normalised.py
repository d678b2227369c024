"""One text for commands that say the same, however it was typed.
 Equal are: any blanks, line ends and joined lines between words; ``;`` and a line's end; comments or none;
quotes that change nothing (``'a'``, ``"a"``, ``a``), also inside of ``bash -c``; redirections before or
behind the words; and, for a Python script or module, ``--lr=0.1`` and ``--lr 0.1``, and the order of its
options, each moving with its values. Options that are given twice (also as ``--x`` and ``--no-x``,
``--a-b`` and ``--a_b``) keep their order among themselves; nothing moves past ``{python_file_parameter}``,
``$ARGS``, ``"$@"`` or ``--``. Different are values, the order of positional arguments, of commands and of
assignments, paths of programs, what a shell expands unless it is written alike, and conditions, loops and
functions unless they are.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate, groupby

from dashboard.parsing.arguments import Argument, is_placeholder
from dashboard.parsing.programs import given_to_shell
from dashboard.parsing.started import read_program
from dashboard.parsing.syntax import (
    Command,
    CompoundCommand,
    Pipeline,
    Redirect,
    Script,
    SimpleCommand,
    Word,
)

_GROUPS = {"(": ")", "{": "; }"}


def normalised(command: Command) -> str:
    """Return a text that two commands share exactly if they are equal by the rules above."""
    return _script(command.script, command.text)


def _script(script: Script, text: str) -> str:
    parts = [f"{_pipeline(pipeline, text)} {pipeline.operator}".strip() for pipeline in script.pipelines]
    return " ".join(parts).removesuffix(";").rstrip()


def _pipeline(pipeline: Pipeline, text: str) -> str:
    commands = (
        _simple(one, text) if isinstance(one, SimpleCommand) else _compound(one, text)
        for one in pipeline.commands
    )
    return ("! " if pipeline.negated else "") + " | ".join(commands)


def _compound(command: CompoundCommand, text: str) -> str:
    """Return a group with its script; other compound commands as they are written."""
    redirects = [_redirect(one) for one in command.redirects]
    if command.kind not in _GROUPS:
        return " ".join([text[command.start : command.end], *redirects])
    scripts = [_script(script, text) for script in command.scripts]
    return " ".join([command.kind, *scripts, _GROUPS[command.kind], *redirects])


def _simple(command: SimpleCommand, text: str) -> str:
    assigned = [f"{one.name}{one.sign}{_word(one.value)}" for one in command.assignments if not one.declared]
    if command.script is None:
        redirects = [_redirect(one) for one in command.redirects]
        return " ".join([*assigned, *_words(command), *redirects])
    given = given_to_shell(command.words, command.redirects)
    words = [_word(word) for word in command.words if word not in given]
    redirects = [_redirect(one) for one in command.redirects if one.target not in given]
    expanded = "$" if any(word.expands for word in given) else ""
    return " ".join([*assigned, *words, f"{expanded}«{_script(command.script, text)}»", *redirects])


def _redirect(redirect: Redirect) -> str:
    return redirect.operator + ("" if redirect.target is None else _word(redirect.target))


def _word(word: Word) -> str:
    """Return a word with the fewest quotes; as it is written where a shell would expand it."""
    return word.text if word.expands or word.pattern else shlex.quote(word.value)


def _words(command: SimpleCommand) -> Iterator[str]:
    """Yield a command's words, a Python program's options in order."""
    program = read_program(command)
    ordered = program.is_python and bool(program.name) and bool(program.arguments)
    begin = program.arguments[0].start if ordered else command.end
    yield from (_word(word) for word in command.words if word.start < begin)
    terminated = False
    for argument in _ordered(program.arguments) if ordered else ():
        if argument.terminated and not terminated:
            terminated = True
            yield "--"
        if argument.name is not None:
            yield shlex.quote(argument.name)
        yield from map(_word, argument.values)


def _ordered(arguments: Sequence[Argument]) -> Iterable[Argument]:
    """Yield arguments, the options between two barriers sorted by name; equal names stay as they stand."""
    keys = {argument.key for argument in arguments}
    barriers = accumulate(map(_is_barrier, arguments))
    for _, group in groupby(zip(barriers, arguments, strict=True), key=lambda pair: pair[0]):
        yield from sorted((argument for _, argument in group), key=lambda one: _sort_key(one, keys))


def _is_barrier(argument: Argument) -> bool:
    if argument.name is not None:
        return "$" in argument.name
    word = argument.values[0]
    return argument.terminated or word.expands or is_placeholder(word)


def _sort_key(argument: Argument, keys: Collection[str]) -> tuple[bool, str]:
    """Return what options are sorted by; a barrier, which is its group's first, and positionals stay in
    front.

    What switches an option off (``--no-x``, ``--nox``) is sorted as that option, if it is there, too.
    """
    if argument.name is None or _is_barrier(argument):
        return False, ""
    positive = (argument.key.removeprefix(prefix) for prefix in ("no_", "no"))
    return True, next((key for key in positive if key != argument.key and key in keys), argument.key)
