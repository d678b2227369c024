"""The history: differences, families, and what taking snapshots costs those who look at the dashboard."""

import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zlib import crc32

import pandas as pd

from benchmarks.changing_project import Project
from benchmarks.clocks import Stopwatch, Took
from benchmarks.report import Table, milliseconds
from dashboard.audit.settings import AuditSettings
from dashboard.connections import read_settings
from dashboard.data.projects import Projects
from dashboard.history.difference import difference
from dashboard.history.families import families
from dashboard.history.reading import snapshot_difference
from dashboard.history.settings import HistorySettings
from dashboard.history.severities import Judge
from dashboard.history.taker import Taker
from dashboard.store.database import open_database
from dashboard.store.series_steps import series_steps
from dashboard.store.snapshots import list_snapshots, put_snapshot
from modelarts_local import LocalService

Row = dict[str, Any]
FAMILY_SIZE = 10_000
SNAPSHOTS = 100
LOOKS = 4_000
"""So often somebody looks while snapshots are taken: each look works for a tenth of a millisecond."""
CLOCKS = "Milliseconds, in brackets those of them in which our process had a processor."


def tables(sizes: Sequence[int], repetitions: int) -> Iterator[Table]:
    """Measure differences of two states, families, findings over time, and a viewer's waiting time."""
    yield _differences(sizes, repetitions)
    yield _families(min(FAMILY_SIZE, max(sizes)), repetitions)
    yield _judging(min(FAMILY_SIZE, max(sizes)))
    yield _looking(min(sizes))


def _differences(sizes: Sequence[int], repetitions: int) -> Table:
    table = Table(
        "Difference of two states, 1 % changed",
        ["", "two lists in memory", "two snapshots of a store", "pandas merge of two JSON files"],
        f"{CLOCKS} Medians of {repetitions}. The merge only says which rows differ, not by what.",
    )
    for size in sizes:
        project = Project.of(size, 1)
        before = [dict(row) for row in project.rows]
        project.change()
        after = [dict(row) for row in project.rows]
        with tempfile.TemporaryDirectory() as folder:
            files = [_written(Path(folder) / name, rows) for name, rows in (("a", before), ("b", after))]
            with open_database(f"sqlite:///{folder}/dashboard.db") as database:
                begin = datetime(2026, 1, 1, tzinfo=UTC)
                for number, rows in enumerate((before, after)):
                    put_snapshot(database, "production", "custom", begin + timedelta(days=number), rows)
                older, newer = list_snapshots(database)
                works: list[Callable[[], object]] = [
                    partial(difference, before, after),
                    partial(snapshot_difference, database, older, newer),
                    partial(_merged, *files),
                ]
                table.add(f"{size:,}", *(_cell(_median(work, repetitions)) for work in works))
    return table


def _families(size: int, repetitions: int) -> Table:
    table = Table(
        "Families", ["", "grouped, consensus and deviations"], f"{CLOCKS} Medians of {repetitions}."
    )
    rows = Project.of(size, 1).rows
    table.add(f"{size:,} rows of the list", _cell(_median(lambda: families(rows), repetitions)))
    detailed = [row | _details(number) for number, row in enumerate(rows)]
    table.add(f"{size:,} with details", _cell(_median(lambda: families(detailed), repetitions)))
    return table


def _judging(size: int) -> Table:
    table = Table(
        f"Findings over time of {SNAPSHOTS} snapshots, 1 % changed each", ["", "judged and counted"], CLOCKS
    )
    project, judge = Project.of(size, SNAPSHOTS + 1), Judge()
    now, settings = datetime.now(UTC), AuditSettings()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(f"sqlite:///{folder}/dashboard.db") as database,
    ):

        def put(number: int) -> None:
            rows = [row | _details(crc32(str(row["config_name"]).encode())) for row in project.rows]
            put_snapshot(database, "production", "custom", now + timedelta(days=number), rows)
            project.change()

        def count() -> object:
            return judge.counts(series_steps(database, "production", "custom"), now, settings)

        for number in range(SNAPSHOTS):
            put(number)
        table.add(f"{size:,} with details, for the first time", _cell(_median(count, 1)))
        put(SNAPSHOTS)
        table.add("after one more snapshot", _cell(_median(count, 1)))
    return table


def _details(number: int) -> Row:
    parameters = [{"label": label, "value": str(number % 7)} for label in ("lr", "epochs", "seed", "batch")]
    sources = [{"data_url": f"/bucket/{number % 5}/"}]
    return {"worker_server_num": number % 3, "parameter": parameters, "data_source": sources}


def _looking(size: int) -> Table:
    """Tell how long looks take without and with a thread that takes snapshots all the time."""
    table = Table(
        "Looking while snapshots are taken",
        ["", "median look", "99th percentile", "longest"],
        f"{LOOKS:,} pieces of work of about 0.1 ms in the interpreter that loads {size:,} configurations and "
        "stores a snapshot of each load, 1 % changed each time; milliseconds.",
    )
    for name, enabled in (("loads, no snapshots", False), ("loads and snapshots", True)):
        times = _looks(size, enabled)
        cells = (statistics.median(times), times[int(len(times) * 0.99)], times[-1])
        table.add(name, *(f"{cell:.2f}" for cell in cells))
    return table


def _looks(size: int, enabled: bool) -> list[float]:
    rows = Project.of(size, 1).rows
    with tempfile.TemporaryDirectory() as folder, LocalService(rows) as service:
        table = {"endpoint": service.url, "project_id": service.project_id, "token": "t"}
        (connection,) = read_settings({"connections": {"production": table}}, {}).connections
        with open_database(f"sqlite:///{folder}/dashboard.db") as database:
            taker = Taker(lambda: database, lambda: HistorySettings(enabled=enabled))
            collection = Projects()
            taker.watch(collection)
            load = collection.project(connection)._load("", "custom")
            load.start_if_due()
            load.wait(600)
            assert load.state.result is not None, load.state.error
            came = load.state.result
            over = threading.Event()

            def remember() -> None:
                while not over.is_set():
                    service.edit(service.names()[0], config_desc=str(time.monotonic()))
                    taker.loaded(collection.project(connection), "custom", came)
                    taker.wait(600)
                    time.sleep(0.001)

            thread = threading.Thread(target=remember)
            thread.start()
            times = sorted(_look() for _ in range(LOOKS))
            over.set()
            thread.join()
            return times


def _look() -> float:
    begin = time.perf_counter()
    sum(range(4_000))
    took = (time.perf_counter() - begin) * 1000
    time.sleep(0.001)
    return took


def _written(path: Path, rows: Sequence[Row]) -> Path:
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def _merged(before: Path, after: Path) -> pd.DataFrame:
    frames = [pd.read_json(path, convert_dates=False) for path in (before, after)]
    merged = frames[0].merge(frames[1], how="outer", indicator=True)
    return merged[merged["_merge"] != "both"]


def _median(work: Callable[[], object], repetitions: int) -> Took:
    found: list[Took] = []
    for _ in range(repetitions):
        watch = Stopwatch()
        work()
        found.append(watch.read())
    return (statistics.median(one[0] for one in found), statistics.median(one[1] for one in found))


def _cell(took: Took) -> str:
    return f"{milliseconds(took[0])} ({milliseconds(took[1])})"
