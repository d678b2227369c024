"""The command line: `python -m dashboard COMMAND …`, installed as `modelarts-audit`. Needs no Streamlit.

This file only finds the command. Each is a function that is given the arguments behind its name, reads them
with argparse, and returns the exit code. Whatever the command, what argparse refuses ends with 64, and a file
that cannot be read or written with 2. A reader of the output that has enough (`| head`) ends it silently.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Final

from dashboard.command_line import COULD_NOT, PROGRAM, WRONG_USAGE

CLOSED_PIPE: Final = 141
"""What a shell says of a program that SIGPIPE has ended: 128 + 13."""
_ARGPARSE_ERROR: Final = 2
SUBCOMMANDS: Final[Mapping[str, str]] = {
    "run": "dashboard.audit.command:run",
    "checks": "dashboard.audit.command:checks",
    "waivers": "dashboard.audit.command:waivers",
    "verify": "dashboard.report.command:verify",
    "migrate": "dashboard.migration.command:run",
    "snapshots": "dashboard.history.command:run",
}
"""Each command's name, and its function as "module:function"; imported when it is asked for."""
SUMMARIES: Final[Mapping[str, str]] = {
    "run": "audit every configuration: findings by severity, and an exit code for CI",
    "checks": "list the checks of the audit",
    "waivers": "export or import accepted findings as a TOML file",
    "verify": "check that a report is as it was made, and signed",
    "migrate": "say what configurations become in API v2, and write the files that make it so",
    "snapshots": "take, list, show, diff, prune, export and import snapshots of configurations",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments (else the process's own) name; return the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(given)
        sys.stdout.flush()
    except BrokenPipeError:
        _write_nowhere()
        return CLOSED_PIPE
    except ModuleNotFoundError as error:
        if not error.name or error.name.startswith(("dashboard", "modelarts_")):
            raise
        told = f"{PROGRAM}: {error.name} is not installed; the commands need modelarts-dashboard[dashboard]"
        print(told, file=sys.stderr)  # noqa: T201
        return COULD_NOT
    except OSError as error:
        where = "" if error.filename is None else f"{error.filename}: "
        print(f"{PROGRAM} {given[0]}: {where}{error.strerror or error}", file=sys.stderr)  # noqa: T201
        return COULD_NOT
    return code


def _write_nowhere() -> None:
    """Let go of what is still to be written: Python tries that once more at its end, and would complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


def _run(given: Sequence[str]) -> int:
    if not given or given[0] in {"-h", "--help"}:
        print(_usage(), file=sys.stdout if given else sys.stderr)
        return 0 if given else WRONG_USAGE
    if given[0] not in SUBCOMMANDS:
        print(f"{PROGRAM}: there is no command {given[0]!a}\n{_usage()}", file=sys.stderr)  # noqa: T201
        return WRONG_USAGE
    try:
        return _function(SUBCOMMANDS[given[0]])(given[1:])
    except SystemExit as ended:  # argparse's way to end: its help, or a fault in the arguments
        return WRONG_USAGE if ended.code == _ARGPARSE_ERROR else int(ended.code or 0)


def _function(place: str) -> Callable[[Sequence[str]], int]:
    module, _, name = place.partition(":")
    function: Callable[[Sequence[str]], int] = getattr(import_module(module), name)
    return function


def _usage() -> str:
    lines = [f"usage: {PROGRAM} COMMAND [arguments]", "", "commands:"]
    width = max(map(len, SUBCOMMANDS))
    lines += [f"  {name:<{width}}  {SUMMARIES[name]}" for name in SUBCOMMANDS]
    return "\n".join([*lines, "", f"{PROGRAM} COMMAND --help tells more of each."])


if __name__ == "__main__":
    sys.exit(main())
