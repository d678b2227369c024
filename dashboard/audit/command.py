"""The audit's commands: `run`, `checks`, `waivers`. Each returns its exit code.

What a command does not need it does not import: pandas and the database come with `run` alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from dashboard.audit.arguments import checks_parser, run_parser, waivers_parser
from dashboard.command_line import COULD_NOT, PROGRAM, STANDARD, WRONG_USAGE

if TYPE_CHECKING:
    import argparse

    from dashboard.audit.baseline import Baseline
    from dashboard.audit.loading import Target
    from dashboard.audit.results import ConnectionAudit, Results
    from dashboard.audit.settings import AuditSettings
    from dashboard.store.waiver import NewWaiver, Waiver


def run(arguments: Sequence[str]) -> int:
    """Audit connections, write what was found, and return what the exit code says of it."""
    asked = run_parser().parse_args(arguments)
    from dashboard.audit.baseline import BaselineError, load_baseline  # noqa: PLC0415 - after --help
    from dashboard.audit.formats import writer  # noqa: PLC0415
    from dashboard.audit.settings import SettingsError  # noqa: PLC0415
    from dashboard.connections import NoConnectionError  # noqa: PLC0415
    from dashboard.data.fingerprint_key import FingerprintKeyError  # noqa: PLC0415

    if asked.sample and asked.connection:
        return _refuse("run", "--sample and --connection exclude each other")
    try:
        settings = _settings(asked.settings)
        baseline = load_baseline(asked.baseline) if asked.baseline else None
        write = writer(asked.format)
        with _targets(asked) as targets:
            results = _results(asked, targets, settings, baseline)
    except (SettingsError, BaselineError, NoConnectionError, FingerprintKeyError) as error:
        return _refuse("run", str(error))
    try:
        _write(write(results), asked.output)
    except SettingsError as error:  # the report's key
        return _refuse("run", str(error))
    return results.exit_code


def checks(arguments: Sequence[str]) -> int:
    """List the checks."""
    asked = checks_parser().parse_args(arguments)
    from dashboard.audit.catalogue import LISTINGS  # noqa: PLC0415 - after --help
    from dashboard.audit.checks import all_checks  # noqa: PLC0415
    from dashboard.audit.settings import SettingsError  # noqa: PLC0415

    try:
        settings = _settings(asked.settings)
    except SettingsError as error:
        return _refuse("checks", str(error))
    _write(LISTINGS[asked.format](all_checks(settings)), None)
    return 0


def waivers(arguments: Sequence[str]) -> int:
    """Export waivers to a file, or import them from one."""
    asked = waivers_parser().parse_args(arguments)
    from dashboard.audit import waiver_exchange  # noqa: PLC0415 - SQLAlchemy
    from dashboard.data.database import close_database, shared_database  # noqa: PLC0415
    from dashboard.store.errors import StoreError  # noqa: PLC0415

    try:
        if asked.action == "export":
            text = waiver_exchange.exported(shared_database(), asked.connection)
            _write([text], None if asked.file == STANDARD else Path(asked.file))
        else:
            text = (
                sys.stdin.read() if asked.file == STANDARD else Path(asked.file).read_text(encoding="utf-8")
            )
            told = waiver_exchange.imported(
                shared_database(), text, asked.file, asked.connection, datetime.now(UTC)
            )
            sys.stdout.write(f"{told}\n")
    except UnicodeDecodeError:
        return _could_not("waivers", f"{asked.file}: it is no text file")
    except StoreError as error:
        return _could_not("waivers", str(error))
    finally:
        close_database()
    return 0


def _settings(file: Path | None) -> AuditSettings:
    from dashboard.audit.checks import IDS  # noqa: PLC0415 - after --help
    from dashboard.audit.settings import load_settings, settings_file  # noqa: PLC0415

    return load_settings(file if file is not None else settings_file(), IDS)


def _targets(asked: argparse.Namespace) -> AbstractContextManager[list[Target]]:
    from dashboard.audit.loading import configured_targets, sample_target  # noqa: PLC0415 - pandas

    return sample_target() if asked.sample else configured_targets(asked.connection)


def _results(
    asked: argparse.Namespace, targets: Iterable[Target], settings: AuditSettings, baseline: Baseline | None
) -> Results:
    from dashboard import __version__  # noqa: PLC0415 - after --help
    from dashboard.audit.outcome import Severity  # noqa: PLC0415
    from dashboard.audit.results import Results  # noqa: PLC0415

    now = datetime.now(UTC)
    accepted, faults = _accepted(asked)
    audited = tuple(
        _audited(target, settings, now, accepted, faults, details=asked.details) for target in targets
    )
    return Results(now, audited, Severity(asked.fail_on), baseline, __version__)


def _accepted(asked: argparse.Namespace) -> tuple[Sequence[Waiver | NewWaiver], tuple[str, ...]]:
    """Return the waivers, or why they are not known: then nobody can say what counts."""
    from dashboard.audit.waiver_exchange import known_waivers  # noqa: PLC0415 - after --help
    from dashboard.store.errors import StoreError  # noqa: PLC0415

    try:
        return known_waivers(asked.waivers), ()
    except (StoreError, OSError, UnicodeDecodeError) as error:
        return (), (f"the waivers are not known: {error}",)


def _audited(
    target: Target,
    settings: AuditSettings,
    now: datetime,
    accepted: Sequence[Waiver | NewWaiver],
    faults: tuple[str, ...],
    *,
    details: bool,
) -> ConnectionAudit:
    # In one piece: a connection from its load to its findings.
    from dashboard.audit.loading import load, shown_progress  # noqa: PLC0415 - pandas
    from dashboard.audit.results import ConnectionAudit  # noqa: PLC0415
    from dashboard.audit.run import Auditor  # noqa: PLC0415
    from dashboard.audit.waivers import apply_waivers  # noqa: PLC0415
    from modelarts_api import ModelArtsError  # noqa: PLC0415

    if target.client is None:
        return ConnectionAudit(target.name, None, (*target.faults, *faults))
    try:
        with shown_progress(target.name) as note:
            loaded = load(target.client, note, details=details)
    except ModelArtsError as error:
        return ConnectionAudit(target.name, None, (str(error), *faults))
    audit = Auditor(settings).audit(
        loaded.subjects,
        now,
        engines=loaded.engines,
        reported_total=loaded.reported_total,
        complete=loaded.complete,
    )
    crashes = tuple(f"check {one.check} failed itself ({one.error})" for one in audit.crashes)
    audit = apply_waivers(audit, accepted, target.name, now)
    return ConnectionAudit(
        target.name,
        audit,
        (*loaded.faults, *faults, *crashes),
        target.title,
        target.client.endpoint,
        target.client.project_id or "",
        loaded.inventory,
    )


def _write(pieces: Iterable[str], file: Path | None) -> None:
    if file is not None:
        with file.open("w", encoding="utf-8", errors="backslashreplace", newline="") as opened:
            opened.writelines(pieces)
        return
    _make_lenient(sys.stdout)
    sys.stdout.writelines(pieces)


def _make_lenient(stream: IO[str]) -> None:
    """Have a stream write as an escape what its encoding does not have."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _refuse(command: str, words: str) -> int:
    sys.stderr.write(f"{PROGRAM} {command}: {words}\n")
    return WRONG_USAGE


def _could_not(command: str, words: str) -> int:
    sys.stderr.write(f"{PROGRAM} {command}: {words}\n")
    return COULD_NOT
