"""The store: opening it, one snapshot, and a hundred with 1 % change each, in time and in bytes."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import zstandard

from benchmarks.changing_project import Project, Row
from benchmarks.clocks import Stopwatch, Took
from benchmarks.processes import ROOT
from benchmarks.report import Table, kilobytes, milliseconds, ratio
from benchmarks.samples import Samples
from benchmarks.snapshot_forms import other_forms, zstd
from dashboard.store.canonical import canonical
from dashboard.store.database import Database, open_database
from dashboard.store.histories import history_of
from dashboard.store.location import read_location
from dashboard.store.retention import prune
from dashboard.store.snapshot_file import export_snapshots, import_snapshots
from dashboard.store.snapshots import (
    configurations_of,
    differing,
    latest,
    list_snapshots,
    previous,
    put_snapshot,
)
from dashboard.store.verification import verify
from tests.dashboard.store.postgresql import Server, running_server

SNAPSHOTS = 100
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
NAMES = ("SQLite", "PostgreSQL")
LEVELS = (3, 19)
"""What the zstd command does unless told otherwise, and nearly the most that it can do."""
OPENING = """
import sys
from benchmarks.clocks import Stopwatch
whole = Stopwatch()
from dashboard.store.database import open_database
opening = Stopwatch()
with open_database(sys.argv[1]) as database, database.reading():
    print(*whole.read(), *opening.read())
"""
CLOCKS = "Milliseconds, in brackets those of them in which our process had a processor."


def tables(sizes: Sequence[int], repetitions: int) -> Iterator[Table]:
    """Measure opening, one snapshot, a hundred."""
    with running_server(()) as server:
        yield _opening(server, repetitions)
        yield _one(server, sizes, repetitions)
        yield from _hundred(server, min(sizes))


@contextmanager
def _new_url(name: str, server: Server) -> Iterator[str]:
    """Yield the URL of a database that is empty or not there, and gone afterwards."""
    if name == "PostgreSQL":
        database = server.create()
        yield server.url(database)
        server.drop(database)
        return
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/dashboard.db"


def _opening(server: Server, repetitions: int) -> Table:
    table = Table(
        "Opening the store",
        ["", "new: imports and opening", "there: imports and opening", "new: opening", "there: opening"],
        f"{CLOCKS} Medians of {repetitions} processes; opening ends with a first transaction.",
    )
    for name in NAMES:
        samples = Samples()
        for _ in range(repetitions):
            with _new_url(name, server) as url:
                for state in ("new", "there"):
                    command = [sys.executable, "-c", OPENING, url]
                    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
                    took = [float(word) for word in done.stdout.split()]
                    _keep(samples, (state, "whole"), (took[0], took[1]))
                    _keep(samples, (state, "opening"), (took[2], took[3]))
        keys = [(state, part) for part in ("whole", "opening") for state in ("new", "there")]
        table.add(name, *(_median(samples, key) for key in keys))
    return table


def _timed(work: Callable[[], object]) -> Took:
    watch = Stopwatch()
    work()
    return watch.read()


def _keep(samples: Samples, key: tuple[str, str], took: Took) -> None:
    samples[key].append(took[0])
    samples[*key, "processor"].append(took[1])


def _median(samples: Samples, key: tuple[str, str]) -> str:
    wall, processor = samples.median(key), samples.median((*key, "processor"))
    return milliseconds(wall) if wall is None or processor is None else _cell((wall, processor))


def _cell(took: Took) -> str:
    return f"{milliseconds(took[0])} ({milliseconds(took[1])})"


def _put(database: Database, day: float, rows: Sequence[Row]) -> bool:
    return put_snapshot(database, "production", "custom", BEGIN + timedelta(days=day), rows)[1]


def _latest_two(database: Database) -> tuple[Any, Any]:
    last = latest(database, "production", "custom")
    assert last is not None
    return previous(database, last), last


def _one(server: Server, sizes: Sequence[int], repetitions: int) -> Table:
    stages = ["store", "unchanged", "store 1 % change", "read", "difference of two", "history of one"]
    table = Table(
        "One snapshot",
        ["", *stages],
        f"{CLOCKS} Medians of {repetitions}. The file is zstd (level 3) of JSON Lines, flushed to the disk. "
        "Each database is new and holds the snapshots of this table only.",
    )
    for size in sizes:
        samples = Samples()
        for number in range(repetitions):
            project = Project.of(size, 1)
            before = list(project.rows)
            project.change()
            for name in NAMES:
                with _new_url(name, server) as url, open_database(url) as database:
                    for stage, elapsed in _stages(database, before, project.rows, number).items():
                        _keep(samples, (name, stage), elapsed)
            _keep(samples, ("file", "store"), _timed(partial(_write_file, before)))
            _keep(samples, ("file", "read"), _timed(_read_file))
        for name in (*NAMES, "file"):
            table.add(f"{name}, {size:,}", *(_median(samples, (name, stage)) for stage in stages))
    return table


def _stages(database: Database, before: list[Row], after: list[Row], number: int) -> Mapping[str, Took]:
    times = {"store": _timed(lambda: _put(database, 0, before))}
    times["unchanged"] = _timed(lambda: _put(database, 1, before))
    times["store 1 % change"] = _timed(lambda: _put(database, 2, after))
    old, new = _latest_two(database)
    times["read"] = _timed(lambda: configurations_of(database, new))
    times["difference of two"] = _timed(lambda: differing(database, old, new))
    name = before[number]["config_name"]
    times["history of one"] = _timed(lambda: history_of(database, "production", "custom", name))
    return times


FILE = Path(tempfile.gettempdir()) / f"benchmark-{os.getpid()}.zst"


def _write_file(rows: list[Row]) -> None:
    with FILE.open("wb") as file:
        lines = "\n".join(map(canonical, rows)).encode()
        file.write(zstandard.ZstdCompressor(level=3).compress(lines))
        file.flush()
        os.fsync(file.fileno())


def _read_file() -> None:
    text = zstandard.ZstdDecompressor().decompress(FILE.read_bytes()).decode()
    assert [json.loads(line) for line in text.split("\n")]
    FILE.unlink()


def _hundred(server: Server, size: int) -> Iterator[Table]:
    project = Project.of(size, SNAPSHOTS)
    series = [list(project.rows)]
    changes: list[Row] = []
    for _ in range(SNAPSHOTS - 1):
        changes += project.change()
        series.append(list(project.rows))
    raw = sum(len(_text(rows)) for rows in series)
    one, changed = _text(series[0]), _text(changes)
    sizes: dict[str, int] = {}
    times: dict[str, Mapping[str, Took]] = {}
    for name in NAMES:
        with _new_url(name, server) as url:
            times[name] = _times(url, series)
            sizes[name] = _bytes(url)
    yield _size_table(size, raw, one, changed, sizes | other_forms(series))
    yield _time_table(size, times)


def _text(rows: Sequence[Row]) -> bytes:
    return "\n".join(map(canonical, rows)).encode()


def _bytes(url: str) -> int:
    """Measure SQLite's file after closing, PostgreSQL's table with its indexes and what is out of line."""
    file = read_location(url).file
    if file is not None:
        return sum(path.stat().st_size for path in file.parent.iterdir())
    with open_database(url) as database, database.reading() as reading:
        return int(reading.exec_driver_sql("SELECT pg_total_relation_size('snapshots')").scalar_one())


def _times(url: str, series: list[list[Row]]) -> Mapping[str, Took]:
    with open_database(url) as database:
        storing = [_timed(partial(_put, database, at, rows)) for at, rows in enumerate(series)]
        old, new = _latest_two(database)
        times = {
            "store, the first": storing[0],
            "store, median of the others": statistics.median_low(storing[1:]),
            "store, the last": storing[-1],
            "list all": _timed(lambda: list_snapshots(database)),
            "read the last": _timed(lambda: configurations_of(database, new)),
            "difference of the last two": _timed(lambda: differing(database, old, new)),
        }
        name = series[0][0]["config_name"]
        times["history of one"] = _timed(lambda: history_of(database, "production", "custom", name))
        faults: list[str] = []
        times["verify all"] = _timed(lambda: faults.extend(verify(database)))
        assert not faults, faults
        lines: list[str] = []
        times["export all"] = _timed(lambda: lines.extend(export_snapshots(database)))
        with tempfile.TemporaryDirectory() as folder, open_database(f"sqlite:///{folder}/copy.db") as copy:
            times["import all, into SQLite"] = _timed(lambda: import_snapshots(copy, lines))
            times["prune to 50, in SQLite"] = _timed(lambda: prune(copy, BEGIN, keep_last=50))
        return times


def _size_table(size: int, raw: int, one: bytes, changed: bytes, sizes: Mapping[str, int]) -> Table:
    packed = {level: tuple(len(zstd(text, level)) for text in (one, changed)) for level in LEVELS}
    goals = {level: 2 * first + second for level, (first, second) in packed.items()}
    table = Table(
        f"{SNAPSHOTS} snapshots of {size:,} configurations, 1 % change each",
        ["", "kB", *(f"of the goal, zstd -{level}" for level in LEVELS)],
        "The goal is twice zstd of one snapshot, plus zstd of all changed configurations in one piece.",
    )
    table.add("JSON Lines of all", kilobytes(raw), *(ratio(raw, goals[level]) for level in LEVELS))
    table.add("JSON Lines of one", kilobytes(len(one)), *("" for _ in LEVELS))
    for level, (first, second) in packed.items():
        table.add(
            f"zstd -{level} of one, and of the changes", f"{kilobytes(first)} + {kilobytes(second)}", "", ""
        )
    for name, bytes_ in sizes.items():
        table.add(name, kilobytes(bytes_), *(ratio(bytes_, goals[level]) for level in LEVELS))
    return table


def _time_table(size: int, times: Mapping[str, Mapping[str, Took]]) -> Table:
    table = Table(
        f"{SNAPSHOTS} snapshots of {size:,} configurations: time", ["", *times], f"{CLOCKS} One run."
    )
    for stage in next(iter(times.values())):
        table.add(stage, *(_cell(own[stage]) for own in times.values()))
    return table
