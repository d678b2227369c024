"""`migrate`: what a connection's configurations become in API v2, for a terminal and for scripts."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Final

from dashboard.command_line import COULD_NOT, PROGRAM
from dashboard.connections import UnknownConnectionError
from dashboard.data.database import close_database, shared_database
from dashboard.data.parameters import CONFIG_TYPE
from dashboard.data.projects import Projects
from dashboard.migration.decisions import Decisions, FaultyDecisionsError, from_store, read_decisions
from dashboard.migration.export import FORMATS, document, files, ready_text, to_json, to_zip
from dashboard.migration.export.texts import one_line
from dashboard.migration.loading import CannotReadError, LoadedPairs, load_all
from dashboard.migration.mapping import migrate_all
from dashboard.migration.migration import Migration
from dashboard.migration.statements import Verdict
from dashboard.parsing.secrets import mask
from dashboard.store.errors import StoreError
from modelarts_api import ModelArtsError

ALL_READY, LEFT = 0, 1
ZIP_NAME: Final = "migration.zip"
MAX_TOLD: Final = 5
OURS: Final = ("json/*.json", "unfinished/*.json", "terraform/*.tf", "terraform/unfinished/*.tf")
"""Where files of configurations are in a folder."""
DESCRIPTION: Final = """\
Say what training job configurations of API v1 become in API v2: an algorithm and a training job each, and
what is left to decide. Nothing is sent to API v2.
"""
EPILOG: Final = """\
exit codes: 0 all are ready, 1 decisions or blockers are left (told on standard error), 2 not everything
could be read, 64 wrong usage
"""


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments behind `migrate` ask; return the exit code. Wrong usage raises SystemExit."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.format == "zip" and asked.output is None:
        parser.error("--format zip needs --output")
    projects = Projects()
    try:
        decisions = _decisions(asked, parser)
        loaded = load_all(projects, asked.connection, asked.config_type)
        found = migrate_all(loaded.pairs, decisions, loaded.offers)
        if asked.decisions is not None:
            _tell_unused(decisions)
        _write(asked, found, decisions, loaded)
        return _tell(found, loaded, _place(asked))
    except (UnknownConnectionError, CannotReadError, ModelArtsError, StoreError) as error:
        _say(str(error))
        return COULD_NOT
    finally:
        projects.registry.close()
        close_database()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"{PROGRAM} migrate", description=DESCRIPTION, epilog=EPILOG)
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--connection", metavar="NAME", help="the connection, by its name")
    whose.add_argument(
        "--sample", dest="connection", action="store_const", const="sample", help="sample data"
    )
    parser.add_argument("--config-type", choices=CONFIG_TYPE.allowed, default=CONFIG_TYPE.default)
    parser.add_argument(
        "--decisions",
        metavar="FILE",
        help="what was decided, TOML or JSON; that of the dashboard unless given",
    )
    parser.add_argument("--format", choices=FORMATS, default="json", help="json unless given")
    parser.add_argument(
        "--output", metavar="DIR", help="where to write files; without it one document on standard output"
    )
    return parser


def _decisions(asked: argparse.Namespace, parser: argparse.ArgumentParser) -> Decisions:
    """Return the decisions of a file, else those of the store."""
    if asked.decisions is None:
        from dashboard.store.decisions import current_decisions  # noqa: PLC0415 - SQLAlchemy

        found, faults = from_store(current_decisions(shared_database(), asked.connection).values())
        for fault in faults:
            _say(f"a stored decision does not count: {fault}")
        return found
    try:
        return read_decisions(Path(asked.decisions).read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        parser.error(f"{asked.decisions}: it is no UTF-8 text")
    except FaultyDecisionsError as error:
        parser.error(f"{asked.decisions}: {error}")


def _tell_unused(decisions: Decisions) -> None:
    """Say which decisions of a file concern no configuration: they may be misspelt."""
    unused = decisions.unused()
    for one in unused[:MAX_TOLD]:
        _say(f"no configuration is concerned by the decision {one.kind} {mask(one.subject)[:80]!a}")
    if len(unused) > MAX_TOLD:
        _say(f"nor by {len(unused) - MAX_TOLD:,} more")


def _write(
    asked: argparse.Namespace, found: Sequence[Migration], decisions: Decisions, loaded: LoadedPairs
) -> None:
    if asked.output is None:
        text = (
            to_json(document(found))
            if asked.format == "json"
            else ready_text(found, asked.format, loaded.offers)
        )
        sys.stdout.write(text)
        return
    folder = Path(asked.output)
    made = files(found, decisions, loaded.offers, asked.format)
    if asked.format == "zip":
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ZIP_NAME).write_bytes(to_zip(made))
        return
    written = set()
    for one in made:
        path = folder / one.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(one.data)
        written.add(path)
    _tell_left_over(folder, written)


def _tell_left_over(folder: Path, written: Collection[Path]) -> None:
    """Say which files of ours in a folder are not of this run: Terraform would apply them as well."""
    found = sorted(path for pattern in OURS for path in folder.glob(pattern) if path not in written)
    if found:
        _say(f"{found[0]} is not of this run" + (f", nor are {len(found) - 1:,} more" if found[1:] else ""))
        _say("Remove what is left of earlier runs, or write to another folder.")


def _place(asked: argparse.Namespace) -> str | None:
    """Return where the files are; None where the document went to standard output."""
    if asked.output is None:
        return None
    return str(Path(asked.output) / ZIP_NAME if asked.format == "zip" else Path(asked.output))


def _tell(found: Sequence[Migration], loaded: LoadedPairs, place: str | None) -> int:
    """Say what is left on standard error, in short where files tell the rest; return the exit code."""
    for text in loaded.unread:
        _say(text)
    left = [one for one in found if one.verdict is not Verdict.READY]
    if place is None:
        for migration in left:
            reasons = " ".join(f"{one.code}: {one.message}" for one in migration.reasons)
            _say(f"{migration.name or '(no name)'}: {migration.verdict}: {reasons}")
    elif left:
        _sum_up(left, place)
    _say(f"{len(found) - len(left):,} of {len(found):,} are ready.")
    if loaded.unread:
        return COULD_NOT
    return LEFT if left else ALL_READY


def _sum_up(left: Sequence[Migration], place: str) -> None:
    """Say how many configurations have which verdict and which reason, and where to read of each."""
    verdicts = Counter(one.verdict for one in left)
    codes = Counter(code for one in left for code in {reason.code for reason in one.reasons})
    for verdict in (Verdict.DECISION, Verdict.BLOCKED):
        _say(f"{verdict}: {verdicts[verdict]:,}")
    for code, number in sorted(codes.items(), key=lambda pair: (-pair[1], pair[0])):
        _say(f"  {code}: {number:,}")
    _say(f"README.md in {place} says of each what is left to decide.")


def _say(text: str) -> None:
    for line in _lines(text):
        sys.stderr.write(f"{PROGRAM} migrate: {line}\n")


def _lines(text: str) -> Iterable[str]:
    """Return a text in lines that a terminal shows and does not obey."""
    return (one_line(line).encode("utf-8", "backslashreplace").decode() for line in text.splitlines())
