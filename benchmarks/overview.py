"""From the inventory to everything that the overview shows, and the memory that it takes."""

import gc
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pandas as pd

from benchmarks import service
from benchmarks.processes import ROOT
from benchmarks.report import Table, milliseconds, ratio
from benchmarks.samples import Samples
from dashboard.data import analysis, figures, sorting
from dashboard.data.frame import configurations_frame
from dashboard.data.parameters import SORTS
from dashboard.data.timeline import timeline_figure
from dashboard.data.view import Facets
from modelarts_api import Client, Inventory, TokenCredentials
from modelarts_local import LocalService

FRAME, ORDERS, AGGREGATES, FIGURES = "data frame", "sort orders", "aggregates", "figures"
TOTAL = "from inventory to figures"
STAGES = (FRAME, ORDERS, AGGREGATES, FIGURES, TOTAL)


def tables(sizes: Sequence[int], repetitions: int) -> Iterator[Table]:
    """Measure time by stage, then memory."""
    samples = Samples()
    inventories = {size: _inventory(size) for size in sizes}
    for _ in range(repetitions):
        for size, inventory in inventories.items():
            for stage, elapsed in _stages(inventory).items():
                samples[size, stage].append(elapsed)
    yield _times(sizes, samples, repetitions)
    yield _memory(max(sizes))


def _inventory(size: int) -> Inventory:
    with (
        LocalService(size) as local,
        Client(local.url, local.project_id, TokenCredentials("benchmark")) as client,
    ):
        return client.list_all_configurations()


def aggregates(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Count all of the overview without filters, when there is most; return what the charts need."""
    timeline, granularity = analysis.select_timeline(frame, Facets(), "auto")
    return analysis.select(frame, datetime.now(UTC), Facets()).usage, timeline, granularity


def draw(usage: pd.DataFrame, timeline: pd.DataFrame, granularity: str) -> None:
    """Draw both charts, as the JSON that goes to the browser."""
    engines = analysis.ranked(usage)[: figures.MAX_ENGINES]
    figures.engine_usage_figure(usage, ()).to_json()
    timeline_figure(timeline, granularity, engines).to_json()


def _stages(inventory: Inventory) -> dict[str, float]:
    """Return the milliseconds of each stage."""
    gc.collect()
    marks = [time.perf_counter()]
    frame = configurations_frame(inventory.configurations)
    marks.append(time.perf_counter())
    for word in SORTS:
        sorting.ordering(frame, word)
    marks.append(time.perf_counter())
    counted = aggregates(frame)
    marks.append(time.perf_counter())
    draw(*counted)
    marks.append(time.perf_counter())
    steps = [(after - before) * 1000 for before, after in itertools.pairwise(marks)]
    return dict(zip(STAGES, [*steps, (marks[-1] - marks[0]) * 1000], strict=True))


def _times(sizes: Sequence[int], samples: Samples, repetitions: int) -> Table:
    small, large = min(sizes), max(sizes)
    table = Table(
        "From the inventory to everything that the overview shows",
        ["", *(f"{size:,} rows" for size in sizes), f"{large:,} / {small:,}"],
        note=f"Milliseconds, medians of {repetitions} runs. Frame and orders are made "
        "once a load, aggregates once a filter, figures (with their JSON) at every change.",
    )
    for stage in STAGES:
        medians = [samples.median((size, stage)) for size in sizes]
        growth = ratio(samples.median((large, stage)), samples.median((small, stage)))
        table.add(stage, *map(milliseconds, medians), growth)
    return table


def _memory(size: int) -> Table:
    table = Table(
        f"Memory for {size:,} configurations",
        ["", "MB"],
        note="Resident memory of a process of its own above what it had after its imports: the peak is "
        "`ru_maxrss`, the others are the resident size at that time. Arrow's buffers are counted too, which "
        "`tracemalloc` would miss.",
    )
    with service.running(size) as connection:
        command = [sys.executable, "-m", "benchmarks.memory", connection.url, connection.project_id]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise RuntimeError(f"measuring the memory failed:\n{done.stderr[-2000:]}")
    for stage, megabytes in json.loads(done.stdout).items():
        table.add(stage, f"{megabytes:,.0f}")
    return table
