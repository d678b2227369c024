"""`snapshots`: take, list, show, compare, prune, export and import, for a terminal and for cron."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from dashboard.command_line import COULD_NOT, PROGRAM, STANDARD
from dashboard.connections import NoConnectionError, UnknownConnectionError, read_settings
from dashboard.data.database import close_database, shared_database
from dashboard.data.number_words import count_of
from dashboard.data.record import COMMAND, DESCRIPTION, ENGINE, IMAGE, NAME, VERSION
from dashboard.history import difference_texts
from dashboard.history.arguments import parser
from dashboard.history.edits import Ignored
from dashboard.history.faults import CannotDoError
from dashboard.history.noise import ignored_fields
from dashboard.history.points import UnknownPointError, snapshot_of_point
from dashboard.history.reading import snapshot_difference
from dashboard.history.records import detail_of
from dashboard.history.settings import read_history_settings
from dashboard.history.shown import json_text, value_text, visible
from dashboard.history.take import records_of, take_snapshot
from dashboard.history.terminal import difference_lines, table_lines
from dashboard.secrets_file import read_secrets
from dashboard.store.errors import StoreError
from modelarts_api import ModelArtsError

if TYPE_CHECKING:
    from dashboard.store.database import Database
    from dashboard.store.series import Snapshot

DONE: Final = 0
DIFFERENT: Final = 1
SHOWN: Final = (
    NAME,
    ENGINE,
    VERSION,
    IMAGE,
    COMMAND,
    DESCRIPTION,
)
"""What `show` has columns for; JSON has everything."""


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments behind `snapshots` ask; return the exit code. Wrong usage raises SystemExit."""
    asked = parser().parse_args(arguments)
    try:
        if asked.action != "take":  # which reads the settings itself
            _demand_connection(asked)
        return ACTIONS[asked.action](asked)
    except (
        NoConnectionError,
        CannotDoError,
        UnknownPointError,
        StoreError,
        ModelArtsError,
        ValueError,
    ) as error:
        _tell(visible(str(error), None))
        return COULD_NOT
    finally:
        close_database()


def _take(asked: argparse.Namespace) -> int:
    from dashboard.history.loading import loaded_whole  # noqa: PLC0415 - pandas

    rows = loaded_whole(asked.connection, asked.config_type, details=asked.details)
    details = {name: detail_of(one.record, one.secrets) for name, one in rows.details.items()}
    records = records_of(rows.inventory, details)
    taken = take_snapshot(
        shared_database(), asked.connection, asked.config_type, rows.inventory.loaded_at, records
    )
    for fault in rows.faults:
        _tell(visible(fault, None))
    state, snapshot = "stored" if taken.stored else "unchanged since", taken.snapshot
    counts = f"{count_of(snapshot.count, 'configuration')}, details of {snapshot.details:,}"
    _say(f"{state} snapshot {snapshot.id} of {_iso(snapshot.taken_at)}: {counts}")
    return DONE


def _list(asked: argparse.Namespace) -> int:
    from dashboard.store.snapshots import list_snapshots  # noqa: PLC0415 - SQLAlchemy

    found = list_snapshots(shared_database(), asked.connection, asked.config_type)
    if asked.format == "json":
        _say(json.dumps([_described(snapshot) for snapshot in found], indent=1))
        return DONE
    columns = ("id", "connection", "type", "taken", "confirmed", "configurations", "details")
    rows = [
        (
            *(str(one.id), visible(one.connection), visible(one.config_type)),
            *(_iso(one.taken_at), _iso(one.confirmed_at), f"{one.count:,}", f"{one.details:,}"),
        )
        for one in found
    ]
    _say_lines(table_lines(columns, rows))
    return DONE


def _show(asked: argparse.Namespace) -> int:
    from dashboard.store.snapshots import configurations_of  # noqa: PLC0415 - SQLAlchemy

    database = shared_database()
    snapshot = snapshot_of_point(_series(database, asked), asked.point)
    records = configurations_of(database, snapshot)
    if asked.format == "json":
        _say(json_text({"snapshot": _described(snapshot), "configurations": records}, indent=1))
        return DONE
    rows = [[visible(value_text(record.get(name) or ""), 60) for name in SHOWN] for record in records]
    _say_lines(table_lines(SHOWN, rows))
    return DONE


def _diff(asked: argparse.Namespace) -> int:
    database = shared_database()
    series = _series(database, asked)
    before, after = (snapshot_of_point(series, point) for point in (asked.before, asked.after))
    ignored = Ignored(ignored_fields(database, asked.connection).paths | Ignored.of(asked.ignore).paths)
    found = snapshot_difference(database, before, after, ignored)
    if asked.format == "table":
        _say_lines(difference_lines(found))
        if words := difference_texts.details_words(before.details, after.details):
            _say(words)
    else:
        title = f"{visible(asked.connection)}: {_iso(before.taken_at)} to {_iso(after.taken_at)}"
        texts: dict[str, Callable[[], str]] = {
            "json": lambda: difference_texts.to_json(found),
            "csv": lambda: difference_texts.to_csv(found),
            "markdown": lambda: difference_texts.to_markdown(found, title),
        }
        sys.stdout.write(texts[asked.format]())
    return DIFFERENT if found else DONE


def _prune(asked: argparse.Namespace) -> int:
    from dashboard.store.retention import prune  # noqa: PLC0415 - SQLAlchemy

    keep_days, keep_last = asked.keep_days, asked.keep_last or 1
    if asked.keep_days is None and asked.keep_last is None:
        settings = read_history_settings(read_secrets().tables)
        if settings.faults:
            raise CannotDoError(f"secrets.toml: {'; '.join(settings.faults)}. Nothing was deleted.")
        keep_days, keep_last = settings.keep_days, settings.keep_last
    deleted = prune(
        shared_database(),
        datetime.now(UTC),
        keep_days=keep_days,
        keep_last=keep_last,
        connection=asked.connection,
    )
    _say(f"deleted {count_of(len(deleted), 'snapshot')}")
    return DONE


def _export(asked: argparse.Namespace) -> int:
    from dashboard.store.snapshot_file import export_snapshots  # noqa: PLC0415 - SQLAlchemy

    if asked.connection is not None:
        _series(shared_database(), asked)  # a name that nothing is kept of is a mistake, not an empty file
    lines = export_snapshots(shared_database(), asked.connection, asked.config_type)
    with ExitStack() as at_the_end:
        file: IO[str] = sys.stdout
        if asked.output != STANDARD:
            file = at_the_end.enter_context(Path(asked.output).open("w", encoding="utf-8"))
        file.writelines(lines)
    return DONE


def _import(asked: argparse.Namespace) -> int:
    from dashboard.store.snapshot_file import import_snapshots  # noqa: PLC0415 - SQLAlchemy

    with ExitStack() as at_the_end:
        file: IO[str] = sys.stdin
        if asked.file != STANDARD:
            file = at_the_end.enter_context(Path(asked.file).open(encoding="utf-8"))
        found = import_snapshots(shared_database(), file)
    _say(f"stored {count_of(found.stored, 'snapshot')}; {found.known:,} there already")
    return DONE


ACTIONS: Final[dict[str, Callable[[argparse.Namespace], int]]] = {
    "take": _take,
    "list": _list,
    "show": _show,
    "diff": _diff,
    "prune": _prune,
    "export": _export,
    "import": _import,
}


def _demand_connection(asked: argparse.Namespace) -> None:
    """Refuse a connection that is not configured, and of which nothing is kept: its name is mistyped."""
    name, secrets = getattr(asked, "connection", None), read_secrets()
    configured = [one.name for one in read_settings(secrets.tables, os.environ).entries]
    if name is None or name in configured:
        return
    from dashboard.store.snapshots import list_snapshots  # noqa: PLC0415 - SQLAlchemy

    known = dict.fromkeys([*configured, *(one.connection for one in list_snapshots(shared_database()))])
    if name not in known:
        raise UnknownConnectionError(name, list(map(visible, known)), secrets.fault)


def _series(database: Database, asked: argparse.Namespace) -> Sequence[Snapshot]:
    from dashboard.store.snapshots import list_snapshots  # noqa: PLC0415 - SQLAlchemy

    found = list_snapshots(database, asked.connection, asked.config_type)
    if not found:
        raise CannotDoError(f"There is no snapshot of the connection {asked.connection!a}.")
    return found


def _described(snapshot: Snapshot) -> dict[str, Any]:
    times = {"taken_at": _iso(snapshot.taken_at), "confirmed_at": _iso(snapshot.confirmed_at)}
    return vars(snapshot) | times


def _iso(time: datetime) -> str:
    return time.isoformat(timespec="seconds")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _say_lines(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _tell(text: str) -> None:
    sys.stderr.write(f"{PROGRAM} snapshots: {text}\n")
