"""The arguments of `snapshots`: what can be asked of it, and how."""

from __future__ import annotations

import argparse
from typing import Final

from dashboard.command_line import PROGRAM, STANDARD
from dashboard.data.parameters import CONFIG_TYPE
from dashboard.history.points import FORMS
from dashboard.history.settings import MAX_KEPT

DESCRIPTION: Final = """\
Snapshots of the configurations that a connection has: what was there when, and what has changed.
"""
EXIT_CODES: Final = "exit codes: 0 done, 2 could not be done, 64 wrong usage"
DIFF_CODES: Final = "exit codes: 0 equal, 1 different, 2 could not be compared, 64 wrong usage"
TAKE_CODES: Final = "exit codes: 0 stored or unchanged (the output says which), 2 could not, 64 wrong usage"


def parser() -> argparse.ArgumentParser:
    """Return the parser; `asked.action` names what to do."""
    whole = argparse.ArgumentParser(prog=f"{PROGRAM} snapshots", description=DESCRIPTION)
    actions = whole.add_subparsers(dest="action", required=True, metavar="ACTION")
    _take(actions.add_parser("take", help="store what a connection has now", epilog=TAKE_CODES))
    listing = actions.add_parser("list", help="list the snapshots there are", epilog=EXIT_CODES)
    _connection(listing, required=False)
    _format(listing, "table", "json")
    show = actions.add_parser("show", help="show the configurations of a snapshot", epilog=EXIT_CODES)
    show.add_argument("point", metavar="SNAPSHOT", help=FORMS)
    _connection(show)
    _format(show, "table", "json")
    _diff(actions.add_parser("diff", help="say what differs between two snapshots", epilog=DIFF_CODES))
    _prune(actions.add_parser("prune", help="delete old snapshots", epilog=EXIT_CODES))
    export = actions.add_parser("export", help="write snapshots as JSON Lines", epilog=EXIT_CODES)
    _connection(export, required=False)
    export.add_argument(
        "--output", metavar="FILE", default=STANDARD, help="where to; standard output unless given"
    )
    importing = actions.add_parser("import", help="store the snapshots of such a file", epilog=EXIT_CODES)
    importing.add_argument("file", metavar="FILE", help="the file; - is standard input")
    return whole


def _take(take: argparse.ArgumentParser) -> None:
    _connection(take)
    take.add_argument(
        "--details", action=argparse.BooleanOptionalAction, default=True, help="load the details, too"
    )


def _diff(diff: argparse.ArgumentParser) -> None:
    diff.add_argument("before", metavar="A", help=FORMS)
    diff.add_argument("after", metavar="B", help="the same")
    _connection(diff)
    _format(diff, "table", "json", "markdown", "csv")
    diff.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="FIELD",
        help="leave out changes of this field and what is below it: config_desc, user_command[--seed];"
        " may be given more than once, on top of what is ignored on the screen",
    )


def _prune(prune: argparse.ArgumentParser) -> None:
    prune.description = (
        "Of each connection and type, delete the snapshots that neither option keeps; without any option,"
        " those that [history] of secrets.toml does not keep."
    )
    prune.add_argument("--keep-days", type=_kept, metavar="N", help="keep those of so many days")
    prune.add_argument("--keep-last", type=_kept, metavar="N", help="keep the last so many, at least one")
    _connection(prune, required=False, with_type=False)


def _connection(action: argparse.ArgumentParser, *, required: bool = True, with_type: bool = True) -> None:
    which = "the connection, by its name in secrets.toml" + ("" if required else "; all unless given")
    action.add_argument("--connection", metavar="NAME", required=required, help=which)
    if with_type:
        kept = CONFIG_TYPE.default if required else None
        said = f"the configuration type; {kept or 'both'} unless given"
        action.add_argument("--config-type", choices=CONFIG_TYPE.allowed, default=kept, help=said)


def _format(action: argparse.ArgumentParser, *formats: str) -> None:
    action.add_argument("--format", choices=formats, default=formats[0], help="how to write it")


def _kept(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= MAX_KEPT:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!a} is no whole number from 1 to {MAX_KEPT:,}")
