"""Which word of a simple command starts the program, and what a shell among them is given to read.
 ``sudo -E env A=1 nohup python train.py`` starts Python; ``bash /home/work/run_train.sh python train.py``
does too, since run_train.sh starts what follows it. Programs are known by the last part of their path.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.parsing.syntax import Redirect, Word

SHELLS = frozenset({"bash", "sh", "dash", "zsh", "ksh", "ash"})
RUN_TRAIN = "run_train.sh"
"""The script in which the platform's own images set up a job: it starts the program that follows it."""
OBJECT_STORAGE = ("s3://", "obs://")

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class _Wrapper:
    """A program that starts another: its options with a value, and how many words of its own follow."""

    valued: frozenset[str] = frozenset()
    positionals: int = 0
    assignments: bool = False
    subcommand: str | None = None


def _wrapper(valued: str = "", **others: int | bool | str) -> _Wrapper:
    return _Wrapper(frozenset(valued.split()), **others)  # type: ignore[arg-type]


_CONDA_RUN = _wrapper("-n --name -p --prefix --cwd", subcommand="run")
WRAPPERS: Mapping[str, _Wrapper] = {
    "sudo": _wrapper("-u -g -h -p -C -r -t -U --user --group", assignments=True),
    "env": _wrapper("-u -C --unset --chdir", assignments=True),
    "timeout": _wrapper("-s -k --signal --kill-after", positionals=1),
    "nice": _wrapper("-n --adjustment"),
    "ionice": _wrapper("-c -n --class --classdata"),
    "stdbuf": _wrapper("-i -o -e --input --output --error"),
    "taskset": _wrapper(positionals=1),
    "numactl": _wrapper("-i -p -P -N -m -C"),
    "chroot": _wrapper(positionals=1),
    "gosu": _wrapper(positionals=1),
    "su-exec": _wrapper(positionals=1),
    "xargs": _wrapper("-n -I -P -L -d -a -s -E"),
    "xvfb-run": _wrapper("-n -s -e -f -p -w"),
    "time": _wrapper("-f -o --format --output"),
    "exec": _wrapper("-a"),
    "conda": _CONDA_RUN,
    "mamba": _CONDA_RUN,
    "micromamba": _CONDA_RUN,
    "poetry": _wrapper(subcommand="run"),
    "pipenv": _wrapper(subcommand="run"),
    "uv": _wrapper("--with --python -p --project --env-file --with-requirements", subcommand="run"),
    **dict.fromkeys(
        ("nohup", "setsid", "command", "builtin", "unbuffer", "catchsegv", "tini", "dumb-init", "coproc"),
        _Wrapper(),
    ),
}
"""Programs that start the program which follows them."""

_SHELL_VALUED = frozenset({"--rcfile", "--init-file"})


@dataclass(frozen=True, slots=True)
class ShellCall:
    """How a shell is called; all are indices into the command's words.

    `body` is the text behind ``-c``, `script` the file that it runs; neither: it reads its standard input.
    `tracing` are the words that switch tracing on, first and last of each.
    """

    body: int | None = None
    script: int | None = None
    tracing: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Start:
    """Where the program of a command begins: `index` into its words, None where there is none.

    `wrappers` are the indices of what starts it, `run_train` that of run_train.sh if it is among them.
    """

    index: int | None
    wrappers: tuple[int, ...] = ()
    run_train: int | None = None


def program_name(word: Word) -> str:
    """Return the last part of a program's path; empty where it is known only when the command runs.

    It is known in ``$HOME/run.sh``, whatever the variable holds.
    """
    name = word.value.rpartition("/")[2]
    return name if not word.expands or _PLAIN_NAME.fullmatch(name) else ""


def find_start(words: Sequence[Word]) -> Start:
    """Return where the program begins, behind everything that only starts it."""
    at, run_train = 0, None
    wrappers: list[int] = []
    while at < len(words):
        following = _behind_run_train(words, at) if run_train is None else None
        if following is not None:
            run_train = following - 1
        else:
            following = _behind_wrapper(words, at)
        if following is None:
            return Start(at, tuple(wrappers), run_train)
        wrappers.append(at)
        at = following
    return Start(None, tuple(wrappers), run_train)


def _behind_run_train(words: Sequence[Word], at: int) -> int | None:
    """Return the index behind run_train.sh, whether a shell or the command itself runs it."""
    name = program_name(words[at])
    script = read_shell(words, at).script if name in SHELLS else at
    return script + 1 if script is not None and program_name(words[script]) == RUN_TRAIN else None


def _behind_wrapper(words: Sequence[Word], at: int) -> int | None:
    """Return the index of what a wrapper starts; None where there is none, or it starts nothing here."""
    wrapper = WRAPPERS.get(program_name(words[at]))
    if wrapper is None:
        return None
    at += 1
    if wrapper.subcommand is not None:
        if at >= len(words) or words[at].literal != wrapper.subcommand:
            return None
        at += 1
    at = _behind_options(words, at, wrapper)
    return at + wrapper.positionals


def _behind_options(words: Sequence[Word], at: int, wrapper: _Wrapper) -> int:
    while at < len(words):
        value = words[at].value
        if value == "--":
            return at + 1
        if value in wrapper.valued:
            at += 2
        elif value.startswith("-") or (wrapper.assignments and "=" in value.partition("/")[0]):
            at += 1
        else:
            break
    return at


def read_shell(words: Sequence[Word], at: int) -> ShellCall:
    """Return how the shell at an index is called."""
    tracing: list[tuple[int, int]] = []
    letters = ""
    at += 1
    while at < len(words) and _is_shell_option(words[at]):
        value = words[at].value
        given = "" if value.startswith("--") else value[1:]
        named = value in _SHELL_VALUED or given.endswith(("o", "O"))
        if value[0] == "-":
            letters += given
            if "x" in given or (named and at + 1 < len(words) and words[at + 1].value == "xtrace"):
                tracing.append((at, at if "x" in given else at + 1))
        at += 2 if named else 1
    if at < len(words) and words[at].value in {"-", "--"}:
        at += 1
    found = at if at < len(words) and "s" not in letters else None
    has_body = "c" in letters
    return ShellCall(found if has_body else None, None if has_body else found, tuple(tracing))


def _is_shell_option(word: Word) -> bool:
    value = word.literal or ""
    return len(value) > 1 and value[0] in "-+" and value != "--"


def given_to_shell(words: Sequence[Word], redirects: Sequence[Redirect]) -> Sequence[Word]:
    """Return the words that a command's shell is given to read as a script; empty where it is given none.

    They are behind ``-c``, behind ``eval``, or in a here-document or here-string.
    """
    start = find_start(words).index
    if start is None:
        return ()
    name = program_name(words[start])
    if name == "eval":
        return words[start + 1 :]
    if name not in SHELLS:
        return ()
    call = read_shell(words, start)
    if call.body is not None:
        return (words[call.body],)
    here = [
        one.target
        for one in redirects
        if one.operator.endswith(("<<", "<<-", "<<<")) and one.target is not None
    ]
    return here[-1:] if call.script is None else ()


def join_words(words: Sequence[Word]) -> tuple[str, list[int]]:
    """Return the values of words with a blank between them, and where each character stands."""
    text: list[str] = []
    places: list[int] = []
    for word in words:
        if text:
            text.append(" ")
            places.append(places[-1] if places else word.start)
        text.append(word.value)
        places += range(word.start, word.end) if word.places is None else word.places
    return "".join(text), places
