"""Finding secrets: our rules, detect-secrets and betterleaks on the tests' cases, and what masking costs."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import service
from benchmarks.environments import executables
from benchmarks.processes import ROOT
from benchmarks.report import Table, milliseconds, ratio
from benchmarks.samples import Samples
from dashboard.parsing.secrets import mask, mask_all
from modelarts_api import Client, Inventory, TokenCredentials
from tests.dashboard.parsing.secret_cases import Case, cases
from tests.dashboard.parsing.secret_scores import Scores, scores

REQUIREMENTS = Path(__file__).parent / "requirements-secrets.txt"
SCRIPT = Path(__file__).parent / "secret_finders.py"
OTHERS = ("detect-secrets", "betterleaks")
FIELDS = ("name", "description", "engine_name", "engine_version", "image_url", "command")
LATENCY_MS = 100


def tables(sizes: Sequence[int], repetitions: int) -> Iterator[Table]:
    """Measure what each finder finds, then what masking adds to a load."""
    yield _finders(cases())
    yield _loads(sizes, repetitions)


def _finders(chosen: Sequence[Case]) -> Table:
    positive = sum(bool(case.planted) for case in chosen)
    table = Table(
        "Finding secrets",
        [
            "",
            "recall",
            "precision",
            "recall, spans",
            "precision, spans",
            "recall, hold-out",
            "µs a text",
            "MB",
        ],
        note=f"{positive} cases with secrets and {len(chosen) - positive} without, written for this "
        "(tests/dashboard/parsing). A case is found if each of its secrets is covered in full; a span is "
        "right from its first to its last character. Time: the best of five rounds (detect-secrets reads "
        "files); MB: resident memory above what Python takes, the rules loaded.",
    )
    together: list[list[tuple[int, int]]] = [[] for _ in chosen]
    for name in ("ours", *OTHERS):
        answer = _ask(name, chosen)
        spans = [[(start, end) for start, end in found] for found in answer["spans"]]
        together = [[*all_found, *found] for all_found, found in zip(together, spans, strict=True)]
        cost = (f"{answer['milliseconds'] / len(chosen) * 1000:,.0f}", f"{answer['megabytes']:.0f}")
        table.add(name, *_shares(chosen, spans), *cost)
    table.add("all three together", *_shares(chosen, [sorted(set(found)) for found in together]), "—", "—")
    return table


def _ask(name: str, chosen: Sequence[Case]) -> Any:
    python = sys.executable if name == "ours" else executables("secrets", REQUIREMENTS) / "python"
    texts = json.dumps([[case.name or "", case.text] for case in chosen])
    done = subprocess.run(
        [
            python,
            "-P",
            SCRIPT,
            name,
        ],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)} if name == "ours" else {},
        input=texts,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{name} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout)


def _shares(chosen: Sequence[Case], spans: Sequence[Sequence[tuple[int, int]]]) -> list[str]:
    by_case = {id(case): found for case, found in zip(chosen, spans, strict=True)}

    def measured(part: Sequence[Case]) -> Scores:
        return scores(lambda case: by_case[id(case)], part)

    whole, held_out = measured(chosen), measured([case for case in chosen if case.held_out])
    shares = (whole.case_recall, whole.case_precision, whole.span_recall, whole.span_precision)
    return [f"{share.value:.3f}" for share in (*shares, held_out.case_recall)]


def _loads(sizes: Sequence[int], repetitions: int) -> Table:
    table = Table(
        "What masking adds to a load",
        ["configurations", "load", "masked together", "share", "one by one", "µs, median clean command"],
        note=f"Milliseconds, medians of {repetitions}; the service answers after {LATENCY_MS} ms. Masked are "
        f"{', '.join(FIELDS)} of every configuration of the sample project: column by column (`mask_all`), "
        "and each text by itself (`mask`); what masking takes is processor time.",
    )
    for size in sizes:
        samples = Samples()
        with service.running(size, latency_ms=LATENCY_MS) as connection:
            for _ in range(repetitions):
                _measure(connection, samples)
        load, together = samples.median("load"), samples.median("together")
        single = milliseconds(samples.median("one by one"))
        clean = f"{1000 * (samples.median('clean') or 0):.1f}"
        table.add(
            f"{size:,}", milliseconds(load), milliseconds(together), ratio(together, load), single, clean
        )
    return table


def _measure(connection: service.Connection, samples: Samples) -> None:
    begin = time.perf_counter()
    with Client(connection.url, connection.project_id, TokenCredentials("benchmark")) as client:
        inventory = client.list_all_configurations()
    samples["load"].append((time.perf_counter() - begin) * 1000)
    columns = _columns(inventory)
    samples["together"].append(_processor_ms(lambda: [mask_all(column) for column in columns]))
    samples["one by one"].append(
        _processor_ms(lambda: [[mask(text) for text in column] for column in columns])
    )
    clean = [text for text in columns[-1] if text and mask(text) is text]
    samples["clean"].append(statistics.median(_processor_ms(partial(mask, text)) for text in clean))


def _processor_ms(run: Callable[[], object]) -> float:
    begin = time.thread_time()
    run()
    return (time.thread_time() - begin) * 1000


def _columns(inventory: Inventory) -> list[list[str]]:
    return [[getattr(row, field) or "" for row in inventory.configurations] for field in FIELDS]


def main() -> None:
    """Print the tables."""
    for table in tables([10_000, 100_000], 5):
        print(table.markdown(), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
