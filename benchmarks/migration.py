"""How fast configurations are mapped to API v2, and how much of a corpus is.

    python -m benchmarks.migration [CORPUS.jsonl] [--configurations 10000] [--repetitions 5]

The project is the sample's, masked as the door masks it. Beside mapping and validating stands a loop that
only reads every field. Since attempts at one thing share their start command, and parameters of the sample
have few different values, the same is measured with none of either twice. A corpus is a file of JSON Lines,
as for `benchmarks.parsing`.
"""

import argparse
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.clocks import Stopwatch
from benchmarks.parsing import corpus_of
from benchmarks.report import Table, milliseconds, ratio
from dashboard.data.masking import mask_record
from dashboard.migration.commands import rewrite
from dashboard.migration.engines import EngineChoice, find_engine
from dashboard.migration.mapping import migrate_all
from dashboard.migration.offers import NOTHING_ASKED
from dashboard.migration.validation import validate_pair
from dashboard.migration.variables import leaves
from modelarts_local.samples.details import generate_details
from modelarts_local.samples.project import generate_configurations

KEY = b"k" * 32
Pair = tuple[Mapping[str, Any], Mapping[str, Any]]


def main() -> None:
    """Print the tables."""
    options = _options()
    print(_speed(options.configurations, options.repetitions).markdown(), end="\n\n")
    if options.corpus is not None:
        corpus = corpus_of(options.corpus)
        print(_engines(corpus["engine_version"]).markdown(), end="\n\n")
        print(_commands(corpus["command"]).markdown())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.migration", description=__doc__)
    parser.add_argument("corpus", type=Path, nargs="?", help="a file of JSON Lines, {kind, text}")
    parser.add_argument("--configurations", type=int, default=10_000)
    parser.add_argument("--repetitions", type=int, default=5)
    return parser.parse_args()


def _project(count: int) -> list[Pair]:
    listed = [mask_record(one, KEY)[0] for one in generate_configurations(count, seed=7)]
    return [(one, mask_record({**one, **generate_details(one, 7)}, KEY)[0]) for one in listed]


def _speed(count: int, repetitions: int) -> Table:
    project = _project(count)
    verdicts = Counter(str(one.verdict) for one in migrate_all(project))
    note = "Milliseconds, in brackets those of them in which the process had a processor; medians of "
    note += f"{repetitions}. Verdicts: " + ", ".join(
        f"{number:,} {name}" for name, number in verdicts.items()
    )
    table = Table(f"{count:,} configurations", ["what", "took", "of reading"], note=f"{note}.")
    reading = _median(_read, project, repetitions)
    different = [_of_its_own(pair, number) for number, pair in enumerate(project)]
    for name, took in (
        ("read every field", reading),
        ("map and validate", _median(_map, project, repetitions)),
        ("the same, every command and parameter different", _median(_map, different, repetitions)),
    ):
        wall, processor = took
        table.add(name, f"{milliseconds(wall)} ({milliseconds(processor)})", ratio(processor, reading[1]))
    return table


def _of_its_own(pair: Pair, number: int) -> Pair:
    """Return a configuration whose start command and parameters' values no other one has."""
    listed, record = pair
    parameters = [{**one, "value": f"{one['value']}{number}"} for one in record["parameter"]]
    own: dict[str, Any] = {"parameter": parameters}
    if record.get("user_command"):
        own["user_command"] = record["user_command"].replace(".py", f"{number}.py")
    return {**listed, **{key: own[key] for key in own.keys() & listed.keys()}}, {**record, **own}


def _median(work: Callable[[list[Pair]], object], project: list[Pair], times: int) -> tuple[float, float]:
    took = []
    for _ in range(times):
        watch = Stopwatch()
        work(project)
        took.append(watch.read())
    return statistics.median(one[0] for one in took), statistics.median(one[1] for one in took)


def _read(project: list[Pair]) -> int:
    return sum(len(str(leaf.value)) for _, record in project for leaf in leaves(record))


def _map(project: list[Pair]) -> int:
    return sum(len(validate_pair(one.algorithm, one.job)) for one in migrate_all(project))


def _engines(versions: list[str]) -> Table:
    table = Table(
        "Engine versions of the corpus, nothing asked of a connection", ["outcome", "versions", "share"]
    )
    outcomes = Counter(_engine_outcome(version) for version in versions)
    _add_all(table, outcomes, len(versions))
    return table


def _engine_outcome(version: str) -> str:
    found = find_engine(version, NOTHING_ASKED)
    if isinstance(found, EngineChoice):
        return f"mapped ({found.rule.code}: {found.rule.basis})"
    if not found.readable:
        return "decision (engine-unread)"
    return "decision (engine-successor)" if found.suggestions else "blocked (engine-without-successor)"


def _commands(commands: list[str]) -> Table:
    table = Table("Start commands of the corpus", ["outcome", "commands", "share"])
    _add_all(table, Counter(_command_outcome(text) for text in commands), len(commands))
    return table


def _command_outcome(text: str) -> str:
    found = rewrite(text)
    if found.questions:
        return f"decision ({found.questions[0].code})"
    warned = ", with a warning" if found.leftovers else ""
    return f"{'rewritten' if found.changes else 'taken over'}{warned}"


def _add_all(table: Table, outcomes: Mapping[str, int], total: int) -> None:
    for outcome, number in _ranked(outcomes):
        table.add(outcome, str(number), f"{number / max(total, 1):.0%}")


def _ranked(outcomes: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    yield from sorted(outcomes.items(), key=lambda pair: (-pair[1], pair[0]))


if __name__ == "__main__":
    main()
