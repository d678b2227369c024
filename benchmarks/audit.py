"""The audit of all that the list tells, beside a loop that only reads every field; and its command line."""

import gc
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.clocks import Stopwatch
from benchmarks.processes import ROOT
from benchmarks.report import Table, milliseconds, ratio
from benchmarks.samples import Samples
from dashboard.audit.run import Auditor
from dashboard.audit.subject import Subject
from dashboard.audit.subjects import Subjects
from dashboard.data.loads import LoadedInventory
from modelarts_api import Configuration, Engine, Inventory
from modelarts_local.samples.details import generate_details
from modelarts_local.samples.engines import ENGINES
from modelarts_local.samples.project import generate_configurations

KEY = b"a key for the benchmark alone"
OFFERED = tuple(Engine.from_wire(engine.wire()) for engine in ENGINES)
LIST, AGAIN, LOOP = "all list checks", "again, nothing changed", "a loop that reads every field"
MAX_DETAILED = 10_000
DETAILS = f"all checks, details of {MAX_DETAILED:,} loaded"
ONE_MORE = "again, one detail is another"
LOADED = "from the inventory to masked rows"
STAGES = (LOADED, LIST, AGAIN, LOOP, DETAILS, ONE_MORE)
COMMANDS = (
    ("--help",),
    ("run", "--help"),
    ("checks",),
    ("run", "--sample", "--no-details"),
    ("run", "--sample"),
)


def tables(sizes: Sequence[int], repetitions: int) -> Iterator[Table]:
    """Measure time by stage, by both clocks; memory; the command line."""
    wall, processor = Samples(), Samples()
    memory: dict[int, tuple[float, int]] = {}
    for size in sizes:
        wires = list(generate_configurations(size))
        for _ in range(repetitions):
            for stage, (real, used) in _stages(wires).items():
                wall[size, stage].append(real)
                processor[size, stage].append(used)
        memory[size] = _memory(wires)
        gc.collect()
    yield _times("The audit, milliseconds by the wall", sizes, wall, repetitions)
    yield _times("The audit, milliseconds of the processor", sizes, processor, repetitions)
    yield _memory_table(memory)
    yield _commands(repetitions)


def _stages(wires: Sequence[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    took: dict[str, tuple[float, float]] = {}

    def timed(stage: str, work: Callable[[], Any]) -> Any:
        gc.collect()
        watch = Stopwatch()
        result = work()
        took[stage] = watch.read()
        return result

    loaded = timed(LOADED, lambda: _loaded(wires))
    subjects = Subjects(loaded, {})
    now, auditor = datetime.now(UTC), Auditor()
    timed(LIST, lambda: auditor.audit(subjects, now, engines=OFFERED))
    timed(AGAIN, lambda: auditor.audit(subjects, now, engines=OFFERED))
    timed(LOOP, lambda: [len(str(value)) for subject in subjects for value in subject.record.values()])
    detailed = [
        Subject(one.number, one.name, one.id, one.record, {**one.record, **generate_details(one.record, 0)})
        for one in subjects[:MAX_DETAILED]
    ]
    detailed += subjects[MAX_DETAILED:]
    timed(DETAILS, lambda: auditor.audit(detailed, now, engines=OFFERED))
    detailed[0] = Subject(0, "x", "x", detailed[0].record, dict(detailed[0].detail or {}))
    timed(ONE_MORE, lambda: auditor.audit(detailed, now, engines=OFFERED))
    return took


def _loaded(wires: Sequence[dict[str, Any]]) -> LoadedInventory:
    rows = tuple(map(Configuration.from_wire, wires))
    return LoadedInventory(Inventory(rows, len(rows), True, datetime.now(UTC), 1), 0.0, KEY)


def _memory(wires: Sequence[dict[str, Any]]) -> tuple[float, int]:
    """Return the megabytes (10^6 bytes) that an auditor and its audit keep, and the findings' count."""
    subjects = Subjects(_loaded(wires), {})
    gc.collect()
    before = _resident()
    auditor = Auditor()
    audit = auditor.audit(subjects, datetime.now(UTC), engines=OFFERED)
    gc.collect()
    return (_resident() - before) / 1e6, len(audit)


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _times(title: str, sizes: Sequence[int], samples: Samples, repetitions: int) -> Table:
    first, last = sizes[0], sizes[-1]
    columns = ["", *(f"{size:,} configurations" for size in sizes), f"{last:,} / {first:,}"]
    table = Table(title, columns, f"Medians of {repetitions} runs, in one process; the sample project.")
    for stage in STAGES:
        medians = [samples.median((size, stage)) for size in sizes]
        table.add(stage, *map(milliseconds, medians), ratio(medians[-1], medians[0]))
    return table


def _memory_table(memory: dict[int, tuple[float, int]]) -> Table:
    table = Table(
        "What an audit keeps", ["configurations", "findings", "MB"], "With what it has read, for the next."
    )
    for size, (kept, findings) in memory.items():
        table.add(f"{size:,}", f"{findings:,}", f"{kept:.0f}")
    return table


def _commands(repetitions: int) -> Table:
    table = Table(
        "The command line, from its start to its exit", ["python -m dashboard …", "ms", "exit code"], ""
    )
    for arguments in COMMANDS:
        times, code = [], 0
        for _ in range(repetitions):
            begin = time.perf_counter()
            code = subprocess.run(
                [sys.executable, "-m", "dashboard", *arguments], cwd=ROOT, capture_output=True, check=False
            ).returncode
            times.append((time.perf_counter() - begin) * 1000)
        table.add(f"`{' '.join(arguments)}`", milliseconds(sorted(times)[len(times) // 2]), str(code))
    return table
