"""Start commands of API v1 rewritten for v2 by the shell's grammar, or the reason why that was not done.

run_train.sh goes, in both of its forms; paths of v1's code directory become those of v2; what the platform
puts in or passes itself becomes parameters, inputs and outputs. A change is made where it stands in the text,
everything else stays as it was typed; and the result is read again: unless it says exactly what was meant,
word by word, the command is left to the team.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from dashboard.migration.edits import Edits
from dashboard.migration.walk import (
    CODE_PATH,
    JOB_DIR,
    JOB_DIR_PATH,
    USER_JOB_DIR,
    Placed,
    placed_commands,
    values_of,
)
from dashboard.parsing import (
    Argument,
    Command,
    Program,
    SimpleCommand,
    Unparsed,
    Word,
    activations,
    home_work_paths,
    moxing_copies,
    parse_command,
    started_program,
)
from dashboard.parsing.programs import OBJECT_STORAGE, find_start

CHANNELS: Final = ("data_url", "train_url")
"""Arguments by which scripts of v1 are told where their data is, and where their output goes."""
PARAMETERS: Final = "{python_file_parameter}"

_WHOLE_PLACEHOLDER: Final = re.compile(r"\{[A-Za-z_][A-Za-z0-9_]*\}")
_FIRST_FOLDER: Final = re.compile(rf"(?<![A-Za-z0-9_./}}-]){USER_JOB_DIR}/+([^/\s'\"$`;,:]+)")


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only the team can say; `code` is that of a reason."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A start command for v2, and all that was learned on the way.

    `changes` tells what was replaced by what. `channels` are the paths in object storage that the command
    passed as data_url and train_url; `mentions` all channels that it passes, in whatever form. `parameters`
    are the other arguments of the Ascend form. `appends`: the script takes what the platform appends,
    `ends_with_program` that it would get it. `folders` are the folders of the code directory that are named.
    """

    text: str
    changes: tuple[tuple[str, str], ...] = ()
    channels: tuple[tuple[str, str], ...] = ()
    mentions: frozenset[str] = frozenset()
    parameters: tuple[tuple[str, str], ...] = ()
    appends: bool = False
    ends_with_program: bool = True
    code_url: str | None = None
    ran_through_run_train: bool = False
    folders: tuple[str, ...] = ()
    leftovers: tuple[tuple[str, str], ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(slots=True)
class _Findings:
    """What has been learned of a command so far."""

    channels: list[tuple[str, str]] = field(default_factory=list)
    mentions: set[str] = field(default_factory=set)
    parameters: list[tuple[str, str]] = field(default_factory=list)
    appends: bool = False
    code_url: str | None = None
    ran_through: bool = False
    questions: list[Question] = field(default_factory=list)


def rewrite(text: str) -> Rewritten:
    """Return a start command for v2. Never raises; what is not certain is a question, and the text stays."""
    command = parse_command(text)
    if isinstance(command, Unparsed):
        return Rewritten(text, questions=(Question("command-unread", f"{command.reason.value}."),))
    rewriting = _Rewriting(command)
    questions = rewriting.run()
    if questions:
        return rewriting.result(text, None, questions)
    rewritten, expected = rewriting.edits.applied(), rewriting.edits.expected()
    again = command if rewritten == text else parse_command(rewritten)
    if isinstance(again, Unparsed) or values_of(again) != expected:
        message = "It could not be changed for v2 without a doubt about the result."
        return rewriting.result(text, None, (Question("command-unread", message),))
    return rewriting.result(rewritten, again, ())


class _Rewriting:
    """The rewriting of one command."""

    def __init__(self, command: Command) -> None:
        self.command, self.edits, self.found = command, Edits(command), _Findings()
        self.placed = list(placed_commands(command))
        self.folders = tuple(dict.fromkeys(_FIRST_FOLDER.findall(command.text)))

    def run(self) -> tuple[Question, ...]:
        """Find all edits; return what only the team can say."""
        self._drop_env()
        for placed in self.placed:
            if isinstance(placed.command, SimpleCommand):
                self._drop_run_train(placed.command)
        program = started_program(self.command)
        if program is not None and not self.found.questions:
            self._take_arguments(program)
        self._drop_placeholder()
        for placed in self.placed:
            self._move_code_paths(placed)
        self._drop_last_separator()
        return tuple(self.found.questions)

    def result(self, text: str, again: Command | None, questions: tuple[Question, ...]) -> Rewritten:
        """Return everything, with what is left of v1 in the command that has been read again."""
        found = self.found
        return Rewritten(
            text,
            changes=self.edits.changes() if again is not None else (),
            channels=tuple(found.channels),
            mentions=frozenset(found.mentions),
            parameters=tuple(found.parameters),
            appends=found.appends,
            ends_with_program=again is None or _ends_with_program(again),
            code_url=found.code_url,
            ran_through_run_train=found.ran_through,
            folders=self.folders,
            leftovers=tuple(_leftovers(again if again is not None else self.command)),
            questions=questions,
        )

    def _ask(self, code: str, message: str) -> None:
        self.found.questions.append(Question(code, message))

    def _drop_env(self) -> None:
        """Drop ``env &&`` in front of run_train.sh: it prints the environment, and nothing else."""
        pipelines = self.command.script.pipelines
        if len(pipelines) < 2 or pipelines[0].operator != "&&" or len(pipelines[0].commands) != 1:
            return
        first, second = pipelines[0].commands[0], pipelines[1].commands[0]
        if not isinstance(first, SimpleCommand) or not isinstance(second, SimpleCommand):
            return
        bare = [word.value for word in first.words] == ["env"]
        bare = bare and not first.assignments and not first.redirects
        if bare and find_start(second.words).run_train is not None:
            self.edits.drop_command(first, second.start)

    def _drop_run_train(self, command: SimpleCommand) -> None:
        start = find_start(command.words)
        if start.run_train is None:
            return
        self.found.ran_through = True
        shell = _shell_index(command)
        if start.index is None:
            self._ask("command-missing", "run_train.sh is called without a program to start.")
        elif not command.words[start.index].value.startswith(OBJECT_STORAGE):
            self.edits.drop_words(command, shell, start.index)

    def _take_arguments(self, program: Program) -> None:
        call = program.run_train
        if call is not None and call.code_url is not None:
            self._rewrite_ascend(program)
            return
        for argument in program.arguments:
            if (argument.name or "").removeprefix("--") in CHANNELS:
                self._take_channel(program, argument)

    def _take_channel(self, program: Program, argument: Argument) -> None:
        self.found.mentions.add(argument.key)
        if not (argument.values and argument.values[0].value.startswith(OBJECT_STORAGE)):
            return
        value = argument.values[0]
        if len(argument.values) > 1 or value.literal is None or value.pattern:
            self._ask("command-argument", f"What belongs to {argument.name} cannot be told for certain.")
            return
        self.found.channels.append((argument.key, value.value))
        self.edits.drop_argument(program.command, argument)

    def _rewrite_ascend(self, program: Program) -> None:
        """Make ``run_train.sh 's3://code/' 'code/boot.py' 'log' --'k'='v'`` a call of Python."""
        call = program.run_train
        assert call is not None
        assert call.code_url is not None
        boot = call.boot_file
        words = [word for word in (call.code_url, boot, call.log_file) if word is not None]
        values = [word for argument in program.arguments for word in argument.values]
        if boot is None or any(word.literal is None or word.pattern for word in (*words, *values)):
            self._ask("command-argument", "What run_train.sh is given cannot be told for certain.")
            return
        odd = [one for one in program.arguments if one.name is None or len(one.values) != 1 or not one.key]
        if odd:
            self._ask("command-argument", "Behind the boot file stands more than options with a value each.")
            return
        self.found.code_url, self.found.appends = call.code_url.value, True
        for argument in program.arguments:
            self.found.mentions.add(argument.key)
            pair = (argument.key, argument.values[0].value)
            (self.found.channels if argument.key in CHANNELS else self.found.parameters).append(pair)
        path = f"{JOB_DIR_PATH}/{boot.value.lstrip('/')}"
        quoted = shlex.quote(path)
        shown = f"{JOB_DIR}/{boot.value.lstrip('/')}" if quoted == path else quoted
        first = _shell_index(program.command)
        self.edits.replace_call(program.command, first, f"python {shown}", ("python", path))

    def _drop_placeholder(self) -> None:
        """Drop the word that the platform put the parameters in for; ask for every other such word."""
        for placed, word in self._words():
            if word.text == word.value == PARAMETERS and isinstance(placed.command, SimpleCommand):
                self.found.appends = True
                self.edits.drop_word(placed.command, word)
            elif PARAMETERS in word.value:
                self._ask("command-argument", f"{PARAMETERS} is part of another word.")
            elif word.text == word.value and _WHOLE_PLACEHOLDER.fullmatch(word.value):
                self._ask("command-argument", f"Nothing is known of {word.value}, which v1 would replace.")

    def _words(self) -> Iterator[tuple[Placed, Word]]:
        for placed in self.placed:
            yield from ((placed, word) for word in placed.words)

    def _move_code_paths(self, placed: Placed) -> None:
        for word in placed.words:
            for match in CODE_PATH.finditer(word.value):
                excerpt = word.excerpt(match.start(), match.end())
                if self.command.text[excerpt.start : excerpt.end] == USER_JOB_DIR:
                    path = JOB_DIR if placed.replaces_variables(word, excerpt) else JOB_DIR_PATH
                    self.edits.replace_path(excerpt, path)

    def _drop_last_separator(self) -> None:
        """Drop the ``;`` at the end: what v2 appends would stand behind it, as a command of its own."""
        stripped = self.command.text.rstrip()
        last = self.command.script.pipelines[-1].commands[-1]
        if not stripped.endswith(";") or not isinstance(last, SimpleCommand):
            return
        if last.end < len(stripped) and not self.command.text[last.end : len(stripped) - 1].strip():
            self.edits.drop_separator(last.end, len(self.command.text))


def _shell_index(command: SimpleCommand) -> int:
    """Return the index of the word that begins a call of run_train.sh: the shell, or the script itself."""
    start = find_start(command.words)
    return max(index for index in start.wrappers if index <= (start.run_train or 0))


def _ends_with_program(command: Command) -> bool:
    """Return whether what is appended to a command would become arguments of its program."""
    program, last = started_program(command), command.script.pipelines[-1]
    return program is not None and not last.operator and last.commands[-1] is program.command


def _leftovers(command: Command) -> Iterator[tuple[str, str]]:
    """Yield what is left of v1 in a command: the code of a reason, and the text."""
    yield from (("home-work", excerpt.text) for excerpt in home_work_paths(command))
    yield from (("conda-activate", one.excerpt.text) for one in activations(command) if one.kind == "conda")
    yield from (("moxing-copy", excerpt.text) for excerpt in moxing_copies(command))


__all__: Sequence[str] = ("CHANNELS", "JOB_DIR", "Question", "Rewritten", "rewrite")
