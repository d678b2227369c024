"""Which programs a command starts: scripts, modules or code, by which launchers, with which arguments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dashboard.parsing.arguments import Argument, is_option, read_arguments
from dashboard.parsing.programs import OBJECT_STORAGE, SHELLS, find_start, program_name, read_shell
from dashboard.parsing.syntax import Command, CompoundCommand, Script, SimpleCommand, Word, names

LAUNCHERS = names(
    "torchrun accelerate deepspeed horovodrun mpirun mpiexec orterun srun kungfu-run msrun colossalai"
)
"""Programs that start a training script several times over."""
LAUNCHER_MODULES = frozenset(
    {
        "torch.distributed.launch",
        "torch.distributed.run",
        "paddle.distributed.launch",
        "accelerate.commands.launch",
    }
)
PREPARATIONS = names(
    "cd pushd popd export source . set unset echo printf mkdir rm rmdir cp mv ln chmod chown ls pwd "
    "cat tee touch tar unzip gzip gunzip wget curl git sleep wait trap true false test [ : ulimit "
    "umask eval exit return read shift alias shopt hash type which date env id whoami hostname df du "
    "free ps grep sed awk head tail sort find xargs kill nvidia-smi npu-smi apt apt-get yum dnf apk "
    "pip pip3 conda mamba micromamba npm ldconfig mount umount"
)
"""Programs that prepare or watch a training, and are none."""

_PYTHON = re.compile(r"(?:python|pypy)(?:\d+(?:\.\d+)*)?")
_PYTHON_VALUED = frozenset({"-W", "-X", "--check-hash-based-pycs"})
_PYTHON_GIVEN = re.compile(r"-[bBdEhiIOPqRsSuvVx]*(?P<letter>[mc])")
_OTHER_INTERPRETERS = frozenset({"perl", "ruby", "node", "Rscript", "julia"})


@dataclass(frozen=True, slots=True)
class RunTrain:
    """A call of run_train.sh, which sets up a job and then starts it.

    In the form of Ascend engines it is given the code's place in object storage, the file to start in it,
    and a log file, instead of a program; where these are None, it is not.
    """

    script: Word
    code_url: Word | None = None
    boot_file: Word | None = None
    log_file: Word | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """A program that a command starts.

    `interpreter` runs `script`, `module` or `code` (one of them, or none where it reads its input); without
    an interpreter `script` is the program's own name. `launchers` and `launcher_arguments` are what stands
    between.
    """

    command: SimpleCommand
    arguments: tuple[Argument, ...] = ()
    interpreter: Word | None = None
    script: Word | None = None
    module: str | None = None
    code: Word | None = None
    wrappers: tuple[str, ...] = ()
    launchers: tuple[str, ...] = ()
    launcher_arguments: tuple[Argument, ...] = ()
    run_train: RunTrain | None = None

    @property
    def name(self) -> str:
        """Return the file name of the script or program, or the module; empty where it is not known."""
        return self.module or ("" if self.script is None else program_name(self.script))

    @property
    def is_python(self) -> bool:
        """Return whether Python runs it."""
        interpreter = "" if self.interpreter is None else program_name(self.interpreter)
        return bool(_PYTHON.fullmatch(interpreter)) or (
            self.interpreter is None and self.name.endswith(".py")
        )


def started_programs(command: Command) -> tuple[Program, ...]:
    """Return every program that a command starts, in order; those in substitutions are not among them."""
    return tuple(read_program(one) for one in _started(command.script) if one.words)


def started_program(command: Command) -> Program | None:
    """Return the program that a command is there for.

    That is the last one that an interpreter, a launcher or run_train.sh starts; else the last that is no mere
    preparation; else None.
    """
    programs = started_programs(command)
    ranked = [(_rank(program), place, program) for place, program in enumerate(programs)]
    rank, _, program = max(ranked, default=(0, 0, None), key=lambda item: item[:2])
    return program if rank > 0 else None


def arguments(command: Command) -> tuple[Argument, ...]:
    """Return the arguments of the program that a command is there for."""
    program = started_program(command)
    return () if program is None else program.arguments


def run_train(command: Command) -> RunTrain | None:
    """Return how a command calls run_train.sh, or None where it does not."""
    calls = (program.run_train for program in started_programs(command))
    return next((call for call in calls if call is not None), None)


def goes_through_run_train(command: Command) -> bool | None:
    """Return whether a command goes through run_train.sh; None where it cannot be seen what it starts."""
    programs = started_programs(command)
    if any(program.run_train is not None for program in programs):
        return True
    return None if any(not program.name and program.code is None for program in programs) else False


def _started(script: Script) -> Iterator[SimpleCommand]:
    """Yield what a script starts itself; where a shell is given a script, what that starts instead."""
    for pipeline in script.pipelines:
        for command in pipeline.commands:
            if isinstance(command, CompoundCommand):
                for inner in command.scripts:
                    yield from _started(inner)
            elif command.script is not None:
                yield from _started(command.script)
            else:
                yield command


def _rank(program: Program) -> int:
    if program.module in {"pip", "venv", "ensurepip"} or program.name in PREPARATIONS:
        return 0
    started = program.interpreter is not None or program.launchers or program.run_train is not None
    return 2 if started else 1


def read_program(command: SimpleCommand) -> Program:
    """Return the program that a simple command starts."""
    start = find_start(command.words)
    wrappers = tuple(program_name(command.words[index]) for index in start.wrappers)
    program = Program(command, wrappers=wrappers)
    if start.run_train is not None:
        program = replace(program, run_train=RunTrain(command.words[start.run_train]))
    rest = () if start.index is None else command.words[start.index :]
    if program.run_train is not None and rest and rest[0].value.startswith(OBJECT_STORAGE):
        return _read_ascend(program, program.run_train, rest)
    return _read(program, rest)


def _read_ascend(program: Program, call: RunTrain, words: Sequence[Word]) -> Program:
    """Read what follows run_train.sh in the form of Ascend engines: code, file to start, log, options."""
    positional = list(words[:3])
    while positional and is_option(positional[-1]):
        positional.pop()
    code, boot, log = (*positional, None, None)[:3]
    call = replace(call, code_url=code, boot_file=boot, log_file=log)
    return replace(program, run_train=call, script=boot, arguments=read_arguments(words[len(positional) :]))


def _read(program: Program, words: Sequence[Word]) -> Program:
    """Read a program's words: its interpreter or launcher, what that starts, and its arguments."""
    if not words:
        return program
    name = program_name(words[0])
    if name in LAUNCHERS:
        return _read_launched(program, name, words, 1)
    if _PYTHON.fullmatch(name):
        return _read_python(program, words)
    if name in SHELLS:
        call = read_shell(words, 0)
        program = program if call.body is None else replace(program, code=words[call.body])
        return _read_file(replace(program, interpreter=words[0]), words, call.script)
    if name in _OTHER_INTERPRETERS:
        first = next((index for index, word in enumerate(words) if index and not is_option(word)), None)
        return _read_file(replace(program, interpreter=words[0]), words, first)
    return replace(program, script=words[0], arguments=read_arguments(words[1:]))


def _read_file(program: Program, words: Sequence[Word], index: int | None) -> Program:
    """Read the file that an interpreter runs, if it runs one, and its arguments."""
    if index is None:
        return replace(program, launcher_arguments=read_arguments(words[1:]))
    options = (*program.launcher_arguments, *read_arguments(words[1:index]))
    return replace(
        program, script=words[index], launcher_arguments=options, arguments=read_arguments(words[index + 1 :])
    )


def _read_python(program: Program, words: Sequence[Word]) -> Program:
    program = replace(program, interpreter=words[0])
    at = 1
    while at < len(words) and words[at].value.startswith("-") and words[at].value not in {"-", "--"}:
        given = _PYTHON_GIVEN.match(words[at].value)
        if given is not None:
            attached = given.end() < len(words[at].value)
            rest = [words[at].tail(given.end()), *words[at + 1 :]] if attached else words[at + 1 :]
            program = replace(program, launcher_arguments=read_arguments(words[1:at]))
            return _read_python_given(program, given["letter"], rest)
        at += 2 if words[at].value in _PYTHON_VALUED else 1
    if at < len(words) and words[at].value == "--":
        at += 1
    return _read_file(program, words, at if at < len(words) and words[at].value != "-" else None)


def _read_python_given(program: Program, letter: str, words: Sequence[Word]) -> Program:
    """Read what Python is given by -m or -c: the first of the words."""
    if not words:
        return program
    if letter == "c":
        return replace(program, code=words[0], arguments=read_arguments(words[1:]))
    module = words[0].value
    if module in LAUNCHER_MODULES:
        return _read_launched(program, module, words, 1)
    return replace(program, module=module, arguments=read_arguments(words[1:]))


def _read_launched(program: Program, launcher: str, words: Sequence[Word], at: int) -> Program:
    """Read what a launcher starts: the first word behind it that is Python, or one of its files."""
    program = replace(program, launchers=(*program.launchers, launcher))
    for index in range(at, len(words)):
        name = program_name(words[index])
        if _PYTHON.fullmatch(name) or name.endswith((".py", ".sh")) or name in SHELLS:
            options = (*program.launcher_arguments, *read_arguments(words[at:index]))
            return _read(replace(program, launcher_arguments=options), words[index:])
    return replace(program, launcher_arguments=read_arguments(words[at:]))
