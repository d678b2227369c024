"""What the commands of the audit take. Needs next to nothing, so that --help answers at once."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Final

from dashboard.audit.outcome import SEVERITIES
from dashboard.command_line import PROGRAM

FORMATS: Final = ("table", "json", "csv", "html", "sarif", "ocsf", "junit")
EXIT_CODES: Final = (
    "Exit code: 0 no finding counts; 1 some do (--fail-on; accepted ones and those in the baseline do not); "
    "2 not everything could be audited; 64 wrong usage."
)


def run_parser() -> argparse.ArgumentParser:
    """Return the parser of `run`."""
    parser = argparse.ArgumentParser(
        f"{PROGRAM} run", description="Audit every configuration of connections.", epilog=EXIT_CODES
    )
    add = parser.add_argument
    add(
        "--connection",
        action="append",
        default=[],
        metavar="NAME",
        help="one that is configured; default: all",
    )
    add("--sample", action="store_true", help="the sample data instead")
    add(
        "--fail-on",
        choices=tuple(map(str, SEVERITIES)),
        default="high",
        help="the mildest severity that counts (%(default)s)",
    )
    add("--baseline", type=Path, metavar="FILE", help="an earlier --format json: only new findings count")
    add("--details", action=argparse.BooleanOptionalAction, default=True, help="load the details, too")
    add("--format", choices=FORMATS, default="table", help="default: %(default)s")
    add("--output", type=Path, metavar="FILE", help="default: standard output")
    add("--settings", type=Path, metavar="FILE", help="default: $DASHBOARD_AUDIT_SETTINGS, ./audit.toml")
    add("--waivers", type=Path, metavar="FILE", help="an exported TOML file, instead of the database")
    return parser


def checks_parser() -> argparse.ArgumentParser:
    """Return the parser of `checks`."""
    parser = argparse.ArgumentParser(f"{PROGRAM} checks", description="List every check.")
    parser.add_argument("--format", choices=("table", "json", "markdown"), default="table")
    parser.add_argument(
        "--settings", type=Path, metavar="FILE", help="with the team's own rules of this file"
    )
    return parser


def waivers_parser() -> argparse.ArgumentParser:
    """Return the parser of `waivers`."""
    parser = argparse.ArgumentParser(
        f"{PROGRAM} waivers", description="Bring accepted findings to a TOML file, and back."
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="export|import")
    for action, words in (("export", "write all that are active"), ("import", "add those of a file")):
        one = actions.add_parser(action, help=words, description=f"{action.capitalize()}: {words}.")
        one.add_argument("file", metavar="FILE", help="- for standard output or input")
        one.add_argument("--connection", metavar="NAME", help="of this connection alone")
    return parser
